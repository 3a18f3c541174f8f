import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { listSearch } from './listSearch.ts';

test('the address of a list carries each day of the calendar, and nothing else as a day', () => {
  const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
  const isCarried = (day: string) => {
    const search = listSearch({ day, asOf: day });
    assert.equal(search.asOf, search.day);
    return search.day === day;
  };
  fc.assert(fc.property(days, (date) => isCarried(date.toISOString().slice(0, 10))));
  for (const day of ['2026-01-30', '2026-12-31', '2028-02-29']) assert.ok(isCarried(day), day);
  for (const day of ['2026-02-31', '2026-13-01', '2026-00-10', '2026-1-1', 'tomorrow']) assert.ok(!isCarried(day), day);
});

test('the address of a list carries filters, and nothing that only looks like one', () => {
  const name = { field: 'name', op: 'eq', value: 'a' };
  const filters = [
    name,
    { and: [] },
    { and: [name, { or: [name, { any: 'deals', where: name }] }] },
    { none: 'deals' },
  ];
  for (const filter of filters) assert.equal(listSearch({ filter }).filter, filter);
  const others = [
    {},
    [],
    null,
    'name',
    { and: 1 },
    { or: [name, 1] },
    { any: 1 },
    { any: 'deals', where: {} },
    { field: 'name' },
  ];
  for (const filter of others) assert.equal(listSearch({ filter }).filter, undefined, JSON.stringify(filter));
});
