import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FieldDef } from '../field.ts';
import {
  both,
  countConditions,
  type Filter,
  impliedBy,
  isComplete,
  isGroup,
  operatorsFor,
  partsOf,
  prune,
  wordFor,
} from './filter.ts';

const condition = fc.record({
  field: fc.constantFrom('name', 'email'),
  op: fc.constantFrom('eq', 'contains', 'is_empty'),
  value: fc.constantFrom('', 'a'),
}) as fc.Arbitrary<Filter>;
const { filter } = fc.letrec<{ filter: Filter; group: Filter }>((tie) => ({
  filter: fc.oneof({ maxDepth: 5 }, condition, tie('group')),
  group: fc.oneof(
    fc.record({ and: fc.array(tie('filter'), { maxLength: 4 }) }),
    fc.record({ or: fc.array(tie('filter'), { maxLength: 4 }) }),
  ),
}));

function everyPart(part: Filter, holds: (part: Filter) => boolean): boolean {
  return holds(part) && (!isGroup(part) || partsOf(part).every((inner) => everyPart(inner, holds)));
}

test('what is sent has no unfinished condition, no empty group and no group of one', () => {
  fc.assert(
    fc.property(filter, (drawn) => {
      const sent = prune(drawn);
      if (!sent) return;
      assert.ok(everyPart(sent, (part) => (isGroup(part) ? partsOf(part).length > 1 : isComplete(part))));
    }),
  );
});

test('a finished filter is sent as it is drawn', () => {
  const drawn: Filter = {
    and: [
      { field: 'email', op: 'not_empty' },
      {
        or: [
          { field: 'name', op: 'contains', value: 'a' },
          { field: 'name', op: 'eq', value: 'b' },
        ],
      },
    ],
  };
  assert.deepEqual(prune(drawn), drawn);
});

test('a view and what is added to it hold together', () => {
  const mine: Filter = { field: 'owner_id', op: 'eq', value: '1' };
  const open: Filter = { field: 'status', op: 'eq', value: 'open' };
  assert.deepEqual(both(mine, open), { and: [mine, open] });
  assert.deepEqual(both({ and: [mine, open] }, open), { and: [mine, open, open] });
  assert.deepEqual(both(mine, null), mine);
  assert.equal(both(null, null), null);
});

test('a required field of the workspace’s own may be empty in records from before', () => {
  const asks = (key: string, required: boolean) =>
    operatorsFor({ key, label: 'Tier', kind: 'select', required }).includes('is_empty');
  assert.deepEqual([asks('custom.tier', true), asks('stage', true), asks('stage', false)], [true, false, true]);
});

test('records without any tag are asked for, and those of any of several people', () => {
  const has = (kind: 'tags' | 'reference', op: 'is_empty' | 'in') =>
    operatorsFor({ key: 'x', label: 'X', kind }).includes(op);
  assert.deepEqual([has('tags', 'is_empty'), has('reference', 'in'), has('tags', 'in')], [true, true, false]);
  assert.deepEqual([wordFor('is_empty', 'tags'), wordFor('is_empty', 'text')], ['are empty', 'is empty']);
});

test('conditions are counted in groups and on related records, each of which is one itself', () => {
  const name: Filter = { field: 'name', op: 'eq', value: 'a' };
  assert.equal(countConditions(null), 0);
  assert.equal(countConditions({ and: [name, { or: [name, { any: 'deals', where: name }] }, { none: 'tasks' }] }), 5);
});

test('a new record begins with what the filter of its list says of one value', () => {
  const field = (key: string, kind: FieldDef['kind'], more = {}) => ({ key, label: key, kind, inForm: true, ...more });
  const fields = [
    field('stage', 'select'),
    field('source', 'select'),
    field('company_id', 'reference'),
    field('status', 'select', { readOnly: true }),
    field('amount', 'money'),
    field('industry', 'text', { inForm: false }),
  ];
  const and: Filter[] = [
    { field: 'stage', op: 'in', value: ['lead'] },
    { field: 'source', op: 'in', value: ['fair', 'web'] },
    { field: 'company_id', op: 'eq', value: 'c1' },
    { field: 'status', op: 'eq', value: 'open' },
    { field: 'amount', op: 'eq', value: '5' },
    { field: 'industry', op: 'eq', value: 'Tea' },
    { any: 'deals' },
    { or: [{ field: 'stage', op: 'eq', value: 'customer' }] },
  ];
  assert.deepEqual(impliedBy({ and }, fields), { stage: 'lead', company_id: 'c1' });
  assert.deepEqual(impliedBy({ field: 'stage', op: 'ne', value: 'lead' }, fields), {});
  assert.deepEqual(impliedBy(null, fields), {});
});
