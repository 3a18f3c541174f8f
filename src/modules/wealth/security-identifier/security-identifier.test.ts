import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCusip, isFigi, isIsin, isSedol } from './contract.ts';

/** Of well-known securities. */
const real: readonly [(id: string) => boolean, readonly string[]][] = [
  [isIsin, ['US0378331005', 'US5949181045', 'GB0002634946', 'DE0007164600', 'CH0038863350', 'US9229083632']],
  [isCusip, ['037833100', '594918104', '922908363', '38259P508', '17275R102']],
  [isSedol, ['0263494', 'B0YBKJ7', '2046251', 'B1YW440']],
  [isFigi, ['BBG000BLNNH6', 'BBG000B9XRY4', 'BBG000BPH459']],
];

test('identifiers of securities are known by their check digits, and a wrong or swapped sign is refused', () => {
  for (const [fits, ids] of real)
    for (const id of ids) {
      assert.ok(fits(id), id);
      assert.ok(!fits(id.slice(0, -1) + ((Number(id.at(-1)) + 1) % 10)), `${id} with another check digit`);
      assert.ok(!fits(id.toLowerCase()) || /^\d+$/.test(id), id);
      assert.ok(!fits(` ${id}`), id);
    }
  assert.ok(!isIsin('US0378313005'), 'two digits swapped');
  assert.ok(!isFigi('GBG000BLNNH6'), 'a beginning of ISINs');
});
