import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { housekeep } from '../../../test/harness/housekeep.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { sql } from '../../kernel/database/database.ts';
import { Scheduler } from '../../kernel/jobs/scheduler.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { backupSchedules } from '../backup/jobs.ts';
import { lifecycleSchedules } from '../lifecycle/jobs.ts';
import type { ScheduleStatus } from './contract.ts';

const base = '/api/v1/installation';
const name = 'lifecycle';
let app: SharedTestApp;
let home: TestTenant;
let operator: Client;

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;

before(async () => {
  app = await sharedTestApp();
  home = await app.tenant();
  const { user_id } = await home.as('viewer', 'Olga');
  operator = await home.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});

const schedules = async (): Promise<ScheduleStatus[]> => (await operator('GET', `${base}/schedules`)).body.data;
const read = async (wanted = name) => (await schedules()).find((each) => each.name === wanted)!;
const does = (what: string, reason: string, wanted = name) =>
  operator('POST', `${base}/schedules/${wanted}/${what}`, { reason });
const jobs = async () => (await rows(`select id from job where kind = $1`, [name])).length;
const finding = async () =>
  (await operator('GET', base)).body.findings.find(({ check }: { check: string }) => check === 'schedules');
const planned = () => eventually(async () => (await read()).workspaces === 1);

test('the list has every schedule, when it is next by whose clock, and how the last run ended', async () => {
  await planned();
  const found = await eventually(async () => {
    const all = await schedules();
    const first = all.find((each) => each.name === 'housekeeping');
    return first?.last?.state === 'done' && all;
  });
  assert.ok(found.length >= 6, found.map((each) => each.name).join());
  const housekeeping = found.find((each) => each.name === 'housekeeping')!;
  assert.ok(Date.parse(housekeeping.last!.finished_at!) >= Date.parse(housekeeping.last!.started_at!));
  assert.ok(Date.parse(housekeeping.next_at!) > Date.now());
  assert.deepEqual([housekeeping.time_zone, housekeeping.per, housekeeping.failed], ['UTC', 'installation', 0]);
  const { cron, next_at, last, paused, idle } = await read();
  assert.deepEqual([cron, last, paused, idle], ['47 4 * * *', null, null, null]);
  for (const without of ['backup', 'backup-proof', 'backup-log'])
    assert.equal((await read(without)).idle, 'There is no backup store');
  assert.equal(next_at!.slice(11, 16), '04:47');
});

test('where there is a backup store each schedule of backups does something, whoever runs PostgreSQL', () => {
  const { config } = app.app.services;
  for (const DATABASE_URL of [undefined, 'postgres://elsewhere.example/holdfast'])
    for (const { name, idle } of backupSchedules({ ...config, DATABASE_URL, BACKUP_DIR: '/backups' }))
      assert.equal(idle, undefined, name);
});

test('an operator has it run now for a reason, its next time stays, and the outcome is kept', async () => {
  await planned();
  const before = await read('housekeeping');
  assert.equal((await does('runs', ' ')).status, 422);
  assert.equal((await does('runs', 'Is there such a one', 'nonsense')).status, 404);
  assert.equal((await does('runs', 'The disk is full', 'housekeeping')).status, 202);
  const { next_at } = await eventually(async () => {
    const found = await read('housekeeping');
    return found.last?.state === 'done' && found.last.started_at! > before.last!.started_at! && found;
  });
  assert.equal(next_at, before.next_at);
  const [deed] = (await operator('GET', `${base}/actions`)).body.data;
  assert.deepEqual([deed.action, deed.target, deed.reason], ['schedule.run', 'housekeeping', 'The disk is full']);

  // A schedule of each month has to say how it went long after other jobs are gone.
  await rows(`update job set finished_at = now() - interval '3 days' where state = 'done'`);
  await housekeep(app);
  const left = await rows(
    `select kind from job where state = 'done' and finished_at < now() - interval '2 days' and kind = 'housekeeping'`,
  );
  assert.equal(left.length, 1);
  assert.equal((await read('housekeeping')).last?.state, 'done');

  // It fails here for real: the database of a test is known to its worker only as the application's role.
  assert.equal((await does('runs', 'To see it')).status, 202);
  const failed = await eventually(async () => {
    const found = await read();
    return found.last?.state === 'failed' && found;
  });
  assert.match(failed.last!.error!, /address of the database/);
  assert.equal(failed.failed, 1);
});

test('a paused schedule leaves no job, health says so without alarm, and what was missed is made up for once', async () => {
  await planned();
  const before = await jobs();
  assert.equal((await finding()).ok, true);
  assert.equal((await does('pause', 'The archive is being moved')).status, 204);
  assert.equal((await does('pause', 'Again')).status, 409);
  const { ok, severity, detail } = await finding();
  assert.deepEqual([ok, severity], [false, 'ticket']);
  assert.match(detail, /^Paused: lifecycle \(since \d{4}-\d\d-\d\dT\d\d:\d\dZ\)$/);
  const { paused } = await read();
  assert.match(paused!.by, /^Olga </);
  assert.equal(paused!.reason, 'The archive is being moved');

  await rows(`update schedule set next_at = now() - interval '2 days' where name = $1`, [name]);
  // As every worker looks each minute.
  const { db, log } = app.app.services;
  const look = () => new Scheduler({ db, log, schedules: lifecycleSchedules }).look();
  assert.ok((await look()) > 1_000, 'what is paused is not waited for');
  assert.equal(await jobs(), before);

  assert.equal((await does('resumption', 'It is moved')).status, 204);
  assert.equal((await does('resumption', 'Again')).status, 409);
  await look();
  await look();
  assert.equal(await jobs(), before + 1);
  assert.ok(Date.parse((await read()).next_at!) > Date.now());
  assert.equal((await finding()).ok, true);
});

test('nobody but operators sees or changes them, in the database either', async () => {
  const administrator = await home.signedIn('admin', 'Ada');
  assert.equal((await administrator('GET', `${base}/schedules`)).status, 403);
  for (const what of ['runs', 'pause', 'resumption'])
    assert.equal((await administrator('POST', `${base}/schedules/${name}/${what}`, { reason: 'I may' })).status, 403);
  for (const call of [
    sql`select app.operator_schedules('{}')`,
    sql`select app.operator_run_schedule('lifecycle', 'lifecycle', '{}', '', 'why not')`,
    sql`select app.operator_pause_schedule('lifecycle', 'why not')`,
    sql`select app.operator_resume_schedule('lifecycle', 'why not')`,
  ])
    await assert.rejects(
      withContext(app.app.services.db, systemActor(home.tenant_id), ({ tx }) => tx.many(call)),
      /Only operators/,
    );
});
