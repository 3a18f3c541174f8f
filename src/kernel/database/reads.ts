import type pg from 'pg';
import { problems } from '../errors/problem.ts';
import { type Claimant, FairLane, type Release } from '../fairness/fair-lane.ts';
import { Batch, type Query, type Waiting } from './batch.ts';
import { connect_ms_max, gathering, type Send } from './pipeline.ts';
import { type ReadClass, ReadClasses } from './read-classes.ts';

/** How long an interactive read may take altogether, waiting included; 6 s minus what else a request does. */
const interactive_ms_max = 5_500;
/** Of that, how long it may wait for each lane. */
const lane_ms_max = 1_500;
/** Of that, how long one statement may run. */
export const interactive_statement_ms_max = 4_000;
/** A read that runs longer than this releases its slot in the short lane and keeps running. */
const short_ms = 20;
/** While this many reads of a tenant have overrun, its further ad-hoc reads go to the long lane. */
const overdue_max = 2;
const long_waiting_per_tenant_max = 32;
/** The server stops a statement by itself; the program stops waiting a moment later. */
const grace_ms = 250;

/** Who reads, and how. */
export interface Reader {
  claimant: Claimant;
  /** Somebody waits for the answer. Other reads have no limits of their own but that of the connection. */
  interactive: boolean;
  /** The caller chooses the filter, count, sums, groups or search, so the read may be expensive. */
  openEnded: boolean;
}

/** The statement that opens each group; with the time that one statement may take, or the connection's. */
export type Opening = (statementMs: number | undefined) => Query;

export interface ReadLanesOptions {
  pool: pg.Pool;
  /** For long reads; its backends let others have the processor first. */
  longPool: pg.Pool;
  /** Short reads at once: more would get no more done, because they are bound by the database's processors. */
  shortAtOnce: number;
  longAtOnce: number;
  /** Slots of the pool that are shared fairly. */
  connections: FairLane;
  /** After which a silent server is thought gone, for reads that are not interactive; zero: never. */
  answerMsMax: number;
  silenceMsMax: number;
}

/** Sets statement_timeout to what is left of `ms` since the transaction began, so that all its statements together take no longer. */
const remainingTime = (ms: number): Waiting => ({
  query: {
    name: 'remaining time',
    text: `select set_config('statement_timeout', greatest(1, $1::int - (extract(epoch from clock_timestamp() - now()) * 1000)::int)::text, true)`,
    values: [ms],
  },
  resolve: () => {},
  reject: () => {},
});

/**
 * Runs read-only statements. Statements sent in the same tick share one transaction, which begins with the opening statement; the connection
 * returns to the pool when it ends. That is safe because under READ COMMITTED each statement has a snapshot of its own anyway.
 *
 * Short reads share `shortAtOnce` slots. Long reads have a separate lane with limits per tenant and per caller, so that no tenant can use up all
 * processors or connections (decision 75).
 */
export class ReadLanes {
  private readonly options: ReadLanesOptions;
  private readonly shortLane: FairLane;
  private readonly longLane: FairLane;
  private readonly classes = new ReadClasses();
  /** How many running reads of each tenant have overrun `short_ms`. */
  private readonly overdue = new Map<string, number>();

  constructor(options: ReadLanesOptions) {
    this.options = options;
    this.shortLane = new FairLane({
      slots: options.shortAtOnce,
      message: 'Too many people are reading right now. Try again in a moment.',
    });
    const perTenant = Math.max(1, options.longAtOnce - 1);
    this.longLane = new FairLane({
      slots: options.longAtOnce,
      perTenant,
      perCaller: Math.max(1, Math.floor(perTenant / 2)),
      waitingPerTenant: long_waiting_per_tenant_max,
      message:
        'Your workspace is computing other large queries right now. Try again in a moment, or narrow the filter.',
    });
  }

  /** Sends the statements of one transaction. */
  over(opening: Opening, mode: string, reader: Reader): Send {
    const deadline = performance.now() + (reader.interactive ? interactive_ms_max : connect_ms_max);
    return gathering((waiting) => {
      const refuse = (error: Error) => {
        for (const { reject } of waiting) reject(error);
      };
      const group = { waiting, opening, reader, deadline, key: `${reader.claimant.tenant} ${mode} ${keyOf(waiting)}` };
      if (!reader.interactive) return void this.inBackground(group).catch(refuse);
      const timer = setTimeout(() => refuse(problems.queryTimeout()), deadline - performance.now() + grace_ms);
      void this.run(group)
        .catch(refuse)
        .finally(() => clearTimeout(timer));
    });
  }

  private async inBackground(group: Group): Promise<void> {
    const releaseSlot = await this.shortLane.acquire(group.reader.claimant, group.deadline - performance.now());
    await this.releaseWhenSlow(
      group,
      releaseSlot,
      this.read(group, group.opening(undefined), this.options.answerMsMax),
    );
  }

