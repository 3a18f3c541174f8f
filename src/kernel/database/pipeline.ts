import type pg from 'pg';
import { Batch, type PendingQuery, type Query, type QueryResult } from './batch.ts';

export type Send = (query: Query) => Promise<QueryResult>;

/** Collects the statements of one tick and passes them to `flush` together. */
export function oncePerTick(flush: (pending: PendingQuery[]) => void): Send {
  let queue: PendingQuery[] = [];
  return (query) =>
    new Promise((resolve, reject) => {
      if (queue.push({ query, resolve, reject }) > 1) return;
      process.nextTick(() => {
        const queries = queue;
        queue = [];
        flush(queries);
      });
    });
}

/** Sends over one connection, until it is released. */
export const sendsOver = (client: pg.PoolClient, answerMsMax: number): Send =>
  oncePerTick((pending) => void client.query(new Batch(pending, answerMsMax)));

/** The process id of the connection on the server, which the types of pg leave out. */
export const backendOf = (client: pg.ClientBase) => client as pg.ClientBase & { processID: number; user: string };

/** How long to wait for a connection. */
export const connect_ms_max = 10_000;
