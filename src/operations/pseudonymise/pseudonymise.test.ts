import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { client as clientOf, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { findCanaries, writableColumns, writeCanaries } from '../../../test/harness/canaries.ts';
import { seedTenant } from '../../../test/isolation/seed.ts';
import { definedResources } from '../../kernel/contract/resource.ts';
import { createApiKey, roleIdsOf } from '../../kernel/identity/index.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { verifyAudit } from '../audit-verify.ts';
import { pseudonymise } from './pseudonymise.ts';
import { type TableRule, tableRules } from './rules.ts';

let app: TestApp;
let client: pg.Client;
let tenant: TestTenant;
let written: Set<string>;

before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  tenant = await app.tenant('original');
  await client.query('begin; set local role holdfast_system');
  await seedTenant(client, tenant.tenant_id, 'goldcrest');
  await client.query('commit');
  await seedInstallation();
  // By which the trail has earlier values, written by the triggers.
  await client.query(`begin; set local role holdfast_system;
    select set_config('app.tenant_id', '${tenant.tenant_id}', true), set_config('app.actor_kind', 'system', true);
    update contact set family_name = 'Goldcrest of before', street = 'Goldcrest Road 1', birthday = '1971-02-03';
    update deal set amount = 123400, description = 'Goldcrest wrote'; commit`);
  const rules = tableRules();
  const columns = (await writableColumns(client)).filter(
    ({ table, name, type }) => name !== 'custom' && type !== 'uuid[]' && !isKept(rules.get(table), name),
  );
  written = await writeCanaries(client, columns);
  await seedWhatMustWork();
  await client.query('analyze');
});
after(async () => {
  await client.end();
  await app.stop();
});

const isKept = (rule: TableRule | undefined, column: string) =>
  rule !== undefined && 'columns' in rule && rule.columns[column] === 'keep';

const views = [
  { resource: 'contact', filter: { field: 'created_at', op: 'within', value: 'last_14_days' } },
  { resource: 'contact', filter: { any: 'tasks', where: { field: 'title', op: 'contains', value: 'Goldcrest' } } },
  { resource: 'contact', filter: { field: 'custom.kinds', op: 'has', value: 'B' } },
  { resource: 'contact', filter: { field: 'custom.number_of_four', op: 'eq', value: '0001' } },
  { resource: 'deal', filter: { none: 'contact', where: { field: 'email', op: 'contains', value: 'Goldcrest' } } },
];

/**
 * Views that ask for more than values; more records than are replaced at once, each with one of few numbers that only
 * one may have.
 */
async function seedWhatMustWork() {
  await client.query('begin; set local role holdfast_system');
  await client.query(
    `select set_config('app.tenant_id', $1, true), set_config('app.actor_kind', 'system', true), set_config('app.rights', '*', true)`,
    [tenant.tenant_id],
  );
  await client.query(
    `insert into saved_view (tenant_id, owner_id, resource, name, filter, shared)
     select $1, (select id from user_account where tenant_id = $1 order by id limit 1), v ->> 'resource', 'View ' || n, v -> 'filter', true
     from jsonb_array_elements($2) with ordinality as e (v, n)`,
    [tenant.tenant_id, JSON.stringify(views)],
  );
  await client.query(
    `insert into import (tenant_id, name, state, created_by)
     select $1, 'Goldcrest.csv', s, (select id from user_account where tenant_id = $1 order by id limit 1)
       from unnest('{running,dry_running,reverting,done}'::text[]) s`,
    [tenant.tenant_id],
  );
  await client.query(
    `insert into custom_field (tenant_id, resource, key, label, type, is_unique, rules, options)
     values ($1, 'contact', 'number_of_four', 'Number', 'text', true, '{"pattern": "digits"}', '{}'),
       ($1, 'contact', 'kinds', 'Kinds', 'multi_select', false, '{}', '{A,B}')`,
    [tenant.tenant_id],
  );
  await client.query(
    `insert into contact (tenant_id, given_name, external_id, custom)
     select $1, 'Goldcrest', case n when 1 then 'goldcrest-1' when 2 then 'Goldcrest-1' end, jsonb_build_object('number_of_four',
       lpad(n::text, 4, '0'))
     from generate_series(1, 1200) n`,
    [tenant.tenant_id],
  );
  await seedSealed();
  await client.query('commit');
}

