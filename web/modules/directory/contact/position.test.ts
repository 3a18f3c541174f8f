import assert from 'node:assert/strict';
import { test } from 'node:test';
import { employerOf } from './position.ts';

const mill = { id: 'm', name: 'Mill' };
const at = (name: string, ended_on: string | null) => ({ company: { id: name, name }, ended_on });
const contact = (company: object | null, ...positions: object[]) => ({ id: 'c', version: 1, company, positions });

test('somebody works for the main company, else for the only one of today', () => {
  assert.deepEqual(employerOf(contact(mill, at('Dock', null))), mill);
  assert.equal(employerOf(contact(null, at('Dock', null), at('Yard', '2020-01-31')))?.name, 'Dock');
  assert.equal(employerOf(contact(null, at('Dock', null), at('Yard', null))), null);
  assert.equal(employerOf(contact(null)), null);
});
