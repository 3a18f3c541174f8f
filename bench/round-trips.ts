import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The texts of the statements of one round trip. */
export type RoundTrip = string[];

export interface RoundTripCounter {
  /** The address of the database through the counter. */
  url: string;
  /** The round trips of `work`, without those of the program in the background. */
  during(work: () => Promise<unknown>): Promise<RoundTrip[]>;
  stop(): Promise<void>;
}

const background = /app\.(feed_since|claim_jobs|reap_jobs|renew_jobs|finish_jobs)|pg_notify/;

/**
 * A proxy between the program and PostgreSQL, on its own socket, that reads the messages. A round trip is what the
 * program sends on a connection between two responses.
 */
export async function countRoundTrips(databaseUrl: string): Promise<RoundTripCounter> {
  const url = new URL(databaseUrl);
  const file = `.s.PGSQL.${url.port}`;
  const server = join(decodeURIComponent(url.hostname), file);
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  let trips: RoundTrip[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((program) => {
    const database = connect(server);
    const reader = new MessageReader();
    let answered = true;
    program.on('data', (bytes) => {
      const statements = reader.read(bytes);
      if (answered) trips.push([]);
      trips.at(-1)!.push(...statements);
      answered = false;
      database.write(bytes);
    });
    database.on('data', (bytes) => {
      answered = true;
      program.write(bytes);
    });
    for (const [from, to] of [[program, database], [database, program]] as const) {
      sockets.add(from);
      from.on('close', () => to.destroy()).on('error', () => to.destroy());
    } // biome-ignore format: a pair
  });
  await new Promise<void>((resolve) => listener.listen(join(directory, file), resolve));
  url.hostname = encodeURIComponent(directory);
  return {
    url: url.href,
    during: async (work) => {
      trips = [];
      await work();
      return trips.filter((trip) => trip.length > 0 && !trip.some((text) => background.test(text)));
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Finds the statements in the messages of a connection: simple queries, and prepared ones by name. */
class MessageReader {
  private rest: Buffer = Buffer.alloc(0);
  private isStarted = false;
  private readonly prepared = new Map<string, string>();

  read(bytes: Buffer): string[] {
    this.rest = Buffer.concat([this.rest, bytes]);
    const statements: string[] = [];
    for (;;) {
      // Only the first message has no type before its length.
      const start = this.isStarted ? 1 : 0;
      if (this.rest.length < start + 4) return statements;
      const end = start + this.rest.readInt32BE(start);
      if (this.rest.length < end) return statements;
      const type = this.isStarted ? String.fromCharCode(this.rest[0]!) : '';
      const texts = this.rest
        .subarray(start + 4, end)
        .toString('latin1')
        .split('\0');
      this.rest = this.rest.subarray(end);
      this.isStarted = true;
      if (type === 'Q') statements.push(texts[0]!);
      if (type === 'P') this.prepared.set(texts[0]!, texts[1]!);
      if (type === 'B') statements.push(this.prepared.get(texts[1]!) ?? '');
    }
  }
}
