import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeApiKey, parseApiKey } from './api-key.ts';
import { equalSecrets, hashToken, randomToken } from './tokens.ts';

test('tokens are unguessable and fit into links and headers', () => {
  const tokens = Array.from({ length: 1000 }, () => randomToken());
  assert.equal(new Set(tokens).size, tokens.length);
  for (const token of tokens) assert.match(token, /^[\w-]{43}$/);
  assert.equal(Buffer.from(randomToken(16), 'base64url').length, 16);
  assert.throws(() => randomToken(8), RangeError);
});

test('a token is stored as its SHA-256', () => {
  assert.equal(hashToken('abc').toString('hex'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('secrets are equal when their bytes are, whatever their length and type', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      assert.equal(equalSecrets(a, b), a === b);
      assert.ok(equalSecrets(a, Buffer.from(a)));
    }),
  );
});

test('an API key has the documented form and gives back its prefix and hash', () => {
  for (let i = 0; i < 200; i++) {
    const { key, prefix, hash } = makeApiKey();
    assert.match(key, /^hf_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    assert.equal(key.slice(3, 11), prefix);
    assert.deepEqual(hash, hashToken(key));
    assert.deepEqual(parseApiKey(key), { prefix, hash });
  }
});

test('a key with any one character changed, swapped, cut or added is no key', () => {
  const { key } = makeApiKey();
  const letters = '0Aa_-é ';
  for (let at = 0; at < key.length; at++) {
    for (const letter of letters) {
      if (letter === key[at]) continue;
      assert.equal(parseApiKey(key.slice(0, at) + letter + key.slice(at + 1)), undefined, `${letter} at ${at}`);
    }
    assert.equal(parseApiKey(key.slice(0, at) + key.slice(at + 1)), undefined);
    if (key[at] === key[at + 1] || at + 1 === key.length) continue;
    assert.equal(
      parseApiKey(key.slice(0, at) + key[at + 1] + key[at] + key.slice(at + 2)),
      undefined,
      `swapped at ${at}`,
    );
  }
  assert.equal(parseApiKey(`${key}0`), undefined);
  assert.equal(parseApiKey(`${key}\n`), undefined);
});

test('no text at all makes the parser fail', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(parseApiKey(text), undefined)));
});
