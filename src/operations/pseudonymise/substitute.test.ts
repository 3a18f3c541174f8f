import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Substitution } from './substitute.ts';
import { Replacer } from './values.ts';

const by = new Substitution();

test('the same value gets the same substitute, however it is written, and another key another one', () => {
  assert.equal(by.email('Ada@Example.com '), by.email('ada@example.com'));
  assert.equal(by.personName('Ada Lovelace'), `${by.givenName('ada')} ${by.familyName('LOVELACE')}`);
  assert.equal(by.domain('www.acme.com'), by.email('x@acme.com').split('@')[1]);
  assert.equal(new URL(by.url('https://www.acme.com/team')).hostname, by.domain('acme.com'));
  assert.notEqual(new Substitution().email('ada@example.com'), by.email('ada@example.com'));
});

test('substitutes have the form of what they stand for', () => {
  assert.match(by.email('ada@acme.com'), /^[a-z]+\.[a-z2-9]{10}@[a-z]+-[a-z]+-[a-z2-9]{6}\.example$/);
  assert.match(by.phone('+49 (30) 123-45 67'), /^\+49 \(\d\d\) \d{3}-\d\d \d\d$/);
  assert.match(by.phone('+1 212 555 0100'), /^\+1 \d{3} \d{3} \d{4}$/);
  assert.doesNotMatch(by.phone('Ask for Mrs Smith 030 1234567'), /Smith/);
  assert.match(by.birthday('1990-04-30'), /^(19|20)\d\d-\d\d-\d\d$/);
  assert.match(by.birthday('--04-30'), /^--\d\d-\d\d$/);
  assert.match(by.sameForm('SW1A 2AA'), /^[A-Z]{2}\d[A-Z] \d[A-Z]{2}$/);
  const length = by.prose('x'.repeat(500)).length;
  assert.ok(length > 480 && length < 520, `${length}`);
});

const definition = { id: 'a', type: 'text', options: [], rules: {}, is_unique: false };

test('fields of the workspace keep the form that they ask for, unique ones stay unique, and what nobody explains goes', () => {
  const replacer = new Replacer(by);
  const custom = new Map([
    ['mail', { ...definition, rules: { pattern: 'email' as const } }],
    ['digit', { ...definition, id: 'b', rules: { pattern: 'digits' as const }, is_unique: true }],
    ['size', { ...definition, type: 'select', options: ['S', 'M'] }],
    ['price', { ...definition, type: 'decimal' }],
  ]);
  const replace = (value: object) => replacer.replace('custom', value, { custom, filtered: {} });
  const one = replace({ mail: 'ada@acme.com', size: 'M', price: 12.5, gone: 'Ada' }) as Record<string, unknown>;
  assert.deepEqual(one, { mail: by.email('ada@acme.com'), size: 'M', price: 12.5 });
  const digits = Array.from(
    { length: 10 },
    (_, digit) => (replace({ digit: String(digit) }) as { digit: string }).digit,
  );
  assert.equal(new Set(digits).size, 10);
});

test('a filter compares with what its field holds now', () => {
  const filter = {
    and: [
      { field: 'email', op: 'eq', value: 'ada@acme.com' },
      { field: 'status', op: 'in', value: ['open'] },
    ],
  };
  const found = new Replacer(by).replace('filter', filter, {
    custom: new Map(),
    filtered: { email: 'email', status: 'keep' },
  });
  assert.deepEqual(found, {
    and: [
      { field: 'email', op: 'eq', value: by.email('ada@acme.com') },
      { field: 'status', op: 'in', value: ['open'] },
    ],
  });
});

test('what a filter names beside values stays: periods, relations, and choices of own fields', () => {
  const custom = new Map([
    ['tier', { ...definition, type: 'select', options: ['Gold'] }],
    ['kinds', { ...definition, type: 'multi_select', options: ['A', 'B'] }],
    ['renewal', { ...definition, type: 'date' }],
  ]);
  const deals = { custom: new Map(), filtered: { name: 'company' as const } };
  const related = (name: string) => (name === 'deals' ? deals : undefined);
  const replace = (filter: object) => new Replacer(by).replace('filter', filter, { custom, filtered: {}, related });
  for (const filter of [
    { field: 'created_at', op: 'within', value: 'last_30_days' },
    { field: 'custom.renewal', op: 'within', value: 'this_quarter' },
    { field: 'custom.tier', op: 'in', value: ['Gold'] },
    { field: 'custom.kinds', op: 'has', value: 'B' },
    { none: 'deals', where: { field: 'created_at', op: 'within', value: 'today' } },
  ])
    assert.deepEqual(replace(filter), filter);
  assert.deepEqual(replace({ any: 'deals', where: { field: 'name', op: 'eq', value: 'Acme' } }), {
    any: 'deals',
    where: { field: 'name', op: 'eq', value: by.company('Acme') },
  });
  for (const filter of [{ field: 'created_at', op: 'within', value: 'Ada' }, { any: 'Ada' }])
    assert.doesNotMatch(JSON.stringify(replace(filter)), /Ada/);
});
