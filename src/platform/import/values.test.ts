import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DateFormat, dateFormats, parseDate } from './date.ts';
import { parseMoney } from './money.ts';
import {
  englishNumbers,
  germanNumbers,
  multiply,
  type NumberFormat,
  parseInteger,
  parseNumber,
  plainNumbers,
} from './number.ts';

const codeOf = (result: unknown) => (result as { code?: string }).code;

const formats: NumberFormat[] = [
  plainNumbers,
  englishNumbers,
  germanNumbers,
  { decimal: ',', group: ' ' },
  { decimal: '.', group: "'" },
];

test('a number written in any format is read back digit for digit', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
      fc.stringMatching(/^\d{0,10}$/),
      fc.constantFrom(...formats),
      (whole, fraction, format) => {
        const digits = (whole < 0n ? -whole : whole).toString();
        const grouped = digits.replace(/\B(?=(\d{3})+$)/g, format.group ?? '');
        const sign = whole < 0n ? '-' : '';
        const text = sign + grouped + (fraction === '' ? '' : format.decimal + fraction);
        assert.equal(parseNumber(text, format), `${whole}${fraction === '' ? '' : `.${fraction}`}`);
      },
    ),
  );
});

test('what is no number is refused, whatever it is', () => {
  for (const text of [
    'NaN',
    'Infinity',
    '-Infinity',
    '1e400',
    '0x10',
    '1,2,3',
    '1.2.3',
    '--5',
    '5-',
    '.',
    '',
    '١٢',
    '1_000',
    '12 3',
  ]) {
    assert.ok(codeOf(parseNumber(text, englishNumbers)), text);
  }
  assert.equal(codeOf(parseNumber('1.23457E+12', plainNumbers)), 'shortened_number');
  assert.equal(codeOf(parseNumber('9'.repeat(39), plainNumbers)), 'too_many_digits');
  assert.equal(codeOf(parseNumber('1.234', germanNumbers)), undefined);
  assert.equal(codeOf(parseNumber('12.34', germanNumbers)), 'not_a_number');
});

test('an arbitrary text never makes the parsers throw or answer with something that is no number or day', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[-+\d.,e:/ T]{1,20}$/)),
      fc.constantFrom(...formats),
      fc.constantFrom(...dateFormats),
      (text, format, dateFormat) => {
        const number = parseNumber(text, format);
        if (typeof number === 'string') assert.match(number, /^-?\d+(\.\d+)?$/);
        const date = parseDate(text, dateFormat);
        if (typeof date === 'string') assert.ok(!Number.isNaN(Date.parse(date)), date);
      },
    ),
  );
});

test('integers take 3.0 and refuse 3.5', () => {
  assert.equal(parseInteger('3.0', plainNumbers), '3');
  assert.equal(parseInteger('1,234', englishNumbers), '1234');
  assert.equal(parseInteger('-0.0', plainNumbers), '0');
  assert.equal(codeOf(parseInteger('3.5', plainNumbers)), 'not_an_integer');
});

