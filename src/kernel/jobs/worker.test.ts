import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { z } from 'zod';
import { eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { Database, sql } from '../database/database.ts';
import { createLog } from '../logs/log.ts';
import { type Actor, type Context, settingsOf, systemActor, withContext } from '../tenancy/context.ts';
import type { Job } from './contract.ts';
import { whenDropped } from './dropped.ts';
import { JobFailed, type JobKind, type JobRun, jobKind } from './kind.ts';
import { cancelTimer, type EnqueueOptions, enqueue, enqueueMany, setTimer } from './queue.ts';
import { Worker } from './worker.ts';

let app: TestApp;
let a: TestTenant;
let b: TestTenant;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  a = await app.tenant();
  b = await app.tenant();
});
after(() => app.stop());

const anything = z.looseObject({});
const kindOf = (kind: string, run: (run: JobRun) => Promise<void>, concurrencyMax?: number): JobKind =>
  jobKind({ kind, payload: anything, run: (r) => run(r), ...(concurrencyMax && { concurrencyMax }) });

/** Works while `during` does. */
async function working(kinds: JobKind[], during: (worker: Worker) => Promise<void>, slots = 4): Promise<void> {
  const worker = new Worker({ db: app.app.services.db, log: createLog('silent'), kinds, slots });
  worker.start();
  try {
    await during(worker);
  } finally {
    await worker.stop(0);
  }
}

const inTenant = <R>(tenant: TestTenant, work: (ctx: Context) => Promise<R>, actor?: Partial<Actor>) =>
  withContext(app.app.services.db, { ...systemActor(tenant.tenant_id), ...actor }, work);

const add = async (tenant: TestTenant, kind: string, options?: EnqueueOptions) =>
  (await inTenant(tenant, (ctx) => enqueue(ctx, kind, {}, options)))!;

const read = (tenant: TestTenant, id: string) =>
  inTenant(tenant, (ctx) => ctx.tx.one<Job>(sql`select * from job where tenant_id = ${ctx.tenant_id} and id = ${id}`));

const reached = (tenant: TestTenant, id: string, state: Job['state'], ms?: number) =>
  eventually(async () => {
    const job = await read(tenant, id);
    return job.state === state && job;
  }, ms);

const untilAborted = ({ signal }: JobRun) =>
  new Promise<void>((_, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error)));

test('a job is there exactly when its change is, and runs as its tenant and the one who caused it', async () => {
  const person = await a.as('member');
  await assert.rejects(
    inTenant(a, async (ctx) => {
      await enqueue(ctx, 'test.undone', {});
      throw new Error('changed my mind');
    }),
    /changed my mind/,
  );
  const seen: unknown[] = [];
  const kind = kindOf('test.context', async ({ transaction }) => {
    seen.push(await transaction((ctx) => ctx.tx.one(sql`select app.tenant_id() as tenant, app.user_id() as person`)));
  });
  const undone = kindOf('test.undone', async () => void seen.push('undone'));
  await working([kind, undone], async () => {
    const id = await inTenant(a, (ctx) => enqueue(ctx, 'test.context', {}), { user_id: person.user_id });
    await reached(a, id!, 'done');
  });
  assert.deepEqual(seen, [{ tenant: a.tenant_id, person: person.user_id }]);
});

