import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { eventually, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { testKey } from '../../../test/harness/cluster.ts';
import { command } from '../../../test/harness/command.ts';
import { systemClient } from '../../../test/harness/identity.ts';
import { importNow, upload } from '../../../test/harness/import.ts';
import { type LifecycleWorld, startLifecycleWorld } from '../../../test/harness/lifecycle.ts';
import { openStream } from '../../../test/harness/stream.ts';
import { seedTenant } from '../../../test/isolation/seed.ts';
import { tenantTables } from '../../../test/isolation/tables.ts';
import { verifyAudit } from '../audit-verify.ts';
import { deleteTenant, type Step } from './delete.ts';

let world: LifecycleWorld;
let app: TestApp;
let client: pg.Client;

before(async () => {
  world = await startLifecycleWorld();
  app = world.app;
  // The command line, as an installation of its own, keeps everybody else from connecting.
  await world.rows(
    `do $$ begin execute format('grant connect on database %I to holdfast_test_app', current_database()); end $$`,
  );
  client = await systemClient(app);
});
after(async () => {
  await client.end();
  await world.stop();
});

const environment = () => ({
  DATABASE_URL: app.database.ownerUrl,
  HOLDFAST_DATA: app.app.services.config.HOLDFAST_DATA,
  HOLDFAST_KEY: testKey(),
});

/** Answers what it wrote, whether it was done or not. */
const holdfast = (...args: string[]) =>
  command(args, environment()).then(
    (stdout) => ({ code: 0, stdout, stderr: '' }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

const remove = (name: string, after?: (step: Step) => void | Promise<void>) =>
  deleteTenant(
    { ownerUrl: app.database.ownerUrl, store: app.app.services.files, say: () => {}, ...(after && { after }) },
    name,
  );

/** How many rows each table has of a workspace, as far as the background does not change them. */
async function rowsOf({ tenant_id }: TestTenant): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of await tenantTables(client))
    counts[name] = Number(
      (await client.query(`select count(*) from ${name} where tenant_id = $1`, [tenant_id])).rows[0].count,
    );
  for (const [name, column] of [
    ['tenant', 'id'],
    ['error_occurrence', 'workspace_id'],
    ['error_report', 'id'],
    ['lifecycle_archive', 'of_tenant'],
    ['tenant_deletion', 'of_tenant'],
  ])
    counts[name!] = Number(
      (await client.query(`select count(*) from ${name} where ${column} = $1`, [tenant_id])).rows[0].count,
    );
  return counts;
}

const left = async (tenant: TestTenant) => Object.entries(await rowsOf(tenant)).filter(([, count]) => count > 0);

async function keysOf({ tenant_id }: TestTenant): Promise<string[]> {
  const keys = [];
  for await (const { key } of app.app.services.files.list(tenant_id)) keys.push(key);
  return keys.sort();
}

const uploadText = (
  api: TestTenant['as'] extends (role: string) => Promise<{ api: infer A }> ? A : never,
  text: string,
) => {
  const form = new FormData();
  form.append('file', new Blob([text], { type: 'text/plain' }), 'contract.txt');
  return api('POST', '/api/v1/files?kind=upload', form);
};

async function seeded(name: string): Promise<TestTenant> {
  const tenant = await app.tenant(name);
  const { api } = await tenant.as('admin', `Ada of ${name}`);
  assert.equal((await uploadText(api, `What ${name} agreed.`)).status, 201);
  await client.query('begin');
  await client.query(`select set_config('app.tenant_id', $1, true), set_config('app.rights', '*', true)`, [
    tenant.tenant_id,
  ]);
  await seedTenant(client, tenant.tenant_id, name);
  await client.query('commit');
  return tenant;
}

/** Tables to which the background adds rows, or from which it takes some, while a test runs. */
const moving = new Set([
  'job',
  'schedule',
  'feed_mark',
  'feed_cursor',
  'log_line',
  'log_count',
  'audit_event',
  'record_history',
  'usage_activity',
  'usage_route',
  'usage_statement',
  'notification',
  'webhook_delivery',
  'webhook_sending',
  'webhook',
  'deal_score',
  'score_model',
  'duplicate_suspect',
  'feed_set_aside',
  'idempotency_key',
  'meaning_model',
  'meaning_term',
  'meaning_passage',
]);
const still = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).filter(([name]) => !moving.has(name)));

