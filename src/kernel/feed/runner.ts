import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { storableText } from '../database/text.ts';
import type { Poller } from '../database/wake.ts';
import type { FeatureSwitches } from '../features/switches.ts';
import { newTraceId } from '../logs/trace.ts';
import { type Context, systemActor, withContext } from '../tenancy/context.ts';
import { wordOf } from '../tracing/in-span.ts';
import type { Tracing } from '../tracing/span.ts';
import { currentScope, runInScope } from '../usage/scope.ts';
import { type Consumer, type FeedEvent, NotNow } from './consumer.ts';
import {
  advance,
  type FeedBatch,
  findWaiting,
  noteFailure,
  type Pair,
  postpone,
  registerConsumers,
  routeFeed,
  setAside,
  setDepth,
  takeEvents,
} from './queries.ts';

/** Events that the router reads at once. */
const routed_max = 10_000;
/** Events that a consumer handles at once. */
const batch_events_max = 500;
/** Batches that a process handles at once. */
const batches_max = 2;
/** Pairs to look at; more than all processes handle together, because those that others handle come first. */
const pairs_max = 50;
/** Effects that cause each other; deeper chains are taken for loops. */
const depth_max = 8;
/** While others write all the time, each look finds something; a quicker one would find less and cost as much. */
const poll_ms = { least: 100, most: 1_000 };
const after_failure_ms = 1_000;
/** A pair that another process was handling is looked at again after this time. */
const elsewhere_ms = 100;
const rest_ms_max = 10_000;
const register_ms = 60_000;

export interface ConsumerRunnerOptions {
  db: Database;
  log: Logger;
  consumers: readonly Consumer[];
  /** Without it all features are on. */
  features?: FeatureSwitches;
  tracing?: Tracing | undefined;
  /** How often the consumers are registered. */
  registerMs?: number;
}

/**
 * Hands the events of the feed to consumers until stopped. Any number of processes may do so: one at a time is the
 * router, which reads the feed and marks consumers that have something to do; all share the marked work.
 */
export class ConsumerRunner {
  private readonly options: ConsumerRunnerOptions;
  private readonly byName: Map<string, Consumer>;
  private readonly running = new Map<string, Promise<void>>();
  /** Until when a pair is skipped, because another process was handling it or it rests. */
  private readonly notBefore = new Map<string, number>();
  private readonly poller: Poller;
  private routedAt = Number.NEGATIVE_INFINITY;
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(options: ConsumerRunnerOptions) {
    this.options = options;
    this.byName = new Map(options.consumers.map((consumer) => [consumer.name, consumer]));
    this.poller = options.db.wake.poller({ leastMs: poll_ms.least, mostMs: poll_ms.most });
  }

  start(): void {
    this.loop = this.follow();
  }

  /** Waits for the running batches. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.poller.close();
    await this.loop;
    await Promise.all(this.running.values());
  }

  private async follow(): Promise<void> {
    const { db, consumers, registerMs = register_ms } = this.options;
    let registerAt = Number.NEGATIVE_INFINITY;
    while (!this.stopping) {
      try {
        // Repeatedly, because a process that starts with another configuration forgets a consumer that it has no use
        // for itself.
        if (performance.now() >= registerAt) {
          await registerConsumers(db, consumers);
          registerAt = performance.now() + registerMs;
        }
        await this.poller.wait(await this.step());
      } catch (error) {
        this.options.log.warn({ err: error }, 'following the feed failed; trying again');
        await sleep(after_failure_ms);
      }
    }
  }

  /** Returns in how many milliseconds there is more to do, as far as is known. */
  private async step(): Promise<number> {
    const { db, consumers } = this.options;
    const routed = await this.route();
    // Until all events are routed, nobody knows which workspaces have some: the next read does not wait for the batches
    // of those that are known.
    const isMoreToRoute = routed === routed_max;
    if (isMoreToRoute) this.routedAt = Number.NEGATIVE_INFINITY;
    const free = batches_max - this.running.size;
    if (free <= 0) return isMoreToRoute ? 0 : poll_ms.most;
    const now = performance.now();
    for (const [key, until] of this.notBefore) if (until <= now) this.notBefore.delete(key);
    const waiting = (await findWaiting(db, consumers, pairs_max)).filter((pair) => !this.running.has(keyOf(pair)));
    const inMs = (pair: Pair) => Math.max(pair.in_ms, (this.notBefore.get(keyOf(pair)) ?? now) - now);
    const due = waiting.filter((pair) => inMs(pair) === 0).slice(0, free);
    for (const pair of due) this.run(pair);
    if (isMoreToRoute) return 0;
    if (routed > 0 || due.length > 0) return poll_ms.least;
    return Math.min(...waiting.map(inMs));
  }