test('a job enqueued by another process starts at once, also when the worker has had nothing to do for long', async (t) => {
  const db = new Database({
    url: app.database.appUrl,
    connectionsMax: 2,
    statementTimeoutMs: 5_000,
    applicationName: 'idle-worker',
  });
  const worker = new Worker({ db, log: createLog('silent'), kinds: [kindOf('test.idle', async () => {})], slots: 1 });
  worker.start();
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  t.after(async () => {
    await worker.stop(0);
    await db.close();
    await owner.end();
  });
  await owner.connect();
  const sinceLastClaim = async (): Promise<number> => {
    const { rows } =
      await owner.query(`select 1000 * extract(epoch from clock_timestamp() - max(state_change))::float8 as ms
      from pg_stat_activity where datname = current_database() and application_name = 'idle-worker' and query like '%claim_jobs%'`);
    return rows[0].ms;
  };
  await eventually(async () => (await sinceLastClaim()) > 800);
  // Just after a claim: the next one comes by itself a second later.
  await eventually(async () => (await sinceLastClaim()) < 100);
  const job = await reached(a, await add(a, 'test.idle'), 'done');
  const ms = Date.parse(job.started_at!) - Date.parse(job.created_at);
  assert.ok(ms < 500, `it started after ${ms} ms`);
});

test('a job for later starts within half a second of its time, while nothing else happens', async () => {
  let startedAt = 0;
  const kind = kindOf('test.later', async () => {
    startedAt = Date.now();
  });
  await working([kind], async () => {
    const runAt = new Date(Date.now() + 3_000);
    await add(a, 'test.later', { runAt });
    // Looking into the table in a transaction would wake the worker.
    await eventually(async () => startedAt > 0);
    const ms = startedAt - runAt.getTime();
    assert.ok(ms >= 0 && ms < 500, `it started after ${ms} ms`);
  });
});

test('a job for later waits by the clock of the database, whatever that of the process says', async () => {
  const at = Date.now() + 600_000;
  for (const hours of [1, -1]) {
    mock.timers.enable({ apis: ['Date'], now: Date.now() + hours * 3_600_000 });
    try {
      for (const options of [{ runAt: new Date(at) }, { delayMs: 600_000 }]) {
        const job = await read(a, await add(a, 'test.clock', options));
        assert.equal(job.state, 'scheduled', `${hours} ${Object.keys(options)}`);
        assert.ok(Math.abs(Date.parse(job.run_at) - at) < 30_000, job.run_at);
      }
    } finally {
      mock.timers.reset();
    }
  }
});

test('a job that fails is tried again later, and kept with its error when its attempts are used up', async () => {
  let runs = 0;
  const flaky = kindOf('test.flaky', async () => {
    if (++runs === 1) throw new Error('not yet \0\ud800');
  });
  const hopeless = kindOf('test.hopeless', async () => {
    throw new JobFailed('never');
  });
  await working([flaky, hopeless], async () => {
    const id = await add(a, 'test.flaky');
    const waiting = await reached(a, id, 'scheduled');
    assert.equal(waiting.error, 'not yet \ufffd');
    assert.ok(Date.parse(waiting.run_at) > Date.now() + 500, 'it waits before the next attempt');
    assert.equal((await reached(a, id, 'done')).attempts, 2);

    const last = await add(a, 'test.hopeless', { attemptsMax: 5 });
    const failed = await reached(a, last, 'failed');
    assert.deepEqual([failed.attempts, failed.error], [1, 'never']);

    const { api } = await a.as('admin');
    const again = await api('POST', `/api/v1/jobs/${last}/retry`);
    assert.deepEqual([again.status, again.body.attempts, again.body.error], [200, 0, null]);
    await reached(a, last, 'failed');
    assert.equal((await api('POST', `/api/v1/jobs/${id}/retry`)).status, 409);
  });
});

test('a job whose last attempt lost the database tells what it was for', async () => {
  const told: (string | null)[] = [];
  whenDropped('test.away', anything, async (_ctx, _payload, error) => void told.push(error));
  const id = await add(a, 'test.away', { attemptsMax: 1 });
  const away = async () => Promise.reject(new Error('Connection terminated unexpectedly'));
  await working([kindOf('test.away', away)], async () => {
    const { error } = await reached(a, id, 'failed');
    assert.match(error!, /^The database became unavailable while this was running/);
  });
  assert.match(told.join(), /^The database became unavailable while this was running/);
});