const writers: Record<Exclude<DateFormat, 'excel'>, (year: string, month: number, day: number) => string> = {
  'YYYY-MM-DD': (y, m, d) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`,
  'M/D/YYYY': (y, m, d) => `${m}/${d}/${y}`,
  'D/M/YYYY': (y, m, d) => `${d}/${m}/${y}`,
  'M-D-YYYY': (y, m, d) => `${m}-${d}-${y}`,
  'D-M-YYYY': (y, m, d) => `${d}-${m}-${y}`,
  'M.D.YYYY': (y, m, d) => `${m}.${d}.${y}`,
  'D.M.YYYY': (y, m, d) => `${d}.${m}.${y}`,
  'M/D/YY': (y, m, d) => `${m}/${d}/${y.slice(2)}`,
  'D/M/YY': (y, m, d) => `${d}/${m}/${y.slice(2)}`,
  'M-D-YY': (y, m, d) => `${m}-${d}-${y.slice(2)}`,
  'D-M-YY': (y, m, d) => `${d}-${m}-${y.slice(2)}`,
  'M.D.YY': (y, m, d) => `${m}.${d}.${y.slice(2)}`,
  'D.M.YY': (y, m, d) => `${d}.${m}.${y.slice(2)}`,
  YYYYMMDD: (y, m, d) => `${y}${String(m).padStart(2, '0')}${String(d).padStart(2, '0')}`,
  'D MMM YYYY': (y, m, d) =>
    `${d}. ${new Intl.DateTimeFormat('de', { month: 'long' }).format(new Date(2024, m - 1, 5))} ${y}`,
  'MMM D, YYYY': (y, m, d) =>
    `${new Intl.DateTimeFormat('en', { month: 'short' }).format(new Date(2024, m - 1, 5))} ${d}, ${y}`,
};

test('a day written in any format is read as that day', () => {
  const days = fc.date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(days, fc.constantFrom(...(Object.keys(writers) as (keyof typeof writers)[])), (date, format) => {
      const iso = date.toISOString().slice(0, 10);
      const [year = '', month = '', day = ''] = iso.split('-');
      assert.equal(parseDate(writers[format](year, Number(month), Number(day)), format), iso);
    }),
  );
});

test('the number of a day in a spreadsheet is that day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 61, max: 2_958_465 }), (serial) => {
      const expected = new Date(Date.UTC(1899, 11, 30) + serial * 86_400_000).toISOString().slice(0, 10);
      assert.equal(parseDate(String(serial), 'excel'), expected);
    }),
  );
  assert.equal(parseDate('45292.5', 'excel'), '2024-01-01T12:00:00');
  assert.equal(codeOf(parseDate('12', 'excel')), 'not_a_date');
});

test('days that are not in the calendar are refused', () => {
  assert.equal(codeOf(parseDate('2024-02-30', 'YYYY-MM-DD')), 'no_such_day');
  assert.equal(codeOf(parseDate('2/29/2023', 'M/D/YYYY')), 'no_such_day');
  assert.equal(codeOf(parseDate('31.4.2024', 'D.M.YYYY')), 'no_such_day');
  assert.equal(codeOf(parseDate('13/1/2024', 'M/D/YYYY')), 'no_such_day');
  assert.equal(parseDate('2/29/2024', 'M/D/YYYY'), '2024-02-29');
});

test('times of day come along, with their offset when there is one', () => {
  assert.equal(parseDate('2024-01-02T10:05:06.789Z', 'YYYY-MM-DD'), '2024-01-02T10:05:06Z');
  assert.equal(parseDate('1/2/2024 1:05 PM', 'M/D/YYYY'), '2024-01-02T13:05:00');
  assert.equal(parseDate('2.1.2024 00:00', 'D.M.YYYY'), '2024-01-02T00:00:00');
  assert.equal(parseDate('2024-01-02 10:05:06+0200', 'YYYY-MM-DD'), '2024-01-02T10:05:06+02:00');
  assert.equal(codeOf(parseDate('2024-01-02 25:00', 'YYYY-MM-DD')), 'no_such_time');
});

test('money is read with signs and codes around it, exactly', () => {
  const cases: [text: string, currency: string, format: NumberFormat, amount: string][] = [
    ['1054', 'USD', plainNumbers, '1054.00'],
    ['$1,054.5', 'USD', englishNumbers, '1054.50'],
    ['1.054,50 €', 'EUR', germanNumbers, '1054.50'],
    ['EUR 12', 'EUR', plainNumbers, '12.00'],
    ['¥1,054', 'JPY', englishNumbers, '1054'],
    ['-$5.00', 'USD', englishNumbers, '-5.00'],
    ['$-5.00', 'USD', englishNumbers, '-5.00'],
    ['(5.00)', 'USD', englishNumbers, '-5.00'],
    ['1.234', 'KWD', plainNumbers, '1.234'],
    ['1.2340', 'KWD', plainNumbers, '1.234'],
    ['1200.0000', 'USD', plainNumbers, '1200.00'],
    ['7000.00', 'JPY', plainNumbers, '7000'],
    ['CHF 1’054.05', 'CHF', { decimal: '.', group: "'" }, '1054.05'],
  ];
  for (const [text, currency, format, amount] of cases) {
    assert.deepEqual(parseMoney(text, currency, format), { amount, currency }, text);
  }
});

test('money that cannot be kept as it is written is refused', () => {
  const refused: [text: string, currency: string, code: string][] = [
    ['1.234', 'USD', 'too_many_decimals'],
    ['1.5', 'JPY', 'too_many_decimals'],
    ['1.2340', 'USD', 'too_many_decimals'],
    ['1e400', 'USD', 'not_an_amount'],
    ['NaN', 'USD', 'not_an_amount'],
    ['Infinity', 'USD', 'not_an_amount'],
    ['€5', 'USD', 'other_currency'],
    ['5 kg', 'USD', 'other_currency'],
    ['1234567890123456', 'USD', 'amount_too_large'],
    ['5', 'XYZ', 'unknown_currency'],
    ['--5', 'USD', 'not_an_amount'],
  ];
  for (const [text, currency, code] of refused) {
    assert.equal(codeOf(parseMoney(text, currency, plainNumbers)), code, text);
  }
});

test('a column in millions is multiplied exactly', () => {
  assert.deepEqual(parseMoney('1100.04', 'USD', { ...plainNumbers, multiplier: '1000000' }), {
    amount: '1100040000.00',
    currency: 'USD',
  });
  assert.equal(multiply('12345678901234567890.123456789', '1000'), '12345678901234567890123.456789');
});
