import type pg from 'pg';
import { problems } from '../errors/problem.ts';
import { type Claimant, FairLane, type Release } from '../fairness/fair-lane.ts';
import { Batch, type PendingQuery, type Query } from './batch.ts';
import { connect_ms_max, oncePerTick, type Send } from './pipeline.ts';
import { type ReadClass, ReadClasses } from './read-classes.ts';

/** How long an interactive read may take altogether, waiting included; 6 s minus what else a request does. */
const interactive_ms_max = 5_500;
/** How much of that it may wait for each lane. */
const lane_ms_max = 1_500;
/** How much of that one statement may take. */
export const interactive_statement_ms_max = 4_000;
/** A read that runs longer than this releases its slot in the short lane and keeps running. */
const short_ms = 20;
/** While this many reads of a tenant have overrun, its further ad-hoc reads go to the long lane. */
const overdue_max = 2;
const long_waiting_per_tenant_max = 32;
/** The server stops a statement by itself; the program stops pending a moment later. */
const grace_ms = 250;

/** Whom a read is for, and what it may cost. */
export interface ReadRequest {
  claimant: Claimant;
  /** Somebody waits for the answer. Other reads have no limits of their own but that of the connection. */
  interactive: boolean;
  /** The caller chooses the filter, count, sums, groups or search, so the read may be expensive. */
  openEnded: boolean;
}

/**
 * Makes the statement that opens each group. `statementMs`: the time limit of one statement, or undefined for that of
 * the connection.
 */
export type Opening = (statementMs: number | undefined) => Query;

export interface ReadLanesOptions {
  pool: pg.Pool;
  /** Connections for long reads; their backends run at low priority. */
  longPool: pg.Pool;
  /**
   * How many short reads run at once. More would get no more done, because they are bound by the processors of the
   * database.
   */
  shortAtOnce: number;
  longAtOnce: number;
  /** Slots of the pool that are shared fairly. */
  connections: FairLane;
  /** When a server that does not respond is considered lost, for reads that are not interactive; zero: never. */
  answerMsMax: number;
  silenceMsMax: number;
}

/**
 * Sets statement_timeout to what is left of `ms` since the transaction began, so that all its statements together take
 * no longer.
 */
const remainingTime = (ms: number): PendingQuery => ({
  query: {
    name: 'remaining time',
    text: `select set_config('statement_timeout', greatest(1, $1::int - (extract(epoch from clock_timestamp() - now()) * 1000)::int)::text,
      true)`,
    values: [ms],
  },
  resolve: () => {},
  reject: () => {},
});

