import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import {
  type Client,
  client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { testKey } from '../../../test/harness/cluster.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { sql } from '../../kernel/database/database.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { serving_known_ms } from '../health/serves.ts';
import { countConnections } from './queries.ts';

let app: TestApp;
let home: TestTenant;
let other: TestTenant;
let operator: Client;
let user_id: string;

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;

before(async () => {
  app = await startTestApp();
  home = await app.tenant();
  other = await app.tenant();
  ({ user_id } = await home.as('viewer', 'Olga'));
  operator = await home.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});
after(() => app.stop());

const reads = [
  '',
  '/backups',
  '/jobs',
  '/schedules',
  '/processes',
  '/configuration',
  '/storage',
  '/certificates',
  '/actions',
  '/operators',
].map((path) => `/api/v1/installation${path}`);

test('no role and no key opens the installation, not even the key of an operator', async () => {
  const administrator = await home.signedIn('admin', 'Ada');
  const { api } = await home.as('viewer', 'Olga');
  for (const [who, client] of Object.entries({ administrator, 'key of an operator': api, nobody: app.client() })) {
    for (const path of reads) {
      const { status } = await client('GET', path);
      assert.ok(status === 401 || status === 403, `${who} ${path}: ${status}`);
    }
    const { status } = await client('POST', '/api/v1/installation/backups', { reason: 'To have it' });
    assert.ok(status === 401 || status === 403, `${who}: ${status}`);
  }
  assert.equal((await administrator('GET', '/api/v1/session')).body.operator, false);
  assert.equal((await operator('GET', '/api/v1/session')).body.operator, true);
});

test('the command line names an operator, however often it is told to, and takes that back', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'holdfast-operator-'));
  t.after(() => rm(data, { recursive: true }));
  const { user_id: greta } = await other.as('viewer', 'Greta');
  await rows(`update user_account set email = 'greta@ops.example' where id = $1`, [greta]);
  const [workspace] = await rows('select name from tenant where id = $1', [other.tenant_id]);
  const holdfast = (command: string) =>
    promisify(execFile)(
      process.execPath,
      [
        'src/cli/main.ts',
        'operator',
        command,
        '--data',
        data,
        '--tenant',
        String(workspace!.name),
        '--email',
        'Greta@ops.example',
      ],
      { env: { PATH: process.env.PATH, DATABASE_URL: app.database.ownerUrl, HOLDFAST_KEY: testKey() } },
    );
  const operates = async () => (await rows('select from operator where user_id = $1', [greta])).length === 1;
  await rows(`update user_account set status = 'invited' where id = $1`, [greta]);
  await assert.rejects(holdfast('grant'), /No member of .* signs in/);
  await rows(`update user_account set status = 'active' where id = $1`, [greta]);
  const page = await other.signedIn('viewer', 'Greta');
  // At most this long, though processes keep what they answered about a session for a minute.
  const showsWhether = (expected: boolean) =>
    eventually(async () => (await page('GET', '/api/v1/session')).body.operator === expected);
  const isCached = () =>
    eventually(async () => {
      const before = app.app.services.cache.stats().hits;
      await page('GET', '/api/v1/session');
      return app.app.services.cache.stats().hits > before;
    });
  await isCached();
  await holdfast('grant');
  await holdfast('grant');
  assert.equal(await operates(), true);
  await showsWhether(true);
  await isCached();
  await holdfast('revoke');
  assert.equal(await operates(), false);
  await showsWhether(false);
});

test('the database itself refuses who is no operator', async () => {
  for (const actor of [
    systemActor(home.tenant_id),
    { ...systemActor(other.tenant_id), kind: 'user' as const, user_id },
    { ...systemActor(home.tenant_id), kind: 'api_key' as const, user_id },
  ])
    for (const call of [
      sql`select app.operator_jobs(1)`,
      sql`select app.operator_job_counts()`,
      sql`select app.operator_actions(1)`,
      sql`select app.operators()`,
      sql`select app.operator_enqueue('backup', 'why')`,
    ])
      await assert.rejects(
        withContext(app.app.services.db, actor, ({ tx }) => tx.many(call)),
        /Only operators|permission denied/,
      );
});

