import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { makeOperator } from '../../../test/harness/identity.ts';
import { mongoMissing, startMongoServer } from '../../../test/harness/mongo-server.ts';
import type { LogStore } from '../../kernel/logs/log-store.ts';
import { backwards } from '../../kernel/logs/mongo/find.ts';
import { openMongoLogStore } from '../../kernel/logs/mongo/mongo-log-store.ts';
import { openPostgresLogStore } from '../../kernel/logs/postgres-log-store.ts';
import { logStoreContract } from './log-store.conformance.ts';

let app: TestApp;
let operator: { tenant_id: string; user_id: string; credential_id: string };
const server = mongoMissing ? undefined : await startMongoServer();
const stores: LogStore[] = [];

before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  const { tenant_id, as } = await app.tenant();
  const who = { tenant_id, user_id: (await as('viewer')).user_id };
  operator = { ...who, credential_id: await makeOperator(app, who) };
});
after(async () => {
  for (const store of stores) await store.close();
  await app.stop();
  await server?.close();
});

const world = (store: LogStore) => {
  stores.push(store);
  return { store, db: app.app.services.db, operator };
};

logStoreContract('PostgreSQL log', async () => world(openPostgresLogStore({ url: app.database.appUrl, days: 30 })));
logStoreContract(
  'MongoDB log',
  async () => world(openMongoLogStore({ url: () => server!.url('contract'), days: 30 })),
  mongoMissing,
);

test('a time is looked through without gaps, in parts that become as large as the server can look through', async () => {
  const outOfTime = () => Object.assign(new Error('too long'), { code: 50 });
  const run = async (reads_max: number, first: number) => {
    const parts: [number, number][] = [];
    const reached = await backwards({ from: 0, to: 1_000_000, first }, async (from, until) => {
      if (until - from > reads_max) throw outOfTime();
      parts.push([from, until]);
      return false;
    });
    assert.equal(reached, null);
    assert.deepEqual([parts[0]![1], parts.at(-1)![0]], [1_000_000, 0]);
    for (const [i, [, until]] of parts.entries()) if (i > 0) assert.equal(until, parts[i - 1]![0]);
    return parts.length;
  };
  assert.equal(await run(1_000_000, 1_000_000), 1);
  assert.ok((await run(1_000_000, 10)) < 12);
  assert.ok((await run(70_000, 1_000_000)) < 60);
  const none = { from: 0, to: 1_000_000, first: 1_000_000 };
  await assert.rejects(
    backwards(none, async () => Promise.reject(outOfTime())),
    /too long/,
  );
  // What takes its time is answered for as far as it came.
  const slow = await backwards({ ...none, first: 100_000 }, async () => {
    const until = performance.now() + 150;
    while (performance.now() < until);
    return false;
  });
  assert.equal(slow, 800_000);
  assert.equal(await backwards(none, async () => true), null);
});
