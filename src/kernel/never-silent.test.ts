import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neverSilent } from './never-silent.ts';

test('what says nothing for ten seconds says that it works, until it ends', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const said: string[] = [];
  const { say, stop } = neverSilent((line) => said.push(line));
  t.mock.timers.tick(9_000);
  say('Copying the database');
  t.mock.timers.tick(9_000);
  assert.deepEqual(said, ['Copying the database']);
  t.mock.timers.tick(1_000);
  t.mock.timers.tick(10_000);
  assert.deepEqual(said.slice(1), ['  Still working, for 19 s', '  Still working, for 29 s']);
  stop();
  say('It ended');
  t.mock.timers.tick(60_000);
  assert.deepEqual(said.slice(3), ['It ended']);
});
