import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emailText, isEmail, mailLink } from '../contract/email.ts';
import { numbersIn, phoneLink, phoneOfLink, phonePattern } from '../contract/phone.ts';

test('addresses as the standards have them are addresses, and others are none', () => {
  for (const address of [
    'info@müller.example',
    'office@xn--e1afmkfd.xn--p1ai',
    'r&d@acme.example',
    'josé@x.example',
    "o'neil+x@a-b.co.uk",
    '用户@例子.测试',
    'a{b}~!#$%*/=?^_`|@x.example',
  ])
    assert.ok(isEmail(address), address);
  for (const address of [
    'a',
    'a@b',
    '@x.example',
    '.a@x.example',
    'a..b@x.example',
    'a b@x.example',
    'a@x.1',
    'a@-x.example',
    'a@x..example',
    'a,b@x.example',
    '<a@x.example>',
    `${'a'.repeat(250)}@x.example`,
  ])
    assert.ok(!isEmail(address), address);
});

test('punycode and letters are one domain', () => {
  assert.equal(emailText('Info@xn--mller-kva.example'), 'Info@müller.example');
  assert.equal(emailText('office@XN--E1AFMKFD.xn--p1ai'), 'office@пример.рф');
  assert.equal(emailText('info@mu\u0308ller.example'), 'info@müller.example');
  assert.equal(emailText('a@xn--\u0080.example'), 'a@xn--\u0080.example');
  assert.equal(emailText('xn--a'), 'xn--a');
  assert.equal(mailLink('r&d?x@müller.example'), 'mailto:r%26d%3Fx@m%C3%BCller.example');
});

test('extensions are part of a number, and of the link that dials it', () => {
  for (const [phone, link] of [
    ['+1 212 555 0100 ext. 12', 'tel:+12125550100;ext=12'],
    ['030 1234 Durchwahl 12', 'tel:0301234;ext=12'],
    ['+33 1 23 45 67 89 poste 301', 'tel:+33123456789;ext=301'],
    ['(212) 555-0100 x204', 'tel:2125550100;ext=204'],
    ['(212) 555-0100x204', 'tel:2125550100;ext=204'],
    ['+49 (0)30 1234-12', 'tel:+4930123412'],
    ['0301234', 'tel:0301234'],
  ] as const) {
    assert.match(phone, phonePattern);
    assert.equal(phoneLink(phone), link);
  }
  assert.doesNotMatch('030 1234 privat', phonePattern);
  assert.deepEqual(numbersIn('Tel. 030 123456 ext. 7 (private)'), ['030 123456 ext. 7']);
  assert.equal(phoneOfLink('tel:+1-555-0100;ext=102'), '+1-555-0100 ext. 102');
});