test('a deleted workspace leaves no row in any table and no file, and takes nothing from another', async () => {
  const goes = await seeded('goes');
  const stays = await seeded('stays');
  const { api, key } = await goes.as('admin', 'Ada of goes');
  // With a part of its past in a file of its own.
  await world.past(30, ['Long ago'], api);
  await world.lifecycle();
  await client.query(
    `insert into error_report (id, fingerprint, kind, message, occurrences, first_seen_at, last_seen_at, first_version, last_version)
     values ($1, repeat('0', 64), 'Error', 'Probe', 1, now(), now(), '1', '1')`,
    [goes.tenant_id],
  );
  await client.query(
    `insert into error_occurrence (report_id, line_id, at, workspace_id, process, version, message)
      values ($1, $1, now(), $1, 'probe', '1', 'Probe')`,
    [goes.tenant_id],
  );
  await client.query(
    `insert into contact (tenant_id, given_name, custom) select $1, 'Contact ' || n, jsonb_build_object('probe', 'Value')
      from generate_series(1, 1000) n`,
    [goes.tenant_id],
  );
  const before = await rowsOf(goes);
  assert.deepEqual(
    Object.entries(before).filter(([name, count]) => count === 0 && name !== 'tenant_deletion' && !moving.has(name)),
    [],
    'every table has a row to lose (test/isolation/seed.ts)',
  );
  const kept = { rows: still(await rowsOf(stays)), keys: await keysOf(stays) };
  const stream = await openStream(app.url, key);
  const page = await goes.signedIn('viewer', 'Vera');
  assert.equal((await page('GET', '/api/v1/session')).status, 200);

  const asked = await holdfast('tenant', 'delete', 'goes');
  assert.equal(asked.code, 2);
  assert.match(asked.stdout, /The workspace goes \(goes\) has [\d,]+ rows.* contact\n.*and \d files of/s);
  assert.match(asked.stderr, /Nothing was deleted.* --confirm goes/);
  const mistyped = await holdfast('tenant', 'delete', 'goes', '--confirm', 'gose');
  assert.match(mistyped.stderr, /--confirm says “gose”, and the workspace is “goes”/);
  assert.deepEqual(still(await rowsOf(goes)).contact, before.contact);

  const files = join(app.app.services.config.HOLDFAST_DATA, 'files');
  writeFileSync(join(files, '.incoming', `${goes.tenant_id}.upload.one.two`), 'Of an upload that was killed');
  const done = await holdfast('tenant', 'delete', 'goes', '--confirm', 'goes');
  assert.equal(done.code, 0, done.stderr);
  const number = (said: string, what: RegExp) => Number(what.exec(said)![1]!.replaceAll(',', ''));
  const announced = number(asked.stdout, / has ([\d,]+) rows/);
  const gone = number(done.stdout, /Deleted the workspace goes: ([\d,]+) rows and \d files/);
  assert.ok(gone >= announced, `${gone} of ${announced} rows`);
  assert.deepEqual(await left(goes), []);
  assert.deepEqual(await keysOf(goes), []);
  const named = [...readdirSync(files), ...readdirSync(join(files, '.incoming'))].filter((name) =>
    name.startsWith(goes.tenant_id),
  );
  assert.deepEqual(named, [], 'nor a folder, or what is left of an upload');
  assert.deepEqual({ rows: still(await rowsOf(stays)), keys: await keysOf(stays) }, kept);
  assert.equal((await page('GET', '/api/v1/session')).status, 401);
  assert.equal((await api('GET', '/api/v1/contacts')).status, 401);
  await stream.ended;
  const { body } = await world.operator('GET', '/api/v1/installation/actions');
  assert.deepEqual(
    body.data.slice(0, 2).map(({ who, action, target }: Record<string, string>) => [who, action, target]),
    [['the command line', 'tenant.deleted', 'goes'], ['the command line', 'tenant.delete', 'goes, goes']], // biome-ignore format: two lines
  );
  assert.match(
    (await holdfast('tenant', 'delete', 'goes', '--confirm', 'goes')).stderr,
    /There is no workspace “goes”/,
  );
});

test('killed after any step, it goes on where it was, lets nobody in meanwhile, and the trail is never found wrong', async () => {
  const findings = async () => (await verifyAudit(app.database.ownerUrl)).findings;
  const before = await findings();
  const tenant = await seeded('killed');
  const { api } = await tenant.as('admin', 'Ada of killed');
  await client.query(
    `update webhook w set rights = '{}', api_key_id = (select id from api_key where tenant_id = $1 limit 1) where tenant_id = $1`,
    [tenant.tenant_id],
  );
  for (const stop of ['begun', 'rows', 'files', 'archive', 'trail', 'tenant'] as const) {
    await assert.rejects(
      remove('killed', (step) => {
        if (step === stop) throw new Error(`stopped after ${stop}`);
      }),
      new RegExp(`stopped after ${stop}`),
    );
    assert.deepEqual(await findings(), before, stop);
    // These may be very many: they go in batches, not with the key that made their webhook.
    if (stop === 'begun') assert.notEqual((await rowsOf(tenant)).webhook_delivery, 0);
    assert.equal((await api('GET', '/api/v1/contacts')).status, 401);
    assert.match((await holdfast('tenant', 'list')).stdout, /^killed .*being deleted since/m);
    if (stop === 'tenant') continue;
    const inside = await holdfast('user', 'create', '--tenant', 'killed', '--email', 'a@b.example', '--name', 'A');
    assert.match(inside.stderr, /"killed" is being deleted/);
  }
  // Another has its name since.
  const other = JSON.parse((await holdfast('tenant', 'create', '--name', 'killed', '--json')).stdout);
  const asked = await holdfast('tenant', 'delete', 'killed');
  assert.match(asked.stdout, /What is left of the workspace killed, whose deletion began at/);
  await remove('killed');
  assert.deepEqual(await left(tenant), []);
  assert.deepEqual(await keysOf(tenant), []);
  assert.equal((await client.query('select from tenant where id = $1', [other.tenant_id])).rowCount, 1);
});

