import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sumOf } from '../figures/amount.ts';
import { type AccountOwner, addShares, shortOfWhole } from './owners.ts';

const share = (numerator: number, denominator: number) => ({ numerator, denominator });

test('shares add up exactly: three thirds are the whole, and nearly the whole is not', () => {
  assert.deepEqual(addShares([share(1, 3), share(1, 3), share(1, 3)]), share(1, 1));
  assert.deepEqual(addShares([share(1, 2), share(1, 3)]), share(5, 6));
  assert.deepEqual(addShares([share(1, 3), share(333_333_333, 1_000_000_000)]), share(1_999_999_999, 3_000_000_000));
  assert.deepEqual(addShares([]), share(0, 1));
});

test('owners who have less than the whole are named, by what they are', () => {
  const owner = (role: string, share_numerator: number | null, share_denominator: number | null) =>
    ({ role, share_numerator, share_denominator }) as AccountOwner;
  assert.deepEqual(shortOfWhole([owner('owner', 1, 3), owner('owner', 1, 3), owner('primary_beneficiary', 1, 1)]), [
    { role: 'owner', share: '2/3' },
  ]);
  assert.deepEqual(shortOfWhole([owner('owner', null, null), owner('owner', null, null)]), [], 'with survivorship');
});

test('amounts add up to the cent, also below zero', () => {
  assert.equal(sumOf(['0.10', '0.20', '-0.05']), '0.25');
  assert.equal(sumOf(['-0.50', '0.45']), '-0.05');
  assert.equal(sumOf(['9007199254740993.01', '0.01']), '9007199254740993.02');
  assert.equal(sumOf([]), '0.00');
});
