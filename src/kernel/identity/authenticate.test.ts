import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { makePerson, signedIn } from '../../../test/harness/identity.ts';
import { type RedisServer, redisMissing, startRedisServer } from '../../../test/harness/redis-server.ts';
import type { App } from '../../app.ts';

const revoked_ms_max = 1_000;
const options = { skip: redisMissing };

let redis: RedisServer;
let app: TestApp;
let first: App;
let second: App;
before(async () => {
  if (redisMissing) return;
  redis = await startRedisServer();
  // The node that revokes cannot reach Redis; the two that are asked share it.
  app = await startTestApp({ REDIS_URL: 'redis://127.0.0.1:9' });
  first = await app.secondNode({ REDIS_URL: redis.url });
  second = await app.secondNode({ REDIS_URL: redis.url });
});
after(async () => {
  await app?.stop();
  await redis?.close();
});

async function makeKey(name: string) {
  const { api } = await (await app.tenant(name)).as('admin');
  const { body: roles } = await api('GET', '/api/v1/roles');
  const { body } = await api('POST', '/api/v1/api-keys', { name, role_id: roles.data[0].id });
  return {
    revoke: () => api('DELETE', `/api/v1/api-keys/${body.id}`),
    on: (node: App) => client(node.address!, body.key),
  };
}

const status = async (api: Client) => (await api('GET', '/api/v1/session')).status;

test(
  'a revocation by a node that cannot reach Redis holds within a second on nodes that keep asking each other there',
  options,
  async () => {
    for (let round = 1; round <= 3; round++) {
      const key = await makeKey(`round-${round}`);
      const [one, two] = [key.on(first), key.on(second)];
      // Freshly looked up, so that what is in Redis lives as long as it can.
      assert.deepEqual([await status(one), await status(two)], [200, 200]);
      assert.equal((await key.revoke()).status, 204);
      const start = performance.now();
      await eventually(async () => (await status(one)) === 401 && (await status(two)) === 401, 3_000);
      const ms = performance.now() - start;
      assert.ok(ms < revoked_ms_max, `${ms} ms`);
    }
  },
);

test('a session that has ended is not valid again when the clock is set back to when it was', options, async (t) => {
  const tenant = await app.tenant('set-back');
  const browser = await signedIn(app, await makePerson(app, tenant, 'Set Back'));
  const headers = { cookie: `__Host-holdfast=${browser.cookie()}` };
  const statusThere = async () => (await client(first.address!)('GET', '/api/v1/session', undefined, headers)).status;
  // That somebody was added, of which the feed tells the other node, invalidates what it knew before.
  await delay(revoked_ms_max);
  const asked = Date.now();
  assert.equal(await statusThere(), 200);
  assert.equal((await browser.send('DELETE', '/api/v1/session')).status, 204);
  await delay(revoked_ms_max + 100);
  t.mock.timers.enable({ apis: ['Date'], now: asked });
  assert.equal(await statusThere(), 401);
});

test('nodes share look-ups through Redis, and go on when it is gone', options, async () => {
  const key = await makeKey('shared');
  const hits = () => first.services.cache.stats().hits + second.services.cache.stats().hits;
  const before = hits();
  const until = Date.now() + 1_500;
  while (Date.now() < until) {
    assert.equal(await status(key.on(first)), 200);
    assert.equal(await status(key.on(second)), 200);
  }
  assert.ok(hits() > before);
  await redis.kill();
  assert.equal(await status(key.on(first)), 200);
  assert.equal((await key.revoke()).status, 204);
  const start = performance.now();
  await eventually(async () => (await status(key.on(second))) === 401, 3_000);
  assert.ok(performance.now() - start < revoked_ms_max);
});
