import type { LimitFunction } from 'p-limit';
import type pg from 'pg';
import { type Answer, Batch, type Query, type Waiting } from './batch.ts';

export type Send = (query: Query) => Promise<Answer>;

/** Gathers what is sent before the program waits again, and hands it on together. */
function gathering(leave: (waiting: Waiting[]) => void): Send {
  let gathered: Waiting[] = [];
  return (query) =>
    new Promise((resolve, reject) => {
      if (gathered.push({ query, resolve, reject }) > 1) return;
      process.nextTick(() => {
        const leaving = gathered;
        gathered = [];
        leave(leaving);
      });
    });
}

/** Sends over one connection, for as long as it is held. */
export const sendsOver = (client: pg.PoolClient, answerMsMax: number): Send =>
  gathering((waiting) => void client.query(new Batch(waiting, answerMsMax)));

/** How long to wait for a connection. */
export const connect_ms_max = 10_000;
/** From then on others no longer wait for a read. */
const short_ms = 20;

/** Ends with the work, or when it turns out not to be short. */
const whileShort = (work: Promise<void>) =>
  new Promise<void>((end) => {
    const timer = setTimeout(end, short_ms);
    void work.finally(() => {
      clearTimeout(timer);
      end();
    });
  });

/**
 * Sends statements that only read. Each sees what was committed when it began, with or without a transaction around all of them; so
 * those sent before the program waits again get one of their own, with `opening` first, and hold a connection no longer. They wait for their
 * turn as long as others are at it that may soon be done, but no longer than for a connection.
 */
export function readsOver(pool: pg.Pool, turns: LimitFunction, opening: Query, answerMsMax: number): Send {
  const read = async (waiting: Waiting[], since: number) => {
    try {
      if (performance.now() - since > connect_ms_max) throw new Error('timeout exceeded when trying to connect');
      const client = await pool.connect();
      const batch = new Batch(waiting, answerMsMax, opening);
      client.query(batch);
      client.release(await batch.done);
    } catch (error) {
      for (const { reject } of waiting) reject(error as Error);
    }
  };
  return gathering((waiting) => {
    const since = performance.now();
    void turns(() => whileShort(read(waiting, since)));
  });
}
