import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import type { BaseLogger } from 'pino';
import { type Claimant, FairLane } from '../fairness/fair-lane.ts';
import { yieldBackendProcessor } from '../fairness/priority.ts';
import { endsConnection, type Query, query_canceled, transaction_aborted } from './batch.ts';
import { noteBroken } from './broken.ts';
import { columnTypes } from './column-types.ts';
import { type Mode, opening, type SessionSettings } from './context.ts';
import { backendOf, connect_ms_max, type Send, sendsOver } from './pipeline.ts';
import { helpersOfLongRead, isElsewhere, readsAtOnce } from './processors.ts';
import { type Opening, ReadLanes } from './reads.ts';
import { type Observe, queryOf, recorded, type Statement, statementsOver, type Tx } from './statement.ts';
import { Wake } from './wake.ts';

export { sql };

const begin: Query = { name: 'begin', text: 'begin' };
const commit: Query = { name: 'commit', text: 'commit' };
const rollback: Query = { name: 'rollback', text: 'rollback' };

/**
 * How long after its timeout a statement may go without a response before the server is considered lost, as one is that
 * vanished without closing the connection.
 */
const silence_ms_max = 2_000;
const keepalive_ms = 10_000;
/** Connections that requests do not use: for claiming jobs, following the feed, signing in. */
const reserved_for_program = 1;
/** How many of the other connections no single tenant can use up. */
const reserved_from_tenant = 2;
/** How long a write waits for its share of the connections. */
const write_wait_ms_max = 5_000;
const vacuum_ms_max = 60_000;
/** One for each import and export that a worker runs at once, and one for short streams. */
const streams_max = 6;
const aside_max = 2;

/**
 * For a write that nobody waits for: the time limit of each statement, and the signal that ends it. Such writes run one
 * at a time, at low priority where the database is on this machine.
 */
export interface Patience {
  ms: number;
  signal: AbortSignal;
  /** Behind none of the others, which may take a quarter of an hour, and with the usual priority. */
  apart?: boolean;
}

/** How a transaction runs. */
export interface TransactionOptions {
  mode?: Mode | undefined;
  /** Somebody waits for it, so it gets a fair share of the connections, and time limits. */
  interactive?: boolean;
  /** The caller chooses what it reads: filters, counts, sums, groups, searches. */
  openEnded?: boolean;
  patience?: Patience;
}

/**
 * Sends statements only while a transaction is open. A statement sent later, by work that continued after another
 * failed, would run in the next transaction on the connection: for another caller.
 */
function whileOpen(send: Send): { send: Send; end: () => void } {
  let open = true;
  return {
    send: (query) => (open ? send(query) : Promise.reject(new Error('The transaction of this statement is over'))),
    end: () => {
      open = false;
    },
  };
}

const deadlock_detected = '40P01';
/** What the transaction relied on was not so (`app.assert_unsealed`). */
const serialization_failure = '40001';
const deadlock_tries_max = 3;
/** Until it is tried again, at least; at most twice that, so that two who lost do not meet again. */
const deadlock_pause_ms = 50;

/**
 * Runs a transaction again that PostgreSQL rolled back because it and another waited for each other. Which of the two
 * is chance: the other one is often of the program, such as a consumer or the clean-up, of which whoever waits for the
 * request knows nothing. After a pause: at once it could take its first lock again before the other one wakes up, and
 * both would wait for each other as before.
 */
async function againAfterDeadlock<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      const { code } = error as { code?: string };
      if (![deadlock_detected, serialization_failure].includes(code ?? '') || tries === deadlock_tries_max) throw error;
    }
    await sleep(deadlock_pause_ms * (1 + Math.random()));
  }
}

export interface DatabaseOptions {
  url: string;
  /** Connections of this process at most. */
  connectionsMax: number;
  statementTimeoutMs: number;
  applicationName: string;
  /**
   * Nobody waits for what this process does: all its backends run with low priority where the database is on this
   * machine.
   */
  inBackground?: boolean;
  observe?: Observe;
  log?: Pick<BaseLogger, 'info' | 'warn'>;
}

