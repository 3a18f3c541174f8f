import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { RowHash } from './row-hash.ts';

async function hashed(...chunks: string[]) {
  const rows = new RowHash();
  let passed = '';
  await pipeline(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), rows, async (out) => {
    passed = (await buffer(out)).toString();
  });
  assert.equal(passed, chunks.join(''), 'what passes stays as it is');
  return rows.result();
}

test('the hash of rows depends on what they hold and how often, not on their order or how they arrive', async () => {
  const one = await hashed('ada\t1\nbob\t2\ncy\t3\n');
  assert.equal(one.rows, 3);
  assert.deepEqual(await hashed('cy\t', '3\nada\t1\nb', 'ob\t2', '\n'), one);
  for (const other of [
    'ada\t1\nbob\t2\n',
    'ada\t1\nbob\t2\ncy\t4\n',
    'ada\t2\nbob\t1\ncy\t3\n',
    'ada\t1\nada\t1\ncy\t3\n',
  ])
    assert.notEqual((await hashed(other)).hash, one.hash, other);
  const none = await hashed();
  assert.deepEqual([none.rows, none.hash], [0, '0'.repeat(64)]);
  await assert.rejects(hashed('ada\t1\nbob'), /cut off/);
});
