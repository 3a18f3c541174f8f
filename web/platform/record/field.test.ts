import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FieldDef, readField, toBody } from './field.ts';

const fields: FieldDef[] = [
  { key: 'name', label: 'Name', kind: 'text' },
  { key: 'company_id', label: 'Company', kind: 'reference', of: 'company', expand: 'company' },
  { key: 'amount', label: 'Amount', kind: 'money', currencyKey: 'currency' },
  { key: 'custom.fee', label: 'Fee', kind: 'money' },
  { key: 'employee_count', label: 'Employees', kind: 'integer' },
  { key: 'tags', label: 'Tags', kind: 'tags' },
  { key: 'other_emails', label: 'More', kind: 'lines' },
  { key: 'custom.plan', label: 'Plan', kind: 'select' },
  { key: 'client_secret', label: 'Secret', kind: 'text', secret: true },
];

test('a currency is sent as its code, however it was typed', () => {
  const body = toBody([{ key: 'currency', label: 'Currency', kind: 'currency' }], { currency: ' eur ' });
  assert.deepEqual(body, { currency: 'EUR' });
});

test('a body holds what the API takes: ids for records, null for what was emptied, custom fields together', () => {
  const body = toBody(fields, {
    name: '  Ada ',
    company_id: { id: 'c1', name: 'Acme' },
    amount: '1054.00',
    employee_count: '12',
    tags: [{ id: 't1', name: 'VIP', color: 'red' }],
    other_emails: ['a@b.c', ' ', ''],
    'custom.plan': 'gold',
    client_secret: '',
  });
  assert.deepEqual(body, {
    name: 'Ada',
    company_id: 'c1',
    amount: '1054.00',
    employee_count: 12,
    tags: ['t1'],
    other_emails: ['a@b.c'],
    custom: { plan: 'gold' },
  });
  assert.deepEqual(toBody(fields, { name: '', company_id: null, tags: [] }), {
    name: null,
    company_id: null,
    tags: [],
  });
});

test('only the fields that were given are in it', () => {
  assert.deepEqual(toBody(fields, { name: 'Ada' }), { name: 'Ada' });
});

test('a number that is none goes to the server as it was typed, which says what is wrong', () => {
  assert.deepEqual(toBody(fields, { employee_count: 'many' }), { employee_count: 'many' });
});

test('a number that could be two is not sent at all', () => {
  const unread = { typed: '1.234', reason: 'Which of them?' };
  for (const value of [{ amount: unread }, { 'custom.fee': { amount: unread, currency: 'EUR' } }])
    assert.throws(() => toBody(fields, value), /Which of them/);
});

test('what was read and sent again is the same', () => {
  const record = {
    id: '1',
    version: 1,
    company_id: 'c1',
    company: { id: 'c1', name: 'Acme' },
    custom: { plan: 'gold' },
  };
  const read = Object.fromEntries(fields.map((field) => [field.key, readField(record, field)]));
  assert.equal(toBody(fields, read).company_id, 'c1');
  assert.deepEqual(toBody(fields, read).custom, { plan: 'gold', fee: null });
});
