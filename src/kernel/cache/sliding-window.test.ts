import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Tally, tallyEvent } from './sliding-window.ts';

const windowMs = 10_000;
const arrivals = fc.array(fc.nat({ max: 3000 }), { minLength: 1, maxLength: 300 });

function run(gapsMs: number[], limit: number): number[] {
  const allowedAt: number[] = [];
  let tally: Tally | undefined;
  let now = 1_000_000;
  for (const gap of gapsMs) {
    now += gap;
    const event = tallyEvent(tally, now, windowMs, limit);
    tally = event.tally;
    if (event.result.allowed) allowedAt.push(now);
  }
  return allowedAt;
}

test('no slot of the clock sees more events than the limit, no window of any start twice as many', () => {
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 50 }), (gaps, limit) => {
      const allowedAt = run(gaps, limit);
      for (const start of allowedAt) {
        const slot = Math.floor(start / windowMs);
        assert.ok(allowedAt.filter((at) => Math.floor(at / windowMs) === slot).length <= limit);
        assert.ok(allowedAt.filter((at) => at >= start && at < start + windowMs).length < 2 * limit || limit === 1);
      }
    }),
  );
});

test('an even pace of two below the limit is never refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 50 }), fc.nat({ max: windowMs }), (limit, phase) => {
      const gap = Math.ceil(windowMs / (limit - 2)) + 1;
      const gaps = [phase, ...Array.from({ length: 100 }, () => gap)];
      assert.equal(run(gaps, limit).length, gaps.length);
    }),
  );
});

test('who waits as long as told is let in, and not much sooner', () => {
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 50 }), (gaps, limit) => {
      let tally: Tally | undefined;
      let now = 1_000_000;
      for (const gap of gaps) {
        now += gap;
        const { tally: after, result } = tallyEvent(tally, now, windowMs, limit);
        tally = after;
        if (result.allowed) continue;
        const at = now + result.retryAfterSeconds * 1000;
        assert.ok(tallyEvent(tally, at, windowMs, limit).result.allowed, `refused after ${result.retryAfterSeconds} s`);
        const early = at - 1001;
        if (early > now) assert.ok(!tallyEvent(tally, early, windowMs, limit).result.allowed, 'told to wait too long');
      }
    }),
  );
});

test('what remains is what is then allowed', () => {
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 50 }), (gaps, limit) => {
      let tally: Tally | undefined;
      let now = 1_000_000;
      for (const gap of gaps) {
        now += gap;
        const event = tallyEvent(tally, now, windowMs, limit);
        tally = event.tally;
        let more = tally;
        let allowed = 0;
        for (
          let next = tallyEvent(more, now, windowMs, limit);
          next.result.allowed;
          next = tallyEvent(more, now, windowMs, limit)
        ) {
          more = next.tally;
          allowed++;
        }
        assert.equal(event.result.remaining, allowed);
      }
    }),
  );
});
