import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';

/** One request of a load. */
export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The target of calls: a server and the headers of every request. */
export interface Target {
  url: string;
  headers: Record<string, string>;
  /** Headers of different callers, one for each connection in turn; added to those above. */
  callers?: readonly Record<string, string>[];
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** A keep-alive connection. A load fails at any response that is not successful. */
export class Connection {
  private readonly client: Client;
  private readonly headers: Record<string, string>;

  /** `n`: which connection of several to the same target this is. */
  constructor(target: Target, n = 0) {
    this.client = new Client(target.url, { pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 });
    const { callers = [] } = target;
    this.headers = { ...target.headers, ...callers[n % callers.length] };
  }

  async send(call: Call): Promise<Answer> {
    const answer = await this.ask(call);
    if (answer.status >= 300)
      throw new Error(`${call.method} ${call.path} answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    return answer;
  }

  /** Like `send`, but accepts any response. */
  async ask(call: Call): Promise<Answer> {
    const { statusCode, headers, body } = await this.client.request({
      method: call.method,
      path: call.path,
      headers: {
        ...this.headers,
        ...call.headers,
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
    });
    return { status: statusCode, headers, text: await body.text() };
  }

  /** How long `work` takes, in milliseconds. */
  async time(work: (connection: Connection) => Promise<unknown>): Promise<number> {
    const started = performance.now();
    await work(this);
    return performance.now() - started;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** What is measured: one or more requests that belong together. `i` counts up over the whole run. */
export type Work = (connection: Connection, i: number) => Promise<unknown>;

/** A server and the work to measure on it. */
export interface Side {
  target: Target;
  work: Work;
}

let counter = 0;

/**
 * The milliseconds of each of `times` works on one connection per side. The sides take turns, so that noise affects all
 * alike.
 */
export async function takeTurns(sides: Side[], times: number): Promise<number[][]> {
  const connections = sides.map((side) => new Connection(side.target));
  const taken: number[][] = sides.map(() => []);
  for (let n = 0; n < times; n++) {
    const i = counter++;
    for (const [s, side] of sides.entries()) taken[s]!.push(await connections[s]!.time((c) => side.work(c, i)));
  }
  await Promise.all(connections.map((connection) => connection.close()));
  return taken;
}

/** The works per second of `connections` connections, each of which starts the next work when one is done. */
export async function throughput(side: Side, connections: number, seconds: number): Promise<number> {
  const open = Array.from({ length: connections }, (_, n) => new Connection(side.target, n));
  const started = performance.now();
  const end = started + seconds * 1000;
  let done = 0;
  await Promise.all(
    open.map(async (connection) => {
      while (performance.now() < end) {
        await side.work(connection, counter++);
        done++;
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  await Promise.all(open.map((connection) => connection.close()));
  return done / elapsed;
}

/** Lets caches, connections and just-in-time compilers settle before anything counts. */
export async function warmUp(sides: Side[], times: number): Promise<void> {
  await takeTurns(sides, times);
  await sleep(100);
}