/** Texts that a workspace seals, the longest that columns let in among them: nothing here opens them. */
async function seedSealed() {
  const sealed = (characters: number) => `\u0001sealed:${tenant.tenant_id}:${'Ab3_'.repeat(characters / 4)}`;
  const lists = [100_000, 90_000, 18_000].map((characters) => JSON.stringify(sealed(characters)));
  const values = [sealed(1_700), sealed(188), sealed(300), ...lists];
  await client.query(
    `insert into contact (tenant_id, given_name, street, postal_code, phone, other_addresses, social_profiles, other_phones)
     values ($1, 'Goldcrest sealed', $2, $3, $4, $5, $6, $7)`,
    [tenant.tenant_id, ...values],
  );
  await client.query(
    `insert into household (tenant_id, name, street, postal_code) values ($1, 'Goldcrest sealed', $2, $3)`,
    [tenant.tenant_id, sealed(1_700), sealed(188)],
  );
  await client.query(
    `insert into note (tenant_id, records, body) select $1, array[id], $2 from contact where given_name = 'Goldcrest sealed'`,
    [tenant.tenant_id, sealed(533_400)],
  );
}

/** Rows of tables that belong to no workspace. */
async function seedInstallation() {
  await client.query(`insert into alert_receiver (name, kind, target) values ('Goldcrest', 'email', 'goldcrest@example.com');
    insert into alert_message (receiver_id, kind, state) select id, 'firing', 'waiting' from alert_receiver;
    insert into alert (rule, severity, state, value, started_at, seen_at) values ('Goldcrest', 'page', 'pending', 1, now(), now());
    insert into alert_silence (until, reason, created_by) values (now(), 'Goldcrest', 'Goldcrest');
    insert into error_report (fingerprint, kind, message, occurrences, first_seen_at, last_seen_at, first_version, last_version)
      values (repeat('a', 64), 'Goldcrest', 'Goldcrest', 1, now(), now(), '1', '1');
    insert into error_occurrence (report_id, line_id, at, process, version, message) select id, id, now(), 'web', '1', 'Goldcrest'
      from error_report;
    insert into operator_action (who, action, target, reason) values ('Goldcrest', 'cancel', 'Goldcrest', 'Goldcrest')`);
}

async function counts(): Promise<Record<string, string>> {
  const rules = tableRules();
  const result: Record<string, string> = {};
  await client.query('begin; set local role holdfast_system');
  for (const [table, rule] of rules) {
    if ('emptied' in rule || table === 'pseudonymised_copy') continue;
    const { rows } = await client.query<{ count: string }>(`select count(*) from ${table}`);
    result[table] = rows[0]!.count;
  }
  const { rows } = await client.query(
    `select (select sum(amount)::text from deal) as deals, (select count(*)::text from contact c join company o using (tenant_id)
      where o.id = c.company_id) as employed,
      (select count(*)::text from note n join contact c on c.tenant_id = n.tenant_id and c.id = any (n.records)) as notes,
      (select count(*)::text from attachment a join note n on n.tenant_id = a.tenant_id and n.id = a.note_id) as attached,
      (select count(*)::text from deal_line l join product p on p.tenant_id = l.tenant_id and p.id = l.product_id) as lines`,
  );
  await client.query('commit');
  return { ...result, ...rows[0] };
}

test('every personal field of every contract has a rule, holds a canary here, and is no vocabulary that stays', () => {
  const rules = tableRules();
  for (const { table, meta } of definedResources())
    for (const [name, { sensitivity, readOnly, type }] of meta)
      if (sensitivity !== 'public') {
        if (readOnly && !written.has(`${table}.${name}`) && table === 'contact') continue;
        assert.ok(!isKept(rules.get(table), name), `${table}.${name} is kept`);
        // A sealed field has an envelope, in which nobody would find a canary.
        const hasNone = name === 'birthday' || type === 'secret';
        assert.ok(written.has(`${table}.${name}`) || hasNone, `${table}.${name} got no canary`);
      }
  for (const column of [
    'note.body',
    'comment.body',
    'task.title',
    'task.body',
    'company.name',
    'deal.name',
    'deal.description',
    'file.name',
    'record_history.after',
    'audit_event.ip',
    'log_line.message',
    'import_row.cells',
    'session.hash',
    'webhook.url',
    'idempotency_key.body',
    'saved_view.filter',
    'user_password.hash',
    'usage_statement.statement',
    'job.payload',
    'custom_conversion_value.before',
    'error_report.message',
  ])
    assert.ok(written.has(column), `${column} got no canary`);
  assert.ok(written.size > 150, `${written.size} columns`);
});

/** Without those in samples of columns, which PostgreSQL takes when it likes. */
const storedCanaries = async () => (await findCanaries(client)).filter((row) => !row.startsWith('pg_catalog.pg_stats'));

test('a column that nobody has decided about stops everything, and a dry run counts; neither changes anything', async () => {
  const source = { ownerUrl: app.database.ownerUrl, source: 'a test', say: () => {} };
  const before = await storedCanaries();
  assert.ok(before.length > 60, `${before.length} rows with canaries`);
  await client.query('alter table company add column nickname text');
  await assert.rejects(
    pseudonymise(source).finally(() => client.query('alter table company drop column nickname')),
    /Nobody has said what becomes of company\.nickname/,
  );
  // It holds real people, so it must not write to them when somebody starts it.
  const { rows } = await client
    .query('begin; set local role holdfast_system')
    .then(() => client.query('select sends, replaced_at from pseudonymised_copy'));
  await client.query('rollback');
  assert.deepEqual(rows, [{ sends: false, replaced_at: null }]);
  const report = await pseudonymise({ ...source, dryRun: true });
  assert.deepEqual(
    report.find(({ name }) => name === 'session'),
    { name: 'session', rows: 1, substituted: 0, emptied: 1, columns: [] },
  );
  assert.deepEqual(await storedCanaries(), before);
});