  /** Not after each batch that ends, but as often as polls are. Returns how many events were read. */
  private async route(): Promise<number> {
    const now = performance.now();
    if (now - this.routedAt < poll_ms.least) return 0;
    this.routedAt = now;
    return routeFeed(this.options.db, routed_max);
  }

  private run(pair: Pair): void {
    const { log } = this.options;
    const consumer = this.byName.get(pair.consumer)!;
    const began = performance.now();
    const operation = `consumer ${consumer.name}`;
    const trace_id = newTraceId();
    const span = this.options.tracing?.start(operation, {
      kind: 'consumer',
      traceId: trace_id,
      attributes: { 'holdfast.consumer': consumer.name, 'holdfast.workspace_id': pair.tenant_id },
    });
    const run = runInScope({ tenant_id: pair.tenant_id, operation, trace_id, span }, () =>
      this.handleNext(consumer, pair.tenant_id),
    )
      .then((failed) => span?.end(failed))
      .catch((error: Error) => {
        span?.end(wordOf(error));
        log.warn({ err: error, ...pair }, 'a consumer of the feed could not be served');
      })
      .finally(() => {
        this.running.delete(keyOf(pair));
        if (consumer.rests) {
          const ended = performance.now();
          this.notBefore.set(keyOf(pair), ended + Math.min(consumer.rests * (ended - began), rest_ms_max));
        }
        this.poller.wakeNow();
      });
    this.running.set(keyOf(pair), run);
  }

  private async isSwitchedOff(ctx: Context, { features = [] }: Consumer): Promise<boolean> {
    if (features.length === 0 || !this.options.features) return false;
    const off = await this.options.features.offIn(ctx);
    return features.some((name) => off.includes(name));
  }

  /** Returns a word for why the events were not handled; undefined when they were. */
  private async handleNext(consumer: Consumer, tenant_id: string): Promise<string | undefined> {
    const { db, log } = this.options;
    const asProgram = <R>(work: (ctx: Context) => Promise<R>) =>
      withContext(db, systemActor(tenant_id), work, { cause: `consumer ${consumer.name}`, depth: 1 });
    let batch: FeedBatch | undefined;
    try {
      await asProgram(async (ctx) => {
        batch = await takeEvents(ctx.tx, consumer, batch_events_max);
        if (!batch)
          return void this.notBefore.set(
            keyOf({ consumer: consumer.name, tenant_id }),
            performance.now() + elsewhere_ms,
          );
        currentScope()?.span?.set({ 'holdfast.events': batch.events.length });
        if (!(await this.isSwitchedOff(ctx, consumer))) await handle(ctx, consumer, batch);
        await advance(ctx.tx, consumer, batch);
      });
    } catch (error) {
      if (!batch) throw error;
      if (error instanceof NotNow) {
        await asProgram(({ tx }) => postpone(tx, consumer, error.seconds));
        return undefined;
      }
      const failed = batch;
      const why = storableText(error instanceof Error ? error.message : String(error));
      const outcome = failed.again
        ? await asProgram(({ tx }) => setAside(tx, consumer, failed.events, why)).then(() => 'set aside')
        : await asProgram(({ tx }) => noteFailure(tx, consumer, failed, why));
      const about = { consumer: consumer.name, tenant_id, events: failed.events.length, outcome };
      log[outcome === 'set aside' ? 'error' : 'warn']({ err: error, ...about }, 'a consumer of the feed failed');
      return wordOf(error);
    }
    return undefined;
  }
}

async function handle(ctx: Context, consumer: Consumer, { events, again }: FeedBatch): Promise<void> {
  // An event that somebody asked to try again is handled at any depth.
  const isLoop = ({ depth }: FeedEvent) => depth >= depth_max && !again;
  const loops = events.filter(isLoop);
  if (loops.length > 0) await setAside(ctx.tx, consumer, loops, `A loop: ${depth_max} effects caused each other`);
  const sound = events.filter((event) => !isLoop(event));
  if (sound.length === 0) return;
  const depth = Math.max(...sound.map((event) => event.depth)) + 1;
  setDepth(ctx.tx, depth);
  const scope = currentScope();
  if (scope) scope.depth = depth;
  await consumer.handle(ctx, sound);
}

const keyOf = ({ consumer, tenant_id }: Omit<Pair, 'in_ms'>) => `${consumer} ${tenant_id}`;