test('so does one whose connection broke with an error that any server could cause, while the database answers others', async () => {
  const told: (string | null)[] = [];
  whenDropped('test.broken', anything, async (_ctx, _payload, error) => void told.push(error));
  const id = await add(a, 'test.broken', { attemptsMax: 1 });
  const broken = ({ db, actor }: JobRun) =>
    db.streaming(settingsOf(actor), async (_tx, client) => {
      const { stream } = (client as unknown as { connection: pg.Connection }).connection;
      setTimeout(() => stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })), 50);
      await client.query('select pg_sleep(30)');
    });
  await working([kindOf('test.broken', broken)], async () => void (await reached(a, id, 'failed')));
  assert.match(told.join(), /^The database became unavailable while this was running/);
});

test('a payload that does not fit fails at once', async () => {
  const kind = jobKind({ kind: 'test.strict', payload: z.object({ n: z.int() }), run: async () => {} });
  await working([kind], async () => {
    const failed = await reached(a, await add(a, 'test.strict'), 'failed');
    assert.match(failed.error!, /^Invalid payload/);
  });
});

test('a job can be stopped while it waits and while it runs', async () => {
  const { api } = await a.as('admin');
  const waiting = await add(a, 'test.slow', { runAt: new Date(Date.now() + 3_600_000) });
  assert.equal((await api('POST', `/api/v1/jobs/${waiting}/cancellation`)).body.state, 'cancelled');
  const slow = kindOf('test.slow', async ({ progress }) => {
    for (let done = 0; ; done++) {
      await progress({ done, total: null, note: 'still \0 here' });
      await sleep(20);
    }
  });
  await working([slow], async () => {
    const id = await add(a, 'test.slow');
    await eventually(async () => ((await read(a, id)).progress?.done ?? 0) > 2);
    assert.equal((await api('POST', `/api/v1/jobs/${id}/cancellation`)).status, 200);
    await reached(a, id, 'cancelled', 2_000);
    assert.equal((await api('POST', `/api/v1/jobs/${id}/cancellation`)).status, 409);
  });
});

test('a job that is stopped while it runs tells what it was for once, unless what it sent is in doubt', async () => {
  const told: unknown[] = [];
  whenDropped('test.dropped', anything, async ({ tx }, { name }, error) => {
    const { state } = await tx.one<{ state: string }>(
      sql`select state from job where payload @> ${JSON.stringify({ name })}::jsonb`,
    );
    told.push([name, state, error]);
    if (told.length === 1) throw new Error('not yet');
  });
  const kind = kindOf('test.dropped', async (run) => {
    run.signal.throwIfAborted();
    await untilAborted(run);
  });
  await working([kind], async () => {
    const stop = async (name: string, state: Job['state'], sent: boolean) => {
      const id = (await inTenant(a, (ctx) => enqueue(ctx, 'test.dropped', { name })))!;
      await reached(a, id, 'running');
      if (sent) await asOwner(app, 'update job set sent_at = now() where id = $1', [id]);
      await asOwner(app, 'update job set cancel_requested = true where id = $1', [id]);
      await reached(a, id, state, 20_000);
    };
    await stop('dropped', 'cancelled', false);
    await stop('sent', 'in_doubt', true);
  });
  const once = ['dropped', 'cancelled', null];
  assert.deepEqual(told, [once, once]);
});

test('a job that was stopped while an attempt failed is stopped when it is tried again', async () => {
  const id = await add(a, 'test.stopped');
  await asOwner(app, 'update job set cancel_requested = true where id = $1', [id]);
  const kind = kindOf('test.stopped', async ({ signal }) => signal.throwIfAborted());
  await working([kind], async () => void (await reached(a, id, 'cancelled')));
});

