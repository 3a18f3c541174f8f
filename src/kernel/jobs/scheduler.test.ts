import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { housekeep } from '../../../test/harness/housekeep.ts';
import { Database, sql } from '../database/database.ts';
import { createLog } from '../logs/log.ts';
import type { Schedule } from './schedule.ts';
import { Scheduler } from './scheduler.ts';

let app: TestApp;
let tenant: TestTenant;
let owner: pg.Client;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  tenant = await app.tenant();
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query('set role holdfast_system');
});
after(async () => {
  await owner.end();
  await app.stop();
});

const schedule = (name: string, more: Partial<Schedule> = {}): Schedule =>
  ({ name, cron: '0 3 * * *', timeZone: 'workspace', per: 'workspace', kind: name, payload: { a: 1 }, ...more }); // biome-ignore format: a line
const node = (schedules: Schedule[], db = app.app.services.db) =>
  new Scheduler({ db, log: createLog('silent'), schedules });
const jobs = async (name: string) =>
  (await owner.query(`select tenant_id, state, payload, run_at from job where kind = $1 order by run_at`, [name])).rows;
const planned = async (name: string, tenant_id = tenant.tenant_id) =>
  (
    await owner.query(`select *, next_at <= now() as due from schedule where name = $1 and tenant_id = $2`, [
      name,
      tenant_id,
    ])
  ).rows[0];
/** As if its time had come so long ago. */
const makeDue = (name: string, ago: string) =>
  owner.query(`update schedule set next_at = now() - $2::interval where name = $1`, [name, ago]);

test('each time leaves one job, however many nodes look at the same moment', async () => {
  const each = schedule('test.each', { cron: '* * * * * *', timeZone: 'UTC', per: 'installation', dedupeKey: '' });
  const dbs = Array.from(
    { length: 4 },
    (_, n) =>
      new Database({
        url: app.database.appUrl,
        connectionsMax: 2,
        statementTimeoutMs: 5_000,
        applicationName: `node-${n}`,
      }),
  );
  // Claimed at once, so that none is left out because one like it waits.
  const { db } = app.app.services;
  const taking = setInterval(() => db.call(sql`select app.claim_jobs('test', '{"test.each": 9}', 9, 9, '{}', 60)`), 5);
  const nodes = dbs.map((db) => node([each], db));
  for (const one of nodes) one.start();
  await eventually(async () => (await jobs('test.each')).length >= 4);
  for (const one of nodes) await one.stop();
  clearInterval(taking);
  for (const db of dbs) await db.close();
  const times = (await jobs('test.each')).map(({ run_at }) => run_at.getTime() / 1_000);
  assert.deepEqual(times, times.map((_, n) => times[0]! + n)); // biome-ignore format: a line
});

test('each workspace has its own, by its own clock, and another time zone moves the next', async () => {
  const nightly = schedule('test.nightly');
  const other = await app.tenant();
  const zoned = (zone: string) =>
    owner.query(`update tenant set time_zone = $1 where id = $2`, [zone, tenant.tenant_id]);
  await zoned('Asia/Kolkata');
  await node([nightly]).look();
  assert.equal((await planned('test.nightly')).next_at.toISOString().slice(11), '21:30:00.000Z');
  assert.equal((await planned('test.nightly', other.tenant_id)).next_at.toISOString().slice(11), '03:00:00.000Z');
  assert.equal(await planned('test.nightly', '00000000-0000-0000-0000-000000000000'), undefined);
  await zoned('Asia/Tokyo');
  await node([nightly]).look();
  assert.equal((await planned('test.nightly')).next_at.toISOString().slice(11), '18:00:00.000Z');
  // Due by the old zone, not by the new one.
  await makeDue('test.nightly', '1 minute');
  await zoned('Asia/Kolkata');
  await node([nightly]).look();
  assert.deepEqual((await jobs('test.nightly')).map(({ tenant_id }) => tenant_id), [other.tenant_id]); // biome-ignore format: a line
});

