import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setFormat } from './format.ts';
import { isUnread, markOf, type NumberKind, numberText, readNumber } from './number.ts';

const speak = (locale: string) => setFormat({ locale, time_zone: 'UTC' });
/** The number, or null for what is asked again. */
function read(locale: string, text: string, kind?: NumberKind, beside: readonly string[] = []): string | null {
  speak(locale);
  const value = readNumber(text, kind, markOf(beside));
  return isUnread(value) ? null : value;
}
const locale = fc.constantFrom('en-US', 'de-DE', 'de-CH', 'fr-FR', 'sv-SE', 'ar-EG', 'hi-IN', 'pt-BR');
const decimal = fc
  .tuple(fc.bigInt(-(10n ** 14n), 10n ** 14n), fc.stringMatching(/^\d{0,6}$/))
  .map(([integer, fraction]) => (fraction === '' ? `${integer}` : `${integer}.${fraction}`));

test('what an input shows means what it was made of, to the last digit, in every locale', () => {
  fc.assert(
    fc.property(locale, decimal, (tag, value) => {
      speak(tag);
      assert.equal(readNumber(numberText(value)), value);
    }),
  );
});

test('what others would read as a number a thousand times apart is never read silently', () => {
  const figure = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.stringMatching(/^\d{3}$/));
  fc.assert(
    fc.property(figure, ([lead, three]) => {
      assert.equal(read('de-DE', `${lead}.${three}`), null);
      assert.equal(read('de-DE', `${lead}.${three} €`, 'money'), null);
      assert.equal(read('en-US', `${lead},${three}`), null);
    }),
  );
});

test('either mark parts decimals where only one reading is possible', () => {
  for (const tag of ['de-DE', 'en-US', 'de-CH']) {
    assert.equal(read(tag, '1234,50'), '1234.50');
    assert.equal(read(tag, '1234.50'), '1234.50');
    assert.equal(read(tag, '1.234,50'), '1234.50');
    assert.equal(read(tag, '1,234.50'), '1234.50');
    assert.equal(read(tag, '1.234.567'), '1234567');
    assert.equal(read(tag, '0.125'), '0.125');
    assert.equal(read(tag, '1’234’567.5'), '1234567.5');
    assert.equal(read(tag, '12 345,5'), '12345.5');
    assert.equal(read(tag, ',5'), '0.5');
  }
});

test('what has two readings is asked again, unless it is written in the reader’s own way', () => {
  assert.equal(read('de-DE', '1.234'), null);
  assert.equal(read('de-DE', '1.234', 'money'), null);
  assert.equal(read('de-DE', '1,085'), '1.085');
  assert.equal(read('en-US', '1,085'), null);
  assert.equal(read('en-US', '1.085'), '1.085');
  assert.equal(read('en-US', '12,500', 'money'), '12500', 'an amount has no three decimals');
  speak('de-DE');
  const { reason } = readNumber('1.234') as { reason: string };
  assert.match(reason, /“1\.234” can mean 1,234 or 1234/);
});

test('the numbers beside it show what a mark means', () => {
  assert.equal(read('de-DE', '1.234', 'money', ['1.234', '1.234.567']), '1234');
  assert.equal(read('de-DE', '1.234', 'money', ['1.234', '12.5']), '1.234');
  assert.equal(read('de-DE', '1.234', 'money', ['1.234', '5.678', '']), null);
  assert.equal(read('en-US', '1.234', 'decimal', ['1.234', '2,5']), '1234');
});

test('an integer has no decimals', () => {
  assert.equal(read('de-DE', '1.234', 'integer'), '1234');
  assert.equal(read('de-DE', '12,00', 'integer'), '12');
  assert.equal(read('de-DE', '12,5', 'integer'), null);
  assert.equal(read('en-US', '1.234', 'integer'), null);
});

test('signs are for reading, and a minus counts wherever bookkeepers put it before', () => {
  assert.equal(read('de-DE', '1.234,50 €'), '1234.50');
  assert.equal(read('en-US', '-$1,234.50'), '-1234.50');
  assert.equal(read('en-US', '(1,234.50)'), '-1234.50');
  assert.equal(read('de-DE', '−5 EUR'), '-5');
  assert.equal(read('de-DE', '12,5 %'), '12.5');
  for (const none of ['-', 'many', '10-20', '1 2', '5 apples', '1,2,3', '١٢']) assert.equal(read('de-DE', none), null);
  assert.equal(read('de-DE', ' '), '');
});
