import { type ChildProcess, fork } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { Problem, problems } from '../errors/problem.ts';
import { type Claimant, FairLane, type LaneLimits } from '../fairness/fair-lane.ts';
import { ParseError } from './parse-error.ts';

interface PoolOptions {
  lane: LaneLimits;
  /** How long somebody waits for a process. */
  wait_ms_max: number;
  heap_megabytes_max: number;
  /**
   * A process that is kept so long spares the next parser to load its modules; one that is let go gives its memory
   * back.
   */
  idle_ms_max: number;
}

interface ParserOptions {
  /** What exports the function, as `parse` or `convert`. */
  module: URL;
  seconds_max: number;
  /** For whoever sent it: what is wrong, and what to do. */
  tooSlow: { code: string; message: string };
  tooLarge: { code: string; message: string };
}

type Parse = (input: never) => unknown;
type Result<P extends Parse> = Awaited<ReturnType<P>>;
type Convert = (input: never, source: AsyncIterable<Uint8Array>) => AsyncIterable<string>;

export interface Work {
  module: string;
  input: unknown;
  /** Whether it reads one stream and writes another. */
  streams: boolean;
}

type Answer =
  | { value: unknown }
  | { refused: { code: string; message: string } }
  | { failed: { message: string; stack?: string | undefined; code?: string | undefined } };

export type FromParser = 'loaded' | Answer;

/** For a process to start and to load a module, which takes half a second on a machine with nothing else to do. */
const load_ms_max = 60_000;
/** Of the heap: V8 lets three times as much young garbage grow before it looks. */
const semi_space_share = 1 / 128;
/** Places of the streams among the files of the process. */
export const source_fd = 4;
export const target_fd = 5;

const pools = new Set<ParserPool>();

/** Ends what is being read for this process: whoever waits for it is told that the server stops. */
export async function stopParsing(): Promise<void> {
  await Promise.all([...pools].map((pool) => pool.stop()));
}

/**
 * Reads what somebody sent in processes of its own, so that whatever a file or a text does to its parser, the server
 * goes on. Not in threads: one that runs out of memory can end the process with it. A process reads one thing at a
 * time; one that takes too long or needs too much memory is killed. They start when they are needed, are let go when
 * nothing comes, and know no secrets.
 */
