import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareToWhole } from './shares.ts';

const shares = (...parts: [number, number][]) =>
  compareToWhole(parts.map(([share_numerator, share_denominator]) => ({ share_numerator, share_denominator })));

test('shares add up exactly, thirds and sevenths too', () => {
  assert.equal(shares([1, 3], [1, 3], [1, 3]), 0);
  assert.equal(shares(...Array.from({ length: 7 }, (): [number, number] => [1, 7])), 0);
  assert.equal(shares([1, 3], [1, 3]), -1);
  assert.equal(shares([2, 3], [1, 3], [1, 1_000_000]), 1);
  assert.equal(shares(), -1);
});
