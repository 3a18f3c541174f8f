import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';
import { uuidV7 } from '../database/uuid.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import type { JobKind, JobRow, JobRun } from './kind.ts';

const lease_seconds = 20;
const renew_ms = 5_000;
const tend_ms = 500;
const idle_poll_ms = 40;
/** Of a worker's slots, the share that one tenant may hold, so that long jobs of one never stop another. */
const tenant_share_max = 0.75;
const retry_seconds_max = 3_600;

export interface WorkerOptions {
  db: Database;
  log: Logger;
  kinds: JobKind[];
  /** Jobs at once. */
  slots: number;
}

interface Outcome {
  tenant_id: string;
  id: string;
  state: 'done' | 'failed' | 'cancelled' | 'scheduled';
  error: string | null;
  retry_seconds: number;
}

interface Running {
  job: JobRow;
  abort: AbortController;
}

/** Thrown by a job to say that trying again is useless. */
export class JobFailed extends Error {}

/**
 * Runs jobs until stopped. A job holds a lease that its worker renews; the job of a worker that died is taken back within
 * lease + tend time, well under 30 s, and runs again: every kind must stand being run twice.
 */
export class Worker {
  readonly name = `${hostname()}:${process.pid}:${uuidV7().slice(-6)}`;
  private readonly options: WorkerOptions;
  private readonly byKind: Map<string, JobKind>;
  private readonly running = new Map<string, Running>();
  private finished: Outcome[] = [];
  private stopping = false;
  private wake: () => void = () => {};
  private loops: Promise<unknown>[] = [];

  constructor(options: WorkerOptions) {
    this.options = options;
    this.byKind = new Map(options.kinds.map((kind) => [kind.kind, kind]));
  }

  start(): void {
    this.loops = [this.claimLoop(), this.every(tend_ms, () => this.tend()), this.every(renew_ms, () => this.renew())];
  }

  /** Takes no more jobs, lets the running ones end for up to `graceMs`, then aborts them; they are retried elsewhere. */
  async stop(graceMs = 10_000): Promise<void> {
    this.stopping = true;
    this.wake();
    const deadline = Date.now() + graceMs;
    while (this.running.size > 0 && Date.now() < deadline) await sleep(20);
    for (const { abort } of this.running.values()) abort.abort(new Error('The worker is stopping'));
    await Promise.all(this.loops);
    await this.flush();
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
    const free = this.options.slots - this.running.size;
    const kinds = this.kindsWithRoom();
    if (free === 0 || kinds.length === 0) return 0;
    const jobs = await this.options.db.call<JobRow>(
      sql`select * from app.claim_jobs(${this.name}, ${kinds}, ${free}, ${lease_seconds}, ${this.fullTenants()})`,
    );
    for (const job of jobs) void this.run(job);
    return jobs.length;
  }

  private kindsWithRoom(): string[] {
    const counts = new Map<string, number>();
    for (const { job } of this.running.values()) counts.set(job.kind, (counts.get(job.kind) ?? 0) + 1);
    return this.options.kinds
      .filter((k) => (counts.get(k.kind) ?? 0) < (k.concurrencyMax ?? this.options.slots))
      .map((k) => k.kind);
  }

  private fullTenants(): string[] {
    const counts = new Map<string, number>();
    for (const { job } of this.running.values()) counts.set(job.tenant_id, (counts.get(job.tenant_id) ?? 0) + 1);
    const most = Math.max(1, Math.floor(this.options.slots * tenant_share_max));
    return [...counts].filter(([, n]) => n >= most).map(([tenant]) => tenant);
  }

  private async run(job: JobRow): Promise<void> {
    const { log } = this.options;
    const abort = new AbortController();
    this.running.set(job.id, { job, abort });
    const outcome: Outcome = { tenant_id: job.tenant_id, id: job.id, state: 'done', error: null, retry_seconds: 0 };
    try {
      const kind = this.byKind.get(job.kind);
      if (!kind) throw new JobFailed(`No worker of this release knows jobs of the kind "${job.kind}"`);
      await kind.run(this.runOf(job, abort.signal), kind.payload.parse(job.payload));
    } catch (error) {
      const lasting = error instanceof JobFailed || job.attempts >= job.attempts_max;
      outcome.state = isCancel(abort.signal) ? 'cancelled' : lasting ? 'failed' : 'scheduled';
      outcome.error = (error as Error).message;
      outcome.retry_seconds = Math.min(retry_seconds_max, 2 ** job.attempts + Math.random());
      log.warn(
        { err: error, job_id: job.id, kind: job.kind, tenant_id: job.tenant_id, state: outcome.state },
        'job did not succeed',
      );
    }
    this.running.delete(job.id);
    this.finished.push(outcome);
    this.wake();
  }

  private runOf(job: JobRow, signal: AbortSignal): JobRun {
    const { db, log } = this.options;
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
        await withContext(db, actor, (ctx) =>
          ctx.tx.run(
            sql`update job set progress = ${JSON.stringify(progress)} where tenant_id = ${job.tenant_id} and id = ${job.id}`,
          ),
        );
      },
    };
  }

  /** Tells the database which jobs ended, many at a time. Kept for the next try when the database is away: leases hold until then. */
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

  private async tend(): Promise<void> {
    await this.options.db.call(sql`select * from app.tend_jobs()`);
  }

  private async renew(): Promise<void> {
    const ids = [...this.running.keys()];
    if (ids.length === 0) return;
    const kept = await this.options.db.call<{ id: string; cancel_requested: boolean }>(
      sql`select * from app.renew_jobs(${this.name}, ${ids}::uuid[], ${lease_seconds})`,
    );
    const byId = new Map(kept.map((row) => [row.id, row]));
    for (const id of ids) {
      const row = byId.get(id);
      if (!row) this.running.get(id)?.abort.abort(new Error('The lease was lost to another worker'));
      else if (row.cancel_requested) this.running.get(id)?.abort.abort(cancelled);
    }
  }

  private async every(ms: number, work: () => Promise<void>): Promise<void> {
    while (!this.stopping || this.running.size > 0) {
      await work().catch((error: Error) => this.options.log.warn({ err: error }, 'tending jobs failed; trying again'));
      for (let waited = 0; waited < ms && !(this.stopping && this.running.size === 0); waited += 50) await sleep(50);
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

const cancelled = new Error('Cancelled');
const isCancel = (signal: AbortSignal) => signal.aborted && signal.reason === cancelled;
