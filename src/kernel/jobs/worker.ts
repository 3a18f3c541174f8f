import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';
import { storableText } from '../database/text.ts';
import { uuidV7 } from '../database/uuid.ts';
import type { Poller } from '../database/wake.ts';
import type { FeatureSwitches } from '../features/switches.ts';
import { isDatabaseAway } from '../http/errors.ts';
import { newTraceId } from '../logs/trace.ts';
import { type Actor, parseVia, systemActor, withContext } from '../tenancy/context.ts';
import type { Tracing } from '../tracing/span.ts';
import { runInScope } from '../usage/scope.ts';
import { InDoubt, JobFailed, type JobKind, type JobRow, type JobRun } from './kind.ts';
import { database_away, endCancelledRun, endLostJob, endRun, type RunKey, saveProgress } from './queries.ts';

const lease_seconds = 20;
const renew_ms = 5_000;
/** How often a worker looks for jobs while there are none. */
const claim_ms = { least: 40, most: 1_000 };
/** How often `app.reap_jobs` is called, unless a job is due before. */
const reap_ms = { least: 500, most: 5_000 };
/** The shortest pause between two calls: a job that is due may be locked by another worker. */
const reap_pause_ms = 100;
/** How often it looks for jobs of kinds with a limit per tenant. */
const tenant_limited_poll_ms = 250;
/** The share of a worker's slots that one tenant may hold, so that its long jobs do not stop those of others. */
const tenant_share_max = 0.75;
const retry_seconds_max = 3_600;
const switched_off = 'What this job belongs to is switched off in this workspace';
/** How long running jobs may take to end when the worker stops; with `abort_ms`, jobs are handed back within 10 s. */
const grace_ms = 7_000;
/** How long an aborted job may take to end. */
const abort_ms = 2_000;

export interface WorkerOptions {
  db: Database;
  log: Logger;
  kinds: JobKind[];
  /** How many jobs run at once. */
  slots: number;
  /** Without it all features are on. */
  features?: FeatureSwitches;
  tracing?: Tracing | undefined;
}

/**
 * How a run ended. `scheduled` is a retry; `ready` puts the job back as if it had not been claimed; `lost` is the last
 * attempt, which could not tell what the job was for because the database was away, so that it ends as that of a worker
 * that is gone.
 */
interface Ending {
  state: 'done' | 'failed' | 'cancelled' | 'in_doubt' | 'scheduled' | 'ready' | 'lost';
  error: string | null;
  retry_seconds: number;
}

interface Outcome extends Ending {
  tenant_id: string;
  id: string;
  attempts: number;
}

interface Running {
  job: JobRow;
  abort: AbortController;
}

/**
 * Runs jobs until stopped. A worker renews the leases of its jobs. When a worker dies, the leases of its jobs expire
 * and the jobs become ready again, at most `lease_seconds` + `reap_ms.most` later. So every kind must tolerate running
 * twice.
 */
export class Worker {
  readonly name = `${hostname()}:${process.pid}:${uuidV7().slice(-6)}`;
  private readonly options: WorkerOptions;
  private readonly byKind: Map<string, JobKind>;
  /** By job and attempt: after a long pause of the process, this very worker may have claimed a job again. */
  private readonly running = new Map<string, Running>();
  private finished: Outcome[] = [];
  private tenantLimitedAt = Number.NEGATIVE_INFINITY;
  private stopping = false;
  private readonly ending = new AbortController();
  private readonly claims: Poller;
  private readonly reaps: Poller;
  private claiming: Promise<void> = Promise.resolve();
  private loops: Promise<unknown>[] = [];

  constructor(options: WorkerOptions) {
    this.options = options;
    this.byKind = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.claims = options.db.wake.poller({ leastMs: claim_ms.least, mostMs: claim_ms.most });
    this.reaps = options.db.wake.poller({ leastMs: reap_ms.least, mostMs: reap_ms.most });
  }

  start(): void {
    this.claiming = this.claimLoop();
    this.loops = [this.reapLoop(), this.renewLoop()];
  }

