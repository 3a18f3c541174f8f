import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { testKey } from '../../../../test/harness/cluster.ts';
import { asOwner } from '../../../../test/harness/identity.ts';

let app: TestApp;
let home: TestTenant;
let operator: Client;
let user_id: string;
const opened: pg.Client[] = [];

const base = '/api/v1/installation';
const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;
const report = async () => {
  const { status, body } = await operator('GET', `${base}/database`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
const actions = async () => (await operator('GET', `${base}/actions`)).body.data as Record<string, string>[];

async function open(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl, application_name: 'a test' });
  client.on('error', () => {});
  await client.connect();
  opened.push(client);
  return client;
}

before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  home = await app.tenant();
  ({ user_id } = await home.as('viewer', 'Olga'));
  operator = await home.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});
after(async () => {
  await Promise.all(opened.map((client) => client.end().catch(() => {})));
  await app.stop();
});

test('nobody but an operator sees the database, not even past the routes', async () => {
  const administrator = await home.signedIn('admin', 'Ada');
  assert.equal((await administrator('GET', `${base}/database`)).status, 403);
  const body = { reason: 'To have it', table: 'contact' };
  assert.equal((await administrator('POST', `${base}/database/vacuums`, body)).status, 403);
  const client = new pg.Client({ connectionString: app.database.appUrl });
  await client.connect();
  opened.push(client);
  for (const call of [
    'operator_database()',
    'operator_tables(1)',
    'operator_indexes(1)',
    'operator_statements(1)',
    'operator_statement(1)',
    'operator_connections(1)',
    'operator_replication(1)',
    `operator_end('1-1', true, 'why not')`,
    `operator_vacuum('contact', 'why not')`,
    `operator_grant('a', 'b', 'why not')`,
  ])
    await assert.rejects(client.query(`select app.${call}`), /Only operators/, call);
});

test('it reads sizes, indexes without use and slots, and says that pg_stat_statements is missing', async () => {
  const { overview, tables, indexes, statements, replication } = await report();
  assert.ok(overview.bytes > 1e6 && overview.may_read_all && overview.may_end);
  const audit = tables.find(({ name }: { name: string }) => name === 'audit_event');
  assert.ok(audit.partitions > 1, JSON.stringify(audit));
  assert.ok(Array.isArray(replication.slots));
  assert.deepEqual(statements, { state: 'missing', data: [] });

  const owner = await open();
  await owner.query('create index again on contact (tenant_id, id)');
  await owner.query('create index again_too on contact (tenant_id, id)');
  // An index whose table somebody locks at that moment, such as autovacuum, is left out.
  const found = await eventually(async () => {
    const all = (await report()).indexes as { name: string; problem: string; same_as: string | null }[];
    return all.find(({ name }) => name === 'again_too');
  });
  assert.deepEqual([found.problem, found.same_as], ['duplicate', 'contact_pkey']);
  assert.ok(indexes.every(({ name }: { name: string }) => !name.startsWith('again')));
  await owner.query('drop index again, again_too');
});

test('who waits for whom is seen without values, and one connection is closed for a reason that is kept', async () => {
  const [holder, waiter] = [await open(), await open()];
  await holder.query('begin; lock table contact in access exclusive mode');
  const waiting = waiter.query(`select 'canary', 471104711 from contact`).then(
    () => 'done',
    (error: Error) => error.message,
  );
  const seen = await eventually(async () => {
    const { connections } = await report();
    return connections.find(({ blocked_by }: { blocked_by: number[] }) => blocked_by.length > 0);
  });
  const { connections } = await report();
  assert.ok(!JSON.stringify(connections).includes('canary') && !JSON.stringify(connections).includes('471104711'));
  const tables = (await report()).tables as { name: string }[];
  assert.ok(tables.length > 10 && tables.every(({ name }) => name !== 'contact'), 'the locked table is not waited for');
  assert.match(seen.wanted, /^contact AccessShareLock/);
  const blocking = connections.find(({ pid }: { pid: number }) => pid === seen.blocked_by[0]);
  assert.equal(blocking.application, 'a test');
  assert.equal(connections[0].pid, seen.pid, 'who waits comes first');

  const end = (id: string, how: string, reason = 'It holds up everybody') =>
    operator('POST', `${base}/database/connection-ends`, { id, how, reason });
  assert.equal((await end(blocking.id, 'close', ' ')).status, 422);
  assert.equal((await end(`${blocking.pid}-1`, 'close')).status, 409, 'another of the same process id is left alone');
  assert.equal((await end(blocking.id, 'close')).status, 204);
  assert.equal(await waiting, 'done');
  assert.equal((await end(blocking.id, 'close')).status, 409);

  const slow = await open();
  const cancelled = slow.query('select pg_sleep(60)').then(
    () => 'done',
    (error: Error) => error.message,
  );
  const sleeping = await eventually(async () =>
    (await report()).connections.find(({ wait_event }: { wait_event: string }) => wait_event === 'Timeout: PgSleep'),
  );
  assert.equal((await end(sleeping.id, 'cancel')).status, 204);
  assert.match(await cancelled, /canceling statement due to user request/);
  assert.deepEqual(
    (await actions()).map(({ action }) => action),
    ['connection.cancel', 'connection.close'],
  );
});