export interface PoolLoad {
  pool: string;
  max: number;
  open: number;
  idle: number;
  waiting: number;
}

/**
 * The application's access to PostgreSQL. Connects as the application's role, under row-level security; everything runs
 * in a transaction that carries its tenant and caller.
 */
export class Database {
  readonly pool: pg.Pool;
  /** Connections for COPY and cursors, which pipelined connections do not support. */
  readonly streamPool: pg.Pool;
  /** Connections for long reads, whose backends run with low priority where the database is on this machine. */
  private readonly longPool: pg.Pool;
  private readonly patientPool: pg.Pool;
  private readonly apartPool: pg.Pool;
  /** Connections of which no transaction has one, for what transactions wait for that have another one. */
  private readonly asidePool: pg.Pool;
  readonly wake: Wake;

  private readonly connections: FairLane;
  private readonly reads: ReadLanes;
  private readonly observe: Observe | undefined;
  private readonly answerMsMax: number;
  private readonly newConnection: () => pg.Client;

  constructor(options: DatabaseOptions) {
    this.observe = options.observe;
    this.answerMsMax = options.statementTimeoutMs && options.statementTimeoutMs + silence_ms_max;
    const shared = {
      connectionString: options.url,
      types: columnTypes,
      application_name: options.applicationName,
      connectionTimeoutMillis: connect_ms_max,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepalive_ms,
      idle_in_transaction_session_timeout: 60_000,
    };
    this.newConnection = () => new pg.Client({ ...shared, statement_timeout: options.statementTimeoutMs });
    const pipelined = { ...shared, statement_timeout: options.statementTimeoutMs, pipeline: true };
    this.pool = new pg.Pool({ ...pipelined, max: options.connectionsMax } as pg.PoolConfig);
    const atOnce = readsAtOnce(options.url, options.connectionsMax);
    this.longPool = new pg.Pool({ ...pipelined, max: atOnce.longAtOnce } as pg.PoolConfig);
    this.patientPool = new pg.Pool({ ...pipelined, max: 1, connectionTimeoutMillis: 0 } as pg.PoolConfig);
    this.apartPool = new pg.Pool({ ...pipelined, max: 1 } as pg.PoolConfig);
    this.asidePool = new pg.Pool({ ...pipelined, max: aside_max } as pg.PoolConfig);
    const endless = { statement_timeout: 0, idle_in_transaction_session_timeout: 0 };
    this.streamPool = new pg.Pool({ ...shared, ...endless, max: streams_max });
    const forLongReads = [this.longPool, this.patientPool];
    const yielding = isElsewhere(options.url) ? [] : forLongReads;
    if (options.inBackground && yielding.length > 0) yielding.push(this.pool, this.streamPool);
    for (const pool of yielding)
      pool.on('connect', (client) => {
        const { processID, user } = backendOf(client);
        yieldBackendProcessor(processID, user);
        // Sent before the first statement of the connection.
        if (forLongReads.includes(pool))
          client.query(`set max_parallel_workers_per_gather = ${helpersOfLongRead(atOnce.longAtOnce)}`).catch(() => {});
      });
    for (const pool of Object.values(this.pools)) {
      // The pool drops a connection that fails while idle; the next query opens another.
      pool.on('error', () => {});
      // A connection that fails in use rejects its queries. It emits the error before that, which would end the process
      // if nobody listened.
      pool.on('connect', (client) => client.on('error', noteBroken));
    }
    const { connectionsMax } = options;
    const slots = Math.max(1, connectionsMax - reserved_for_program);
    const perTenant = Math.max(1, slots - reserved_from_tenant);
    this.connections = new FairLane({
      slots,
      perTenant,
      message: 'Too many requests of your workspace are being worked on right now. Try again in a moment.',
    });
    this.reads = new ReadLanes({
      pool: this.pool,
      ...atOnce,
      longPool: this.longPool,
      connections: this.connections,
      answerMsMax: this.answerMsMax,
      silenceMsMax: silence_ms_max,
    });
    this.wake = new Wake({
      url: options.url,
      applicationName: options.applicationName,
      // A notification need not survive a crash, so its commit does not wait for the disk.
      notify: (channel) =>
        this.call(sql`select set_config('synchronous_commit', 'off', true), pg_notify(${channel}, '')`),
      log: options.log,
    });
  }

