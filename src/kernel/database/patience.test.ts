import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/cluster.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { Database, sql } from './database.ts';

const tenant_id = '00000000-0000-4000-8000-000000000001';
const never = new AbortController().signal;

let database: TestDatabase;
let db: Database;
before(async () => {
  database = await createTestDatabase();
  db = new Database({ url: database.appUrl, connectionsMax: 2, statementTimeoutMs: 300, applicationName: 'patience' });
});
after(async () => {
  await db.close();
  await database.drop();
});

const sleep = (seconds: number, patience?: { ms: number; signal: AbortSignal }) =>
  withContext(db, systemActor(tenant_id), ({ tx }) => tx.run(sql`select pg_sleep(${seconds})`), {
    ...(patience && { patience }),
  });
const canceled = { code: '57014' };

test('a write that nobody waits for may take as long as it says, and no longer', async () => {
  await assert.rejects(sleep(1), canceled);
  // Longer than others may take, and than answers of three of theirs are waited for.
  await sleep(8, { ms: 20_000, signal: never });
  await assert.rejects(sleep(10, { ms: 1_000, signal: never }), canceled);
});

test('such writes are run one after the other, beside those that somebody waits for', async () => {
  const began = performance.now();
  const took = () => performance.now() - began;
  const first = sleep(1.5, { ms: 20_000, signal: never });
  const second = sleep(0, { ms: 20_000, signal: never }).then(took);
  const beside = sleep(0).then(took);
  await first;
  assert.ok((await beside) < 1_400);
  assert.ok((await second) >= 1_400);
});

test('one that is told to end does so at once, and the next has its turn', async () => {
  const told = new AbortController();
  const ended = assert.rejects(sleep(30, { ms: 60_000, signal: told.signal }), canceled);
  const waiting = new AbortController();
  const neverBegun = assert.rejects(sleep(30, { ms: 60_000, signal: waiting.signal }), { name: 'AbortError' });
  waiting.abort();
  void setTimeout(300).then(() => told.abort());
  await Promise.all([ended, neverBegun]);
  await sleep(0, { ms: 20_000, signal: never });
});

test('one that is told to end while another has the connection does not wait for it', async () => {
  const held = new AbortController();
  const holding = assert.rejects(sleep(30, { ms: 60_000, signal: held.signal }), canceled);
  const told = new AbortController();
  const waiting = sleep(0, { ms: 20_000, signal: told.signal });
  void setTimeout(300).then(() => told.abort());
  const began = performance.now();
  await assert.rejects(waiting, { name: 'AbortError' });
  const ms = performance.now() - began;
  held.abort();
  await holding;
  assert.ok(ms < 3_000, `it took ${ms} ms`);
  await sleep(0, { ms: 20_000, signal: never });
});

test('one that is told to end between two statements sends no other', async () => {
  const told = new AbortController();
  const between = withContext(
    db,
    systemActor(tenant_id),
    async ({ tx }) => {
      await tx.run(sql`select pg_sleep(0)`);
      told.abort();
      // Nothing is under way that the server could stop.
      await setTimeout(300);
      await tx.run(sql`select pg_sleep(5)`);
    },
    { patience: { ms: 20_000, signal: told.signal } },
  );
  const began = performance.now();
  await assert.rejects(between, { name: 'AbortError' });
  assert.ok(performance.now() - began < 3_000);
  await sleep(0, { ms: 20_000, signal: never });
});
