import type { Socket } from 'node:net';
import type pg from 'pg';

type Query = pg.QueryConfig | string;

interface Waiting {
  query: Query;
  resolve: (result: pg.QueryResult) => void;
  reject: (error: Error) => void;
}

const socketOf = (client: pg.PoolClient) =>
  (client as pg.PoolClient & { connection: { stream: Socket } }).connection.stream;

/** What is sent before the program waits again leaves in one packet: the server is woken once and answers at once. */
export function sendTogether(client: pg.PoolClient, query: Query): Promise<pg.QueryResult> {
  const socket = socketOf(client);
  socket.cork();
  process.nextTick(() => socket.uncork());
  return client.query(query);
}

/**
 * Sends statements that only read. Each sees what was committed when it began, with or without a transaction around all of them; so
 * those sent before the program waits again get one of their own, from `opening` to COMMIT in one packet, and hold a connection no longer.
 */
export function readsOver(pool: pg.Pool, opening: readonly Query[]): (query: Query) => Promise<pg.QueryResult> {
  let group: Waiting[] = [];
  const leave = async () => {
    const leaving = group;
    group = [];
    try {
      sendGroup(await pool.connect(), opening, leaving);
    } catch (error) {
      for (const { reject } of leaving) reject(error as Error);
    }
  };
  return (query) =>
    new Promise((resolve, reject) => {
      if (group.push({ query, resolve, reject }) === 1) process.nextTick(() => void leave());
    });
}

function sendGroup(client: pg.PoolClient, opening: readonly Query[], group: readonly Waiting[]): void {
  const opened = Promise.all(opening.map((query) => sendTogether(client, query)));
  for (const { query, resolve, reject } of group) {
    // When the opening failed, that is the cause; this statement only says that the transaction was aborted.
    sendTogether(client, query).then(resolve, (error) => opened.then(() => reject(error), reject));
  }
  const closed = sendTogether(client, 'commit');
  Promise.all([opened, closed]).then(
    () => client.release(),
    (broken: Error) => client.release(broken),
  );
}
