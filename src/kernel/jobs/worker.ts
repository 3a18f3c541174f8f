import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RawBuilder } from 'kysely';
import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';
import { uuidV7 } from '../database/uuid.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { runInScope } from '../usage/scope.ts';
import type { JobKind, JobRow, JobRun } from './kind.ts';

const lease_seconds = 20;
const renew_ms = 5_000;
const reap_ms = 500;
const idle_poll_ms = 40;
/** How often jobs are claimed of kinds that one tenant may only run some of. */
const tenant_limited_poll_ms = 250;
/** Of a worker's slots, the share that one tenant may hold, so that long jobs of one never stop another. */
const tenant_share_max = 0.75;
const retry_seconds_max = 3_600;
/** How long an aborted job may take to notice. */
const abort_ms = 2_000;

/** A function of the database, called again and again, that adds jobs for what has come due in whatever workspace. */
export interface PeriodicTask {
  every_ms: number;
  call: RawBuilder<unknown>;
}

export interface WorkerOptions {
  db: Database;
  log: Logger;
  kinds: JobKind[];
  periodicTasks?: readonly PeriodicTask[];
  /** Jobs at once. */
  slots: number;
}

/** `scheduled` is a retry; `ready` gives the job back as if it had not been taken. */
interface Ending {
  state: 'done' | 'failed' | 'cancelled' | 'scheduled' | 'ready';
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

/** Thrown by a job to say that trying again is useless. */
export class JobFailed extends Error {}

/**
 * Runs jobs until stopped. A worker renews the leases of its jobs. The lease of a job whose worker died expires, and the job becomes ready again at
 * most `lease_seconds` + `reap_ms` later. So every kind must tolerate running twice.
 */
export class Worker {
  readonly name = `${hostname()}:${process.pid}:${uuidV7().slice(-6)}`;
  private readonly options: WorkerOptions;
  private readonly byKind: Map<string, JobKind>;
  /** By job and attempt: after a long stall a job may have been taken again by this very worker. */
  private readonly running = new Map<string, Running>();
  private finished: Outcome[] = [];
  private tenantLimitedAt = Number.NEGATIVE_INFINITY;
  private stopping = false;
  private ended = false;
  private wake: () => void = () => {};
  private loops: Promise<unknown>[] = [];

  constructor(options: WorkerOptions) {
    this.options = options;
    this.byKind = new Map(options.kinds.map((kind) => [kind.kind, kind]));
  }

  start(): void {
    const { db, periodicTasks = [] } = this.options;
    this.loops = [
      this.claimLoop(),
      this.every(reap_ms, () => this.reap()),
      this.every(renew_ms, () => this.renew()),
      ...periodicTasks.map(({ every_ms, call }) => this.every(every_ms, async () => void (await db.call(call)))),
    ];
  }

  /** Takes no more jobs, lets the running ones end for up to `graceMs`, then aborts them and gives them back. */
  async stop(graceMs = 10_000): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.idle(graceMs);
    for (const { abort } of this.running.values()) abort.abort(stopping);
    // One that does not listen keeps its lease until that runs out, and then runs again elsewhere.
    await this.idle(abort_ms);
    this.ended = true;
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
      else if (claimed === 0 || this.running.size >= this.options.slots) await this.pause(idle_poll_ms);
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

  /** How many jobs of each kind may still be taken. */
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
    const ending = await this.attempt(job, abort);
    this.running.delete(keyOf(job));
    this.finished.push({ tenant_id: job.tenant_id, id: job.id, attempts: job.attempts, ...ending });
    this.wake();
  }

  private async attempt(job: JobRow, abort: AbortController): Promise<Ending> {
    try {
      const kind = this.byKind.get(job.kind)!;
      const payload = kind.payload.safeParse(job.payload);
      if (!payload.success) throw new JobFailed(`Invalid payload: ${payload.error.message}`);
      await runInScope({ tenant_id: job.tenant_id, place: `job ${job.kind}` }, () =>
        kind.run(this.runOf(job, abort), payload.data),
      );
      return { state: 'done', error: null, retry_seconds: 0 };
    } catch (error) {
      const state = stateAfter(error, job, abort.signal);
      const seconds = state === 'scheduled' ? Math.min(retry_seconds_max, 2 ** job.attempts + Math.random()) : 0;
      const about = { job_id: job.id, kind: job.kind, tenant_id: job.tenant_id, state };
      this.options.log.warn({ err: error, ...about }, 'job did not succeed');
      return { state, error: storable(error instanceof Error ? error.message : String(error)), retry_seconds: seconds };
    }
  }

  private runOf(job: JobRow, abort: AbortController): JobRun {
    const { db, log } = this.options;
    const { signal } = abort;
    const actor = { ...systemActor(job.tenant_id), user_id: job.actor_id };
    return {
      job,
      db,
      actor,
      signal,
      log: log.child({ job_id: job.id, kind: job.kind, tenant_id: job.tenant_id }),
      transaction: (work, origin) => withContext(db, actor, work, { request_id: `job:${job.id}`, ...origin }),
      progress: async (progress) => {
        signal.throwIfAborted();
        const shown = JSON.stringify({ ...progress, note: progress.note && storable(progress.note) });
        const kept = await withContext(db, actor, (ctx) =>
          ctx.tx.maybe<{ cancel_requested: boolean }>(sql`update job set progress = ${shown}
            where tenant_id = ${job.tenant_id} and id = ${job.id} and attempts = ${job.attempts} and state = 'running'
            returning cancel_requested`),
        );
        if (!kept) abort.abort(leaseLost);
        else if (kept.cancel_requested) abort.abort(cancelled);
        signal.throwIfAborted();
      },
    };
  }

  /** Tells the database which jobs ended, many at a time. Kept for the next try when the database is away. */
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
  }

  private async reap(): Promise<void> {
    await this.options.db.call(sql`select app.tend_jobs()`);
  }

  private async renew(): Promise<void> {
    const held = [...this.running.values()];
    // Finished jobs that are not reported yet keep their leases, so that no other worker runs them again.
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

  private async every(ms: number, work: () => Promise<void>): Promise<void> {
    while (!this.ended) {
      await work().catch((error: Error) =>
        this.options.log.warn({ err: error }, 'a periodic task of the worker failed; trying again'),
      );
      for (let waited = 0; waited < ms && !this.ended; waited += 50) await sleep(50);
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const cancelled = new Error('It was cancelled');
const stopping = new Error('The worker is stopping');
const leaseLost = new Error('Its lease was lost to another worker');

const keyOf = ({ id, attempts }: { id: string; attempts: number }) => `${id}:${attempts}`;

function stateAfter(error: unknown, job: JobRow, signal: AbortSignal): Ending['state'] {
  if (signal.reason === cancelled) return 'cancelled';
  if (signal.reason === stopping) return 'ready';
  return error instanceof JobFailed || job.attempts >= job.attempts_max ? 'failed' : 'scheduled';
}

/** A message may hold what a text of PostgreSQL cannot. */
const storable = (text: string) => text.replaceAll('\0', '').toWellFormed();
