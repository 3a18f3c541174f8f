import type pg from 'pg';
import { type Answer, Batch, type Query, type Waiting } from './batch.ts';

export type Send = (query: Query) => Promise<Answer>;

/** Gathers what is sent before the program waits again, and hands it on together. */
export function gathering(leave: (waiting: Waiting[]) => void): Send {
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
