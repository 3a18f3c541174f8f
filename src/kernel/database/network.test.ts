import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { wire } from '../../../test/harness/wire.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { Database, sql } from './database.ts';
import type { Tx } from './statement.ts';

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
});
after(() => app.stop());

const through = (url: string, statementTimeoutMs = 5_000) =>
  new Database({ url, connectionsMax: 1, statementTimeoutMs, applicationName: 'test' });
const one = (n: number) => sql`select ${n}::int as n`;

test('answers keep their order when every byte comes by itself', async () => {
  const inBytes = async (chunk: Buffer, send: (bytes: Buffer) => void) => {
    for (const byte of chunk) {
      send(Buffer.of(byte));
      if (byte % 16 === 0) await sleep(0);
    }
  };
  const { url } = await wire(app.database.appUrl, { toServer: inBytes, toClient: inBytes });
  const db = through(url);
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  const all = async ({ tx }: { tx: Tx }) => {
    const rows = await Promise.all(numbers.map((n) => tx.one<{ n: number }>(one(n))));
    assert.deepEqual(
      rows.map(({ n }) => n),
      numbers,
    );
  };
  const actor = systemActor(tenant.tenant_id);
  await Promise.all([withContext(db, actor, all), withContext(db, actor, all, { mode: 'read' })]);
  await assert.rejects(
    withContext(db, actor, ({ tx }) => Promise.all([tx.one(one(1)), tx.one(sql`select 1 / 0`), tx.one(one(2))])),
    { code: '22012' },
  );
  await withContext(db, actor, all);
  await db.close();
});

test('the server looks whether a silent process is still there: a worker whose machine is gone must not count for hours', async () => {
  const pool = new pg.Pool({ connectionString: app.database.appUrl, max: 1 });
  const { rows } = await pool.query<{ name: string; seconds: number }>(
    `select name, reset_val::int as seconds from pg_settings where name ~ '^tcp_keepalives_' and source = 'user'`,
  );
  await pool.end();
  const {
    tcp_keepalives_idle: idle = 7_200,
    tcp_keepalives_interval: each = 75,
    tcp_keepalives_count: count = 9,
  } = Object.fromEntries(rows.map(({ name, seconds }) => [name, seconds]));
  // HoldfastWorkerDown is told after two minutes without a connection.
  assert.ok(idle + each * count <= 60, `${idle} s, then ${count} times ${each} s`);
});

test('a change whose answer the network lost is done once, and its Idempotency-Key answers it', async () => {
  const { key } = await tenant.as('admin');
  // What is sent last: the rows and the COMMIT are with the server, and nobody hears of it.
  const commit = Buffer.from('commit\0', 'latin1');
  let isCut = false;
  const network = await wire(app.database.appUrl, {
    toServer: (chunk, send) => {
      send(chunk);
      if (isCut || !chunk.includes('Once') || !chunk.includes(commit)) return;
      isCut = true;
      network.cut();
    },
  });
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' }, network.url);
  const send = () =>
    client(node.address!, key)('POST', '/api/v1/contacts', { given_name: 'Once' }, { 'idempotency-key': 'lost' });
  let answer = await send();
  await eventually(async () => {
    if (answer.status === 503) answer = await send();
    return answer.status === 201;
  });
  assert.ok(isCut, 'no COMMIT was cut off');
  assert.equal(answer.headers.get('idempotency-replayed'), 'true');
  const api = client(app.url, key);
  const { data } = (await api('GET', '/api/v1/contacts')).body;
  assert.deepEqual(
    data.map(({ id }: { id: string }) => id),
    [answer.body.id],
  );
});

test('a network that swallows everything holds nobody up for long', async () => {
  let swallows = false;
  // Half a second for a statement: with a millisecond, a busy machine ended one in fifty of those that were let
  // through.
  const pass = (chunk: Buffer, send: (bytes: Buffer) => void) => void (swallows || send(chunk));
  const db = through((await wire(app.database.appUrl, { toServer: pass, toClient: pass })).url, 500);
  assert.equal((await db.call(one(1))).length, 1);
  swallows = true;
  await assert.rejects(db.call(one(2)), /read timeout/);
  swallows = false;
  assert.equal((await db.call(one(3))).length, 1);
  await db.close();
});

test('what goes on beside work that failed says nothing in the next transaction', async () => {
  const db = through(app.database.appUrl);
  const [mine, other] = [tenant.tenant_id, (await app.tenant()).tenant_id];
  const whose = sql`select current_setting('app.tenant_id') as tenant_id`;
  const gate = Promise.withResolvers<void>();
  let late: Promise<unknown> = Promise.resolve();
  await assert.rejects(
    withContext(db, systemActor(mine), ({ tx }) => {
      late = gate.promise.then(() => tx.one(whose));
      return Promise.all([Promise.reject(new Error('It failed')), late]);
    }),
    /It failed/,
  );
  await withContext(db, systemActor(other), async ({ tx }) => {
    await tx.one(whose);
    gate.resolve();
    await assert.rejects(late, /is over/);
  });
  await db.close();
});
