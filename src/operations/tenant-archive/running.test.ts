import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { destination, onOwner, schedulesOff, scoresAtRest, source, traces } from '../../../test/harness/archive.ts';
import { testKey } from '../../../test/harness/cluster.ts';
import { command } from '../../../test/harness/command.ts';
import { holdfast } from '../../../test/harness/process.ts';
import { loadDemo } from '../../demo/index.ts';
import { salesDemo } from '../../demo/sales/index.ts';
import { expireFiles } from '../../kernel/files/expire.ts';
import { system_tenant_id } from '../../kernel/tenancy/context.ts';
import { exportTenant, importTenant } from './index.ts';

let here: TestApp;
let elsewhere: TestApp;
let demo: TestTenant;
let work: string;

before(async () => {
  [here, elsewhere] = [await startTestApp(), await startTestApp()];
  work = await mkdtemp(join(tmpdir(), 'holdfast-archive-'));
  // The command line, as an installation of its own, keeps everybody else from connecting.
  for (const app of [here, elsewhere])
    await onOwner(app, (client) =>
      client.query(
        `do $$ begin execute format('grant connect on database %I to holdfast_test_app', current_database()); end $$`,
      ),
    );
  demo = await here.tenant('demo');
  await loadDemo(here.app.services.db, demo.tenant_id, salesDemo);
  // People are told of tasks that are due, each minute, also in a workspace that was imported.
  for (const app of [here, elsewhere]) await schedulesOff(app);
  // What is still to be scored here would be scored there as soon as it arrives.
  await scoresAtRest(here, demo.tenant_id);
});
after(async () => {
  await here.stop();
  await elsewhere.stop();
  await rm(work, { recursive: true, force: true });
});

const password = 'a long and unlikely sentence';

/** The settings with which the command line works on what a test app serves. */
const environment = ({ app, database }: TestApp) => ({
  DATABASE_URL: database.ownerUrl,
  HOLDFAST_DATA: app.services.config.HOLDFAST_DATA,
  HOLDFAST_KEY: testKey(),
});

test('by the command line, beside a server that is being written to: one moment is exported, and somebody gets in', async () => {
  const { api } = await demo.as('admin');
  const target = join(work, 'busy');
  let [written, ended] = [0, false];
  const exported = holdfast(['tenant', 'export', 'demo', target, '--json'], environment(here)).finally(() => {
    ended = true;
  });
  while (!ended) {
    const company = await api('POST', '/api/v1/companies', { name: `Busy ${++written}` });
    await api('POST', '/api/v1/contacts', { given_name: 'Busy', company_id: company.body.id });
  }
  const { content_sha256 } = JSON.parse(await exported);
  assert.ok(written > 1, 'nothing was written meanwhile');
  await assert.rejects(command(['tenant', 'export', 'demo', target], environment(here)), /is not empty/);
  await assert.rejects(command(['tenant', 'import', target, '--name', 'demo'], environment(here)), /“demo” already/);
  await assert.rejects(command(['tenant', 'import', target, '--name', 'No!'], environment(here)), /--name takes/);
  await holdfast(['tenant', 'import', target, '--name', 'by-command'], environment(elsewhere));
  assert.equal(await command(['tenant', 'hash', 'by-command'], environment(elsewhere)), content_sha256);
  const email = (await api('GET', '/api/v1/users?limit=200')).body.data.find(
    (one: { status: string }) => one.status === 'active',
  ).email;
  const link = await command(
    ['user', 'password-link', '--tenant', 'by-command', '--email', email],
    environment(elsewhere),
  );
  const token = new URL(link).hash.slice(1);
  const set = await elsewhere.client()('POST', '/api/v1/password-resets/completion', { token, password });
  assert.ok(set.status < 300, JSON.stringify(set.body));
  const signIn = await elsewhere.client()('POST', '/api/v1/sign-in', { email, password });
  assert.equal(signIn.body.session?.tenant.name, 'by-command', JSON.stringify(signIn.body));
});