test('of like jobs one waits at a time, also when one that ran would wait again', async () => {
  const starts: string[] = [];
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  const kind = kindOf('test.like', async ({ job }) => {
    starts.push(job.id);
    if (starts.length > 2) return;
    await held;
    throw new Error('once more');
  });
  const other = kindOf('test.other', async () => {});
  await working([kind, other], async () => {
    const first = await add(a, 'test.like', { dedupeKey: 'k' });
    await eventually(async () => starts.length === 1);
    const second = await add(a, 'test.like', { dedupeKey: 'k' });
    assert.ok(second, 'a running job is no waiting job');
    await eventually(async () => starts.length === 2);
    const third = await add(a, 'test.like', { dedupeKey: 'k', runAt: new Date(Date.now() + 3_600_000) });
    assert.equal(await add(a, 'test.like', { dedupeKey: 'k' }), null);
    release();
    assert.match((await reached(a, first, 'cancelled')).error!, /does its work/);
    await reached(a, second, 'cancelled');
    assert.equal((await read(a, third)).state, 'scheduled');
    await reached(a, await add(a, 'test.other'), 'done');
  });
});

test('a job that waits does the work of a like one: it does not run before the change that asked again is there', async () => {
  const ran: string[] = [];
  const kind = kindOf('test.again', async ({ job }) => void ran.push(job.id));
  const other = kindOf('test.other', async () => {});
  const waiting = await add(a, 'test.again', { dedupeKey: 'k' });
  await inTenant(a, async (ctx) => {
    assert.equal(await enqueue(ctx, 'test.again', {}, { dedupeKey: 'k' }), null);
    await working([kind, other], async () => {
      for (let round = 0; round < 2; round++) await reached(a, await add(a, 'test.other'), 'done');
    });
    assert.deepEqual(ran, []);
  });
  await working([kind], async () => void (await reached(a, waiting, 'done')));
  assert.deepEqual(ran, [waiting]);
});

test('a like job that waits looks back as far as the lost one whose work it does', async () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const left = async (lost: object, waiting: object) => {
    // In one statement: a worker may find the lost one at any time.
    const insert = `insert into job (tenant_id, kind, payload, state, attempts, worker, lease_until, dedupe_key) values
      ($1, 'test.back', $2, 'running', 1, 'gone', now() - interval '1 minute', 'k'), ($1, 'test.back', $3, 'ready', 1, 'gone', null, 'k')`;
    await asOwner(app, insert, [a.tenant_id, lost, waiting]);
    await asOwner(app, 'select app.reap_jobs()');
    const gone = `delete from job where tenant_id = $1 and kind = 'test.back' returning state, payload`;
    const jobs = (await asOwner(app, gone, [a.tenant_id])) as { state: string; payload: object }[];
    assert.deepEqual(jobs.map(({ state }) => state).sort(), ['cancelled', 'ready']);
    return jobs.find(({ state }) => state === 'ready')!.payload;
  };
  const [early, late] = [ago(90), ago(1)];
  assert.deepEqual(await left({ since: early }, { since: late, more: 1 }), { since: early, more: 1 });
  assert.deepEqual(await left({ since: late }, { since: early }), { since: early });
  assert.deepEqual(await left({ previous_at: null }, { previous_at: late }), { previous_at: null });
  assert.deepEqual(await left({ previous_at: early }, { previous_at: null }), { previous_at: null });
  assert.deepEqual(await left({ a: 1 }, { since: late }), { since: late });
});

test('a lease from before the clock was set back ends as soon as any other', async () => {
  const lease = `insert into job (tenant_id, kind, state, attempts, worker, lease_until)
    values ($1, 'test.lease', 'running', 1, 'gone', now() + interval '1 day') returning id`;
  const [{ id }] = (await asOwner(app, lease, [a.tenant_id])) as [{ id: string }];
  await asOwner(app, 'select app.reap_jobs()');
  const left = `select state, extract(epoch from lease_until - clock_timestamp())::int as seconds from job where id = $1`;
  const [{ state, seconds }] = (await asOwner(app, left, [id])) as [{ state: string; seconds: number }];
  assert.equal(state, 'running', 'its worker may live, and renews it');
  assert.ok(seconds > 10 && seconds <= 20, `${seconds} s`);
});

