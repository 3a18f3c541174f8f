import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { eventually } from '../../../test/harness/eventually.ts';
import type { Cache } from './cache.ts';

const kept = { ttlSeconds: 60 };

/** The contract of every cache implementation. `open` gives an empty one. */
export function cacheContract(
  name: string,
  open: (t: TestContext) => Promise<Cache>,
  skip: string | false = false,
): void {
  const check = (what: string, body: (cache: Cache, t: TestContext) => Promise<void>) =>
    test(`${name}: ${what}`, { skip }, async (t) => body(await open(t), t));

  check('what is set is got back as JSON gives it', async (cache) => {
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, suffix) => {
        const key = `${n++}:${suffix}`;
        await cache.set(key, value, kept);
        assert.deepEqual(await cache.get(key), JSON.parse(JSON.stringify(value)));
      }),
    );
    assert.equal(await cache.get('never set'), undefined);
  });

  check('each caller has a copy of its own', async (cache) => {
    const load = async () => ({ names: ['a'] });
    const [one, two] = await Promise.all([cache.getOrLoad('k', kept, load), cache.getOrLoad('k', kept, load)]);
    one.names.push('b');
    assert.deepEqual(two, { names: ['a'] });
    assert.deepEqual(await cache.get('k'), { names: ['a'] });
  });

  check('entries end with their time', async (cache) => {
    await cache.set('short', 1, { ttlSeconds: 1 });
    await cache.set('long', 2, kept);
    assert.equal(await cache.get('short'), 1);
    await eventually(async () => (await cache.get('short')) === undefined);
    assert.equal(await cache.get('long'), 2);
  });

  check('a time to live outside 1 s to a day is refused', async (cache) => {
    for (const ttlSeconds of [0, -1, 1.5, 86_401, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assert.rejects(cache.set('k', 1, { ttlSeconds }), RangeError);
      await assert.rejects(
        cache.getOrLoad('k', { ttlSeconds }, async () => 1),
        RangeError,
      );
    }
  });

  check('delete takes keys away, others stay', async (cache) => {
    for (const key of ['a', 'b', 'c']) await cache.set(key, key, kept);
    await cache.delete('a', 'b', 'unknown');
    await cache.delete();
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key))), [undefined, undefined, 'c']);
  });

  check('a tag takes all its entries away, and new ones under it are kept', async (cache) => {
    await cache.set('a', 1, { ttlSeconds: 60, tags: ['deals', 'tenant 1'] });
    await cache.set('b', 2, { ttlSeconds: 60, tags: ['tenant 1'] });
    await cache.set('c', 3, { ttlSeconds: 60, tags: ['deals'] });
    await cache.set('d', 4, kept);
    await cache.invalidateTag('deals');
    assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key))), [
      undefined,
      2,
      undefined,
      4,
    ]);
    await cache.set('a', 5, { ttlSeconds: 60, tags: ['deals'] });
    assert.equal(await cache.get('a'), 5);
    await cache.invalidateTag('deals', 'tenant 1', 'unknown');
    assert.deepEqual(await Promise.all(['a', 'b', 'd'].map((key) => cache.get(key))), [undefined, undefined, 4]);
  });

  check('a value set without its former tag no longer goes with it', async (cache) => {
    await cache.set('a', 1, { ttlSeconds: 60, tags: ['old'] });
    await cache.set('a', 2, { ttlSeconds: 60, tags: ['new'] });
    await cache.invalidateTag('old');
    assert.equal(await cache.get('a'), 2);
  });

  check('a hundred callers at once make one load', async (cache) => {
    let loads = 0;
    const load = async () => {
      await delay(20);
      return ++loads;
    };
    const values = await Promise.all(Array.from({ length: 100 }, () => cache.getOrLoad('k', kept, load)));
    assert.deepEqual(new Set(values), new Set([1]));
    assert.equal(await cache.getOrLoad('k', kept, load), 1);
    const { hits, misses } = cache.stats();
    assert.deepEqual({ hits, misses }, { hits: 100, misses: 1 });
  });

  check('a load that fails fails its callers and is tried again', async (cache) => {
    const fails = () => cache.getOrLoad('k', kept, () => Promise.reject(new Error('database away')));
    await Promise.all([assert.rejects(fails(), /database away/), assert.rejects(fails(), /database away/)]);
    assert.equal(await cache.getOrLoad('k', kept, async () => 'there'), 'there');
  });

  check('null is kept, undefined and what is above 1 MiB are not', async (cache) => {
    assert.equal(await cache.getOrLoad('none', kept, async () => null), null);
    assert.equal(await cache.get('none'), null);
    assert.equal(await cache.getOrLoad('undefined', kept, async () => undefined), undefined);
    assert.equal(await cache.get('undefined'), undefined);
    const large = 'x'.repeat(1024 * 1024);
    await cache.set('large', 'small', kept);
    await cache.set('large', large, kept);
    assert.equal(await cache.get('large'), undefined);
    assert.equal(await cache.getOrLoad('large', kept, async () => large), large);
    assert.equal(await cache.get('large'), undefined);
  });

  const changes: [string, (cache: Cache) => Promise<unknown>, unknown][] = [
    ['delete', (cache) => cache.delete('k'), undefined],
    ['tag', (cache) => cache.invalidateTag('t'), undefined],
    ['set', (cache) => cache.set('k', 'newer', kept), 'newer'],
  ];
  for (const [what, change, expected] of changes) {
    check(`what was loaded before a ${what} is not kept after it, nor given to later callers`, async (cache) => {
      const gate = Promise.withResolvers<void>();
      const began = Promise.withResolvers<void>();
      const early = cache.getOrLoad('k', { ttlSeconds: 60, tags: ['t'] }, async () => {
        began.resolve();
        await gate.promise;
        return 'outdated';
      });
      await began.promise;
      await change(cache);
      const later = cache.getOrLoad('k', { ttlSeconds: 60, tags: ['t'] }, async () => 'fresh');
      gate.resolve();
      assert.equal(await early, 'outdated');
      assert.equal(await later, expected ?? 'fresh');
      assert.equal(await cache.get('k'), expected ?? 'fresh');
    });
  }

  check('readers never see less than what was committed before they asked', async (cache) => {
    let version = 0;
    let committed = 0;
    let reads = 0;
    const stopAt = Date.now() + 500;
    const write = async () => {
      while (Date.now() < stopAt) {
        version++;
        await (version % 2 ? cache.delete('row') : cache.invalidateTag('rows'));
        committed = version;
        await delay(1);
      }
    };
    const load = async () => {
      const loaded = version;
      await delay(1);
      return loaded;
    };
    const read = async () => {
      while (Date.now() < stopAt) {
        const known = committed;
        const seen = await cache.getOrLoad('row', { ttlSeconds: 60, tags: ['rows'] }, load);
        assert.ok(seen >= known, `${known} was committed and invalidated, ${seen} was read`);
        reads++;
        await delay(0);
      }
    };
    await Promise.all([write(), ...Array.from({ length: 8 }, read)]);
    assert.ok(reads > 100 && committed > 20, `only ${reads} reads of ${committed} versions`);
  });

  check('a limit lets through as many as it says, then says when to come back', async (cache) => {
    const results = await Promise.all(Array.from({ length: 15 }, () => cache.count('ip', 60, 10)));
    assert.equal(results.filter(({ allowed }) => allowed).length, 10);
    assert.deepEqual(
      results.filter(({ allowed }) => allowed).map(({ remaining }) => remaining),
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    );
    for (const { allowed, remaining, retryAfterSeconds } of results) {
      assert.ok(
        allowed ? retryAfterSeconds === 0 : remaining === 0 && retryAfterSeconds >= 1 && retryAfterSeconds <= 120,
      );
    }
    assert.equal((await cache.count('other ip', 60, 10)).remaining, 9);
    assert.equal((await cache.count('ip', 3600, 10)).remaining, 9, 'another window is another counter');
    assert.equal((await cache.count('closed', 60, 0)).allowed, false);
  });

  check('a limit opens again by itself', async (cache) => {
    for (let i = 0; i < 3; i++) assert.ok((await cache.count('k', 1, 3)).allowed);
    assert.equal((await cache.count('k', 1, 3)).allowed, false);
    await eventually(async () => (await cache.count('k', 1, 3)).allowed);
  });
}