export class ParserPool {
  readonly #options: PoolOptions;
  readonly #lane: FairLane;
  readonly #idle: { child: ChildProcess; timer: NodeJS.Timeout }[] = [];
  /** How to end the work of each process that is busy. */
  readonly #busy = new Map<ChildProcess, (reason: Error) => void>();
  #isStopping = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#lane = new FairLane(options.lane);
    pools.add(this);
  }

  /** How many processes there are. */
  get size(): number {
    return this.#idle.length + this.#busy.size;
  }

  /**
   * Has the `parse` of a module work in the processes of this pool. It throws `ParseError` for what cannot be read, and
   * a 503 when too many wait.
   */
  parser<P extends Parse>(options: ParserOptions): (input: Parameters<P>[0], by: Claimant) => Promise<Result<P>> {
    return async (input, by): Promise<Result<P>> => {
      const release = await this.#admit(by);
      const child = this.#takeProcess();
      let isSound = false;
      try {
        const answer = await this.#ask(child, { module: options.module.href, input, streams: false }, options);
        isSound = true;
        return parsedValue(answer) as Result<P>;
      } finally {
        if (isSound) this.#keepProcess(child);
        this.#endProcess(child, isSound, release);
      }
    };
  }

  /** The same for the `convert` of a module, which makes a stream of another. */
  converter<C extends Convert>(options: ParserOptions) {
    const convert = (input: Parameters<C>[0], by: Claimant, source: Readable) =>
      this.#convert(options, input, by, source);
    return convert;
  }

  async *#convert(options: ParserOptions, input: unknown, by: Claimant, source: Readable): AsyncGenerator<Buffer> {
    const release = await this.#admit(by);
    const child = this.#startProcess(true);
    const answer = this.#ask(child, { module: options.module.href, input, streams: true }, options).then(parsedValue);
    // Of one that fails nothing more comes.
    answer.catch(() => child.kill('SIGKILL'));
    const streams = child.stdio as readonly unknown[];
    const read = pipeline(source, streams[source_fd] as Writable);
    read.catch(() => {});
    try {
      let broken: unknown;
      try {
        yield* streams[target_fd] as Readable;
      } catch (error) {
        broken = error;
      }
      const outcomes = await Promise.allSettled([answer, read]);
      // A parser that refuses reads no more, and one whose source fails only knows that there is no more of it.
      const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      const reason =
        reasons.find((one) => one instanceof ParseError || one instanceof Problem) ?? reasons.at(-1) ?? broken;
      if (reason) throw reason;
    } finally {
      this.#endProcess(child, false, release);
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const fail of this.#busy.values()) fail(stopping());
    for (const { child, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      child.kill('SIGKILL');
    }
    while (this.#busy.size > 0 || this.#lane.waitingCount > 0) await turn();
    this.#isStopping = false;
  }

  async #admit(by: Claimant): Promise<() => void> {
    const release = await this.#lane.acquire(by, this.#options.wait_ms_max);
    if (!this.#isStopping) return release;
    release();
    throw stopping();
  }

  #takeProcess(): ChildProcess {
    const kept = this.#idle.pop();
    if (!kept) return this.#startProcess(false);
    clearTimeout(kept.timer);
    kept.child.ref();
    kept.child.channel?.ref();
    return kept.child;
  }

  #startProcess(streams: boolean): ChildProcess {
    // Compiled once for all processes, a module needs no compiler, whose memory each of them would keep.
    const { PATH, TMPDIR, TZ, NODE_COMPILE_CACHE } = process.env;
    const heap = this.#options.heap_megabytes_max;
    const child = fork(new URL('./process.ts', import.meta.url), [], {
      execArgv: [`--max-old-space-size=${heap}`, `--max-semi-space-size=${Math.max(1, heap * semi_space_share)}`],
      env: {
        ...(PATH && { PATH }),
        ...(TMPDIR && { TMPDIR }),
        ...(TZ && { TZ }),
        ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }),
      },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', ...(streams ? (['pipe', 'pipe'] as const) : [])],
    });
    // One that fails while it waits for work tells nobody but the pool.
    child.on('error', () => {});
    child.on('exit', () => this.#forget(child));
    return child;
  }

  #keepProcess(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
    const timer = setTimeout(() => {
      this.#forget(child);
      child.kill('SIGKILL');
    }, this.#options.idle_ms_max);
    timer.unref();
    this.#idle.push({ child, timer });
  }

  #forget(child: ChildProcess): void {
    const at = this.#idle.findIndex((one) => one.child === child);
    if (at !== -1) clearTimeout(this.#idle.splice(at, 1)[0]!.timer);
  }

  /** Its slot is free when the process has ended, which its caller need not wait for. */
  #endProcess(child: ChildProcess, isKept: boolean, release: () => void): void {
    if (isKept || hasEnded(child)) release();
    else {
      child.once('exit', release);
      child.kill('SIGKILL');
    }
  }

  async #ask(child: ChildProcess, work: Work, options: ParserOptions): Promise<Answer> {
    const { tooSlow, tooLarge } = options;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const failAfter = (ms: number, error: Error) => setTimeout(() => reject(error), ms);
    let timer = failAfter(load_ms_max, new Error(`A process did not load ${work.module} in time`));
    const onMessage = (message: unknown) => {
      if (message !== 'loaded') return resolve(message as Answer);
      clearTimeout(timer);
      timer = failAfter(options.seconds_max * 1_000, new ParseError(tooSlow.code, tooSlow.message));
    };
    const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
      // So V8 ends a process without memory, and so does the operating system; by which signal depends on where it ran out.
      reject(
        signal
          ? new ParseError(tooLarge.code, tooLarge.message)
          : new Error(`A process ended within ${work.module}: ${code}`),
      );
    this.#busy.set(child, reject);
    child.on('message', onMessage).on('error', reject).on('exit', onExit);
    try {
      child.send(work);
      return await promise;
    } finally {
      clearTimeout(timer);
      child.off('message', onMessage).off('error', reject).off('exit', onExit);
      this.#busy.delete(child);
    }
  }
}

const stopping = () => problems.unavailable('The server is being stopped. Try again in a moment.');

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

function parsedValue(answer: Answer): unknown {
  if ('value' in answer) return answer.value;
  if ('refused' in answer) throw new ParseError(answer.refused.code, answer.refused.message);
  const { message, stack, code } = answer.failed;
  throw Object.assign(new Error(message), { ...(stack && { stack }), ...(code && { code }) });
}
