import { type Database, sql } from '../database/database.ts';
import type { Tx } from '../database/statement.ts';
import type { Consumer, FeedEvent } from './consumer.ts';

/** A consumer and a workspace in which it has something to do. */
export interface Pair {
  tenant_id: string;
  consumer: string;
  /** In how many milliseconds it may run. */
  in_ms: number;
}

/** Some events for a consumer, and the position in the feed that they reach. */
export interface FeedBatch {
  xid: string;
  seq: string;
  /** The event was set aside, and somebody asked to try it again. */
  again: boolean;
  events: FeedEvent[];
}

export async function registerConsumers(db: Database, consumers: readonly Consumer[]): Promise<void> {
  const rows = consumers.map(({ name, version, events, imports, starts }) => {
    return { name, version, events, imports, from_beginning: starts === 'beginning' };
  });
  await db.call(sql`select app.register_consumers(${JSON.stringify(rows)}::jsonb)`);
}

export async function forgetConsumer(db: Database, name: string): Promise<void> {
  await db.call(sql`select app.forget_consumer(${name})`);
}

/** Returns how many events were read. */
export async function routeFeed(db: Database, events_max: number): Promise<number> {
  const [row] = await db.call<{ events: number }>(sql`select app.route_feed(${events_max}) as events`);
  return row!.events;
}

export function findWaiting(db: Database, consumers: readonly Consumer[], pairs_max: number): Promise<Pair[]> {
  const known = JSON.stringify(consumers.map(({ name, version }) => ({ name, version })));
  return db.call<Pair>(sql`select * from app.feed_waiting(${known}::jsonb, ${pairs_max})`);
}

export const takeEvents = (tx: Tx, { name, version }: Consumer, events_max: number): Promise<FeedBatch | undefined> =>
  tx.maybe<FeedBatch>(sql`select * from app.take_feed(${name}, ${version}, ${events_max})`);

/** Events written from now on are marked as caused by events of this depth. */
export const setDepth = (tx: Tx, depth: number): void =>
  tx.post(sql`select set_config('app.depth', ${String(depth)}, true)`);

/** Notes that the batch is handled. */
export async function advance(tx: Tx, { name }: Consumer, { again, xid, seq, events }: FeedBatch): Promise<void> {
  await tx.run(
    again
      ? sql`select app.handled_again(${name}, ${seq})`
      : sql`select app.advance_feed(${name}, ${xid}, ${seq}, ${events.at(-1)?.at ?? null})`,
  );
}

const positionsOf = (events: readonly FeedEvent[]) =>
  JSON.stringify(events.map(({ xid, seq, at }) => ({ xid, seq, at })));

export async function setAside(tx: Tx, { name }: Consumer, events: readonly FeedEvent[], why: string): Promise<void> {
  await tx.run(sql`select app.set_aside(${name}, ${positionsOf(events)}::jsonb, ${why})`);
}

/**
 * How the database handled a failure: try later, one event at a time, set aside, or nothing, because another process
 * has handled the batch.
 */
type Failure = 'later' | 'alone' | 'set aside' | 'taken';

export async function noteFailure(tx: Tx, { name }: Consumer, batch: FeedBatch, why: string): Promise<Failure> {
  const { xid, seq, events } = batch;
  const row = await tx.one<{ failure: Failure }>(
    sql`select app.feed_failed(${name}, ${xid}, ${seq}, ${positionsOf(events)}::jsonb, ${why}) as failure`,
  );
  return row.failure;
}

export async function postpone(tx: Tx, { name }: Consumer, seconds: number): Promise<void> {
  await tx.run(sql`select app.postpone_feed(${name}, ${seconds})`);
}

export interface ConsumerHealth {
  /** `router` for the router itself. */
  consumer: string;
  version: number | null;
  /** In how many workspaces it is behind, and in how many of these it failed. */
  behind: number;
  failing: number;
  /** The age of the oldest unhandled event. */
  lag_seconds: number;
  set_aside: number;
  error: string | null;
  restored_at: string | null;
}

export const readFeedHealth = (db: Database): Promise<ConsumerHealth[]> =>
  db.call<ConsumerHealth>(sql`select * from app.feed_health()`);
