import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, MongoClient } from 'mongodb';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { housekeep } from '../../../test/harness/housekeep.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type MongoServer, mongoMissing, startMongoServer } from '../../../test/harness/mongo-server.ts';
import { sql } from '../../kernel/database/database.ts';
import { LogShipper } from '../../kernel/logs/shipper.ts';
import { Spill } from '../../kernel/logs/spill.ts';
import { logStoreFinding } from '../health/findings.ts';
import { logLine } from './log-store.conformance.ts';

const skip = mongoMissing;
let server: MongoServer;
let app: TestApp;
let home: TestTenant;
let administrator: Client;
let reader: MongoClient;
let db: Db;

before(async () => {
  if (skip) return;
  server = await startMongoServer();
  app = await startTestApp({ LOG_LEVEL: 'info', MONGODB_URL: server.url('logs') });
  home = await app.tenant();
  administrator = await home.signedIn('admin', 'Ada');
  reader = new MongoClient(server.url('logs'), { serverSelectionTimeoutMS: 2_000 });
  db = reader.db();
});
after(async () => {
  await app?.stop();
  await reader?.close();
  await server?.close();
});

const query = (filter: Record<string, string>) =>
  new URLSearchParams({
    from: new Date(Date.now() - 86_400_000).toISOString(),
    to: new Date(Date.now() + 600_000).toISOString(),
    ...filter,
  }).toString();

