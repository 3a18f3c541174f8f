import assert from 'node:assert/strict';
import { createSecretKey, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { blindIndex, envelope_bytes, keyIdOf, openText, sealText } from './envelope.ts';
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
    const sealed = sealText(key, text, binding, round % 2 ? index : undefined);
    assert.equal(sealed.length, envelope_bytes + Buffer.byteLength(text));
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

test('equal values have one index in their column, however they are written, and another one elsewhere', () => {
  const { key } = newKey();
  const ssn = { table: 'person', column: 'ssn' };
  const index = blindIndex(key, ssn, '123-45-6789');
  assert.deepEqual(blindIndex(key, ssn, ' 123 456 789'), index);
  assert.notDeepEqual(blindIndex(key, ssn, '123-45-6788'), index);
  assert.notDeepEqual(blindIndex(key, { ...ssn, column: 'tax_id' }, '123-45-6789'), index);
  assert.notDeepEqual(blindIndex(newKey().key, ssn, '123-45-6789'), index);
});
