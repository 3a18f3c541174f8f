import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDate } from './date.ts';
import { ColumnProfiler, parseBoolean } from './infer.ts';
import { germanNumbers, type NumberFormat, parseNumber } from './number.ts';

function profile(values: string[], name = 'column', likely?: NumberFormat) {
  const profiler = new ColumnProfiler(name, likely);
  for (const value of values) profiler.add(value);
  return profiler.profile();
}

test('kinds of columns', () => {
  const cases: [values: string[], kind: string][] = [
    [['a@b.de', 'c@d.com', ''], 'email'],
    [['https://a.com/x', 'b.org', 'www.c.de'], 'url'],
    [['+49 30 123456', '(212) 555-0100', '020 7946 0958'], 'phone'],
    [['yes', 'no', 'Yes'], 'boolean'],
    [['1', '22', '-3'], 'integer'],
    [['1.5', '22', '3.25'], 'decimal'],
    [['12.5%', '50 %', '0%'], 'decimal'],
    [['$1,054.00', '$5', '$12.50'], 'money'],
    [['2024-01-02', '2023-12-31'], 'date'],
    [['January 5, 2024', 'Mar 7, 2023'], 'date'],
    [['5. März 2024', '12 Dezember 2023'], 'date'],
    [['Germany', 'United States', 'Philipines', 'Kenya', 'Japan'], 'country'],
    [['01234', '98765', '00501'], 'text'],
    [['4000123412341234', '4000123412341235'], 'text'],
    [['some words', 'other words'], 'text'],
    [['', ''], 'text'],
  ];
  for (const [values, kind] of cases) assert.equal(profile(values).type.kind, kind, values.join());
  assert.deepEqual(profile(['Won', 'Lost', 'Won', 'Won', 'Lost', 'Won', 'Won', 'Lost', 'Won', 'Won']).type, {
    kind: 'enum',
    values: ['Won', 'Lost'],
  });
  assert.equal(profile(['4930123456', '4930123457'], 'Mobile Phone').type.kind, 'phone');
});

test('a few wrong cells do not change what a column is', () => {
  const dates = [...Array.from({ length: 30 }, (_, day) => `2024-03-${String(day + 1).padStart(2, '0')}`), 'soon'];
  assert.equal(profile(dates).type.kind, 'date');
});

test('one date settles the order of day and month for its whole column', () => {
  assert.deepEqual(profile(['3/4/2017', '10/25/2016', '1/2/2017']).type, { kind: 'date', format: 'M/D/YYYY' });
  assert.deepEqual(profile(['3/4/2017', '25/10/2016', '1/2/2017']).type, { kind: 'date', format: 'D/M/YYYY' });
  assert.deepEqual(profile(['3.4.2017', '1.2.2017']), {
    ...profile(['3.4.2017', '1.2.2017']),
    type: { kind: 'date', format: 'D.M.YYYY' },
    questions: [],
  });
});

test('an ambiguous column of dates is a question with both readings', () => {
  const { questions } = profile(['3/4/2017', '1/2/2017', '5/5/2017']);
  assert.equal(questions.length, 1);
  assert.equal(questions[0]!.code, 'ambiguous_date');
  assert.deepEqual(questions[0]!.options, [
    { value: 'M/D/YYYY', label: 'M/D/YYYY: 3/4/2017 is March 4, 2017' },
    { value: 'D/M/YYYY', label: 'D/M/YYYY: 3/4/2017 is April 3, 2017' },
  ]);
});

test('a column that mixes ways to write dates is a warning', () => {
  assert.deepEqual(
    profile(['25/10/2016', '10/25/2016', '26/10/2016']).problems.map((problem) => problem.code),
    ['mixed_dates'],
  );
  assert.deepEqual(
    profile(['2016-10-25', '10/25/2016', '2016-10-26']).problems.map((problem) => problem.code),
    ['mixed_dates'],
  );
});

