import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { holdfast } from '../../../test/harness/process.ts';
import { loadConfig } from '../../kernel/config/config.ts';
import { parseMasterKeys } from '../../kernel/vault/master-key.ts';
import { version } from '../../version.ts';
import type { Configuration, ProcessList } from './contract.ts';
import { Heartbeat } from './heartbeat.ts';

const base = '/api/v1/installation';
const password = 'canary-password-5f2c';
const smtp = (host: string) => `smtps://robot:${password}@${host}.example`;
const settings = {
  HOLDFAST_LOG_LEVEL: 'debug',
  BACKUPS_DIR: '/backups',
  PORT_FILE: '/run/port',
  SMTP_URL: smtp('one'),
  S3_REGION: 'eu-central-1',
};
let app: TestApp;
let operator: Client;

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;

before(async () => {
  app = await startTestApp(settings);
  const home = await app.tenant();
  const { user_id } = await home.as('viewer', 'Olga');
  operator = await home.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});
after(() => app.stop());

const processes = async (): Promise<ProcessList> => (await operator('GET', `${base}/processes`)).body;
const finding = async (name: string) =>
  (await operator('GET', base)).body.findings.find(({ check }: { check: string }) => check === name);
const heard = (count: number) =>
  eventually(async () => {
    const found = await processes();
    return found.data.length === count && found;
  });

test('each process says what it is and how it is configured, and no secret leaves it', async () => {
  const first = (await heard(1)).data[0]!;
  assert.deepEqual([first.role, first.alive, first.pid], ['all', true, process.pid]);
  assert.match(first.address!, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.ok(first.memory_bytes > 20e6 && Date.parse(first.started_at) <= Date.now());
  assert.equal((await finding('configuration')).detail, 'Unused variables: HOLDFAST_LOG_LEVEL, BACKUPS_DIR, PORT_FILE'); // biome-ignore format: a line

  const worker = { HOLDFAST_ROLE: 'worker', WORKER_SLOTS: '3', BACKUP_DAYS: '3', SMTP_URL: smtp('two') };
  const { db, log, config: here } = app.app.services;
  const config = loadConfig(['--data', here.HOLDFAST_DATA], { ...settings, ...worker });
  const masterKeys = parseMasterKeys(randomBytes(32).toString('hex'));
  const surroundings = { args: [], env: { ...settings, ...worker } };
  const second = new Heartbeat({ db, log, config, masterKeys, version, surroundings, address: undefined });
  second.start();
  await heard(2);
  const { status, body } = await operator('GET', `${base}/configuration`);
  assert.equal(status, 200, JSON.stringify(body));
  assert.ok(!JSON.stringify(body).includes(password));
  const [stored] = await rows(`select string_agg(settings::text, '') as text from process`);
  assert.ok(!String(stored!.text).includes(password));
  const { data, unread } = body as Configuration;
  const of = (name: string) => data.find((each) => each.name === name)!;
  const values = (name: string) => of(name).values.map(({ value, source }) => [value, source]);
  assert.deepEqual(values('S3_REGION'), [['eu-central-1', 'environment']]);
  assert.deepEqual(values('BACKUP_S3_REGION'), [['us-east-1', 'default']]);
  assert.deepEqual(values('PUBLIC_URL'), [[null, 'none']]);
  assert.deepEqual(values('WORKER_SLOTS').toSorted(), [['16', 'default'], ['3', 'environment']]); // biome-ignore format: a line
  assert.deepEqual(of('SMTP_URL').values.map(({ is_set, value }) => [is_set, value]), [[true, null], [true, null]]); // biome-ignore format: a line
  assert.deepEqual(data.filter(({ differs }) => differs).map(({ name }) => name), ['BACKUP_DAYS', 'SMTP_URL']); // biome-ignore format: a line
  assert.ok(data.every(({ description }) => description.length > 5));
  const meant = { HOLDFAST_LOG_LEVEL: null, BACKUPS_DIR: 'BACKUP_DIR', PORT_FILE: 'PORT' };
  assert.deepEqual(Object.fromEntries(unread.map((each) => [each.name, each.meant])), meant);
  const found = await finding('configuration');
  assert.deepEqual(
    [found.ok, found.severity, found.detail],
    [false, 'ticket', 'Processes are configured differently: BACKUP_DAYS, SMTP_URL'],
  );

  await second.stop();
  await heard(1);
});

test('several versions at once are said plainly, and who is silent disappears', async () => {
  await heard(1);
  assert.match((await finding('versions')).detail, /^All processes run 0\.1\.0/);
  await rows(
    `insert into process select app.uuid_v7(), 'other', 7, 'worker', '0.0.9', null, node_version, null, now(), now(), 1, '[]', '[]'
      from process limit 1`,
  );
  const { versions } = await heard(2);
  assert.equal(versions.length, 2);
  const found = await finding('versions');
  assert.deepEqual([found.ok, found.severity], [false, 'ticket']);
  assert.match(found.detail, /^Processes of several versions run: 0\.0\.9, 0\.1\.0/);

  await rows(`update process set seen_at = now() - interval '1 minute' where host = 'other'`);
  const { data } = await processes();
  assert.equal(data.find(({ host }) => host === 'other')!.alive, false);
  assert.equal((await finding('versions')).ok, true);
  await rows(`update process set seen_at = now() - interval '11 minutes' where host = 'other'`);
  assert.equal((await processes()).data.length, 1);
});

test('holdfast config prints the same, and what is wrong', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-config-'));
  try {
    const file = join(dir, 'smtp');
    await writeFile(file, smtp('mail'));
    const env = { SMTP_URL_FILE: file, LOG_LEVEL: 'warn' };
    const stdout = await holdfast(['config', '--data', dir], env);
    assert.match(stdout, new RegExp(`^SMTP_URL +set \\(file ${file}\\)$`, 'm'));
    assert.match(stdout, /^LOG_LEVEL +warn \(environment\)$/m);
    assert.match(stdout, new RegExp(`^HOLDFAST_DATA +${dir} \\(--data\\)$`, 'm'));
    assert.match(stdout, /^MONGODB_URL +not set$/m);
    assert.ok(!stdout.includes(password));
    const wrong = await holdfast(['config', '--json'], { PORT: 'many', LOG_LEVLE: 'debug' }).then(
      () => assert.fail('it should have ended with 1'),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /LOG_LEVLE is read by nobody\. Was LOG_LEVEL meant\?/);
    assert.match(JSON.parse(wrong.stdout).problems[0], /^PORT: /);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