test('no value of a statement is shown', async () => {
  const owner = await open();
  const without = async (statement: string) =>
    (await owner.query('select app.without_literals($1) as text', [statement])).rows[0].text;
  assert.equal(
    await without(`select a1, E'it\\'s', 'O''Hara' from contact -- Müller\n where x = 4711.5 and y = $1`),
    'select a1, ?, ? from contact where x = ? and y = $1',
  );
  assert.equal(await without('select $tag$ secret $tag$, $$ secret $$'), 'select ?');
  assert.equal(await without(`select 'cut off in the mid`), 'select ?');
  assert.equal(await without(`alter role app password 'hunter2'`), 'ALTER ROLE');
});

test('a table is vacuumed and analyzed by a worker, for a reason that is kept', async () => {
  const worker = await app.secondNode({
    HOLDFAST_ROLE: 'worker',
    DATABASE_URL: app.database.ownerUrl,
    HOLDFAST_KEY: testKey(),
  });
  assert.ok(worker);
  const vacuum = (table: string) =>
    operator('POST', `${base}/database/vacuums`, { table, reason: 'It grew too large' });
  assert.equal((await vacuum('pg_class')).status, 404);
  assert.equal((await vacuum('contact; drop table contact')).status, 404);
  assert.equal((await vacuum('contact')).status, 202);
  await eventually(async () => {
    const [job] = await rows(`select state, error from job where kind = 'database.vacuum'`);
    assert.notEqual(job!.state, 'failed', String(job!.error));
    return job!.state === 'done';
  });
  const [contact] = await rows(
    `select last_vacuum is not null and last_analyze is not null as done from pg_stat_user_tables where relname = 'contact'`,
  );
  assert.equal(contact!.done, true);
  assert.equal((await actions())[0]!.action, 'database.vacuum');
});

test('an operator names another and is removed by them, but never the last; both confirm that it is them', async () => {
  const other = await app.tenant('elsewhere');
  await other.as('viewer', 'Ole');
  const ole = await other.signedIn('viewer', 'Ole');
  const reason = 'Shares the night shift';
  const grant = (email: string) => operator('POST', `${base}/operators`, { workspace: 'elsewhere', email, reason });
  assert.equal((await grant('nobody@elsewhere.example')).status, 409);
  const me = { tenant_id: home.tenant_id, user_id, reason };
  assert.equal((await operator('POST', `${base}/operators/removals`, me)).status, 409, 'the last one stays');

  await rows(`update session set created_at = now() - interval '1 day', confirmed_at = null where user_id = $1`, [
    user_id,
  ]);
  const stale = await grant('ole@elsewhere.example');
  assert.deepEqual([stale.status, stale.body.code], [403, 'confirmation_needed']);
  await rows('update session set created_at = now() where user_id = $1', [user_id]);

  assert.equal((await ole('GET', base)).status, 403);
  assert.equal((await grant('Ole@elsewhere.example')).status, 200);
  assert.equal((await ole('GET', base)).status, 200);
  assert.equal((await ole('POST', `${base}/operators/removals`, me)).status, 204);
  assert.equal((await operator('GET', base)).status, 403);
  const kept = (await ole('GET', `${base}/actions`)).body.data as Record<string, string>[];
  assert.deepEqual(
    kept.slice(0, 2).map(({ action, target }) => [action, target]),
    [
      ['operator.revoke', 'Olga <Olga@tenant-1.example>, tenant-1'],
      ['operator.grant', 'Ole <Ole@elsewhere.example>, elsewhere'],
    ],
  );
});
