import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesSoon } from './jobNames.ts';

test('a job is followed while it may change, and not while it is scheduled for later', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  assert.equal(changesSoon({ state: 'scheduled', run_at: inSeconds(86_400) }), false);
  assert.equal(changesSoon({ state: 'scheduled', run_at: inSeconds(30) }), true);
  assert.equal(changesSoon({ state: 'ready', run_at: inSeconds(86_400) }), true);
  assert.equal(changesSoon({ state: 'running', run_at: inSeconds(-30) }), true);
  assert.equal(changesSoon({ state: 'done', run_at: inSeconds(-30) }), false);
});