test('what the command line cannot do it says in a sentence', async () => {
  const refusals: [args: string[], reason: RegExp][] = [
    [['tenant', 'create', '--name', 'demo'], /There is a workspace “demo” already/],
    [['tenant', 'create', '--name', 'No!'], /--name takes lower case letters/],
    [['tenant', 'create', '--name', 'new', '--currency', 'XXQ'], /Write an ISO 4217 code such as USD/],
    [['user', 'create', '--tenant', 'demo', '--email', 'ada@north.example', '--name', ''], /name: /],
    [['user', 'create', '--tenant', 'demo', '--email', 'ada@north.example', '--name', 'Ada'], /with this email/],
    [['import', '--tenant', 'demo', work], /There is no file/],
    [['import', '--tenant', 'demo', '--resume', 'garbage'], /--resume takes the id of an import/],
    [['export', '--tenant', 'demo', 'contacts', '--out', join(work, 'nowhere', 'x.csv')], /no such file or directory/],
  ];
  await command(
    ['user', 'create', '--tenant', 'demo', '--email', 'ada@north.example', '--name', 'A'],
    environment(here),
  );
  for (const [args, reason] of refusals) {
    const { stderr = '' } = await command(args, environment(here)).then(
      () => ({ stderr: 'done' }),
      (error: { stderr?: string }) => error,
    );
    assert.match(stderr, reason);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});

test('an import that is killed midway leaves nothing', async () => {
  const form = new FormData();
  form.append('file', new Blob(['What was agreed.'], { type: 'text/plain' }), 'contract.txt');
  const { api } = await demo.as('admin');
  assert.equal((await api('POST', '/api/v1/files?kind=upload', form)).status, 201);
  const folder = join(work, 'demo');
  await exportTenant(source(here, demo.tenant_id), folder);
  const before = await traces(elsewhere);
  // Two connections, because a transaction sees the activity of one moment only.
  await onOwner(elsewhere, (holder) =>
    onOwner(elsewhere, async (owner) => {
      await holder.query('begin; lock table contact in share mode');
      const child = spawn(process.execPath, ['src/cli/main.ts', 'tenant', 'import', folder, '--name', 'killed'], {
        env: { PATH: process.env.PATH, ...environment(elsewhere) },
        stdio: 'ignore',
      });
      const importing = `select from pg_stat_activity where application_name = 'holdfast-tenant-archive' and datname = current_database()`;
      await eventually(async () => (await owner.query(`${importing} and wait_event_type = 'Lock'`)).rowCount === 1);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await holder.query('commit');
      await eventually(async () => (await owner.query(importing)).rowCount === 0);
      const { keys, rows } = await traces(elsewhere);
      assert.deepEqual({ ...rows, file: before.rows.file }, before.rows);
      assert.ok(keys.length > before.keys.length, 'the files were not there yet');
      // Two days later.
      await owner.query('set role holdfast_system');
      await owner.query(`update file set expires_at = now() where tenant_id = '${system_tenant_id}'`);
    }),
  );
  const { db, log } = elsewhere.app.services;
  assert.ok((await expireFiles(db, log)).rows > 0);
  await eventually(async () => isDeepStrictEqual(await traces(elsewhere), before));
});

test('neither a long trail nor a large file is ever held in memory', async () => {
  const { tenant_id } = await here.tenant('large');
  await onOwner(here, async (client) => {
    await client.query('set role holdfast_system');
    await client.query(
      `with e as (insert into audit_event (tenant_id, action, resource) select $1, 'create', 'note' from generate_series(100000, 170000)
        returning seq)
       insert into record_history (tenant_id, seq, resource, salt, after)
       select $1, seq, 'note', gen_random_uuid(), jsonb_build_object('body', repeat(seq::text, 95)) from e`,
      [tenant_id],
    );
    const key = `${tenant_id}/upload/large`;
    const megabyte = Buffer.alloc(1024 ** 2, 'x');
    const body = Readable.from(Array.from({ length: 100 }, () => megabyte));
    const stored = await here.app.services.files.put(key, body, { contentType: 'text/plain', sizeBytesMax: 2 ** 30 });
    await client.query(
      `insert into file (tenant_id, kind, name, content_type, size_bytes, sha256, storage_key)
       values ($1, 'upload', 'large', 'text/plain', $2, decode($3, 'hex'), $4)`,
      [tenant_id, stored.sizeBytes, stored.sha256, key],
    );
  });
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Bytes of buffers that are let go are counted until the next look has ended what this one began: on a fast disk tens
  // of megabytes.
  const held = () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const start = held();
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, held() - start);
  }, 800);
  const target = join(work, 'large');
  await exportTenant(source(here, tenant_id), target);
  await importTenant(destination(elsewhere, 'large'), target);
  clearInterval(sampling);
  const bytes = (await stat(join(target, 'tables', 'record_history.jsonl'))).size;
  assert.ok(bytes > 80_000_000, String(bytes));
  assert.ok(peak < 50_000_000, `${peak} bytes were held`);
});
