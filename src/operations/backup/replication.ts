import { Readable } from 'node:stream';
import pg from 'pg';

/**
 * Commands of PostgreSQL's replication protocol, which `pg` connects for but has no queries for. This file alone uses
 * what a query of `pg` is inside (the methods that its client calls).
 * https://www.postgresql.org/docs/current/protocol-replication.html
 */

type Row = (string | null)[];

/** Messages, of at most some 128 kB, that are read from the server before they are taken. */
const held_messages_max = 32;

interface Connection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  stream: { pause(): void; resume(): void; destroy(): void };
}

/** A command whose answer is rows, or bytes of COPY, or both in turn. */
class ReplicationCommand {
  readonly rows: Row[] = [];
  readonly data: Readable;
  readonly text: string;
  /** Settled when the server has said all. */
  readonly done: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: Error) => void;
  private connection: Connection | undefined;

  constructor(text: string) {
    this.text = text;
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever reads the data hears of it there.
    this.done.catch(() => {});
    this.data = new Readable({
      // Where one message ends says what the next is.
      objectMode: true,
      highWaterMark: held_messages_max,
      read: () => this.connection?.stream.resume(),
    });
    this.data.on('error', () => {});
  }

  send(chunk: Buffer): void {
    this.connection?.sendCopyFromChunk(chunk);
  }

  submit(connection: Connection): void {
    this.connection = connection;
    connection.query(this.text);
  }
  handleRowDescription(): void {}
  handleDataRow({ fields }: { fields: Row }): void {
    this.rows.push(fields);
  }
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    // The parser reuses its memory.
    if (!this.data.push(Buffer.from(chunk))) this.connection!.stream.pause();
  }
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleReadyForQuery(): void {
    this.data.push(null);
    this.resolve();
  }
  handleError(error: Error): void {
    this.data.destroy(error);
    this.reject(error);
  }
}

/** A connection that speaks the replication protocol, as a role that may (REPLICATION). */
export class ReplicationConnection {
  private readonly client: pg.Client;
  private broken: Error | undefined;

  constructor(connectionString: string) {
    this.client = new pg.Client({
      connectionString,
      replication: 'true',
      application_name: 'holdfast-backup',
      keepAlive: true,
    } as pg.ClientConfig);
    this.client.on('error', (error) => {
      this.broken = error;
    });
  }

  connect(): Promise<void> {
    return this.client.connect().then(() => {});
  }

  /** Sends a command; its bytes have to be read before `done` settles. */
  start(text: string): ReplicationCommand {
    if (this.broken) throw this.broken;
    const command = new ReplicationCommand(text);
    // Anything with `submit` is a query to the client.
    this.client.query(command as unknown as pg.Submittable);
    return command;
  }

  /** The rows of a command that answers with rows only. */
  async rows(text: string): Promise<Row[]> {
    const command = this.start(text);
    command.data.resume();
    await command.done;
    return command.rows;
  }

  end(): Promise<void> {
    return this.client.end();
  }

  /** In the middle of a command, which the server would go on with. */
  destroy(): void {
    (this.client as unknown as { connection: Connection }).connection.stream.destroy();
  }
}

export type { ReplicationCommand };
