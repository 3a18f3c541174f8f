import type { Socket } from 'node:net';
import pg from 'pg';
import utils from 'pg/lib/utils.js';
import { serialize } from 'pg-protocol';
import { columnTypes } from './column-types.ts';

export interface Query {
  /** Prepared under this name on each connection that it is sent over. */
  name?: string;
  text: string;
  values?: unknown[];
}

export interface Answer {
  rows: Record<string, unknown>[];
  rowCount: number | null;
  command: string;
}

export interface Waiting {
  query: Query;
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** How the rows of a statement look. */
interface Shape {
  names: string[];
  parsers: ((text: string) => unknown)[];
  /** Every row starts as a copy: keys added one by one would make it a hash table. */
  blank: Record<string, unknown>;
}

type Connection = pg.Connection & { stream: Socket };

/** What is prepared on a connection. */
class Prepared {
  private static readonly byConnection = new WeakMap<pg.Connection, Prepared>();
  /** By name; null from when a statement is sent until it has answered. */
  readonly shapes = new Map<string, Shape | null>();
  /** Sent in a batch that failed: nobody knows whether they are there. */
  readonly inDoubt = new Set<string>();

  static on(connection: pg.Connection): Prepared {
    const known = Prepared.byConnection.get(connection) ?? new Prepared();
    Prepared.byConnection.set(connection, known);
    return known;
  }
}

/** Why PostgreSQL did not look at a statement. */
export const transaction_aborted = '25P02';
const notLookedAt = () =>
  Object.assign(new Error('A statement sent before this one failed'), { code: transaction_aborted });

/** Whether no statement can follow on the connection: it is lost, or the server is about to close it. */
export const endsConnection = (error: Error): boolean =>
  !(error instanceof pg.DatabaseError) || error.severity === 'FATAL' || error.severity === 'PANIC';

const noRows: Shape = { names: [], parsers: [], blank: {} };

/**
 * Statements that leave in one packet with one Sync behind the last: the server is woken once and answers at once. Outside a transaction block
 * they are one transaction. Of a statement that a connection knows, the server says no more how its rows look. When one fails, those behind it
 * are not looked at; with an opening, its failure is theirs.
 */
export class Batch extends pg.Query {
  /** When the connection can be given back, and what has ended it. Other failures are told to those who wait, not here. */
  readonly done: Promise<Error | undefined>;
  /** When it has not been answered by then, the driver gives up the connection. Zero: never. */
  readonly query_timeout: number;
  private readonly queries: readonly Query[];
  private waiting: readonly Waiting[];
  /** How many statements nobody waits for stand before the others. */
  private readonly first: 0 | 1;
  private answers: (Answer | Error)[] = [];
  private prepared: Prepared | undefined;
  private shape: Shape | undefined;
  private found: Record<string, unknown>[] = [];
  private unreadable: Error | undefined;
  private end!: (ended?: Error) => void;

  /** `answerMsMax`: for each statement. */
  constructor(waiting: readonly Waiting[], answerMsMax: number, opening?: Query) {
    super('');
    this.waiting = waiting;
    this.first = opening ? 1 : 0;
    const queries = waiting.map(({ query }) => query);
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
    // As one piece: of a list, each would cost the socket about as much as all of it.
    stream.write(Buffer.concat([...messages, serialize.sync()]));
    this.expect();
  };

  /** Makes ready for what the next statement answers. */
  private expect(): void {
    const name = this.queries[this.answers.length]?.name;
    this.shape = (name && this.prepared!.shapes.get(name)) || undefined;
    this.found = [];
    this.unreadable = undefined;
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    const names = fields.map(({ name }) => name);
    const parsers = fields.map(
      ({ dataTypeID }) => columnTypes.getTypeParser(dataTypeID) as unknown as Shape['parsers'][0],
    );
    this.shape = { names, parsers, blank: Object.fromEntries(names.map((name) => [name, null])) };
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const { names, parsers, blank } = this.shape!;
    const row = { ...blank };
    try {
      for (let i = 0; i < fields.length; i++) {
        const value = fields[i]!;
        if (value !== null) row[names[i]!] = parsers[i]!(value);
      }
    } catch (error) {
      this.unreadable = error as Error;
    }
    this.found.push(row);
  }

  handleCommandComplete({ text }: { text: string }): void {
    const name = this.queries[this.answers.length]!.name;
    if (name) this.prepared!.shapes.set(name, this.shape ?? noRows);
    const [command, ...counts] = text.split(' ');
    const answer = { rows: this.found, rowCount: Number(counts.at(-1) ?? 0), command: command! };
    this.answers.push(this.unreadable ?? answer);
    this.expect();
  }

  /** Of one statement, when the server says so; else of the connection, and then of all. */
  handleError(error: Error): void {
    for (const { name } of this.queries) {
      if (!name || this.prepared?.shapes.get(name) !== null) continue;
      this.prepared.shapes.delete(name);
      this.prepared.inDoubt.add(name);
    }
    // With an opening the statements are one transaction, whose failure is that of all behind.
    const isOfAll = this.first === 1 || !(error instanceof pg.DatabaseError);
    this.answers.push(error);
    while (this.answers.length < this.queries.length) this.answers.push(isOfAll ? error : notLookedAt());
    this.tell(endsConnection(error) ? error : undefined);
  }

  /** Only now a transaction around the statements is over. */
  handleReadyForQuery(): void {
    this.tell();
  }

  private tell(ended?: Error): void {
    for (const [index, { resolve, reject }] of this.waiting.entries()) {
      const answer = this.answers[index + this.first]!;
      if (answer instanceof Error) reject(answer);
      else resolve(answer);
    }
    // Whoever asked has the rows now. Kept here they were moved to the old part of the heap, nearly all of each answer, and stayed until that was
    // looked through.
    this.waiting = [];
    this.answers = [];
    this.found = [];
    // By which the driver knows that it need not watch the time any longer.
    (this as { callback?: () => void }).callback?.();
    this.end(ended);
  }
}

function messagesOf({ shapes, inDoubt }: Prepared, { name = '', text, values = [] }: Query): Buffer[] {
  const messages: Buffer[] = [];
  if (!shapes.has(name)) {
    if (inDoubt.delete(name)) messages.push(serialize.close({ type: 'S', name }));
    messages.push(serialize.parse({ name, text, types: [] }));
    if (name !== '') shapes.set(name, null);
  }
  messages.push(serialize.bind({ statement: name, values, valueMapper: utils.prepareValue }));
  if (!shapes.get(name)) messages.push(serialize.describe({ type: 'P' }));
  messages.push(serialize.execute());
  return messages;
}
