import assert from 'node:assert/strict';
import { test } from 'node:test';
import { company } from '../../../src/modules/directory/company/contract.ts';
import { fieldsOf } from './contractFields.ts';

const keysOf = (fields: readonly { key: string }[]) => fields.map(({ key }) => key);

test('a field has the kind, the words and the rules of its contract, and stands under the name of its record type', () => {
  const [name, parent] = fieldsOf(company, 'Company', [
    { key: 'name' },
    { key: 'parent_id', label: 'Parent', section: null },
  ]);
  assert.deepEqual([name!.kind, name!.label, name!.section, name!.required], ['text', 'Name', 'Company', true]);
  assert.deepEqual([parent!.kind, parent!.of, parent!.expand], ['reference', 'company', 'parent']);
  assert.deepEqual([parent!.label, parent!.section], ['Parent', undefined]);
});

test('an amount has its currency with it, and what nobody named stands at the end; what is hidden does not', () => {
  const fields = fieldsOf(company, 'Company', [
    { key: 'annual_revenue', inForm: true, inTable: true },
    { key: 'name' },
    { key: 'city', hidden: true },
  ]);
  assert.deepEqual(keysOf(fields).slice(0, 3), ['annual_revenue', 'currency', 'name']);
  assert.deepEqual([fields[1]!.inForm, fields[1]!.inTable, fields[1]!.label], [true, false, 'Currency']);
  const street = fields.find(({ key }) => key === 'street')!;
  assert.deepEqual([street.section, street.inForm, street.inTable], ['More', undefined, undefined]);
  assert.deepEqual(keysOf(fields).slice(-2), ['created_at', 'updated_at']);
  assert.ok(!keysOf(fields).includes('city') && !keysOf(fields).includes('custom'));
});

test('a field that the contract does not have is refused', () => {
  assert.throws(() => fieldsOf(company, 'Company', [{ key: 'plate' }]), /company has no field plate/);
});