test('it says what is not well first, and that nothing could be had back', async () => {
  const { status, body } = await operator('GET', '/api/v1/installation');
  assert.equal(status, 200, JSON.stringify(body));
  const of = (check: string) => body.findings.find((each: { check: string }) => each.check === check);
  assert.deepEqual([...body.findings].map(({ check }) => check).sort(), [
    'alerts',
    'backups',
    'cache',
    'certificates',
    'clock',
    'configuration',
    'database',
    'deletion',
    'disk',
    'feed',
    'files',
    'jobs',
    'keys',
    'logs',
    'requests',
    'room',
    'schedules',
    'settings',
    'storage',
    'versions',
    'worker',
  ]);
  assert.equal(of('backups').ok, false);
  assert.match(of('backups').detail, /no backup store/);
  assert.ok(of('database').ok && of('storage').ok);
  const oks = body.findings.map(({ ok }: { ok: boolean }) => ok);
  assert.deepEqual(oks, [...oks].sort());
  assert.equal(body.recovery, null);
  assert.deepEqual((await operator('GET', '/api/v1/installation/backups')).body, {
    state: 'no_store',
    kind: 'base',
    data: [],
    unreadable: [],
    store: null,
    gaps: [],
    ranges: [],
    time_proofs: [],
  });
});

test('a folder of files whose disk is not mounted is told from one that has none', async () => {
  const finding = async () =>
    (await operator('GET', '/api/v1/installation')).body.findings.find(
      ({ check }: { check: string }) => check === 'files',
    );
  assert.equal((await finding()).ok, true, 'there are none');
  const { api } = await other.as('admin', 'Otto');
  const form = new FormData();
  form.append('file', new Blob(['What was agreed'], { type: 'text/plain' }), 'contract.txt');
  assert.equal((await api('POST', '/api/v1/files?kind=upload', form)).status, 201);
  await rows(`update file set created_at = now() - interval '1 hour' where tenant_id = $1`, [other.tenant_id]);
  assert.equal((await finding()).ok, true);
  const folder = join(app.app.services.config.HOLDFAST_DATA, 'files');
  await rename(folder, `${folder}-elsewhere`);
  const gone = await finding();
  await rename(`${folder}-elsewhere`, folder);
  assert.deepEqual([gone.ok, gone.severity], [false, 'page']);
  assert.match(gone.detail, /has none of the files/);
  assert.equal((await finding()).ok, true);
});

test('a failed job of another workspace is seen without what it is about, and runs again for a reason that is kept', async () => {
  const payload = { email: 'secret@canary.example' };
  // A job of the installation itself may have failed while its files were elsewhere.
  const before = (await operator('GET', '/api/v1/installation')).body.jobs.failed;
  const [job] = await rows(
    `insert into job (tenant_id, kind, payload, state, attempts, error, finished_at)
      values ($1, 'password_reset', $2, 'failed', 5, 'no answer', now()) returning id`,
    [other.tenant_id, payload],
  );
  const { body } = await operator('GET', '/api/v1/installation/jobs');
  const seen = body.data.find(({ id }: { id: string }) => id === job!.id);
  assert.equal(seen.workspace, 'tenant-2');
  assert.equal(seen.state, 'failed');
  assert.ok(!JSON.stringify(body).includes('canary'));
  assert.equal((await operator('GET', '/api/v1/installation')).body.jobs.failed, before + 1);

  const retry = (reason: string) => operator('POST', `/api/v1/installation/jobs/${job!.id}/retry`, { reason });
  assert.equal((await retry(' ')).status, 422);
  assert.equal((await rows('select state from job where id = $1', [job!.id]))[0]!.state, 'failed');
  assert.equal((await retry('The mail server is back')).status, 204);
  await eventually(async () => (await rows('select state from job where id = $1', [job!.id]))[0]!.state === 'done');
  assert.equal((await retry('Again')).status, 409);
  await rows(
    `insert into job (tenant_id, kind, payload, state, run_at, dedupe_key)
      values ($1, 'password_reset', '{}', 'scheduled', now() + interval '1 day', 'twin')`,
    [other.tenant_id],
  );
  await rows(`update job set state = 'failed', dedupe_key = 'twin' where id = $1`, [job!.id]);
  const twin = await retry('Once more');
  assert.deepEqual([twin.status, twin.body.detail], [409, 'Another job like it waits already and does its work.']);
  await rows(`delete from job where dedupe_key = 'twin'`);
  const done = (await operator('GET', '/api/v1/installation/actions')).body.data;
  assert.deepEqual(
    done.map(({ action, reason }: Record<string, string>) => [action, reason]),
    [['job.retry', 'The mail server is back']],
  );
  assert.match(done[0].who, /^Olga <.*>, /);
});