  private async run(group: Group): Promise<void> {
    const { key, reader } = group;
    let read: ReadClass | undefined = this.classes.classOf(key);
    if (reader.openEnded && !read) read = await this.estimate(group);
    if (read === 'long') return this.runLong(group);
    const releaseSlot = await this.shortLane.acquire(reader.claimant, laneTimeoutOf(group));
    if (reader.openEnded && (this.overdue.get(reader.claimant.tenant) ?? 0) >= overdue_max) {
      releaseSlot();
      return this.runLong(group);
    }
    await this.releaseWhenSlow(group, releaseSlot, this.execute(group, false));
  }

  private async runLong(group: Group): Promise<void> {
    const release = await this.longLane.acquire(group.reader.claimant, laneTimeoutOf(group));
    await this.execute(group, true).finally(release);
  }

  private execute(group: Group, isLong: boolean): Promise<void> {
    return this.withConnectionSlot(group, async () => {
      const ms = statementTimeoutOf(group);
      const { waiting } = group;
      const timed = isLong ? waiting.flatMap((one, at) => (at === 0 ? one : [remainingTime(ms), one])) : waiting;
      const began = performance.now();
      const pool = isLong ? this.options.longPool : this.options.pool;
      await this.read({ waiting: timed }, group.opening(ms), ms + this.options.silenceMsMax, pool);
      this.classes.ran(group.key, performance.now() - began);
    });
  }

  private async read(
    { waiting }: Pick<Group, 'waiting'>,
    opening: Query,
    answerMsMax: number,
    pool = this.options.pool,
  ): Promise<void> {
    const client = await pool.connect();
    const batch = new Batch(waiting, answerMsMax, opening);
    client.query(batch);
    client.release(await batch.done);
  }

  /** Releases the slot when the work ends, or when it has taken longer than `short_ms`. */
  private async releaseWhenSlow({ reader }: Group, releaseSlot: Release, work: Promise<void>): Promise<void> {
    const { tenant } = reader.claimant;
    let isOverdue = false;
    const count = (by: number) => {
      const left = (this.overdue.get(tenant) ?? 0) + by;
      if (left > 0) this.overdue.set(tenant, left);
      else this.overdue.delete(tenant);
    };
    const timer = setTimeout(() => {
      isOverdue = true;
      count(1);
      releaseSlot();
    }, short_ms);
    await work.finally(() => {
      clearTimeout(timer);
      if (isOverdue) count(-1);
      releaseSlot();
    });
  }

  /** What the planner expects of the dearest of the statements; throws when it is more than anybody may ask for. */
  private async estimate(group: Group): Promise<ReadClass> {
    const { reader, opening, key } = group;
    const costs: number[] = [];
    let failure: Error | undefined;
    const waiting = group.waiting.flatMap(({ query: { text, values } }): Waiting[] => {
      if (!explainable.test(text)) return [];
      return [
        {
          query: { text: `explain ${text}`, ...(values && { values }) },
          resolve: ({ rows }) => costs.push(costOf(String(rows[0]?.['QUERY PLAN']))),
          reject: (error) => {
            failure ??= error;
          },
        },
      ];
    });
    if (waiting.length === 0) return 'short';
    const releaseSlot = await this.shortLane.acquire(reader.claimant, laneTimeoutOf(group));
    const explained = this.withConnectionSlot(group, () => {
      const ms = statementTimeoutOf(group);
      return this.read({ waiting }, opening(ms), ms + this.options.silenceMsMax);
    });
    await this.releaseWhenSlow(group, releaseSlot, explained);
    if (failure) throw failure;
    const read = this.classes.estimated(key, Math.max(...costs));
    if (!read) throw problems.queryTooExpensive();
    return read;
  }

  /** With a connection out of the tenant's share. */
  private async withConnectionSlot(group: Group, work: () => Promise<void>): Promise<void> {
    const release = await this.options.connections.acquire(group.reader.claimant, laneTimeoutOf(group));
    try {
      await work();
    } finally {
      release();
    }
  }
}

interface Group {
  waiting: Waiting[];
  opening: Opening;
  reader: Reader;
  /** On the clock of `performance.now()`. */
  deadline: number;
  key: string;
}

/** Settings and the like have no plan. */
const explainable = /^\s*(select|with)\b/i;

const keyOf = (waiting: readonly Waiting[]) => waiting.map(({ query }) => query.name ?? query.text).join(' ');

const laneTimeoutOf = ({ deadline }: Group) => Math.min(lane_ms_max, deadline - performance.now());

function statementTimeoutOf({ deadline }: Group): number {
  const left = Math.floor(deadline - performance.now());
  if (left <= 0) throw problems.queryTimeout();
  return Math.min(left, interactive_statement_ms_max);
}

/** Of a plan's first line, such as `Limit  (cost=0.43..12.90 rows=51 width=40)`. */
const costOf = (line: string): number => Number(/\.\.([\d.]+) rows=/.exec(line)?.[1] ?? 0);
