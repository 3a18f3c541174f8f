import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWords } from './findings.ts';

test('a store of backups that cannot be read is not taken for a backup of some time', () => {
  const text = 'The backup store cannot be read: nobody answers.';
  assert.equal(inWords(text), text);
});