test('number formats', () => {
  const cases: [values: string[], format: NumberFormat][] = [
    [['1,234.56', '5'], { decimal: '.', group: ',' }],
    [['1.234,56', '5'], { decimal: ',', group: '.' }],
    [['1 234,56', '5'], { decimal: ',', group: ' ' }],
    [["1'234.56", '5'], { decimal: '.', group: "'" }],
    [['1,234', '12.5'], { decimal: '.', group: ',' }],
    [['1.234', '12,5'], { decimal: ',', group: '.' }],
    [['1.234.567', '5'], { decimal: ',', group: '.' }],
    [['0.125', '5'], { decimal: '.', group: null }],
    [['12,5', '7'], { decimal: ',', group: null }],
  ];
  for (const [values, format] of cases) {
    const { type, questions } = profile(values);
    assert.deepEqual('format' in type ? type.format : null, format, values.join(' '));
    assert.deepEqual(questions, []);
  }
});

test('a column of 1,234 alone is a question, answered by the habits of the file meanwhile', () => {
  const english = profile(['1,234', '5,678']);
  assert.deepEqual(english.type, { kind: 'integer', format: { decimal: '.', group: ',' } });
  assert.deepEqual(
    english.questions.map(({ code, proposed, options }) => ({ code, proposed, options })),
    [
      {
        code: 'ambiguous_number',
        proposed: 'thousands',
        options: [
          { value: 'thousands', label: '1,234 is 1234' },
          { value: 'decimals', label: '1,234 is 1.234' },
        ],
      },
    ],
  );
  assert.equal(profile(['1,234', '5,678'], 'x', germanNumbers).questions[0]?.proposed, 'decimals');
});

test('currencies are known by their sign when only one has it', () => {
  assert.deepEqual(profile(['5 €', '1.234,50 €']).type, { kind: 'money', format: germanNumbers, currency: 'EUR' });
  assert.equal((profile(['$5', '$6']).type as { currency: string | null }).currency, null);
  assert.equal((profile(['$5', 'USD 6']).type as { currency: string | null }).currency, 'USD');
});

test('texts for nothing do not spoil a typed column, and stay words in a text column', () => {
  const numbers = profile(['1', '2', 'N/A', '-', 'none', '3']);
  assert.equal(numbers.type.kind, 'integer');
  assert.deepEqual(numbers.null_markers, ['N/A', '-', 'none']);
  assert.deepEqual(profile(['NA', 'EMEA', 'NULL', 'APAC']).null_markers, ['NULL']);
});

test('numbers and dates of a column are read back in the format found for it', () => {
  const format = fc.constantFrom<NumberFormat>(
    { decimal: '.', group: ',' },
    { decimal: ',', group: '.' },
    { decimal: ',', group: ' ' },
  );
  const numbers = fc.array(fc.integer({ min: 1_000_000, max: 999_999_999 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(format, numbers, ({ decimal, group }, cents) => {
      const texts = cents.map(
        (value) =>
          String(Math.floor(value / 100)).replace(/\B(?=(\d{3})+$)/g, group!) +
          decimal +
          String(value % 100).padStart(2, '0'),
      );
      const { type } = profile(texts);
      assert.ok(type.kind === 'decimal', type.kind);
      assert.deepEqual(
        texts.map((text) => parseNumber(text, type.format)),
        cents.map((value) => `${Math.floor(value / 100)}.${String(value % 100).padStart(2, '0')}`),
      );
    }),
  );
  const dates = fc.array(fc.record({ month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 13, max: 28 }) }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(dates, fc.constantFrom('/', '-', '.'), fc.boolean(), (days, sign, dayFirst) => {
      const texts = days.map(({ month, day }) => (dayFirst ? [day, month, 2024] : [month, day, 2024]).join(sign));
      const { type, questions } = profile(texts);
      assert.ok(type.kind === 'date', type.kind);
      assert.deepEqual(questions, []);
      assert.deepEqual(
        texts.map((text) => parseDate(text, type.format)),
        days.map(({ month, day }) => `2024-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`),
      );
    }),
  );
});

test('a column of a million different values is profiled in constant memory', () => {
  const profiler = new ColumnProfiler('id');
  for (let at = 0; at < 1_000_000; at++) profiler.add(`value ${at}`);
  const { rows, distinct, distinct_complete } = profiler.profile();
  assert.deepEqual([rows, distinct.size, distinct_complete], [1_000_000, 5_000, false]);
});

test('yes and no in several languages', () => {
  assert.deepEqual(['yes', 'Ja', '1', 'TRUE', 'no', 'nein', '0', 'maybe'].map(parseBoolean), [
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    null,
  ]);
});