test('a worker that stops gives its jobs back unspent', async () => {
  let started = false;
  const kind = kindOf('test.given-back', async (run) => {
    started = true;
    await untilAborted(run);
  });
  const id = await add(a, 'test.given-back', { attemptsMax: 1 });
  await working([kind], async () => void (await eventually(async () => started)));
  const job = await read(a, id);
  assert.deepEqual([job.state, job.attempts], ['ready', 0]);
});

test('a worker that is stopped while it claims has ended what it claimed when it says that it has stopped', async () => {
  let begun = 0;
  let ended = 0;
  const kind = kindOf('test.claimed', async (run) => {
    begun += 1;
    await untilAborted(run).catch(() => sleep(50));
    ended += 1;
    run.signal.throwIfAborted();
  });
  const id = await add(a, 'test.claimed');
  const worker = new Worker({ db: app.app.services.db, log: createLog('silent'), kinds: [kind], slots: 1 });
  worker.start();
  await worker.stop(0);
  assert.deepEqual([begun, ended], [1, 1]);
  const job = await read(a, id);
  assert.deepEqual([job.state, job.attempts], ['ready', 0]);
});

test('a kind and a tenant take no more of a worker than they may', async () => {
  const now = { single: 0, long: 0 };
  const most = { single: 0, long: 0 };
  const counted = (name: keyof typeof now, max?: number) =>
    kindOf(
      `test.${name}`,
      async (run) => {
        most[name] = Math.max(most[name], ++now[name]);
        await (name === 'long' ? untilAborted(run) : sleep(20)).finally(() => now[name]--);
      },
      max,
    );
  const quick = kindOf('test.quick', async () => {});
  await inTenant(a, (ctx) => enqueueMany(ctx, 'test.single', Array(6).fill({})));
  await inTenant(a, (ctx) => enqueueMany(ctx, 'test.long', Array(50).fill({}), { priority: -1 }));
  await working([counted('single', 1), counted('long'), quick], async () => {
    await eventually(async () => most.long >= 3);
    await reached(b, await add(b, 'test.quick'), 'done', 2_000);
    await eventually(async () =>
      inTenant(a, async (ctx) => {
        const left = await ctx.tx.one<{ n: number }>(
          sql`select count(*)::int as n from job where kind = 'test.single' and state <> 'done'`,
        );
        return left.n === 0;
      }),
    );
  });
  assert.deepEqual(most, { single: 1, long: 3 });
});

test('a tenant with 100,000 waiting jobs delays the single job of another by less than 2 s', async () => {
  const kind = kindOf('test.many', () => sleep(1));
  for (let i = 0; i < 10; i++) await inTenant(a, (ctx) => enqueueMany(ctx, 'test.many', Array(10_000).fill({})));
  await working([kind], async () => {
    await sleep(300);
    const began = Date.now();
    await reached(b, await add(b, 'test.many'), 'done', 2_000);
    assert.ok(Date.now() - began < 2_000);
  });
});

const hour_ms = 3_600_000;
const inFuture = (ms = hour_ms) => new Date(Date.now() + ms);
const timers = (tenant: TestTenant, kind: string) =>
  inTenant(tenant, (ctx) =>
    ctx.tx.many<Job>(
      sql`select * from job where tenant_id = ${ctx.tenant_id} and kind = ${kind} order by created_at, id`,
    ),
  );

