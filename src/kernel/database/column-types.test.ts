import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decimalText } from '../contract/decimal.ts';
import { exactJson, isoTime, jsonArray } from './column-types.ts';

test('a time of the database is the same moment in the API, in milliseconds', () => {
  const moments = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moments, (moment) => {
      const iso = moment.toISOString();
      const written = iso.replace('T', ' ').replace(/\.?0*Z$/, '+00');
      assert.equal(isoTime(written), iso);
    }),
  );
});

test('other zones and finer fractions are understood too', () => {
  assert.equal(isoTime('2026-11-20 08:30:00+01'), '2026-11-20T07:30:00.000Z');
  assert.equal(isoTime('2026-11-20 07:00:00.123456+00'), '2026-11-20T07:00:00.123Z');
  assert.throws(() => isoTime('infinity'), RangeError);
});

test('a time of a year that others would take for another one, or that no request can name, is read', () => {
  assert.equal(isoTime('0026-05-01 00:00:00+00'), '0026-05-01T00:00:00.000Z');
  assert.equal(isoTime('0026-05-01 00:00:00.123456+00'), '0026-05-01T00:00:00.123Z');
  assert.equal(isoTime('0001-12-31 19:00:00+00 BC'), '0000-12-31T19:00:00.000Z');
  assert.equal(isoTime('10000-01-01 00:00:00+00'), '+010000-01-01T00:00:00.000Z');
});

test('an array of JSON is what its values are', () => {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat(2), (values, indent) => {
      // `json` keeps the line breaks that it was written with.
      const items = values.map((value) => quoted(JSON.stringify(value, null, indent)));
      assert.deepEqual(jsonArray(`{${items.join(',')}}`), JSON.parse(JSON.stringify(values)));
    }),
  );
  assert.deepEqual(jsonArray('{1,NULL,true,"null"}'), [1, null, true, null]);
  assert.deepEqual(jsonArray('{{1,2},{3,4}}'), [[1, 2], [3, 4]]); // biome-ignore format: one call
});

test('numbers that JavaScript would round stay texts in JSON', () => {
  const text =
    '{"a": 123456789012.123457, "b": 0.100000, "c": 9007199254740993, "d": ["1234567890123456789", -1.5], "e": 123456789.123456}';
  assert.deepEqual(exactJson(text), {
    a: '123456789012.123457', b: 0.1, c: '9007199254740993', d: ['1234567890123456789', -1.5], e: 123456789.123456,
  }); // biome-ignore format: one object
  const shares = { a: 2 / 3, b: 1e-7 / 3, c: 1e20 / 3 };
  const asPostgresWrites = '{"a": 0.6666666666666666, "b": 0.000000033333333333333334, "c": 33333333333333330000}';
  assert.deepEqual(exactJson(asPostgresWrites), shares, 'what was a number is one again');
});

test('an exact decimal that went through JSON is told digit by digit', () => {
  const decimals = fc.tuple(
    fc.integer({ min: 0, max: 12 }),
    fc.bigInt({ min: 10n ** 17n - 1n, max: 10n ** 18n - 1n }),
    fc.nat(17),
    fc.boolean(),
  );
  fc.assert(
    fc.property(decimals, ([scale, units, less, negative]) => {
      const digits = String(units / 10n ** BigInt(less)).padStart(scale + 1, '0');
      const text = `${negative && /[1-9]/.test(digits) ? '-' : ''}${scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits}`;
      assert.equal(decimalText(exactJson(text) as string | number, { whole: 18 - scale, scale }), text);
    }),
    { numRuns: 2_000 },
  );
});
