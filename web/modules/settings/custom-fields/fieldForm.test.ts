import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CustomField } from './customField.ts';
import { bodyOf, freeKey, inputOf, keyFrom, startOf } from './fieldForm.ts';

test('a key is made from any name, and is one that the API takes', () => {
  assert.equal(keyFrom('Größe (cm)'), 'grosse_cm');
  assert.equal(keyFrom('2nd choice'), 'field_2nd_choice');
  assert.equal(keyFrom('名前'), 'field');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (label) =>
      assert.match(keyFrom(label), /^[a-z][a-z0-9_]*$/),
    ),
  );
});

test('fields whose names give the same key have different ones', () => {
  const taken = new Set(['field', 'field_2', 'a'.repeat(60)]);
  assert.equal(freeKey('Größe', taken), 'grosse');
  assert.equal(freeKey('名前', taken), 'field_3');
  assert.match(freeKey('a'.repeat(70), taken), /^a{50}_2$/);
  assert.equal(bodyOf({ label: '名前' }, undefined, taken).key, 'field_3');
});

test('what is refused of a rule or a default stands at its input', () => {
  assert.equal(inputOf('rules.max', 'text'), 'max_length');
  assert.equal(inputOf('rules.min', 'date'), 'min_date');
  assert.equal(inputOf('rules.max', 'money'), 'max');
  assert.equal(inputOf('rules.pattern', 'text'), 'pattern');
  assert.equal(inputOf('default_value', 'integer'), 'default_number');
  assert.equal(inputOf('default_value', 'boolean'), 'default_boolean');
  assert.equal(inputOf('default_value', 'select'), 'default_value');
  assert.equal(inputOf('label', 'text'), 'label');
});

const known: CustomField = {
  id: '1',
  version: 1,
  resource: 'contact',
  key: 'own',
  label: 'Own',
  type: 'text',
  options: [],
  required: true,
  rules: { min: '2', pattern: 'digits' },
  default_value: '12',
  is_unique: false,
  visible_to: null,
  editable_by: ['r'],
  position: 0,
  retired_at: null,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};

test('a field that is opened and saved is as it was', () => {
  const examples: Partial<CustomField>[] = [
    {},
    { type: 'date', rules: { max: '2030-01-01' }, default_value: '2026-01-01' },
    { type: 'boolean', rules: {}, default_value: false },
    { type: 'integer', rules: { min: '-3', max: '9' }, default_value: 4 },
    { type: 'decimal', rules: {}, default_value: null, is_unique: true },
    // Nobody but who manages custom fields; null would be everybody.
    { visible_to: [], editable_by: [] },
  ];
  for (const example of examples) {
    const field = { ...known, ...example };
    const { label, required, is_unique, rules, default_value, visible_to, editable_by, options } = field;
    assert.deepEqual(bodyOf(startOf(field), field), {
      label,
      required,
      is_unique,
      rules,
      default_value,
      visible_to,
      editable_by,
      options,
    });
  }
  const money = { ...known, type: 'money', rules: {}, default_value: { amount: '1', currency: 'USD' } };
  assert.ok(!('default_value' in bodyOf(startOf(money), money)), 'what the form does not know it leaves alone');
});