test('a timer is set, moved and taken back with the change that does it, and fires once for each setting', async () => {
  const fired: unknown[] = [];
  const kind = jobKind({
    kind: 'test.timer',
    payload: z.object({ n: z.int() }),
    run: async (_, { n }) => void fired.push(n),
  });
  const set = (n: number, at: Date, fails = false) =>
    inTenant(a, async (ctx) => {
      await setTimer(ctx, 'test.timer', 'key', at, { n });
      if (fails) throw new Error('changed my mind');
    });
  const cancel = () => inTenant(a, (ctx) => cancelTimer(ctx, 'test.timer', 'key'));
  await set(1, inFuture());
  await inTenant(b, (ctx) => setTimer(ctx, 'test.timer', 'key', inFuture(), { n: -1 }));
  await assert.rejects(set(2, inFuture(0), true), /changed my mind/);
  const [waiting] = await timers(a, 'test.timer');
  assert.deepEqual([waiting!.state, (waiting as unknown as { payload: unknown }).payload], ['scheduled', { n: 1 }]);
  await working([kind], async () => {
    // Due already, and moved away before it is taken, or not: it fires for what was set last.
    await set(3, inFuture(0));
    await reached(a, waiting!.id, 'done');
    assert.deepEqual(fired, [3]);
    await set(4, inFuture(300));
    await set(5, inFuture());
    await sleep(700);
    assert.deepEqual(fired, [3]);
    assert.equal(await cancel(), true);
    assert.equal(await cancel(), false);
    await set(6, inFuture(0));
    await eventually(async () => fired.length === 2);
  });
  assert.deepEqual(fired, [3, 6]);
  assert.deepEqual(
    (await timers(a, 'test.timer')).map(({ state }) => state),
    ['done', 'cancelled', 'done'],
  );
  assert.equal((await timers(b, 'test.timer'))[0]!.state, 'scheduled');
});

test('however many move a timer while it falls due, it fires once for the last time that was set', async () => {
  const fired: number[] = [];
  const kind = jobKind({
    kind: 'test.moved',
    payload: z.object({ n: z.int() }),
    run: async (_, { n }) => void fired.push(n),
  });
  await working([kind], async () => {
    for (let n = 0; n < 60; n++)
      await inTenant(a, (ctx) => setTimer(ctx, 'test.moved', 'key', inFuture(n % 3 === 2 ? 0 : 5), { n }));
    await eventually(async () => (await timers(a, 'test.moved')).every(({ state }) => state === 'done'));
  });
  assert.equal(fired.at(-1), 59);
  assert.deepEqual(
    fired,
    [...new Set(fired)].sort((x, y) => x - y),
    'none fires twice, or after a later one',
  );
});

test('a timer that runs is asked to stop when it is taken back; one set meanwhile comes besides', async () => {
  const kind = kindOf('test.running', async (run) => {
    if ((run.job.payload as { first?: boolean }).first) await untilAborted(run);
  });
  await working([kind], async () => {
    await inTenant(a, (ctx) => setTimer(ctx, 'test.running', 'key', inFuture(0), { first: true }));
    await eventually(async () => (await timers(a, 'test.running'))[0]!.state === 'running');
    assert.equal(await inTenant(a, (ctx) => cancelTimer(ctx, 'test.running', 'key')), false);
    await inTenant(a, (ctx) => setTimer(ctx, 'test.running', 'key', inFuture(0), {}));
    await eventually(async () => (await timers(a, 'test.running'))[1]!.state === 'done');
    await eventually(async () => (await timers(a, 'test.running'))[0]!.state === 'cancelled');
  });
});

