import type { Socket } from 'node:net';
import pg from 'pg';
import utils from 'pg/lib/utils.js';
import { serialize } from 'pg-protocol';
import { type RowReader, rowReader } from './row-reader.ts';

export interface Query {
  /** Prepared under this name on each connection that it is sent over. */
  name?: string;
  text: string;
  values?: unknown[];
}

export interface QueryResult {
  rows: Record<string, unknown>[];
  rowCount: number | null;
  command: string;
}

export interface PendingQuery {
  query: Query;
  resolve: (result: QueryResult) => void;
  reject: (error: Error) => void;
}

type Connection = pg.Connection & { stream: Socket };

/** The statements that are prepared on a connection. */
class Prepared {
  private static readonly byConnection = new WeakMap<pg.Connection, Prepared>();
  /** How the rows of each are read, by name; null while a statement is on its way. */
  readonly readers = new Map<string, RowReader | null>();
  /** Sent in a batch that failed, so they may or may not be prepared. */
  readonly inDoubt = new Set<string>();

  static on(connection: pg.Connection): Prepared {
    const known = Prepared.byConnection.get(connection) ?? new Prepared();
    Prepared.byConnection.set(connection, known);
    return known;
  }
}

/** PostgreSQL did not execute a statement, because an earlier one of its transaction failed. */
export const transaction_aborted = '25P02';
/** A statement was stopped by its timeout or a cancel. */
export const query_canceled = '57014';

const notExecuted = () =>
  Object.assign(new Error('A statement sent before this one failed'), { code: transaction_aborted });

/**
 * PostgreSQL says so of a statement that was prepared before a migration changed what it answers, each time until it is
 * prepared anew.
 */
const isOutdated = (error: Error): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';

/** Whether no statement can follow on the connection: it is lost, or the server is about to close it. */
export const endsConnection = (error: Error): boolean =>
  !(error instanceof pg.DatabaseError) || error.severity === 'FATAL' || error.severity === 'PANIC';

const noRows: RowReader = () => ({});

/**
 * Sends statements in one packet that ends with one Sync, so that the server wakes once and responds once. Outside a
 * transaction block they are one transaction. When one fails, PostgreSQL skips those after it; in a batch with an
 * opening statement, all get its error. For a statement that is prepared on the connection, the server is not asked
 * again to describe its columns.
 */
export class Batch extends pg.Query {
  /**
   * Resolves when the connection can be released, with the error that ended it, if any. Errors of statements go to
   * their callers, not here.
   */
  readonly done: Promise<Error | undefined>;
  /** In milliseconds. When the batch takes longer, the driver closes the connection. Zero: no limit. */
  readonly query_timeout: number;
  private readonly queries: readonly Query[];
  private pending: readonly PendingQuery[];
  /** How many statements without a caller stand in front: the opening, or none. */
  private readonly openings: 0 | 1;
  private results: (QueryResult | Error)[] = [];
  private prepared: Prepared | undefined;
  private readRow: RowReader | undefined;
  private found: Record<string, unknown>[] = [];
  private unreadable: Error | undefined;
  private end!: (ended?: Error) => void;

  /** `answerMsMax` is the limit for each statement. */
  constructor(pending: readonly PendingQuery[], answerMsMax: number, opening?: Query) {
    super('');
    this.pending = pending;
    this.openings = opening ? 1 : 0;
    const queries = pending.map(({ query }) => query);
    this.queries = opening ? [opening, ...queries] : queries;
    this.query_timeout = answerMsMax * this.queries.length;
    this.done = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  override submit = (connection: pg.Connection): void => {
    const { stream } = connection as Connection;
    this.prepared = Prepared.on(connection);
    const messages = this.queries.flatMap((query) => messagesOf(this.prepared!, query));
    // One buffer: writing a list of them costs the socket about as much for each as for all.
    stream.write(Buffer.concat([...messages, serialize.sync()]));
    this.expect();
  };

  /** Prepares for the rows of the next statement. */
  private expect(): void {
    const name = this.queries[this.results.length]?.name;
    this.readRow = (name && this.prepared!.readers.get(name)) || undefined;
    this.found = [];
    this.unreadable = undefined;
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.readRow = rowReader(fields);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    try {
      this.found.push(this.readRow!(fields));
    } catch (error) {
      this.unreadable = error as Error;
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    const name = this.queries[this.results.length]!.name;
    if (name) this.prepared!.readers.set(name, this.readRow ?? noRows);
    const [command, ...counts] = text.split(' ');
    const result = { rows: this.found, rowCount: Number(counts.at(-1) ?? 0), command: command! };
    this.results.push(this.unreadable ?? result);
    this.expect();
  }

  /** An error from the server belongs to one statement; any other is of the connection, and thus of all statements. */
  handleError(error: Error): void {
    const outdated = isOutdated(error);
    for (const { name } of this.queries) {
      if (!name || !(outdated || this.prepared?.readers.get(name) === null)) continue;
      this.prepared!.readers.delete(name);
      this.prepared!.inDoubt.add(name);
    }
    // With an opening the statements are one transaction, which fails as a whole.
    const isOfAll = this.openings === 1 || !(error instanceof pg.DatabaseError);
    this.results.push(error);
    while (this.results.length < this.queries.length) this.results.push(isOfAll ? error : notExecuted());
    this.settle(endsConnection(error) ? error : undefined);
  }

  /** Resolved only now, when a transaction around the statements has ended. */
  handleReadyForQuery(): void {
    this.settle();
  }

  private settle(ended?: Error): void {
    for (const [index, { resolve, reject }] of this.pending.entries()) {
      const result = this.results[index + this.openings]!;
      if (result instanceof Error) reject(result);
      else resolve(result);
    }
    // The callers have the rows now. Without this, most rows would survive into the old generation of the heap and stay
    // until it is collected.
    this.pending = [];
    this.results = [];
    this.found = [];
    // Tells the driver to stop its timer.
    (this as { callback?: () => void }).callback?.();
    this.end(ended);
  }
}

function messagesOf({ readers, inDoubt }: Prepared, { name = '', text, values = [] }: Query): Buffer[] {
  const messages: Buffer[] = [];
  if (!readers.has(name)) {
    if (inDoubt.delete(name)) messages.push(serialize.close({ type: 'S', name }));
    messages.push(serialize.parse({ name, text, types: [] }));
    if (name !== '') readers.set(name, null);
  }
  messages.push(serialize.bind({ statement: name, values, valueMapper: utils.prepareValue }));
  if (!readers.get(name)) messages.push(serialize.describe({ type: 'P' }));
  messages.push(serialize.execute());
  return messages;
}
