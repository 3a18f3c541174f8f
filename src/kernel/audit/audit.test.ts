import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { type AuditEvent, auditQuery } from './contract.ts';
import { listEvents } from './queries.ts';

let app: TestApp;
let tenant: TestTenant;
let admin: Client;
let owner: pg.Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
});
after(async () => {
  await owner.end();
  await app.stop();
});

async function events(query: Record<string, string>, api = admin): Promise<AuditEvent[]> {
  const { status, body } = await api('GET', `/api/v1/audit-events?${new URLSearchParams(query)}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data;
}

async function created(path: string, body: object, api = admin) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

test('each change through the API leaves one event that says who, what, from where and in which request', async () => {
  const { api, user_id } = await tenant.as('member');
  const answer = await api('POST', '/api/v1/contacts', { given_name: 'Ada', email: 'Ada@Example.com' });
  const id = answer.body.id as string;
  const changed = await api('PATCH', `/api/v1/contacts/${id}`, { email: 'ada@lovelace.example', city: 'London' });
  await api('PATCH', `/api/v1/contacts/${id}`, { city: 'London' });
  await api('PATCH', `/api/v1/contacts/${id}`, { city: 7 });
  await api('DELETE', `/api/v1/contacts/${id}`);

  const [trashed, updated, made, ...rest] = await events({ record_id: id });
  assert.deepEqual(rest, []);
  assert.deepEqual([trashed!.action, updated!.action, made!.action], ['update', 'update', 'create']);
  assert.equal(made!.request_id, answer.headers.get('x-request-id'));
  assert.deepEqual(made!.actor, { id: user_id, name: 'member' });
  assert.equal(made!.actor_kind, 'api_key');
  assert.equal(made!.via?.type, 'api_key');
  assert.ok(made!.via?.name, 'the key is named');
  assert.equal(made!.ip, '127.0.0.1');
  assert.equal(made!.before, null);
  assert.equal(made!.after!.email, 'Ada@Example.com');
  assert.deepEqual(updated!.before, { city: null, email: 'Ada@Example.com' });
  assert.deepEqual(updated!.after, { city: 'London', email: 'ada@lovelace.example' });
  assert.equal(updated!.request_id, changed.headers.get('x-request-id'));
  assert.deepEqual(trashed!.before, { deleted_at: null });
  assert.deepEqual([made!.fields, updated!.fields!.sort(), made!.cause], [null, ['city', 'email'], null]);
});

test('changes that are sent at once are each a transaction and a change of their own, of whoever sent it', async () => {
  const crowd = [
    await tenant.as('member', 'one'),
    await tenant.as('member', 'two'),
    await tenant.as('member', 'three'),
  ];
  const sent = Array.from({ length: 24 }, (_, n) => crowd[n % crowd.length]!);
  const made = await Promise.all(sent.map(({ api }) => api('POST', '/api/v1/contacts', { given_name: 'Ada' })));
  const changed = await Promise.all(
    made.map(({ body }, n) => sent[(n + 1) % 24]!.api('PATCH', `/api/v1/contacts/${body.id}`, { city: 'Rome' })),
  );
  assert.deepEqual(
    made.map(({ body }) => body.owner.id),
    sent.map(({ user_id }) => user_id),
  );
  const { rows } = await owner.query(
    `select record_id, action, actor_id, request_id, xid::text from audit_event where record_id = any ($1)`,
    [made.map(({ body }) => body.id)],
  );
  assert.equal(new Set(rows.map(({ xid }) => xid)).size, 48);
  const told = new Map(
    rows.map(({ action, record_id, actor_id, request_id }) => [`${action} ${record_id}`, [actor_id, request_id]]),
  );
  for (const [n, { body, headers }] of made.entries()) {
    assert.deepEqual(told.get(`create ${body.id}`), [sent[n]!.user_id, headers.get('change-id')]);
    assert.deepEqual(told.get(`update ${body.id}`), [
      sent[(n + 1) % 24]!.user_id,
      changed[n]!.headers.get('change-id'),
    ]);
  }
});

test('a change that is undone leaves no event', async () => {
  const contact = await created('contacts', { given_name: 'Kept' });
  const refused = await admin('PATCH', `/api/v1/contacts/${contact.id}`, { company_id: contact.id });
  assert.equal(refused.status, 422);
  assert.equal((await events({ record_id: contact.id })).length, 1);
});

test('every row of a bulk and every deletion has its event, with the values that are gone', async () => {
  const data = Array.from({ length: 150 }, (_, i) => ({ name: `bulk ${i}` }));
  const { body } = await admin('POST', '/api/v1/tags/bulk', { data });
  const made = await events({ resource: 'tag', action: 'create', limit: '200' });
  assert.deepEqual(
    new Set(made.map((event) => event.record_id)),
    new Set(body.data.map((tag: { id: string }) => tag.id)),
  );
  await admin('DELETE', `/api/v1/tags/${body.data[0].id}`);
  const [gone] = await events({ record_id: body.data[0].id, action: 'delete' });
  assert.equal(gone!.before!.name, 'bulk 0');
  assert.equal(gone!.after, null);
});

test('events are found by what, who, when and field, and paged without gap', async () => {
  const { user_id } = await tenant.as('admin');
  const company = await created('companies', { name: 'Paged' });
  for (const name of ['One', 'Two', 'Three', 'Four']) {
    await admin('PATCH', `/api/v1/companies/${company.id}`, { name });
    await admin('PATCH', `/api/v1/companies/${company.id}`, { city: name });
  }
  const history = await events({ record_id: company.id, field: 'name' });
  assert.deepEqual(
    history.map((event) => event.after!.name),
    ['Four', 'Three', 'Two', 'One', 'Paged'],
  );
  assert.equal((await events({ record_id: company.id, actor_id: user_id })).length, 9);
  const [first] = await events({ record_id: company.id });
  assert.equal((await events({ request_id: first!.request_id! })).length, 1);
  assert.deepEqual(await events({ record_id: company.id, to: '2020-01-01T00:00:00Z' }), []);
  assert.equal((await events({ record_id: company.id, from: '2020-01-01T00:00:00Z' })).length, 9);

  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await admin('GET', `/api/v1/audit-events?record_id=${company.id}&limit=4${cursor}`);
    seen.push(...body.data.map((event: AuditEvent) => event.seq));
    if (!body.next_cursor) break;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
  assert.deepEqual([seen.length, new Set(seen).size], [9, 9]);
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => Number(b) - Number(a)),
  );
});

test('who did something seldom is looked for piece by piece, and what was not searched yet comes with the next page', async () => {
  const own = await app.tenant();
  const [ann, ben] = [await own.as('admin', 'Ann'), await own.as('admin', 'Ben')];
  const rare = await ann.api('POST', '/api/v1/tags', { name: 'Rare' });
  for (let n = 0; n < 20; n++) await ben.api('POST', '/api/v1/tags', { name: `Often ${n}` });
  const found = await ann.api('GET', `/api/v1/audit-events?actor_id=${ann.user_id}&resource=tag`);
  assert.deepEqual(
    [found.body.data.map((event: AuditEvent) => event.record_id), found.body.next_cursor],
    [[rare.body.id], null],
  );
  const reading = { ...systemActor(own.tenant_id), user_id: ann.user_id };
  const seen: (string | null)[] = [];
  let [pages, cursor]: [number, string | null] = [0, ''];
  while (cursor !== null) {
    const query = auditQuery.parse({ actor_id: ann.user_id, resource: 'tag', ...(cursor && { cursor }) });
    const page = await withContext(app.app.services.db, reading, (ctx) =>
      listEvents(ctx, query, { numbers_min: 3n, numbers_max: 6n, ms: 0 }),
    );
    seen.push(...page.data.map(({ record_id }) => record_id));
    cursor = page.next_cursor;
    pages++;
  }
  assert.deepEqual(seen, [rare.body.id]);
  assert.ok(pages > 5, `${pages}`);
});

test('only who may read the audit reads it, and only that of the own workspace', async () => {
  const contact = await created('contacts', { given_name: 'Ours' });
  for (const role of ['member', 'viewer', 'advisor', 'customer'])
    assert.equal((await (await tenant.as(role)).api('GET', '/api/v1/audit-events')).status, 403, role);
  const stranger = (await (await app.tenant()).as('admin')).api;
  assert.deepEqual(await events({ record_id: contact.id }, stranger), []);
});

test('no secret gets into an event, nor its hash', async () => {
  const { key } = await tenant.as('manager');
  assert.ok((await events({ resource: 'api_key' })).length > 0);
  const hash = createHash('sha256').update(key).digest('hex');
  const { rows: kept } = await owner.query(`select count(*)::int as n from api_key where encode(hash, 'hex') = $1`, [
    hash,
  ]);
  assert.equal(kept[0].n, 1, 'this is the hash that must not show');
  const { rows } = await owner.query(
    `select h.resource from record_history h, unnest($1::text[]) secret where position(secret in concat(before, after)) > 0`,
    [[key, hash]],
  );
  assert.deepEqual(rows, []);
});

test('the application can add events but not change, remove or reach them past their policies', async () => {
  const asApp = new pg.Client({ connectionString: app.database.appUrl });
  await asApp.connect();
  await asApp.query(`select set_config('app.tenant_id', $1, false), set_config('app.rights', '{"*":"all"}', false)`, [
    tenant.tenant_id,
  ]);
  const month = new Date().toISOString().slice(0, 7).replace('-', '_');
  for (const statement of [
    `update audit_event set action = 'x'`,
    'delete from audit_event',
    'truncate audit_event',
    `select from audit_event_${month}`,
    `delete from audit_event_${month}`,
    `drop table audit_event_${month}`,
    'select from audit_event_default',
    'alter table audit_event disable row level security',
    'drop policy read on audit_event',
    `insert into audit_event (tenant_id, actor_id, action, resource) values ('${tenant.tenant_id}', app.uuid_v7(), 'x', 'x')`,
    `insert into audit_event (tenant_id, action, resource) values (app.uuid_v7(), 'x', 'x')`,
  ])
    await assert.rejects(asApp.query(statement), { code: '42501' }, statement);
  await asApp.end();
});

test('months ahead have their partitions, and what came too early for one moves into it', async () => {
  const { rows: partitions } = await owner.query(
    `select count(*)::int as n from pg_inherits where inhparent = 'audit_event'::regclass`,
  );
  assert.equal(partitions[0].n, 14, 'this month, twelve ahead, and the default');

  const late = await owner.query(
    `insert into audit_event (tenant_id, action, resource, at)
    values ($1, 'later', 'test', date_trunc('month', now()) + interval '14 months 3 days')
      returning seq, tableoid::regclass::text as partition`,
    [tenant.tenant_id],
  );
  assert.equal(late.rows[0].partition, 'audit_event_default');
  assert.equal((await owner.query('select app.ensure_partitions(14) as made')).rows[0].made, 2);
  const found = await owner.query('select tableoid::regclass::text as partition from audit_event where seq = $1', [
    late.rows[0].seq,
  ]);
  assert.match(found.rows[0].partition, /^audit_event_\d{4}_\d\d$/);
  assert.equal((await owner.query('select app.ensure_partitions(14) as made')).rows[0].made, 0);
});

test('whoever may not read a record reads nothing of its history, also past the API', async () => {
  const { api: adviser, user_id } = await tenant.as('advisor');
  const own = (await adviser('POST', '/api/v1/contacts', { given_name: 'Own', city: 'Here' })).body.id as string;
  const foreign = (await created('contacts', { given_name: 'Foreign', city: 'There' })).id as string;
  const tag = await created('tags', { name: 'History' });
  for (const id of [own, foreign]) {
    await admin('PATCH', `/api/v1/contacts/${id}`, { city: 'Elsewhere', tags: [tag.id] });
  }
  const asApp = new pg.Client({ connectionString: app.database.appUrl });
  await asApp.connect();
  const readBy = async (rights: string) => {
    await asApp.query(
      `select set_config('app.tenant_id', $1, false), set_config('app.user_id', $2, false), set_config('app.rights', $3, false)`,
      [tenant.tenant_id, user_id, rights],
    );
    const { rows } = await asApp.query(
      `select h.record_id from record_history h where h.record_id = any ($1)
       or h.resource = 'record_tag' and (coalesce(h.after, h.before) ->> 'record_id')::uuid = any ($1)`,
      [[own, foreign]],
    );
    return rows.length;
  };
  const all = await readBy('*');
  assert.equal(all, 6, 'creation, change and tag of two contacts');
  assert.equal(await readBy(';contact.read=own;'), all / 2);
  assert.equal(await readBy(';contact.read=all;company.read=all;deal.read=all;'), all);
  assert.equal(await readBy(';company.read=all;'), 0);
  // Gone for good: only who reads all of its kind.
  await admin('DELETE', `/api/v1/contacts/${own}`);
  await owner.query('begin; set local role holdfast_system');
  await owner.query('delete from contact where id = $1', [own]);
  await owner.query('commit');
  assert.equal(await readBy(';contact.read=own;'), 0);
  assert.ok((await readBy(';contact.read=all;')) > all / 2);
  await asApp.end();
});

test('a time in the year 0, which PostgreSQL does not know, is refused where it stands', async () => {
  const year_0 = '0000-06-01T00:00:00Z';
  for (const [path, field] of [
    [`audit-events?from=${year_0}`, 'from'],
    [`task-occurrences?from=${year_0}&to=2026-11-20T07:00:00Z`, 'from'],
    [`log-lines?from=2026-11-20T07:00:00Z&to=${year_0}`, 'to'],
  ] as const) {
    const { status, body } = await admin('GET', `/api/v1/${path}`);
    assert.deepEqual([status, body.errors?.[0]?.field], [422, field], path);
    assert.match(body.errors[0].message, /between the years 1 and 9999/, path);
  }
  const read = await admin('POST', '/api/v1/notifications/readings', { until: year_0 });
  assert.deepEqual([read.status, read.body.errors?.[0]?.field], [422, 'until']);
});