  /** Runs `work` in a transaction with the given context, which travels with the first statement. */
  transaction<Result>(
    settings: SessionSettings,
    work: (tx: Tx) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    const { mode = 'write', openEnded = false } = options;
    const claimant = { tenant: settings.tenant_id, caller: settings.user_id ?? '' };
    // A transaction of the program within a request must not wait for the connections of that request.
    const interactive = options.interactive === true && settings.actor_kind !== 'system';
    if (mode === 'write') {
      const write = () =>
        interactive ? this.inTurn(claimant, settings, work) : this.write(settings, work, options.patience);
      return options.interactive === true ? againAfterDeadlock(write) : write();
    }
    const opens: Opening = (statementMs) => opening(mode, settings, statementMs);
    const request = { claimant, interactive, openEnded: openEnded || mode === 'survey' };
    return work(statementsOver(this.reads.over(opens, mode, request), this.observe));
  }

  private async inTurn<Result>(
    claimant: Claimant,
    settings: SessionSettings,
    work: (tx: Tx) => Promise<Result>,
  ): Promise<Result> {
    const release = await this.connections.acquire(claimant, write_wait_ms_max);
    return this.write(settings, work).finally(release);
  }

  private async write<Result>(
    settings: SessionSettings,
    work: (tx: Tx) => Promise<Result>,
    patience?: Patience,
  ): Promise<Result> {
    const client = await (patience ? this.connectPatiently(patience) : this.pool.connect());
    const { processID } = backendOf(client);
    let cancelling: Promise<unknown> | undefined;
    const cancel = () => {
      cancelling = this.call(sql`select pg_cancel_backend(${processID})`).catch(() => {});
    };
    let failure: unknown;
    let settled: Promise<unknown> = Promise.resolve();
    const over = sendsOver(client, patience ? patience.ms + silence_ms_max : this.answerMsMax);
    const send: Send = (query) => {
      // Between two statements there is nothing on the server to cancel.
      if (patience?.signal.aborted) return Promise.reject(patience.signal.reason);
      const answer = over(query);
      settled = answer.catch((error: unknown) => {
        failure ??= error;
      });
      return answer;
    };
    const transaction = whileOpen(send);
    try {
      patience?.signal.throwIfAborted();
      patience?.signal.addEventListener('abort', cancel);
      void send(begin);
      void send(opening('write', settings, patience?.ms));
      const result = await work(statementsOver(transaction.send, this.observe)).finally(() => {
        patience?.signal.removeEventListener('abort', cancel);
        transaction.end();
      });
      // A COMMIT of a transaction that failed inside answers ROLLBACK instead of an error.
      const { command } = await recorded(send)(commit);
      if (command !== 'COMMIT') throw failure ?? new Error('The transaction was rolled back');
      // Otherwise the cancel could stop the next statement on this connection, of another caller.
      await cancelling;
      client.release();
      this.wake.wakeAll();
      return result;
    } catch (error) {
      // Not behind a statement that may still fail: then nobody would look at it.
      settled
        .then(() => cancelling)
        .then(() => over(rollback))
        .then(
          () => client.release(),
          (broken: Error) => client.release(broken),
        )
        .then(() => this.wake.wakeAll());
      throw (error as { code?: string }).code === transaction_aborted ? failure : error;
    }
  }

