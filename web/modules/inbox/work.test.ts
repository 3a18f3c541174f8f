import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFormat } from '../../ui/format.ts';
import { dueText } from './work.ts';

test('a task is due on its day, wherever one reads it, or at its time', () => {
  setFormat({ locale: 'en', time_zone: 'America/Los_Angeles' });
  assert.equal(dueText('2026-12-01'), 'Due Dec 1, 2026');
  assert.match(dueText('2026-12-01T09:00:00+00:00'), /^Due Tuesday, December 1, 2026 at 1:00\sAM$/);
});