/**
 * Runs read-only statements. Statements sent in the same tick share one transaction, which begins with the opening
 * statement; the connection returns to the pool when it ends. That is safe because under READ COMMITTED each statement
 * has a snapshot of its own anyway.
 *
 * Short reads share `shortAtOnce` slots. Long reads have a separate lane with limits per tenant and per caller, so that
 * no tenant can use up all processors or connections (decision 75).
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

  /** How many reads wait in each lane. */
  get waiting(): { short: number; long: number } {
    return { short: this.shortLane.waitingCount, long: this.longLane.waitingCount };
  }

  /** Sends the statements of one transaction. */
  over(opening: Opening, mode: string, request: ReadRequest): Send {
    const deadline = performance.now() + (request.interactive ? interactive_ms_max : connect_ms_max);
    return oncePerTick((pending) => {
      const refuse = (error: Error) => {
        for (const { reject } of pending) reject(error);
      };
      const group = {
        pending,
        opening,
        request,
        deadline,
        key: `${request.claimant.tenant} ${mode} ${keyOf(pending)}`,
      };
      if (!request.interactive) return void this.inBackground(group).catch(refuse);
      const timer = setTimeout(() => refuse(problems.queryTimeout()), deadline - performance.now() + grace_ms);
      void this.run(group)
        .catch(refuse)
        .finally(() => clearTimeout(timer));
    });
  }

  private async inBackground(group: Group): Promise<void> {
    const release = await this.shortLane.acquire(group.request.claimant, group.deadline - performance.now());
    await this.releaseWhenSlow(group, release, this.read(group, group.opening(undefined), this.options.answerMsMax));
  }

  private async run(group: Group): Promise<void> {
    const slot = await this.admit(group);
    const ms = slot.statementMs;
    // The statements of a long read together take no longer than one may.
    const pending = slot.isLong
      ? group.pending.flatMap((one, at) => (at === 0 ? one : [remainingTime(ms), one]))
      : group.pending;
    const pool = slot.isLong ? this.options.longPool : this.options.pool;
    const began = performance.now();
    const work = this.read({ pending }, group.opening(ms), ms + this.options.silenceMsMax, pool).then(() =>
      this.classes.ran(group.key, performance.now() - began),
    );
    await (slot.isLong ? work : this.releaseWhenSlow(group, slot.releaseTurn, work)).finally(slot.release);
  }

  /**
   * Decides once in which lane a read runs and how long each of its statements may take, and waits for a slot there.
   */
  private async admit(group: Group): Promise<Slot> {
    const { openEnded, claimant } = group.request;
    const known = this.classes.classOf(group.key);
    const read = known ?? (openEnded ? await this.estimate(group) : 'short');
    if (read === 'short') {
      const slot = await this.takeShort(group);
      // Asked once it is its turn: while it waited, others of its tenant may have overrun theirs.
      if (!openEnded || (this.overdue.get(claimant.tenant) ?? 0) < overdue_max) return slot;
      slot.release();
    }
    const release = await this.longLane.acquire(claimant, laneTimeoutOf(group));
    return { isLong: true, statementMs: statementTimeoutOf(group, release), releaseTurn: release, release };
  }

  /**
   * A turn in the short lane, and a connection out of the tenant's share, which a read that overruns its turn keeps.
   */
  private async takeShort(group: Group): Promise<Slot> {
    const { claimant } = group.request;
    const releaseTurn = await this.shortLane.acquire(claimant, laneTimeoutOf(group));
    const releaseConnection = await this.options.connections
      .acquire(claimant, laneTimeoutOf(group))
      .catch((error: unknown) => {
        releaseTurn();
        throw error;
      });
    const release = () => {
      releaseTurn();
      releaseConnection();
    };
    return { isLong: false, statementMs: statementTimeoutOf(group, release), releaseTurn, release };
  }

  private async read(
    { pending }: Pick<Group, 'pending'>,
    opening: Query,
    answerMsMax: number,
    pool = this.options.pool,
  ): Promise<void> {
    const client = await pool.connect();
    const batch = new Batch(pending, answerMsMax, opening);
    client.query(batch);
    client.release(await batch.done);
  }

  /** Releases the turn when the work ends, or when it has taken longer than `short_ms`. */
  private async releaseWhenSlow({ request }: Group, releaseTurn: Release, work: Promise<void>): Promise<void> {
    const { tenant } = request.claimant;
    let isOverdue = false;
    const count = (by: number) => {
      const left = (this.overdue.get(tenant) ?? 0) + by;
      if (left > 0) this.overdue.set(tenant, left);
      else this.overdue.delete(tenant);
    };
    const timer = setTimeout(() => {
      isOverdue = true;
      count(1);
      releaseTurn();
    }, short_ms);
    await work.finally(() => {
      clearTimeout(timer);
      if (isOverdue) count(-1);
      releaseTurn();
    });
  }

  /**
   * Classifies a read by the planner's estimate of its most expensive statement; throws when that is over the limit.
   */
  private async estimate(group: Group): Promise<ReadClass> {
    const { opening, key } = group;
    const costs: number[] = [];
    let failure: Error | undefined;
    const pending = group.pending.flatMap(({ query: { text, values } }): PendingQuery[] => {
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
    if (pending.length === 0) return 'short';
    const slot = await this.takeShort(group);
    const ms = slot.statementMs;
    const explained = this.read({ pending }, opening(ms), ms + this.options.silenceMsMax);
    await this.releaseWhenSlow(group, slot.releaseTurn, explained).finally(slot.release);
    if (failure) throw failure;
    const read = this.classes.estimated(key, Math.max(...costs));
    if (!read) throw problems.queryTooExpensive();
    return read;
  }
}

/** What a read was admitted with. */
interface Slot {
  isLong: boolean;
  statementMs: number;
  /** Lets the next read begin, while this one goes on. */
  releaseTurn: Release;
  release: Release;
}

interface Group {
  pending: PendingQuery[];
  opening: Opening;
  request: ReadRequest;
  /** A time of `performance.now()`. */
  deadline: number;
  key: string;
}

/** Statements that have a plan; SET and the like have none. */
const explainable = /^\s*(select|with)\b/i;

const keyOf = (pending: readonly PendingQuery[]) => pending.map(({ query }) => query.name ?? query.text).join(' ');

const laneTimeoutOf = ({ deadline }: Group) => Math.min(lane_ms_max, deadline - performance.now());

function statementTimeoutOf({ deadline }: Group, release: Release): number {
  const left = Math.floor(deadline - performance.now());
  if (left <= 0) {
    release();
    throw problems.queryTimeout();
  }
  return Math.min(left, interactive_statement_ms_max);
}

/** The total cost in a plan's first line, such as `Limit  (cost=0.43..12.90 rows=51 width=40)`. */
const costOf = (line: string): number => Number(/\.\.(\d+\.\d+) rows=/.exec(line)?.[1] ?? 0);
