import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setFormat } from '../../../ui/format.ts';
import { type FieldDef, type FieldKind, toBody } from '../field.ts';
import { foreignCurrency, otherCurrency, parseCell } from './parseCell.ts';
import { textOf, textWithCurrency } from './text.ts';

const field = (kind: FieldKind): FieldDef => ({
  key: 'field',
  label: 'Field',
  kind,
  currencyKey: 'currency',
  options: [
    { value: 'lead', label: 'Lead' },
    { value: 'former', label: 'Former customer' },
    { value: 'small', label: 'Small, local; new' },
  ],
});
const none = new Map();
const locale = fc.constantFrom('en-US', 'en-GB', 'de-DE', 'de-CH', 'fr-FR', 'sv-SE', 'ar-EG', 'hi-IN', 'pt-BR');
const decimal = fc
  .tuple(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.integer({ min: 0, max: 99 }))
  .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
const values: [FieldKind, fc.Arbitrary<unknown>][] = [
  ['money', decimal],
  ['decimal', decimal],
  ['integer', fc.integer()],
  [
    'date',
    fc
      .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
      .map((day) => day.toISOString().slice(0, 10)),
  ],
  [
    'time',
    fc
      .date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((time) => `${time.toISOString().slice(0, 16)}:00Z`),
  ],
  ['boolean', fc.boolean()],
  ['select', fc.constantFrom('lead', 'former')],
  ['multi_select', fc.uniqueArray(fc.constantFrom('lead', 'former', 'small'), { minLength: 1 })],
];

test('what is copied from a cell means the same when it is pasted, in whatever way one writes numbers and days', () => {
  for (const [kind, value] of values)
    fc.assert(
      fc.property(locale, value, (tag, original) => {
        setFormat({ locale: tag, time_zone: 'Asia/Kathmandu' });
        const understood = parseCell(field(kind), textOf(field(kind), original), none);
        assert.ok('value' in understood, JSON.stringify(understood));
        const meant = understood.value;
        if (kind === 'money' || kind === 'decimal' || kind === 'integer') assert.equal(Number(meant), Number(original));
        else assert.deepEqual(meant, original);
      }),
    );
});

test('values with labels are read as they are copied, and alone', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8})?$/);
  const value = fc.oneof(word, fc.constantFrom('https://example.com', 'ada@example.com', '+49 30 901820'));
  const listed = fc.array(fc.record({ label: fc.option(word), value }, { noNullPrototype: true }), { minLength: 1 });
  const emails = field('labelled');
  fc.assert(
    fc.property(listed, (original) => {
      assert.deepEqual(parseCell(emails, textOf(emails, original), none), { value: original });
    }),
  );
  assert.deepEqual(parseCell(emails, ' ', none), { value: null });
  // In which part what stands between two commas belongs nobody can tell.
  const address = [{ label: 'Home', street: 'Main Street 5', city: 'Berlin' }];
  assert.ok('reason' in parseCell(field('addresses'), textOf(field('addresses'), address), none));
});

test('what any kind of field makes of a text can be sent', () => {
  const kinds: FieldKind[] = [
    'text',
    'email',
    'phone',
    'url',
    'long_text',
    'integer',
    'decimal',
    'duration',
    'money',
    'currency',
    'date',
    'time',
    'boolean',
    'select',
    'multi_select',
    'reference',
    'tags',
    'lines',
    'labelled',
    'addresses',
    'birthday',
  ];
  setFormat({ locale: 'en-US', time_zone: 'UTC' });
  for (const kind of kinds)
    for (const text of ['', 'lead', 'Work: ada@example.com', '7', '2026-11-20']) {
      const understood = parseCell(field(kind), text, none);
      if ('value' in understood) assert.doesNotThrow(() => toBody([field(kind)], { field: understood.value }), kind);
    }
});