test('it is refused of what is held, of the only workspace, and while another command deletes it', async () => {
  const held = await app.tenant('held');
  await world.holding(`kind = 'tenant'`, async () => {
    assert.match((await holdfast('tenant', 'delete', 'held')).stderr, /“held” is held/);
    await assert.rejects(remove('held'), /“held” is held/);
  });
  for (const name of ['system', "o'; drop table tenant --", '%', ''])
    assert.match((await holdfast('tenant', 'delete', name, '--confirm', name)).stderr, /There is no workspace/, name);
  await remove('held', async (step) => {
    if (step === 'rows') await assert.rejects(remove('held'), /“held” is being deleted already/);
  });
  assert.deepEqual(await left(held), []);
  const [one, two] = [await app.tenant('one'), await app.tenant('two')];
  const outcomes = await Promise.allSettled(['one', 'two', 'one', 'two', 'one'].map((name) => remove(name)));
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
  assert.equal(refused.length, 3, refused.join('\n'));
  for (const reason of refused) assert.match(reason, /being deleted already|There is no workspace|deleted meanwhile/);
  assert.deepEqual([...(await left(one)), ...(await left(two))], []);
  const begun = `select from operator_action where action = 'tenant.delete' and target in ('one, one', 'two, two')`;
  assert.equal((await client.query(begun)).rowCount, 2);
  // As far as anybody else could be deleted, too.
  await client.query(
    `insert into tenant_deletion (of_tenant, name) select id, name from tenant where name not in ('system', 'other')`,
  );
  await assert.rejects(remove('other'), /“other” is the only workspace/);
  await client.query('delete from tenant_deletion');
});

test('while it imports, exports, changes many and sends webhooks, a workspace goes, and the worker goes on with others', async () => {
  const busy = await app.tenant('busy');
  const { api } = await busy.as('admin', 'Ada of busy');
  const csv = (name: string) =>
    `Given name,Email\n${Array.from({ length: 5_000 }, (_, i) => `${name} ${i},${name}${i}@busy.example`).join('\n')}\n`;
  const first = await importNow(api, [['first.csv', csv('first')]]);
  assert.equal(first.state, 'done', JSON.stringify(first));
  const hook = await api('POST', '/api/v1/webhooks', {
    name: 'Hook',
    url: 'https://receiver.invalid/hook',
    events: { contact: { verbs: ['created', 'updated'] } },
  });
  assert.equal(hook.status, 201, JSON.stringify(hook.body));
  const second = await upload(api, [['second.csv', csv('second')]]);
  assert.equal((await api('POST', `/api/v1/imports/${second.body.id}/runs`)).status, 202);
  assert.equal((await api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' })).status, 202);
  const bulk = {
    resource: 'contact',
    filter: JSON.stringify({ field: 'given_name', op: 'contains', value: 'first' }),
    action: { kind: 'update', fields: { city: 'Rome' } },
  };
  const changed = await api('POST', '/api/v1/changes', bulk);
  assert.equal(changed.status, 202, JSON.stringify(changed.body));
  const running = `select from job where tenant_id = $1 and state = 'running'`;
  await eventually(async () => (await client.query(running, [busy.tenant_id])).rowCount! > 0);
  // Somebody else works on beside it, and waits for nothing.
  const other = await world.other.as('admin', 'Otto');
  let [slowest, ended] = [0, false];
  const working = (async () => {
    while (!ended) {
      const began = performance.now();
      assert.equal((await other.api('POST', '/api/v1/contacts', { given_name: 'Beside' })).status, 201);
      slowest = Math.max(slowest, performance.now() - began);
    }
  })();
  await remove('busy').finally(() => {
    ended = true;
  });
  await working;
  assert.ok(slowest < 5_000, `${slowest} ms`);
  assert.deepEqual(await left(busy), []);
  // What the worker had begun it has noticed by now, and has written nothing since.
  const asked = await other.api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' });
  await eventually(async () => (await other.api('GET', `/api/v1/exports/${asked.body.id}`)).body.state === 'done');
  await eventually(
    async () =>
      (await client.query(`select from job where state = 'running' and tenant_id = $1`, [busy.tenant_id])).rowCount ===
      0,
  );
  assert.deepEqual(await left(busy), []);
  assert.deepEqual(await keysOf(busy), []);
});
