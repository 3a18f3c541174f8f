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

/**
 * Sends statements that only read. Each sees what was committed when it began, with or without a transaction around all of them; so
 * those sent before the program waits again get one of their own, with `opening` first, and hold a connection no longer.
 */
export function readsOver(pool: pg.Pool, opening: Query, answerMsMax: number): Send {
  return gathering(async (waiting) => {
    try {
      const client = await pool.connect();
      const batch = new Batch(waiting, answerMsMax, opening);
      client.query(batch);
      client.release(await batch.done);
    } catch (error) {
      for (const { reject } of waiting) reject(error as Error);
    }
  });
}
