import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { eventually } from '../../../test/harness/eventually.ts';
import { redisMissing, startRedisServer } from '../../../test/harness/redis-server.ts';
import { cacheContract } from './cache.conformance.ts';
import type { Cache } from './cache.ts';
import { createCache } from './create-cache.ts';

const skip = redisMissing;
const log = pino({ level: 'silent' });
const kept = { ttlSeconds: 60 };
/** How long an answer may take when Redis just went away: one time-out of 200 ms and the noise of a busy machine. */
const answer_ms_max = 1000;

const server = skip ? undefined : await startRedisServer();
test.after(() => server?.close());

async function isShared(cache: Cache): Promise<boolean> {
  await cache.set('is Redis there?', 1, kept);
  return (await cache.get('is Redis there?')) === 1;
}

let namespaces = 0;

async function open(t: TestContext, { url = server?.url, namespace = `test${++namespaces}` } = {}) {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line).msg) });
  const cache = await createCache({ redisUrl: url, namespace, log });
  t.after(() => cache.close());
  await eventually(() => isShared(cache));
  return { cache, namespace, lines };
}

async function ownServer(t: TestContext) {
  const own = await startRedisServer();
  t.after(() => own.close());
  return own;
}

cacheContract(
  'Redis cache',
  async (t) => {
    const { url } = server!;
    const cache = await createCache({ redisUrl: url, namespace: `contract${++namespaces}`, log });
    t.after(() => cache.close());
    // A count is no read: the contract's figures of hits and misses stay its own.
    const probe = new Redis(url);
    await eventually(async () => {
      await cache.count('probe', 60, 1000);
      return (await probe.exists(`contract${namespaces}:c:60:probe`)) === 1;
    });
    probe.disconnect();
    return cache;
  },
  skip,
);

test('two nodes share values, invalidations and limits; other namespaces do not', { skip }, async (t) => {
  const { cache: one, namespace } = await open(t);
  const { cache: two } = await open(t, { namespace });
  const { cache: other } = await open(t);
  await one.set('a', 1, { ttlSeconds: 60, tags: ['t'] });
  assert.equal(await two.get('a'), 1);
  assert.equal(await other.get('a'), undefined);
  await two.invalidateTag('t');
  assert.equal(await one.get('a'), undefined);
  const counts = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).count('ip', 60, 10)));
  assert.equal(counts.filter(({ allowed }) => allowed).length, 10);
});

test('a load that another node outdated meanwhile is not kept', { skip }, async (t) => {
  const { cache: one, namespace } = await open(t);
  const { cache: two } = await open(t, { namespace });
  const changes = [() => two.delete('k'), () => two.invalidateTag('t'), () => two.set('k', 'newer', kept)];
  for (const change of changes) {
    await one.delete('k');
    await one.getOrLoad('k', { ttlSeconds: 60, tags: ['t'] }, async () => {
      await change();
      return 'outdated';
    });
    assert.notEqual(await two.get('k'), 'outdated');
  }
});

test('what Redis evicts is a miss, never an outdated value', { skip }, async (t) => {
  const { cache, namespace } = await open(t);
  const redis = new Redis(server!.url);
  t.after(() => redis.disconnect());
  for (const lost of ['all', 't:t']) {
    await cache.set('k', 1, { ttlSeconds: 60, tags: ['t'] });
    assert.equal(await cache.get('k'), 1);
    await redis.del(`${namespace}:${lost}`);
    assert.equal(await cache.get('k'), undefined, lost);
  }
});

