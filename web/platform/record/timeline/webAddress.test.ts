import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toAddress } from './webAddress.ts';

test('a web address may be typed without its scheme, and words are none', () => {
  assert.equal(toAddress(' https://example.com/a?b=1 '), 'https://example.com/a?b=1');
  assert.equal(toAddress('example.com/offer.pdf'), 'https://example.com/offer.pdf');
  assert.equal(toAddress('example.com:8080'), 'https://example.com:8080');
  assert.equal(toAddress('Müller-Bräu.de'), 'https://Müller-Bräu.de');
  for (const words of [
    'our offer',
    'offer',
    '',
    'ada@example.com',
    'javascript:alert(1)',
    'https://',
    'see example.com',
  ])
    assert.equal(toAddress(words), null, words);
});
