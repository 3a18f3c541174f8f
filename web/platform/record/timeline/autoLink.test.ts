import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMeantAsAddress } from './autoLink.ts';

test('what looks like an address is a link where it is meant as one', () => {
  for (const address of [
    'https://signs.delivery',
    'acme.com',
    'ACME.COM',
    'Acme.com/Offer',
    'müller-bräu.de:8080',
    'www.signs.delivery',
    'bbc.co.uk',
    'x.com',
    'пример.рф',
    'r&d@acme.example',
    'mailto:a@b.museum',
  ])
    assert.equal(isMeantAsAddress(address), true, address);
  for (const words of [
    'signs.Delivery',
    'signs.delivery',
    'done.So',
    'finished.In',
    'z.B.am',
    'README.md',
    'one.two.three',
  ])
    assert.equal(isMeantAsAddress(words), false, words);
});