test('a request is found by its id on the routes of the page, by those who may, and its change in the copy of the trail', {
  skip,
}, async () => {
  const made = await administrator('POST', '/api/v1/companies', { name: 'Canary Company' });
  const request_id = made.headers.get('x-request-id')!;
  const path = `/api/v1/log-lines?${query({ request_id })}`;
  const lines = async (client: Client, at = path) => (await client('GET', at)).body.data as { route: string }[];
  await eventually(async () => (await lines(administrator)).length === 1);
  assert.equal((await lines(administrator))[0]!.route, 'POST /api/v1/companies');
  const { body } = await administrator('GET', `/api/v1/log-lines/histogram?${query({ request_id, bars: '10' })}`);
  assert.equal(
    body.data.reduce((sum: number, bar: { lines: number }) => sum + bar.lines, 0),
    1,
  );
  const other = await app.tenant();
  assert.deepEqual(await lines(await other.signedIn('admin', 'Eve')), []);
  assert.equal((await (await home.signedIn('manager', 'Max'))('GET', path)).status, 403);
  const installation = path.replace('/api/v1/', '/api/v1/installation/');
  assert.equal((await administrator('GET', installation)).status, 403);
  const { user_id } = await home.as('viewer', 'Olga');
  await asOwner(app, `insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
  assert.equal((await lines(await home.signedIn('viewer', 'Olga'), installation)).length, 1);
  // Neither its lines nor anything else of the log went to the database.
  assert.deepEqual(await asOwner(app, 'select from log_line'), []);

  const copied = () => db.collection('audit_logs').find({ request_id }).toArray();
  await eventually(async () => (await copied()).length === 1);
  const [event] = await copied();
  const [trail] = (await asOwner(app, 'select * from audit_event where request_id = $1', [request_id])) as [
    Record<string, unknown>,
  ];
  assert.equal(event!._id as unknown, `${home.tenant_id}:${trail.seq}`);
  for (const name of ['tenant_id', 'action', 'resource', 'record_id', 'actor_id'])
    assert.equal(event![name], trail[name], name);
  assert.ok(!JSON.stringify(event).includes('Canary'));
});

test('the trail from before is copied too, and an event that comes again is there once', { skip }, async () => {
  const counted = async () =>
    ((await asOwner(app, 'select count(*)::int as n from audit_event')) as { n: number }[])[0]!.n;
  await eventually(async () => (await db.collection('audit_logs').countDocuments({})) === (await counted()));
  const before = await db.collection('audit_logs').countDocuments({});
  await asOwner(
    app,
    `update feed_cursor set xid = '0', seq = 0 where consumer = 'log.audit';
     insert into feed_mark (tenant_id, consumer, from_xid, from_seq, until_xid, until_seq, since)
     select t.id, 'log.audit', '0', 0, r.xid, r.seq, '-infinity' from tenant t cross join feed_router r on conflict do nothing`,
  );
  await eventually(
    async () => ((await asOwner(app, `select from feed_mark where consumer = 'log.audit'`)) as unknown[]).length === 0,
  );
  assert.equal(await db.collection('audit_logs').countDocuments({}), before);
});

test('collections have their indexes, and what the server lacks is said', { skip }, async () => {
  for (const name of ['app_logs', 'event_logs', 'error_logs', 'audit_logs']) {
    const indexes = (await db.collection(name).indexes()).map((index) => index.name);
    for (const wanted of ['expiry', 'tenant', 'request']) assert.ok(indexes.includes(wanted), `${name}.${wanted}`);
  }
  const { ok, detail } = await logStoreFinding(app.app.services.logStore, app.app.services.config);
  assert.ok(ok);
  assert.match(detail, /^In FerretDB .* no TTL indexes: housekeeping deletes/);
});

test('lines of before that are in the database go at their age, and no empty day is kept for ever', {
  skip,
}, async () => {
  const { db: database } = app.app.services;
  const days = () =>
    asOwner(app, `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'log_line'::regclass
      and to_date(substr(c.relname, 10), 'YYYY_MM_DD') < current_date - 30`); // biome-ignore format: one statement
  const at = new Date(Date.now() - 40 * 86_400_000).toISOString();
  await database.call(sql`select app.append_log(${JSON.stringify([logLine({ at, message: 'of before' })])}::jsonb)`);
  assert.equal(((await days()) as unknown[]).length, 1);
  await housekeep(app);
  assert.deepEqual(await days(), []);
});

test('while the server is killed and comes back, requests go on, and each line and event is stored once', {
  skip,
}, async () => {
  const { logStore, config } = app.app.services;
  const folder = join(config.HOLDFAST_DATA, 'log-of-a-test');
  const log = { warn: () => {}, info: () => {} } as never;
  const shipper = new LogShipper({
    store: { append: (lines) => logStore.append(lines), close: async () => {} },
    spill: new Spill(folder),
    log,
  });
  const request_id = 'killed';
  const sent: string[] = [];
  let stopped = false;
  const load = (async () => {
    for (let i = 0; !stopped; i++) {
      for (let j = 0; j < 5; j++) {
        const line = logLine({ request_id, tenant_id: home.tenant_id, level: j === 0 ? 50 : 30, message: `${i}-${j}` });
        sent.push(line.id);
        shipper.add(line);
      }
      await sleep(10);
    }
  })();
  const requests: string[] = [];
  const ask = async () => {
    const { status, headers } = await administrator('POST', '/api/v1/companies', {
      name: `Company ${requests.length}`,
    });
    assert.equal(status, 201);
    requests.push(headers.get('x-request-id')!);
  };
  const stored = async (name: string, of: object) => db.collection(name).countDocuments(of);
  await eventually(async () => (await stored('event_logs', { request_id })) > 0);
  for (let kill = 0; kill < 2; kill++) {
    await ask();
    await server.kill();
    for (let i = 0; i < 5; i++) await ask();
    const { status } = await administrator('GET', `/api/v1/log-lines?${query({ request_id })}`);
    assert.equal(status, 503);
    assert.equal((await logStoreFinding(logStore, app.app.services.config)).ok, false);
    await eventually(async () => (await readdir(folder).catch(() => [])).length > 0);
    await server.restart();
    await eventually(async () => (await stored('error_logs', { request_id })) > 0);
  }
  stopped = true;
  await load;
  const all = async () => (await stored('event_logs', { request_id })) + (await stored('error_logs', { request_id }));
  await eventually(async () => (await all()) >= sent.length);
  await shipper.stop();
  const ids = (
    await Promise.all(['event_logs', 'error_logs'].map((name) => db.collection(name).find({ request_id }).toArray()))
  )
    .flat()
    .map(({ _id }) => String(_id));
  assert.equal(ids.sort().join(), [...sent].sort().join());
  assert.deepEqual(await readdir(folder), []);
  // The program's own lines, and the trail.
  const each = { request_id: { $in: requests } };
  await eventually(async () => (await stored('app_logs', each)) === requests.length);
  await eventually(async () => (await stored('audit_logs', each)) === requests.length);
});

test('an installation without MongoDB forgets the consumer, and one that has it again copies from the beginning', {
  skip,
}, async () => {
  const cursors = async () =>
    (
      (await asOwner(
        app,
        `select (select count(*) from feed_cursor where consumer = 'log.audit')::int + (select count(*) from feed_consumer
          where name = 'log.audit')::int as n`,
      )) as { n: number }[]
    )[0]!.n;
  assert.ok((await cursors()) > 0);
  await app.secondNode({ MONGODB_URL: '', HOLDFAST_ROLE: 'worker' });
  await eventually(async () => (await cursors()) === 0);
  await app.secondNode({ HOLDFAST_ROLE: 'worker' });
  const before = ((await asOwner(app, 'select count(*)::int as n from audit_event')) as { n: number }[])[0]!.n;
  const copy = db.collection('audit_logs');
  await eventually(async () => (await copy.countDocuments({})) >= before);
});
