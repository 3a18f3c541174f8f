import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KeyRing } from './seal.ts';
import { openStream, sealStream } from './seal-stream.ts';

const ringOf = (...versions: number[]): KeyRing => ({
  current: versions.at(-1)!,
  keys: new Map(versions.map((version) => [version, createSecretKey(Buffer.alloc(32, version))])),
});
const ring = ringOf(1);
const chunk = 64 * 1024;

const through = (bytes: Buffer, pieces: number, transform: ReturnType<typeof sealStream>) =>
  buffer(
    Readable.from(
      Array.from({ length: pieces }, (_, i) =>
        bytes.subarray(Math.floor((i * bytes.length) / pieces), Math.floor(((i + 1) * bytes.length) / pieces)),
      ),
      { objectMode: false },
    ).compose(transform),
  );
const seal = (bytes: Buffer, name = 'a', keys = ring) => through(bytes, 3, sealStream(keys, name));
const open = (bytes: Buffer, name = 'a', keys = ring) => through(bytes, 5, openStream(keys, name));

test('what was sealed opens again, whatever its size and however it comes', async () => {
  const sizes = fc.oneof(
    fc.integer({ min: 0, max: 300_000 }),
    fc.constantFrom(0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk),
  );
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 9 }), async (size, pieces) => {
      const bytes = randomBytes(size);
      const sealed = await through(bytes, pieces, sealStream(ring, 'a'));
      assert.deepEqual(await through(sealed, 10 - pieces, openStream(ring, 'a')), bytes);
    }),
    { numRuns: 60 },
  );
});

test('with another bit, end, place or order it does not open', async () => {
  const sealed = await seal(randomBytes(3 * chunk + 100));
  const sealedChunk = chunk + 16;
  const part = (from: number, to?: number) => sealed.subarray(from, to);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: sealed.length * 8 - 1 }), async (bit) => {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await assert.rejects(open(flipped), /changed, cut off|nothing that was sealed|key of version/);
    }),
    { numRuns: 60 },
  );
  const broken = /was changed, cut off, moved, or sealed with another key|is cut off/;
  for (const length of [0, 20, 21, 21 + sealedChunk, 21 + 3 * sealedChunk, sealed.length - 1])
    await assert.rejects(open(part(0, length)), broken, `cut off at ${length}`);
  const head = part(0, 21);
  const [one, two, rest] = [
    part(21, 21 + sealedChunk),
    part(21 + sealedChunk, 21 + 2 * sealedChunk),
    part(21 + 2 * sealedChunk),
  ];
  await assert.rejects(open(Buffer.concat([head, two, one, rest])), broken, 'swapped');
  await assert.rejects(open(Buffer.concat([head, two, rest])), broken, 'left out');
  await assert.rejects(open(Buffer.concat([sealed, one])), broken, 'added to');
  await assert.rejects(open(sealed, 'b'), broken, 'under another name');
  await assert.rejects(open(sealed, 'a', ringOf(2)), /key of version 1/);
});

test('a key that was replaced still opens what it sealed', async () => {
  const sealed = await seal(Buffer.from('before'));
  assert.equal((await open(sealed, 'a', ringOf(1, 2))).toString(), 'before');
});