  /** Claims no more jobs, waits for the running ones for up to `graceMs`, then aborts them and puts them back. */
  async stop(graceMs = grace_ms): Promise<void> {
    this.stopping = true;
    this.claims.close();
    // Jobs of a claim that is on its way begin, and are waited for like the others.
    await this.claiming;
    await this.idle(graceMs);
    for (const { abort } of this.running.values()) abort.abort(stopping);
    // A job that ignores the signal keeps its lease until it expires, and then runs elsewhere.
    await this.idle(abort_ms);
    this.ending.abort();
    this.reaps.close();
    await Promise.all(this.loops);
    await this.flush().catch((error: Error) =>
      this.options.log.warn(
        { err: error },
        'could not save the outcomes of jobs; they run again when their leases expire',
      ),
    );
  }

  private async idle(ms: number): Promise<void> {
    const deadline = Date.now() + ms;
    while (this.running.size > 0 && Date.now() < deadline) await sleep(20);
  }

  private async claimLoop(): Promise<void> {
    while (!this.stopping) {
      const claimed = await this.claim().catch((error: Error) => {
        this.options.log.warn({ err: error }, 'claiming jobs failed; trying again');
        return -1;
      });
      if (this.stopping) break;
      if (claimed < 0) await sleep(1_000);
      else if (claimed === 0 || this.running.size >= this.options.slots) await this.claims.wait();
    }
  }

  private async claim(): Promise<number> {
    await this.flush();
    const tenantMax = Math.max(1, Math.floor(this.options.slots * tenant_share_max));
    const { kinds } = this.options;
    let claimed = await this.claimOf(
      kinds.filter((kind) => kind.tenantMax === undefined),
      tenantMax,
      () => true,
    );
    if (performance.now() - this.tenantLimitedAt < tenant_limited_poll_ms) return claimed;
    this.tenantLimitedAt = performance.now();
    for (const kind of kinds)
      if (kind.tenantMax !== undefined)
        claimed += await this.claimOf([kind], kind.tenantMax, (job) => job.kind === kind.kind);
    return claimed;
  }

  /** `tenantMax`: how many of the running jobs that `isCounted` names one tenant may have. */
  private async claimOf(
    kinds: readonly JobKind[],
    tenantMax: number,
    isCounted: (job: JobRow) => boolean,
  ): Promise<number> {
    const free = this.options.slots - this.running.size;
    const freeSlots = this.freeSlots(kinds);
    if (free <= 0 || Object.keys(freeSlots).length === 0) return 0;
    const jobs =
      await this.options.db.call<JobRow>(sql`select * from app.claim_jobs(${this.name}, ${JSON.stringify(freeSlots)}::jsonb, ${free},
      ${tenantMax}, ${JSON.stringify(this.count((job) => job.tenant_id, isCounted))}::jsonb, ${lease_seconds})`);
    for (const job of jobs) void this.run(job);
    return jobs.length;
  }

  /** How many more jobs of each kind the worker may run. */
  private freeSlots(kinds: readonly JobKind[]): Record<string, number> {
    const busy = this.count((job) => job.kind);
    const freeSlots = kinds.map(({ kind, concurrencyMax }) => {
      return [kind, (concurrencyMax ?? this.options.slots) - (busy[kind] ?? 0)] as const;
    });
    return Object.fromEntries(freeSlots.filter(([, room]) => room > 0));
  }