test('the list has the latest hundred failed jobs, and says how many there are', async () => {
  const before = (await operator('GET', '/api/v1/installation/jobs')).body.counts.failed ?? 0;
  await rows(
    `insert into job (tenant_id, kind, payload, state, attempts, error, finished_at)
     select $1, 'webhook.send', '{}', 'failed', 5, 'no answer', now() from generate_series(1, 120)`,
    [other.tenant_id],
  );
  const { body } = await operator('GET', '/api/v1/installation/jobs');
  assert.deepEqual([body.data.length, body.counts.failed], [100, before + 120]);
  await rows(`delete from job where kind = 'webhook.send'`);
});

test('a backup is made once however often it is wanted, and each wish is kept', async () => {
  await rows(`update job set state = 'cancelled' where kind = 'backup' and state = 'ready'`);
  const wish = (reason: string) => operator('POST', '/api/v1/installation/backups', { reason });
  const answers = await Promise.all([wish('Before the upgrade'), wish('To be sure')]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 202],
  );
  await eventually(async () => {
    const [job] = await rows(`select count(*)::int as n from job where kind = 'backup' and state = 'done'`);
    return (job!.n as number) > 0;
  });
  const reasons = (await operator('GET', '/api/v1/installation/actions')).body.data.map(
    ({ reason }: { reason: string }) => reason,
  );
  assert.deepEqual(new Set(reasons.slice(0, 2)), new Set(['Before the upgrade', 'To be sure']));
});

test('only whoever signs in becomes an operator, since administrators of a workspace choose who accepts an invitation', async () => {
  const { api } = await other.as('admin');
  const email = 'ivy@people.example';
  const { body: ivy } = await api('POST', '/api/v1/users', { name: 'Ivy Invited', email });
  const [workspace] = await rows('select name from tenant where id = $1', [other.tenant_id]);
  const name = () =>
    operator('POST', '/api/v1/installation/operators', { workspace: workspace!.name, email, reason: 'To share' });
  assert.equal((await name()).status, 409);
  await rows(`update user_account set status = 'active', access_until = now() - interval '1 hour' where id = $1`, [
    ivy.id,
  ]);
  assert.equal((await name()).status, 409, 'her access has ended');
  await rows('update user_account set access_until = null where id = $1', [ivy.id]);
  // Sessions in other processes learn it by the feed; whoever did it belongs to another workspace, and is not named
  // there.
  const signals = `select actor_id, ip from audit_event where tenant_id = $1 and resource = 'user' and action = 'signal'
    and record_id = $2`;
  assert.deepEqual(await rows(signals, [other.tenant_id, ivy.id]), []);
  await rows(
    `insert into session (tenant_id, user_id, hash, method, expires_at)
      values ($1, $2, sha256('ivy'), 'provider', now() + interval '1 day')`,
    [other.tenant_id, ivy.id],
  );
  const named = await name();
  assert.equal(named.status, 200);
  assert.ok(named.body.dropped.sessions >= 1, 'whoever a provider of the workspace let in may be somebody else');
  assert.deepEqual(await rows(signals, [other.tenant_id, ivy.id]), [{ actor_id: null, ip: null }]);
  const removal = (of: string, from: string) =>
    operator('POST', '/api/v1/installation/operators/removals', { tenant_id: from, user_id: of, reason: 'Enough' });
  // Somebody who cannot sign in is nobody who would be left.
  for (const unable of [`status = 'invited'`, `status = 'active', access_until = now() - interval '1 hour'`]) {
    await rows(`update user_account set ${unable} where id = $1`, [ivy.id]);
    assert.equal((await removal(user_id, home.tenant_id)).status, 409, unable);
  }
  assert.equal((await removal(ivy.id, other.tenant_id)).status, 204);
  assert.equal((await rows(signals, [other.tenant_id, ivy.id])).length, 2);
});

