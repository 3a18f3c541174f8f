import assert from 'node:assert/strict';
import { createSecretKey, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  blindIndex,
  envelope_bytes,
  hasPart,
  keyIdOf,
  openText,
  partIndex,
  partTokens,
  sealEqually,
  sealText,
} from './envelope.ts';
import { VaultError } from './seal.ts';

const newKey = () => ({ id: randomUUID(), key: createSecretKey(randomBytes(32)) });
const place = () => ({ tenant: randomUUID(), table: 'person', column: 'ssn', row: randomUUID() });
const anyText = () => {
  const points = Array.from({ length: randomInt(1, 60) }, () => randomInt(1, 0x2_ffff));
  return String.fromCodePoint(...points.filter((point) => point < 0xd800 || point > 0xdfff), 0x41);
};
const opens = (error: unknown) => error instanceof VaultError;

test('what is sealed opens in its place with its key, and neither changed, cut, moved nor swapped', () => {
  for (let round = 0; round < 200; round++) {
    const [key, binding, text] = [newKey(), place(), anyText()];
    const index = blindIndex(key.key, binding, text);
    const parts = round % 3 ? partIndex(key.key, binding, text) : undefined;
    const sealed = sealText(key, text, binding, round % 2 ? index : undefined, parts);
    assert.equal(sealed.length, envelope_bytes + Buffer.byteLength(text) + (parts ? 4 : 0));
    assert.equal(keyIdOf(sealed), key.id);
    assert.equal(openText(key.key, sealed, binding), text);

    const flipped = Buffer.from(sealed);
    flipped[randomInt(sealed.length)]! ^= 1 << randomInt(8);
    assert.throws(() => openText(key.key, flipped, binding), opens, 'a bit was flipped');
    assert.throws(() => openText(key.key, sealed.subarray(0, randomInt(sealed.length)), binding), opens, 'it was cut');
    assert.throws(() => openText(newKey().key, sealed, binding), opens, 'another key');
    for (const part of ['tenant', 'table', 'column', 'row'] as const)
      assert.throws(() => openText(key.key, sealed, { ...binding, [part]: randomUUID() }), opens, `another ${part}`);
    const other = sealText(key, anyText(), binding);
    const swapped = Buffer.concat([sealed.subarray(0, 45), other.subarray(45)]);
    assert.throws(() => openText(key.key, swapped, binding), opens, 'the text of another value');
  }
});

test('a text that is sealed equally is one envelope with one index, and a list has that of each entry', () => {
  for (let round = 0; round < 200; round++) {
    const [key, binding, text] = [newKey(), place(), anyText()];
    const indexes = Array.from({ length: randomInt(0, 21) }, () => randomBytes(16));
    for (const index of [undefined, randomBytes(16), indexes]) {
      const sealed = sealEqually(key, text, binding, index);
      assert.deepEqual(sealEqually(key, text, binding, index), sealed);
      assert.equal(keyIdOf(sealed), key.id);
      assert.equal(openText(key.key, sealed, binding), text);
      const flipped = Buffer.from(sealed);
      flipped[randomInt(sealed.length)]! ^= 1 << randomInt(8);
      assert.throws(() => openText(key.key, flipped, binding), opens, 'a bit was flipped');
      const cut = sealed.subarray(0, randomInt(sealed.length));
      assert.throws(() => openText(key.key, cut, binding), opens, 'it was cut');
      const other = sealEqually(key, text, binding, Array.isArray(index) ? [randomBytes(16)] : randomBytes(16));
      assert.notDeepEqual(other.subarray(17, 29), sealed.subarray(17, 29), 'a nonce is used for one head and text');
    }
    const listed = sealEqually(key, text, binding, indexes);
    assert.deepEqual([listed[0], listed[29]], [3, indexes.length]);
    assert.deepEqual(listed.subarray(30, 30 + 16 * indexes.length), Buffer.concat(indexes));
  }
});

test('equal values have one index in their column, however they are written, and another one elsewhere', () => {
  const { key } = newKey();
  const ssn = { table: 'person', column: 'ssn' };
  const index = blindIndex(key, ssn, '123-45-6789');
  assert.deepEqual(blindIndex(key, ssn, ' 123 456 789'), index);
  assert.notDeepEqual(blindIndex(key, ssn, '123-45-6788'), index);
  assert.notDeepEqual(blindIndex(key, { ...ssn, column: 'tax_id' }, '123-45-6789'), index);
  assert.notDeepEqual(blindIndex(newKey().key, ssn, '123-45-6789'), index);
});

test('the tokens of a part are among those of a value that has it, and of another column, key or order they say nothing', () => {
  const { key } = newKey();
  const number = { table: 'account', column: 'number' };
  const tokens = partTokens(key, number, 'CH93 0076-2011 山田証券');
  const index = partIndex(key, number, 'CH93 0076-2011 山田証券');
  assert.equal(index.length, 4);
  assert.deepEqual(
    tokens,
    [...Array(32).keys()].filter((token) => index[token >> 3]! & (1 << (token & 7))),
  );
  for (const part of ['ch9', '0762', 'ＣＨ９３', '11山', '山田', '証券'])
    assert.ok(hasPart(part) && partTokens(key, number, part).every((token) => tokens.includes(token)), part);
  for (const part of ['', '-', '12', '1-2', '山', '山a', 'e\u0301\u0301']) assert.ok(!hasPart(part), part);
  const many = Array.from({ length: 2000 }, (_, at) => String(at).padStart(4, '0'));
  const first = new Set(many.map((part) => partTokens(key, number, part.slice(1))[0]));
  assert.ok(first.size <= 32, 'a token stands for several parts');
  const others = [
    partIndex(newKey().key, number, '9300762011'),
    partIndex(key, { ...number, column: 'tax_id' }, '9300762011'),
  ];
  for (const other of others) assert.notDeepEqual(other, partIndex(key, number, '9300762011'));
});