  /** Whoever is told to end while others have the connection does not wait for it. */
  private connectPatiently({ signal, apart }: Patience): Promise<pg.PoolClient> {
    const connecting = (apart ? this.apartPool : this.patientPool).connect();
    return new Promise((resolve, reject) => {
      const leave = () => {
        connecting.then((client) => client.release()).catch(() => {});
        reject(signal.reason);
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave);
      connecting.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  /** Like `transaction`, on a connection that supports COPY. `work` also gets the client. */
  async streaming<Result>(
    settings: SessionSettings,
    work: (tx: Tx, client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result> {
    const client = await this.streamPool.connect();
    let failure: Error | undefined;
    const transaction = whileOpen((query) => client.query(query));
    try {
      await client.query('begin');
      await client.query(opening('write', settings));
      const result = await work(statementsOver(transaction.send, this.observe), client).finally(transaction.end);
      const { command } = await client.query('commit');
      if (command !== 'COMMIT') throw new Error('The transaction was rolled back');
      return result;
    } catch (error) {
      await client.query('rollback').catch((e: Error) => {
        failure = e;
      });
      throw error;
    } finally {
      client.release(failure);
      this.wake.wakeAll();
    }
  }

  /**
   * Reads on a connection that is opened for it: those that are open already do not tell whether the database still
   * lets the application in.
   */
  async onNewConnection<Result>(settings: SessionSettings, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const client = this.newConnection();
    client.on('error', noteBroken);
    try {
      await client.connect();
      await client.query('begin');
      await client.query(opening('read', settings));
      return await work(statementsOver((query) => client.query(query), undefined));
    } finally {
      // Not awaited: a server that is lost closes nothing.
      client.end().catch(() => {});
    }
  }

  /** Runs a statement outside any tenant, for the security definer functions of the `app` schema. */
  async call<Row>(statement: Statement<Row>, { aside = false } = {}): Promise<Row[]> {
    const client = await (aside ? this.asidePool : this.pool).connect();
    try {
      const send = recorded(sendsOver(client, this.answerMsMax));
      const { rows } = await send(queryOf(statement));
      client.release();
      return rows as Row[];
    } catch (error) {
      client.release(endsConnection(error as Error) && (error as Error));
      throw error;
    }
  }

  /**
   * Vacuums tables that were filled since autovacuum saw them; no transaction can do so. Left to autovacuum are tables
   * that somebody has locked, those that take longer, and all before PostgreSQL 17, where only the owner of a table may
   * vacuum it.
   */
  async vacuumFilled(): Promise<void> {
    const client = await this.streamPool.connect();
    let failure: Error | undefined;
    try {
      const { rows } = await client.query<{ filled: string }>(tablesFilled);
      await client.query(`set statement_timeout = ${vacuum_ms_max}`);
      if (rows.length > 0) await client.query(`vacuum (skip_locked) ${rows.map((row) => row.filled).join(', ')}`);
    } catch (error) {
      failure = error as Error;
      if ((error as { code?: string }).code !== query_canceled) throw error;
    } finally {
      await client.query('reset statement_timeout').catch((error: Error) => {
        failure ??= error;
      });
      client.release(failure);
    }
  }

  private get pools() {
    const { pool: main, longPool: long, streamPool: stream, patientPool: patient, apartPool: apart } = this;
    return { main, long, stream, patient, apart, aside: this.asidePool };
  }

  /** The connections of each pool, and how many wait for one or for their turn. */
  load(): PoolLoad[] {
    const { short, long } = this.reads.waiting;
    const turns = { main: this.connections.waitingCount + short, long, stream: 0, patient: 0, apart: 0, aside: 0 };
    return Object.entries(this.pools).map(([pool, { options, totalCount, idleCount, waitingCount }]) => ({
      pool,
      max: options.max,
      open: totalCount,
      idle: idleCount,
      waiting: waitingCount + turns[pool as keyof typeof turns],
    }));
  }

  async close(): Promise<void> {
    await this.wake.close();
    await Promise.all(Object.values(this.pools).map((pool) => pool.end()));
  }
}

/**
 * A table counts as filled with a thousand rows, at which autovacuum considers an empty table, plus a fiftieth of the
 * rows before. The audit trail is left out: it is only appended to.
 */
const tablesFilled = `select format('%I.%I', s.schemaname, s.relname) as filled from pg_stat_user_tables s join pg_class c
  on c.oid = s.relid
  where s.schemaname = 'public' and not c.relispartition and s.n_ins_since_vacuum + s.n_dead_tup > 1000 + 0.02 * s.n_live_tup`;
