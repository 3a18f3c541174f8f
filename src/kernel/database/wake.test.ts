import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/cluster.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { wire } from '../../../test/harness/wire.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { Database, type DatabaseOptions } from './database.ts';

let database: TestDatabase;
let owner: pg.Client;
before(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
after(async () => {
  await owner.end();
  await database.drop();
});

/** Each is as good as a process of its own: nothing but notifications tells one of the other. */
function open(
  t: TestContext | undefined,
  applicationName: string,
  { url = database.appUrl, ...more }: Partial<DatabaseOptions> = {},
): Database {
  const db = new Database({ url, connectionsMax: 2, statementTimeoutMs: 5_000, applicationName, ...more });
  t?.after(() => db.close());
  return db;
}

const pace = { leastMs: 20, mostMs: 800 };
const long_ms = 650;
const soon_ms = 600;

async function timed(wait: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await wait;
  return performance.now() - began;
}

const write = (db: Database) => withContext(db, systemActor(randomUUID()), async () => {});

const listeners = async (applicationName: string): Promise<number[]> => {
  const { rows } = await owner.query(
    `select pid from pg_stat_activity where datname = current_database() and application_name = $1 and query like 'listen %'`,
    [applicationName],
  );
  return rows.map((row) => row.pid);
};

test('a loop that waits long polls at once when a transaction of another process ends, also after its listener was killed', async (t) => {
  const lines: string[] = [];
  const say = (given: { err?: Error }, line?: string) => void lines.push(`${given.err?.message}: ${line}`);
  const log = { info: say, warn: say } as unknown as DatabaseOptions['log'];
  const [reader, writer] = [open(t, 'wake-reader', { log }), open(t, 'wake-writer')];
  const poller = reader.wake.poller(pace);
  const isSlow = async () => (await timed(poller.wait())) > long_ms;
  const pollsAtOnceAfter = async (ending: () => Promise<unknown>) => {
    await eventually(isSlow);
    const waiting = timed(poller.wait());
    await ending();
    const ms = await waiting;
    assert.ok(ms < soon_ms, `it polled after ${ms} ms`);
  };
  await pollsAtOnceAfter(() => write(writer));
  // One that wrote and was rolled back held back what others had committed.
  await pollsAtOnceAfter(() =>
    assert.rejects(
      withContext(writer, systemActor(randomUUID()), () => Promise.reject(new Error('no'))),
      /no/,
    ),
  );
  const [killed] = await listeners('wake-reader');
  await pollsAtOnceAfter(() => owner.query('select pg_terminate_backend($1)', [killed]));
  const [listener] = await eventually(async () => {
    const pids = await listeners('wake-reader');
    return pids.length > 0 && !pids.includes(killed!) && pids;
  });
  assert.ok(listener);
  await pollsAtOnceAfter(() => write(writer));
  const [away] = lines;
  assert.match(away!, /terminating connection.*: notifications from PostgreSQL do not arrive/);
  assert.doesNotMatch(away!, /pool|bouncer/i, 'of a connection that broke nobody knows more');
});

test('a process that ends leaves no listener, even when that has just been opened', async () => {
  for (const pauseMs of [0, 100, 1_000]) {
    const db = open(undefined, 'wake-closed');
    const poller = db.wake.poller(pace);
    await sleep(pauseMs);
    poller.close();
    assert.ok((await timed(db.close())) < 1_500);
    await eventually(async () => (await listeners('wake-closed')).length === 0);
  }
});

test('a process that receives no notifications, as through PgBouncer in transaction mode, keeps its quickest pace', async (t) => {
  // Its own connections are as they should be; only notifications do not come.
  const { url } = await wire(database.appUrl, {
    toClient: (chunk, send) => void (chunk.includes('holdfast_wake_') || send(chunk)),
  });
  const deaf = open(t, 'wake-deaf', { url });
  const poller = deaf.wake.poller(pace);
  await eventually(async () => (await listeners('wake-deaf')).length > 0);
  for (let poll = 0; poll < 100; poll++) {
    const ms = await timed(poller.wait());
    assert.ok(ms < soon_ms, `it waited ${ms} ms at poll ${poll}`);
  }
});

test('polls keep their least distance, however many transactions end', async (t) => {
  const db = open(t, 'wake-busy');
  const poller = db.wake.poller({ leastMs: 50, mostMs: 1_000 });
  const began = performance.now();
  for (let poll = 0; poll < 20; poll++) {
    await Promise.all([write(db), write(db)]);
    await poller.wait();
  }
  const ms = performance.now() - began;
  assert.ok(ms > 800, `20 polls took ${ms} ms`);
});