test('no table, sample or catalogue of a copy holds a canary, while counts, relations and sums are as they were', async () => {
  const before = await counts();
  await pseudonymise({ ownerUrl: app.database.ownerUrl, source: 'a test', say: () => {} });
  assert.deepEqual(await findCanaries(client), []);
  const after = await counts();
  assert.deepEqual({ ...after, file: before.file }, before);
  assert.ok(Number(after.custom_value) >= 1, 'searched values of the workspace’s own fields');
  await client.query('begin; set local role holdfast_system');
  const { rows } = await client.query(
    `select from contact where concat(street, postal_code, phone, other_addresses, social_profiles, other_phones) like '%sealed:%'
     union all select from household where concat(street, postal_code) like '%sealed:%'
     union all select from note where body like '%sealed:%'`,
  );
  await client.query('commit');
  assert.equal(rows.length, 0, 'envelopes');
});

test('the schema, its triggers and row-level security are as they were', async () => {
  const { rows } = await client.query(
    `select (select count(*)::int from pg_trigger where tgenabled = 'D' and not tgisinternal) as off,
      (select count(*)::int from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and not relforcerowsecurity
        and relkind in ('r', 'p')
        and not relispartition) as not_forced`,
  );
  assert.deepEqual(rows, [{ off: 0, not_forced: 0 }]);
  const { findings, erased } = await verifyAudit(app.database.ownerUrl);
  assert.deepEqual(findings, []);
  assert.ok(erased > 0, 'events say what was done, and no longer with which values');
});

test('the application starts on the copy, lists its records, and old keys open nothing', async () => {
  const node = await app.secondNode();
  const { db } = node.services;
  const { key } = await withContext(db, systemActor(tenant.tenant_id), async (ctx) => {
    const [role_id] = await roleIdsOf(ctx, ['admin']);
    return createApiKey(ctx, { name: 'Copy', role_id: role_id! });
  });
  const api = clientOf(node.address!, key);
  for (const plural of [
    'contacts',
    'companies',
    'deals',
    'notes',
    'tasks',
    'activities',
    'comments',
    'saved-views',
    'imports',
    'users',
  ]) {
    const { status, body } = await api('GET', `/api/v1/${plural}`);
    assert.equal(status, 200, `${plural}: ${JSON.stringify(body)}`);
    assert.ok(body.data.length >= 1, plural);
  }
  const imports = (await api('GET', '/api/v1/imports')).body.data.map(({ state }: { state: string }) => state);
  for (const state of ['cancelled', 'ready', 'done']) assert.ok(imports.includes(state), `${imports}`);
  for (const state of ['running', 'dry_running', 'reverting']) assert.ok(!imports.includes(state), `${imports}`);
  const shown = (await api('GET', '/api/v1/saved-views?limit=200')).body.data;
  assert.ok(shown.length > views.length, JSON.stringify(shown));
  for (const { resource, filter } of shown) {
    const answer = await api('GET', `/api/v1/${resource}s?filter=${encodeURIComponent(JSON.stringify(filter))}`);
    assert.equal(answer.status, 200, `${JSON.stringify(filter)}: ${JSON.stringify(answer.body)}`);
  }
  const withAddress = encodeURIComponent(JSON.stringify({ field: 'email', op: 'not_empty' }));
  const [contact] = (await api('GET', `/api/v1/contacts?filter=${withAddress}`)).body.data;
  assert.match(contact.email, /^[a-z]+\.[a-z2-9]{10}@[a-z]+-[a-z]+-[a-z2-9]{6}\.example$/);
  const found = await api(
    'GET',
    `/api/v1/contacts?filter=${encodeURIComponent(JSON.stringify({ field: 'email', op: 'eq', value: contact.email }))}`,
  );
  assert.deepEqual(
    found.body.data.map(({ id }: { id: string }) => id),
    [contact.id],
  );
  const searched = await api('GET', `/api/v1/search?q=${encodeURIComponent(contact.family_name)}`);
  assert.equal(searched.status, 200);
  assert.ok(JSON.stringify(searched.body).includes(contact.id), 'search finds the made-up name');
  const changed = await api('PATCH', `/api/v1/contacts/${contact.id}`, { job_title: 'Tester' });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
});

test('a copy is none twice', async () => {
  await assert.rejects(
    pseudonymise({ ownerUrl: app.database.ownerUrl, source: 'a test', say: () => {} }),
    /a pseudonymised copy already/,
  );
});