/** A process of its own that works, until it is killed. */
async function startJobProcess() {
  const script = fileURLToPath(new URL('../../../test/harness/job-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, app.database.appUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, says: () => once(child.stdout, 'data').then(([text]) => String(text).trim()) };
}
/** As if the time of its worker's lease had passed. */
const loseLease = async (kind: string) => {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query(
    `set role holdfast_system; update job set lease_until = now() where kind = '${kind}' and state = 'running'`,
  );
  await owner.end();
};

test('a timer whose worker is killed before or after its effect has it once', async () => {
  const effect = ({ finish }: JobRun) => finish((ctx) => enqueue(ctx, 'test.effect', {}));
  for (const kind of ['test.before', 'test.after']) {
    const { child, says } = await startJobProcess();
    await inTenant(a, (ctx) => setTimer(ctx, kind, 'key', inFuture(0), {}));
    assert.equal(await says(), kind);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await loseLease(kind);
    await working([kindOf(kind, async (run) => void (await effect(run)))], async () => {
      await eventually(async () => (await timers(a, kind))[0]!.state === 'done');
      await sleep(300);
    });
    const [timer] = await timers(a, kind);
    assert.equal(timer!.attempts, kind === 'test.before' ? 2 : 1);
  }
  assert.equal((await timers(a, 'test.effect')).length, 2);
});

test('work whose lease was lost while it was done is not done: the other run does it', async () => {
  const kind = kindOf('test.late', async ({ finish, job }) => {
    await finish(async (ctx) => {
      await enqueue(ctx, 'test.late.effect', {});
      if (job.attempts > 1) return;
      await loseLease('test.late');
      await eventually(async () => (await read(a, job.id)).attempts === 2, 10_000);
    });
  });
  await working([kind], async () => {
    const job = await reached(a, await add(a, 'test.late'), 'done', 15_000);
    assert.equal(job.attempts, 2);
  });
  assert.equal((await timers(a, 'test.late.effect')).length, 1);
});

test('the job of a killed worker runs again within 30 s', async () => {
  const { child, says } = await startJobProcess();
  const id = await add(a, 'test.killed');
  await says();
  child.kill('SIGKILL');
  const killed = Date.now();
  await working([kindOf('test.killed', async () => {})], async () => {
    const done = await reached(a, id, 'done', 30_000);
    assert.equal(done.attempts, 2);
    assert.ok(Date.now() - killed < 30_000);
  });
});

test('jobs of another tenant cannot be seen, stopped or changed', async () => {
  const { api: own } = await a.as('admin');
  const { api: foreign } = await b.as('admin');
  const id = await add(a, 'test.private');
  assert.equal((await own('GET', `/api/v1/jobs/${id}`)).body.kind, 'test.private');
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/cancellation'],
    ['POST', '/retry'],
  ] as const)
    assert.equal((await foreign(method, `/api/v1/jobs/${id}${path}`)).status, 404);
  const changed = await inTenant(b, (ctx) => ctx.tx.run(sql`update job set state = 'done' where id = ${id}`));
  assert.equal(changed, 0);
  const listed = await foreign('GET', '/api/v1/jobs?limit=200');
  assert.ok(listed.body.data.every((job: Job) => job.id !== id));
});

test('the list of jobs is filtered, paged, and shows a member only what the member caused', async () => {
  const { api } = await b.as('admin');
  const member = await b.as('member');
  const mine = await inTenant(b, (ctx) => enqueue(ctx, 'test.mine', {}), { user_id: member.user_id });
  await inTenant(b, (ctx) => enqueueMany(ctx, 'test.listed', Array(5).fill({})));
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await api('GET', `/api/v1/jobs?kind=test.listed&state=ready&limit=2${cursor}`);
    seen.push(...body.data.map((job: Job) => job.id));
    if (!body.next_cursor) break;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
  assert.deepEqual([seen.length, new Set(seen).size], [5, 5]);
  const { body } = await member.api('GET', '/api/v1/jobs');
  assert.deepEqual(
    body.data.map((job: Job) => job.id),
    [mine],
  );
  assert.equal((await member.api('POST', `/api/v1/jobs/${seen[0]}/cancellation`)).status, 404);
  assert.equal((await member.api('POST', `/api/v1/jobs/${mine}/cancellation`)).body.state, 'cancelled');
  assert.equal((await api('GET', '/api/v1/jobs?state=lost')).status, 422);
  // A manager sees all jobs, and is told why those of others stay as they are.
  const manager = await b.as('manager');
  for (const action of ['cancellation', 'retry'])
    assert.equal((await manager.api('POST', `/api/v1/jobs/${seen[0]}/${action}`)).status, 403);
});