  private count(by: (job: JobRow) => string, isCounted = (_: JobRow) => true): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { job } of this.running.values()) if (isCounted(job)) counts[by(job)] = (counts[by(job)] ?? 0) + 1;
    return counts;
  }

  private async run(job: JobRow): Promise<void> {
    const abort = new AbortController();
    this.running.set(keyOf(job), { job, abort });
    const trace_id = newTraceId();
    const span = this.options.tracing?.start(`job ${job.kind}`, {
      kind: 'consumer',
      traceId: trace_id,
      traceparent: job.traceparent,
      attributes: {
        'holdfast.job.kind': job.kind,
        'holdfast.job.id': job.id,
        'holdfast.job.attempt': job.attempts,
        'holdfast.workspace_id': job.tenant_id,
      },
    });
    const scope = {
      tenant_id: job.tenant_id,
      operation: `job ${job.kind}`,
      user_id: job.actor_id,
      depth: job.depth + 1,
      request_id: `job:${job.id}`,
      trace_id: span?.traceId ?? trace_id,
      span,
    };
    const ending = await runInScope(scope, () => this.attempt(job, abort));
    span?.set({ 'holdfast.job.outcome': ending.state });
    span?.end(ending.error === null ? undefined : ending.state);
    this.running.delete(keyOf(job));
    this.finished.push({ tenant_id: job.tenant_id, id: job.id, attempts: job.attempts, ...ending });
    this.claims.wakeNow();
  }

  private async attempt(job: JobRow, abort: AbortController): Promise<Ending> {
    try {
      const kind = this.byKind.get(job.kind)!;
      const payload = kind.payload.safeParse(job.payload);
      if (!payload.success) throw new JobFailed(`Invalid payload: ${payload.error.message}`);
      // The attempt that was to stop failed before it noticed.
      if (job.cancel_requested) abort.abort(cancelled);
      if (await this.isSwitchedOff(kind, job)) {
        abort.abort(cancelled);
        throw new JobFailed(switched_off);
      }
      await kind.run(this.runOf(job, abort), payload.data);
      return { state: 'done', error: null, retry_seconds: 0 };
    } catch (error) {
      const state = stateAfter(error, job, abort.signal);
      const about = { job_id: job.id, kind: job.kind, tenant_id: job.tenant_id, state };
      // A job that says itself why it failed has told whoever waits for it; another that failed for good is an error of
      // the program.
      const level = state === 'failed' && !(error instanceof JobFailed) ? 'error' : 'warn';
      this.options.log[level]({ err: error, ...about }, 'job did not succeed');
      const why = storableText(error instanceof Error ? error.message : String(error));
      if (state === 'cancelled') return this.endCancelled(job, why);
      if (state === 'failed' && (await this.isDatabaseAway(error)))
        return { state: 'lost', error: database_away, retry_seconds: 0 };
      return { state, error: why, retry_seconds: state === 'scheduled' ? retrySeconds(job) : 0 };
    }
  }

  private async isSwitchedOff({ features = [] }: JobKind, { tenant_id }: JobRow): Promise<boolean> {
    if (features.length === 0 || !this.options.features) return false;
    const off = await this.options.features.offNow(tenant_id);
    return features.some((name) => off.includes(name));
  }

  /** An error that does not say which server was away is settled by asking the database. */
  private async isDatabaseAway(error: unknown): Promise<boolean> {
    const isAway = isDatabaseAway(error);
    if (isAway !== 'maybe') return isAway;
    return this.options.db.call(sql`select`).then(
      () => false,
      () => true,
    );
  }

  /** Where `whenDropped` of the kind fails, the next attempt, which ends at once, calls it again. */
  private async endCancelled(job: JobRow, error: string): Promise<Ending> {
    const { db, log } = this.options;
    try {
      await withContext(db, systemActor(job.tenant_id), (ctx) => endCancelledRun(ctx, job, error));
      return { state: 'cancelled', error, retry_seconds: 0 };
    } catch (err) {
      log.error({ err, job_id: job.id, tenant_id: job.tenant_id }, 'what a cancelled job was for could not be told');
      const state = job.attempts < job.attempts_max ? 'scheduled' : 'cancelled';
      return { state, error, retry_seconds: retrySeconds(job) };
    }
  }

  private runOf(job: JobRow, abort: AbortController): JobRun {
    const { db, log } = this.options;
    const { signal } = abort;
    const via = parseVia(job.via);
    const actor: Actor = { ...systemActor(job.tenant_id), user_id: job.actor_id, ...(via && { via }) };
    const transaction: JobRun['transaction'] = (work, origin) =>
      withContext(db, actor, work, { request_id: `job:${job.id}`, cause: `job ${job.kind}`, ...origin });
    return {
      job,
      db,
      actor,
      signal,
      log: log.child({ job_id: job.id, kind: job.kind, tenant_id: job.tenant_id }),
      transaction,
      finish: (work) =>
        transaction(async (ctx) => {
          const answer = await work(ctx);
          // Last, so that renewing leases does not wait for the work.
          if (!(await endRun(ctx, job))) throw leaseLost;
          return answer;
        }),
      progress: async (progress) => {
        signal.throwIfAborted();
        const shown = { ...progress, note: progress.note && storableText(progress.note) };
        const running = await withContext(db, actor, (ctx) => saveProgress(ctx, job, shown));
        if (!running) abort.abort(leaseLost);
        else if (running.cancel_requested) abort.abort(cancelled);
        signal.throwIfAborted();
      },
    };
  }

  /**
   * Writes the ends of runs to the database, many at a time. When the database is away, they are kept for the next
   * attempt.
   */
  private async flush(): Promise<void> {
    if (this.finished.length === 0) return;
    const batch = this.finished;
    this.finished = [];
    try {
      await this.options.db.call(sql`select app.finish_jobs(${this.name}, ${JSON.stringify(batch)}::jsonb)`);
    } catch (error) {
      this.finished.unshift(...batch);
      throw error;
    }
    // These jobs run again, here or elsewhere.
    if (batch.some(({ state }) => state === 'scheduled' || state === 'ready')) this.options.db.wake.wakeAll();
  }

  private async reapLoop(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const dueMs = await this.reap().catch((error: Error) => {
        this.options.log.warn({ err: error }, 'making scheduled jobs ready failed; trying again');
        return null;
      });
      await this.reaps.wait(dueMs === null ? reap_ms.most : Math.max(dueMs, reap_pause_ms));
    }
  }

  /** Returns in how many milliseconds the next scheduled job is due or the next lease expires. */
  private async reap(): Promise<number | null> {
    const { db } = this.options;
    // In this order: the worker knows best how its own runs ended, and lost jobs get their `whenDropped` before
    // app.reap_jobs ends them without it.
    await this.flush();
    await this.endLostJobs();
    const [row] = await db.call<{ moved: number; due_ms: number | null }>(sql`select * from app.reap_jobs()`);
    if (row!.moved > 0) db.wake.wakeAll();
    return row!.due_ms;
  }

  private async endLostJobs(): Promise<void> {
    const { db, log } = this.options;
    for (const job of await db.call<RunKey>(sql`select * from app.lost_jobs()`))
      await withContext(db, systemActor(job.tenant_id), (ctx) => endLostJob(ctx, job)).catch((err: Error) =>
        log.error({ err, job_id: job.id, tenant_id: job.tenant_id }, 'what a lost job was for could not be told'),
      );
  }

  private async renew(): Promise<void> {
    const held = [...this.running.values()];
    // Finished jobs that are not written yet keep their leases, so that no other worker runs them again.
    const runs = [...held.map(({ job }) => job), ...this.finished];
    if (runs.length === 0) return;
    const named = JSON.stringify(runs.map(({ tenant_id, id, attempts }) => ({ tenant_id, id, attempts })));
    const kept = await this.options.db.call<{ id: string; attempts: number; cancel_requested: boolean }>(
      sql`select * from app.renew_jobs(${this.name}, ${named}::jsonb, ${lease_seconds})`,
    );
    const byKey = new Map(kept.map((row) => [keyOf(row), row]));
    for (const { job, abort } of held) {
      const row = byKey.get(keyOf(job));
      if (!row) abort.abort(leaseLost);
      else if (row.cancel_requested) abort.abort(cancelled);
    }
  }

  private async renewLoop(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      await this.renew().catch((error: Error) =>
        this.options.log.warn({ err: error }, 'renewing the leases of jobs failed; trying again'),
      );
      await sleep(renew_ms, undefined, { signal }).catch(() => {});
    }
  }
}

const cancelled = new Error('It was cancelled');
const stopping = new Error('The worker is stopping');
const leaseLost = new Error('Its lease was lost to another worker');

const keyOf = ({ id, attempts }: { id: string; attempts: number }) => `${id}:${attempts}`;

const retrySeconds = ({ attempts }: JobRow): number => Math.min(retry_seconds_max, 2 ** attempts + Math.random());

function stateAfter(error: unknown, job: JobRow, signal: AbortSignal): Ending['state'] {
  if (signal.reason === cancelled) return 'cancelled';
  if (signal.reason === stopping) return 'ready';
  if (error instanceof InDoubt) return 'in_doubt';
  return error instanceof JobFailed || job.attempts >= job.attempts_max ? 'failed' : 'scheduled';
}