test('a text is read in the way of its reader, and refused when it is not clear', () => {
  const read = (tag: string, kind: FieldKind, text: string) => {
    setFormat({ locale: tag, time_zone: 'UTC' });
    const understood = parseCell(field(kind), text, none);
    return 'value' in understood ? understood.value : null;
  };
  assert.equal(read('de-DE', 'money', '1.234,50 €'), '1234.50');
  assert.equal(read('en-US', 'money', '$1,234.50'), '1234.50');
  assert.equal(read('en-US', 'money', '(1,234.50)'), '-1234.50');
  assert.equal(read('de-DE', 'decimal', '1.5'), '1.5');
  assert.equal(read('de-DE', 'decimal', '1.234'), null);
  assert.equal(read('en-US', 'integer', '12.5'), null);
  assert.equal(read('en-US', 'date', '02/03/2026'), '2026-02-03');
  assert.equal(read('de-DE', 'date', '2.3.2026'), '2026-03-02');
  assert.equal(read('de-DE', 'date', '2026-03-02'), '2026-03-02');
  assert.equal(read('en-US', 'date', '30/02/2026'), null);
  assert.equal(read('en-US', 'date', '02/03/26'), null);
  assert.equal(read('en-US', 'select', 'former CUSTOMER'), 'former');
  assert.equal(read('en-US', 'select', 'nothing of it'), null);
});

test('a name that several have is not guessed', () => {
  const company: FieldDef = { key: 'company_id', label: 'Company', kind: 'reference', of: 'company' };
  const names = new Map<string, { id: string; name: string } | null>([
    ['acme', { id: '1', name: 'Acme' }],
    ['twin', null],
  ]);
  assert.deepEqual(parseCell(company, ' ACME ', names), { value: { id: '1', name: 'Acme' } });
  names.set('müller', { id: '2', name: 'Müller' });
  assert.deepEqual(parseCell(company, 'MÜLLER'.normalize('NFD'), names), { value: { id: '2', name: 'Müller' } });
  const size: FieldDef = { ...company, kind: 'select', options: [{ value: 'g', label: 'Größe' }] };
  assert.deepEqual(parseCell(size, 'größe'.normalize('NFD'), names), { value: 'g' });
  assert.match((parseCell(company, 'Twin', names) as { reason: string }).reason, /Several/);
  assert.match((parseCell(company, 'Other', names) as { reason: string }).reason, /No company/);
});

test('an amount in another currency is told from one in the currency of the record', () => {
  setFormat({ locale: 'en-US', time_zone: 'UTC' });
  for (const own of ['1,200', '1,200 EUR', '€1,200']) assert.equal(otherCurrency(own, 'EUR'), null);
  assert.equal(otherCurrency('$1,200', 'EUR'), '$');
  assert.equal(otherCurrency('1,200 USD', 'EUR'), 'USD');
  assert.equal(otherCurrency('$1,200', 'USD'), null);
});

test('an amount of a field of one’s own has its currency with it', () => {
  const { currencyKey: _, ...own } = field('money');
  const fee = { amount: '-1234.5', currency: 'EUR' };
  for (const tag of ['de-DE', 'en-US', 'fr-CH']) {
    setFormat({ locale: tag, time_zone: 'UTC' });
    assert.deepEqual(parseCell(own, textOf(own, fee), none), { value: fee });
  }
  assert.ok('reason' in parseCell(own, '5', none), 'of which currency nobody knows');
});

test('an amount that is filled or copied keeps to its currency', () => {
  setFormat({ locale: 'en-US', time_zone: 'UTC' });
  const like = { id: '1', version: 1, field: '1000.00', currency: 'EUR' };
  assert.equal(foreignCurrency({ value: '1000.00', like }, 'currency', 'USD'), 'EUR');
  assert.equal(foreignCurrency({ value: '1000.00', like }, 'currency', 'EUR'), null);
  assert.equal(foreignCurrency({ value: null, like }, 'currency', 'USD'), null, 'nothing is in no currency');
  assert.equal(foreignCurrency({ value: '1000.00' }, 'currency', 'USD'), null, 'typed into the cell');
  const copied = textWithCurrency(like, field('money'));
  assert.equal(foreignCurrency({ text: copied }, 'currency', 'USD'), 'EUR');
  assert.equal(foreignCurrency({ text: copied }, 'currency', 'EUR'), null);
  assert.deepEqual(parseCell(field('money'), copied, none), { value: '1000.00' });
  assert.equal(textWithCurrency({ ...like, field: null }, field('money')), '');
});
