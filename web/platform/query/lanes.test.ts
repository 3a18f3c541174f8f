import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeLanes, newerOf } from './lanes.ts';

test('jobs with one name follow one another, also after one that failed; others do not wait for them', async () => {
  const inTurn = makeLanes<string>();
  const first = Promise.withResolvers<string>();
  const seen: (string | null)[] = [];
  const job = (answer: string) => async (before: string | null) => {
    seen.push(before);
    return answer;
  };
  const begun = inTurn('a', () => first.promise);
  const second = inTurn('a', job('second'));
  await inTurn('b', job('other'));
  assert.deepEqual(seen, [null]);
  first.resolve('first');
  assert.deepEqual([await begun, await second], ['first', 'second']);
  assert.deepEqual(seen, [null, 'first']);

  const failing = inTurn('a', () => Promise.reject(new Error('unsent')));
  const waiting = inTurn('a', job('after'));
  await assert.rejects(failing, /unsent/);
  assert.equal(await waiting, 'after');
  const failed = inTurn('a', () => Promise.reject(new Error('again')));
  await assert.rejects(failed, /again/);
  assert.equal(await inTurn('a', job('later')), 'later');
});

test('a job goes on from what the one before it made, though that waits for the network and is no new version', () => {
  const seen = { version: 3, due: 'Monday' };
  const waiting = { version: 3, due: 'Tuesday' };
  assert.equal(newerOf(waiting, seen), waiting);
  assert.equal(newerOf(null, seen), seen);
  assert.equal(newerOf(waiting, { ...seen, version: 4 }).version, 4);
});