test('a server stays ready while only what it remarks on cannot be asked, as during a migration of the table of jobs', async () => {
  const migration = new pg.Client({ connectionString: app.database.ownerUrl });
  await migration.connect();
  const ask = () => app.client()('GET', '/api/health/ready');
  try {
    await migration.query('begin; lock table job in access exclusive mode');
    const { status, body } = await ask();
    assert.deepEqual([status, body.ok, body.checks.queue.ok], [200, true, false], JSON.stringify(body));
    assert.equal(body.checks.queue.detail, 'No answer within 500 ms');
    await Promise.all(Array.from({ length: 8 }, ask));
    const { rows: waiting } = await migration.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~ 'jobs_in_doubt'`,
    );
    assert.equal(waiting.length, 1, 'however often somebody asks, one connection waits');
  } finally {
    await migration.end();
  }
  await eventually(async () => (await ask()).body.checks.queue.ok);
});

/** When requests cannot be served, whoever asks every moment is told by then. */
const unready_ms_max = 5_000;
const ready_again_ms_max = 5_000;

test('readiness fails within 5 s when the database lets nobody work, and recovers by itself', async () => {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  const role = `holdfast_serves_${process.pid}`;
  const url = new URL(app.database.appUrl);
  Object.assign(url, { username: role, password: 'first' });
  const database = url.pathname.slice(1);
  await owner.query(
    `create role ${role} login in role holdfast_app password 'first'; grant connect on database ${database} to ${role}`,
  );
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' }, url.href);
  const { key } = await home.as('admin');
  const api = client(node.address!, key);
  const ready = async () =>
    (await client(node.address!)('GET', '/api/health/ready')) as { status: number; body: Readiness };
  const disconnect = () =>
    owner.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
  const { rows: functions } = await owner.query(`select pg_get_functiondef('app.tenant_id()'::regprocedure) as text`);
  const { rows: granted } = await owner.query(
    `select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end as name
    from pg_database d cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    where d.datname = current_database() and a.privilege_type = 'CONNECT' and a.grantee <> d.datdba`,
  );
  const connecting = granted.map(({ name }) => name);
  const troubles = [
    [`alter role ${role} password 'second'`, `alter role ${role} password 'first'`],
    [`alter role ${role} nologin`, `alter role ${role} login`],
    [
      `revoke connect on database ${database} from public, holdfast_app, ${role}`,
      `grant connect on database ${database} to ${connecting.join(', ')}`,
    ],
    ['revoke select on company from holdfast_app', 'grant select on company to holdfast_app'],
    [
      'create or replace function app.tenant_id() returns uuid language sql stable as $$ select (1 / 0)::text::uuid $$',
      functions[0].text,
    ],
  ];
  try {
    await eventually(async () => (await ready()).status === 200);
    for (const [trouble, mend] of troubles) {
      await owner.query(trouble!);
      // Connections that are open would serve on; idle ones end after a minute.
      await disconnect();
      // Other checks may fail first: this one answers from memory for up to two seconds.
      const unready = await eventually(async () => {
        const { status, body } = await ready();
        return status === 503 && body.checks.requests?.ok === false && body;
      }, unready_ms_max);
      assert.equal(unready.ok, false, trouble);
      assert.ok(
        serving_known_ms + unready.checks.requests!.limit_ms < unready_ms_max,
        'so it is noticed on every machine',
      );
      const { status } = await api('GET', '/api/v1/companies');
      assert.ok(status >= 500, `${trouble}: ${status}`);
      await owner.query(mend!);
      await eventually(async () => (await ready()).status === 200, ready_again_ms_max);
      assert.equal((await api('GET', '/api/v1/companies')).status, 200, mend);
    }
  } finally {
    for (const [, mend] of troubles) await owner.query(mend!);
    await node.stop();
    await owner.query(`revoke connect on database ${database} from ${role}; drop role ${role}`);
    await owner.end();
  }
});

interface Readiness {
  ok: boolean;
  checks: Record<string, { ok: boolean; limit_ms: number }>;
}

test('who is no operator any more sees nothing from the next request on', async () => {
  await rows('delete from operator where user_id = $1', [user_id]);
  assert.equal((await operator('GET', '/api/v1/installation')).status, 403);
  assert.equal((await operator('GET', '/api/v1/session')).body.operator, false);
});

test('the worker of another installation on the same server is none of this one', async () => {
  const before = await countConnections(app.app.services.db, 'worker');
  const elsewhere = new URL(app.database.ownerUrl);
  elsewhere.pathname = '/postgres';
  const worker = new pg.Client({ connectionString: elsewhere.href, application_name: 'holdfast-worker' });
  await worker.connect();
  try {
    assert.equal(await countConnections(app.app.services.db, 'worker'), before);
  } finally {
    await worker.end();
  }
});
