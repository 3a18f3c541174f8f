import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldDef } from './field.ts';
import { inLocalOrder } from './localOrder.ts';

const keys = [
  'name',
  'given_name',
  'family_name',
  'email',
  'street',
  'postal_code',
  'city',
  'region',
  'country',
  'tags',
];
const fields = keys.map((key): FieldDef => ({ key, label: key, kind: 'text' }));
const orderIn = (locale: string) => inLocalOrder(fields, locale).map(({ key }) => key);

test('names and addresses are in the order of the reader’s country, and nothing else moves', () => {
  assert.deepEqual(orderIn('de'), keys);
  assert.deepEqual(orderIn('en'), [
    'name',
    'given_name',
    'family_name',
    'email',
    'street',
    'city',
    'region',
    'postal_code',
    'country',
    'tags',
  ]);
  assert.deepEqual(orderIn('ja'), [
    'name',
    'family_name',
    'given_name',
    'email',
    'country',
    'postal_code',
    'region',
    'city',
    'street',
    'tags',
  ]);
  assert.deepEqual(orderIn('hu').slice(1, 3), ['family_name', 'given_name']);
});
