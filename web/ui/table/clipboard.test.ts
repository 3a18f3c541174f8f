import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromTsv, toTsv } from './clipboard.ts';

const part = fc.constantFrom('a', 'ö', ' ', '"', '\t', '\n', '\r\n', ',', '=1+1', '5" pipe');
const text = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
const rows_max = 10;

test('a copied range is read as it was, whatever is in its cells', async () => {
  const range = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: rows_max }))
    .chain(([width, height]) =>
      fc.array(fc.array(text, { minLength: width, maxLength: width }), { minLength: height, maxLength: height }),
    )
    // A single empty cell is no text at all.
    .filter((rows) => rows.at(-1)?.join('') !== '');
  await fc.assert(
    fc.asyncProperty(range, async (rows) => assert.deepEqual(await fromTsv(toTsv(rows), rows_max), rows)),
  );
});

test('what Excel copies is read: a row of one empty cell, a quoted cell of two lines, a line break at the end', async () => {
  assert.deepEqual(await fromTsv('one\t"two\nlines"\r\n\r\nthree\t\r\n', rows_max), [
    ['one', 'two\nlines'],
    [''],
    ['three', ''],
  ]);
  assert.equal((await fromTsv('x\n'.repeat(100), rows_max)).length, rows_max + 1);
});
