import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Binding, createKeyRing, openBytes, sealBytes, sealedKeyVersion, VaultError } from './seal.ts';

const master = createSecretKey(randomBytes(32));
const ring = createKeyRing({ current: 1, keys: new Map([[1, master]]) }, 'fields');
const binding: Binding = { tenant: 't1', table: 'contact', column: 'email', row: 'r1' };

const part = fc.string({ minLength: 1, maxLength: 40 });
const anyBinding = fc.record({ tenant: part, table: part, column: part, row: part });
const plain = fc.uint8Array({ maxLength: 300 });

function refusal(code: string) {
  return (error: unknown) => error instanceof VaultError && error.code === code;
}

test('what is sealed opens again, in its place', () => {
  fc.assert(
    fc.property(plain, anyBinding, (bytes, where) => {
      assert.deepEqual(openBytes(ring, sealBytes(ring, bytes, where), where), Buffer.from(bytes));
    }),
  );
});

test('it opens in no other place, also when the parts run together the same', () => {
  fc.assert(
    fc.property(plain, anyBinding, anyBinding, (bytes, where, elsewhere) => {
      fc.pre(JSON.stringify(where) !== JSON.stringify(elsewhere));
      const sealed = sealBytes(ring, bytes, where);
      assert.throws(() => openBytes(ring, sealed, elsewhere), refusal('sealed_broken'));
    }),
  );
  const sealed = sealBytes(ring, Buffer.from('x'), { ...binding, tenant: 'ab', table: 'c' });
  assert.throws(() => openBytes(ring, sealed, { ...binding, tenant: 'a', table: 'bc' }), refusal('sealed_broken'));
});

test('no bit of it can be changed, nor can it be cut or lengthened', () => {
  const sealed = sealBytes(ring, Buffer.from('a@b.example'), binding);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => openBytes(ring, changed, binding), VaultError, `bit ${bit}`);
  }
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => openBytes(ring, sealed.subarray(0, length), binding), VaultError, `length ${length}`);
  }
  assert.throws(() => openBytes(ring, Buffer.concat([sealed, Buffer.alloc(1)]), binding), refusal('sealed_broken'));
});

test('arbitrary bytes are refused, never opened', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.throws(() => openBytes(ring, bytes, binding), VaultError);
    }),
  );
});

test('the same value is sealed differently each time and shows nothing of itself', () => {
  const secret = Buffer.from('anna@example.com');
  const seals = Array.from({ length: 100 }, () => sealBytes(ring, secret, binding));
  assert.equal(new Set(seals.map((sealed) => sealed.toString('hex'))).size, 100);
  assert.ok(seals.every((sealed) => !sealed.includes(secret)));
});

test('after rotation new values use the new key and old ones still open', () => {
  const next = createSecretKey(randomBytes(32));
  const both = createKeyRing(
    {
      current: 2,
      keys: new Map([
        [1, master],
        [2, next],
      ]),
    },
    'fields',
  );
  const old = sealBytes(ring, Buffer.from('old'), binding);
  const fresh = sealBytes(both, Buffer.from('new'), binding);
  assert.deepEqual([sealedKeyVersion(old), sealedKeyVersion(fresh)], [1, 2]);
  assert.equal(openBytes(both, old, binding).toString(), 'old');
  assert.equal(openBytes(both, fresh, binding).toString(), 'new');
  assert.throws(() => openBytes(ring, fresh, binding), refusal('key_missing'));
});

test('rings of other purposes or masters do not open it', () => {
  const sealed = sealBytes(ring, Buffer.from('x'), binding);
  const otherPurpose = createKeyRing({ current: 1, keys: new Map([[1, master]]) }, 'sessions');
  const otherMaster = createKeyRing({ current: 1, keys: new Map([[1, createSecretKey(randomBytes(32))]]) }, 'fields');
  for (const other of [otherPurpose, otherMaster]) {
    assert.throws(() => openBytes(other, sealed, binding), refusal('sealed_broken'));
  }
});

test('without its key nothing is sealed, and no ring is made', () => {
  assert.throws(() => createKeyRing({ current: 1, keys: new Map() }, 'fields'), refusal('key_missing'));
  assert.throws(() => createKeyRing({ current: 2, keys: new Map([[1, master]]) }, 'fields'), refusal('key_missing'));
  assert.throws(() => createKeyRing({ current: 0, keys: new Map([[0, master]]) }, 'fields'), RangeError);
  assert.throws(() => sealBytes({ current: 1, keys: new Map() }, Buffer.from('x'), binding), refusal('key_missing'));
  assert.throws(() => sealBytes(ring, Buffer.from('x'), { ...binding, tenant: '' }), RangeError);
});
