import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWords } from './findings.ts';

test('a store of backups that cannot be read is not taken for a backup of some time', () => {
  const text = 'The backup store cannot be read: nobody answers.';
  assert.equal(inWords(text), text);
});

test('what a proof counted is said in numbers of the reader, and one of them as one', () => {
  assert.equal(inWords('12,345 rows of 1 workspaces, equal by hash'), '12,345 rows of 1 workspace are equal by hash');
  assert.equal(inWords('1 indexes'), '1 index is sound');
});