test('Redis killed under load and started again: no error, coarser limits, nothing outdated, and back in use', {
  skip,
}, async (t) => {
  const own = await ownServer(t);
  const nodes = await Promise.all(['one', 'two'].map(async () => await open(t, { url: own.url, namespace: 'shared' })));
  const [one, two] = nodes.map(({ cache }) => cache) as [Cache, Cache];
  const database = { version: 0, committed: 0 };
  let slowestMs = 0;
  let operations = 0;
  let running = true;

  async function timed<Result>(operation: Promise<Result>): Promise<Result> {
    const start = performance.now();
    const result = await operation;
    slowestMs = Math.max(slowestMs, performance.now() - start);
    operations++;
    return result;
  }
  async function readAndCount(cache: Cache) {
    while (running) {
      const known = database.committed;
      const seen = await timed(
        cache.getOrLoad('row', { ttlSeconds: 60, tags: ['rows'] }, async () => database.version),
      );
      assert.ok(seen >= known, `${known} was committed, ${seen} was read`);
      assert.equal(typeof (await timed(cache.count('ip', 60, 1_000_000))).allowed, 'boolean');
      await delay(1);
    }
  }
  async function write(cache: Cache) {
    while (running) {
      const version = ++database.version;
      await timed(version % 2 ? cache.delete('row') : cache.invalidateTag('rows'));
      // While a node is cut off its invalidations do not reach the others; on its return it drops all there is.
      if (nodes[0]!.lines.at(-1) === 'Redis is in use') database.committed = version;
      await timed(cache.set(`other ${version % 50}`, version, kept));
      await delay(2);
    }
  }
  async function strike() {
    await eventually(async () => operations > 200);
    for (let round = 0; round < 2; round++) {
      await own.kill();
      const before = operations;
      await eventually(async () => operations > before + 200);
      assert.deepEqual([await isShared(one), await isShared(two)], [false, false]);
      // Coarser, yet limited: each node counts for itself.
      const alone = await Promise.all(
        Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).count(`coarse ${round}`, 60, 10)),
      );
      assert.equal(alone.filter(({ allowed }) => allowed).length, 20);

      await own.restart();
      await eventually(async () => (await isShared(one)) && (await isShared(two)));
      const together = await Promise.all(
        Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).count(`exact ${round}`, 60, 10)),
      );
      assert.equal(together.filter(({ allowed }) => allowed).length, 10);
    }
  }
  // One writer per key, as a database's row lock would have it.
  const struck = strike().finally(() => {
    running = false;
  });
  await Promise.all([struck, write(one), ...[one, one, two, two].map(readAndCount)]);
  assert.ok(slowestMs < answer_ms_max, `one operation took ${Math.round(slowestMs)} ms`);
  for (const { lines } of nodes) {
    assert.deepEqual(
      lines.map((line) => line.split(':')[0]),
      ['Redis is in use', 'Redis is away', 'Redis is in use', 'Redis is away', 'Redis is in use'],
    );
  }
});

for (const when of ['before Redis was killed', 'while Redis was away']) {
  test(`what was deleted ${when} does not come back with its older snapshot`, { skip }, async (t) => {
    const own = await ownServer(t);
    const { cache, namespace } = await open(t, { url: own.url });
    const redis = new Redis(own.url);
    t.after(() => redis.disconnect());
    redis.on('error', () => undefined);
    await cache.set('deleted', 'outdated', kept);
    await cache.set('tagged', 'outdated', { ttlSeconds: 60, tags: ['t'] });
    await redis.save();
    const invalidate = () => Promise.all([cache.delete('deleted'), cache.invalidateTag('t')]);
    if (when === 'before Redis was killed') await invalidate();
    await own.kill();
    if (when === 'while Redis was away') await invalidate();
    await own.restart();
    await eventually(() => isShared(cache));
    await eventually(async () => redis.status === 'ready');
    assert.equal(
      await redis.exists(`${namespace}:e:deleted`, `${namespace}:e:tagged`),
      2,
      'no snapshot was read, so this shows nothing',
    );
    assert.equal(await cache.get('deleted'), undefined);
    assert.equal(await cache.get('tagged'), undefined);
  });
}

test('Redis that hangs delays nobody for long, only those there at the first moment, and is used again', {
  skip,
}, async (t) => {
  const own = await ownServer(t);
  const { cache, lines } = await open(t, { url: own.url });
  await cache.set('k', 'outdated', kept);
  own.hang();
  const start = performance.now();
  const first = await Promise.all(Array.from({ length: 50 }, () => cache.getOrLoad('k', kept, async () => 'loaded')));
  assert.ok(performance.now() - start < answer_ms_max, `${performance.now() - start} ms`);
  assert.deepEqual(new Set(first), new Set(['loaded']));

  const then = performance.now();
  await cache.delete('k');
  for (let i = 0; i < 200; i++) await cache.get('k');
  assert.ok(performance.now() - then < 500, 'later callers waited too');
  // Meanwhile the link tries to connect to the hanging server again and again.
  let slow = 0;
  for (const stopAt = then + 1500; performance.now() < stopAt; ) {
    const began = performance.now();
    await cache.count('ip', 60, 10);
    if (performance.now() - began > 150) slow++;
    await delay(1);
  }
  assert.ok(slow <= 1, `${slow} callers waited for an attempt to reconnect`);
  assert.equal(cache.stats().errors, 1, 'more than the one shared read was tried');

  own.resume();
  await eventually(() => isShared(cache));
  assert.equal(await cache.get('k'), undefined);
  assert.equal(lines.length, 3);
});