test('times that passed while nothing ran are made up for once, and the job hears when the time before was', async () => {
  const hourly = schedule('test.hourly', { cron: '0 * * * *' });
  await node([hourly]).look();
  assert.equal((await jobs('test.hourly')).length, 0, 'the first time is to come');
  await makeDue('test.hourly', '30 hours');
  const due = (await planned('test.hourly')).next_at;
  for (let look = 0; look < 3; look++) await node([hourly]).look();
  const mine = async () => (await jobs('test.hourly')).filter(({ tenant_id }) => tenant_id === tenant.tenant_id);
  assert.deepEqual((await mine()).map(({ payload }) => payload), [{ a: 1, previous_at: null }]); // biome-ignore format: a line
  const { next_at, last_at } = await planned('test.hourly');
  assert.ok(next_at > new Date() && next_at.getTime() - Date.now() <= 3_600_000);
  assert.deepEqual(last_at, due);
  await owner.query(`update job set state = 'done' where kind = 'test.hourly'`);
  await makeDue('test.hourly', '1 second');
  await node([hourly]).look();
  assert.equal((await mine()).length, 2);
  assert.equal(new Date((await mine())[1].payload.previous_at).getTime(), due.getTime());
});

test('after the clock was set back, the next time is that by the new one', async () => {
  const hourly = schedule('test.set-back', { cron: '0 * * * *' });
  await node([hourly]).look();
  await owner.query(
    `update schedule set last_at = now() + interval '30 days', next_at = now() + interval '30 days 1 hour' where name = $1`,
    ['test.set-back'],
  );
  for (let look = 0; look < 2; look++) await node([hourly]).look();
  const { next_at, last_at } = await planned('test.set-back');
  assert.ok(next_at > new Date() && next_at.getTime() - Date.now() <= 3_600_000, next_at);
  assert.ok(last_at <= new Date(), last_at);
  assert.deepEqual(await jobs('test.set-back'), []);
  await makeDue('test.set-back', '1 second');
  await node([hourly]).look();
  assert.ok((await jobs('test.set-back')).length > 0);
});

test('while the job of the time before waits, none is added; a schedule of another version is planned anew', async () => {
  const once = schedule('test.once', { per: 'installation', timeZone: 'UTC', beginsAtOnce: true });
  await node([once]).look();
  await sleep(5);
  await node([once]).look();
  await makeDue('test.once', '1 second');
  await node([once]).look();
  assert.equal((await jobs('test.once')).length, 1);
  await makeDue('test.once', '1 second');
  await node([{ ...once, cron: '0 4 * * *' }]).look();
  const { cron, due } = await planned('test.once', '00000000-0000-0000-0000-000000000000');
  assert.deepEqual([cron, due], ['0 4 * * *', false]);
});

test('a worker plans what the program declares, does it, and keeps the jobs of the installation for a day', async () => {
  const system = '00000000-0000-0000-0000-000000000000';
  // As it was left when the last worker stopped.
  await owner.query(
    `insert into schedule (tenant_id, name, cron, time_zone, next_at) values ($1, 'notification.due_tasks', '* * * * *', 'UTC',
      now() - interval '1 hour')`,
    [system],
  );
  await app.secondNode({ HOLDFAST_ROLE: 'worker' });
  const done = (kind: string) => eventually(async () => (await jobs(kind)).find(({ state }) => state === 'done'));
  assert.equal((await done('housekeeping')).tenant_id, system);
  const { rows } = await owner.query(
    `select name from schedule where tenant_id in ($1, $2) and name not like 'test.%' order by name`,
    [system, tenant.tenant_id],
  );
  const names = [
    'backup',
    'backup-log',
    'backup-proof',
    'certificate.check',
    'duplicate.search',
    'housekeeping',
    'key_rotation',
    'language_model.tidy',
    'lifecycle',
    'meaning.learn',
    'notification.due_tasks',
    'personal_sealing',
    'score.fit',
    'storage.sample',
  ];
  assert.deepEqual(rows.map(({ name }) => name), names); // biome-ignore format: a line
  await done('notification.due_tasks');
  for (const id of [system, tenant.tenant_id])
    await owner.query(
      `insert into job (tenant_id, kind, state, finished_at) values ($1, 'test.old', 'done', now() - interval '2 days')`,
      [id],
    );
  await housekeep(app);
  assert.deepEqual((await jobs('test.old')).map(({ tenant_id }) => tenant_id), [tenant.tenant_id]); // biome-ignore format: a line
});
