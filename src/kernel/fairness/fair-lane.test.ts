import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairLane } from './fair-lane.ts';

const message = 'Too many.';
const wait_ms = 5_000;

test('free slots go round the tenants, and round the callers of each', async () => {
  const lane = new FairLane({ slots: 1, message });
  const order: string[] = [];
  const run = async (tenant: string, caller: string) => {
    const release = await lane.acquire({ tenant, caller }, wait_ms);
    order.push(`${tenant}.${caller}`);
    setImmediate(release);
  };
  const first = run('a', '1');
  await Promise.all([first, run('a', '1'), run('a', '1'), run('a', '2'), run('b', '1'), run('b', '1'), run('c', '1')]);
  assert.deepEqual(order, ['a.1', 'a.1', 'b.1', 'c.1', 'a.2', 'b.1', 'a.1']);
});

test('no tenant and no caller has more than its share, whatever it waits for', async () => {
  const lane = new FairLane({ slots: 4, perTenant: 3, perCaller: 2, message });
  const of = (tenant: string, caller: string) => lane.acquire({ tenant, caller }, 0);
  const [first] = await Promise.all([of('a', '1'), of('a', '1')]);
  await assert.rejects(of('a', '1'), { status: 503, code: 'busy', headers: { 'retry-after': '5' } });
  await of('a', '2');
  await assert.rejects(of('a', '3'), { code: 'busy' });
  await of('b', '1');
  await assert.rejects(of('c', '1'), { code: 'busy' });
  first!();
  first!();
  await of('a', '1');
  await assert.rejects(of('a', '1'), { code: 'busy' });
});

test('whoever waits for too long, or behind too many of its tenant, is refused and leaves nothing behind', async () => {
  const lane = new FairLane({ slots: 1, waitingPerTenant: 1, code: 'too_many', message });
  const release = await lane.acquire({ tenant: 'a', caller: '1' }, 0);
  const late = lane.acquire({ tenant: 'b', caller: '1' }, 1);
  await assert.rejects(lane.acquire({ tenant: 'b', caller: '2' }, wait_ms), { status: 429, code: 'too_many' });
  await assert.rejects(late, { status: 429, code: 'too_many' });
  const next = lane.acquire({ tenant: 'b', caller: '1' }, wait_ms);
  release();
  (await next)();
  (await lane.acquire({ tenant: 'c', caller: '1' }, 0))();
});