test('Redis that was merely slow keeps what it has, but not what was deleted meanwhile', { skip }, async (t) => {
  const own = await ownServer(t);
  const { cache } = await open(t, { url: own.url });
  await cache.set('k', 'kept', kept);
  own.hang();
  assert.equal(await cache.get('k'), undefined);
  own.resume();
  await eventually(async () => (await cache.get('k')) === 'kept');

  // The same when this process was too busy to see the answer in time.
  const pending = cache.get('k');
  for (const until = performance.now() + 400; performance.now() < until; );
  await pending;
  await eventually(async () => (await cache.get('k')) === 'kept');

  own.hang();
  assert.equal(await cache.get('k'), undefined);
  await cache.delete('k');
  own.resume();
  await eventually(() => isShared(cache));
  assert.equal(await cache.get('k'), undefined);
});

test('without Redis from the start everything works, and Redis is used once it is there', { skip }, async (t) => {
  const own = await ownServer(t);
  await own.kill();
  const cache = await createCache({ redisUrl: own.url, namespace: 'late', log });
  t.after(() => cache.close());
  assert.equal(await cache.getOrLoad('k', kept, async () => 'loaded'), 'loaded');
  assert.equal((await cache.count('ip', 60, 1)).allowed, true);
  assert.equal((await cache.count('ip', 60, 1)).allowed, false);
  await own.restart();
  await eventually(() => isShared(cache));
});

test('a Redis that refuses to write degrades too', { skip }, async (t) => {
  const own = await ownServer(t);
  const { cache } = await open(t, { url: own.url });
  const redis = new Redis(own.url);
  t.after(() => redis.disconnect());
  await cache.set('k', 'kept', kept);
  await redis.config('SET', 'maxmemory', '1');
  await cache.set('k2', 'not kept', kept);
  assert.equal(await cache.getOrLoad('k3', kept, async () => 'loaded'), 'loaded');
  assert.equal((await cache.count('ip', 60, 5)).remaining, 4);
  assert.ok(cache.stats().errors > 0);
  await cache.delete('k');
  assert.equal(await cache.get('k'), undefined);
});

test('a Redis that turned read-only shows nothing of what it could not delete', { skip }, async (t) => {
  const own = await ownServer(t);
  const { cache } = await open(t, { url: own.url });
  const redis = new Redis(own.url);
  t.after(() => redis.disconnect());
  await cache.set('k', 'outdated', kept);
  await redis.replicaof('127.0.0.1', 1);
  await cache.delete('k');
  const refusals = async () => Number(/errorstat_READONLY:count=(\d+)/.exec(await redis.info('errorstats'))?.[1]);
  await eventually(async () => (await refusals()) >= 3);
  assert.equal(await cache.get('k'), undefined);
  await redis.replicaof('NO', 'ONE');
  await eventually(() => isShared(cache));
  assert.equal(await cache.get('k'), undefined);
});

test('an address that cannot be read leaves the credentials of new connections as they were', { skip }, async (t) => {
  const own = await ownServer(t);
  let currentUrl = own.url;
  const cache = await createCache({
    redisUrl: own.url,
    namespace: `test${++namespaces}`,
    log,
    currentUrl: () => currentUrl,
  });
  t.after(() => cache.close());
  await eventually(() => isShared(cache));
  currentUrl = own.url.replace('redis://', 'redis://:50%@');
  await own.kill();
  await eventually(async () => !(await isShared(cache)));
  await own.restart();
  await eventually(() => isShared(cache));
});

test('another machine is spoken to in TLS only, unless told otherwise', async () => {
  const options = { namespace: 'test', log };
  for (const redisUrl of [
    'redis://cache.example.com',
    'redis://10.0.0.5:6379',
    'redis://127.0.0.1.example.com',
    'redis://[2001:db8::1]',
  ]) {
    await assert.rejects(createCache({ redisUrl, ...options }), /without TLS/, redisUrl);
  }
  for (const redisUrl of ['cache.example.com:6379', 'http://127.0.0.1', 'redis://', 'redis://u:s3cr3t@', 'nonsense']) {
    await assert.rejects(
      createCache({ redisUrl, ...options }),
      (error: Error) => /REDIS_URL must/.test(error.message) && !error.message.includes('s3cr3t'),
    );
  }
  const greetings: Promise<Buffer>[] = [];
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    greetings.push(once(socket, 'data').then(([bytes]) => bytes as Buffer));
  }).listen(0, '0.0.0.0');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  for (const [scheme, allowPlaintext] of [
    ['rediss', false],
    ['redis', true],
  ] as const) {
    // 0.0.0.0 reaches this machine, but is not one of the addresses known to be local.
    const cache = await createCache({ redisUrl: `${scheme}://0.0.0.0:${port}`, ...options, allowPlaintext });
    await eventually(async () => greetings.length === (allowPlaintext ? 2 : 1));
    const greeting = await greetings.at(-1)!;
    assert.equal(greeting[0] === 0x16, scheme === 'rediss', 'a TLS handshake begins with 0x16');
    await cache.close();
  }
  listener.close();
});
