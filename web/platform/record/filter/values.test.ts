import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setFormat } from '../../../ui/format.ts';
import { dayOf, optionsUnder, valueOfDay, valueUnder } from './values.ts';

const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'UTC');
const day = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

test('a condition on a time shows the day that was chosen, whether it means its beginning or its end', () => {
  fc.assert(
    fc.property(zone, day, fc.boolean(), (time_zone, chosen, isLast) => {
      setFormat({ locale: 'en', time_zone });
      assert.equal(dayOf(valueOfDay('time', chosen, isLast)), chosen);
      assert.equal(valueOfDay('date', chosen, isLast), chosen);
    }),
  );
});

test('up to a day means all of that day, where the reader is', () => {
  setFormat({ locale: 'de', time_zone: 'Europe/Berlin' });
  assert.equal(valueOfDay('time', '2026-11-20', false), '2026-11-19T23:00:00Z');
  assert.equal(valueOfDay('time', '2026-11-20', true), '2026-11-20T22:59:59.999999Z');
  assert.equal(dayOf('2026-11-19T23:00:00Z'), '2026-11-20');
});

test('what is no day is not taken for one', () => {
  for (const value of ['this_month', 'last_7_days', '2026-02-31', '', null, undefined, 7, ['2026-11-20']])
    assert.equal(dayOf(value), '', JSON.stringify(value));
  for (const typed of ['', '12026-11-20']) assert.equal(valueOfDay('time', typed, true), '');
});

test('under another operator a day stays that day, and a period is left behind', () => {
  setFormat({ locale: 'de', time_zone: 'Europe/Berlin' });
  const created = (op: 'within' | 'gte' | 'lte' | 'between', value: unknown) => ({ field: 'created_at', op, value });
  for (const kind of ['date', 'time'] as const) {
    assert.equal(valueUnder('gte', kind, created('within', 'this_month')), '');
    assert.equal(valueUnder('within', kind, created('gte', '2026-11-20')), 'this_month');
    assert.deepEqual(valueUnder('between', kind, created('gte', '2026-11-20')), ['', '']);
    assert.equal(valueUnder('gte', kind, created('between', ['2026-11-20', ''])), '');
  }
  assert.equal(valueUnder('lte', 'date', created('gte', '2026-11-20')), '2026-11-20');
  assert.equal(valueUnder('lte', 'time', created('gte', '2026-11-19T23:00:00Z')), '2026-11-20T22:59:59.999999Z');
  assert.equal(valueUnder('gte', 'time', created('lte', '2026-11-20T22:59:59.999999Z')), '2026-11-19T23:00:00Z');
  const owner = (op: 'eq' | 'in', value: unknown) => ({ field: 'owner_id', op, value });
  assert.deepEqual(valueUnder('in', 'reference', owner('eq', 'ada')), ['ada']);
  assert.deepEqual(valueUnder('in', 'reference', owner('eq', '')), []);
  assert.equal(valueUnder('ne', 'reference', owner('in', ['ada', 'bo'])), 'ada');
  assert.equal(valueUnder('eq', 'reference', owner('in', [])), '');
  assert.equal(valueUnder('starts_with', 'text', { field: 'name', op: 'contains', value: 'Ada' }), 'Ada');
});

test('an option that a filter names and that was removed since is among the options, and said to be removed', () => {
  const gold = { value: 'Gold', label: 'Gold' };
  const tier = { key: 'custom.tier', options: [gold] };
  const bronze = { value: 'Bronze', label: 'Bronze (removed)' };
  assert.deepEqual(optionsUnder(tier, 'Bronze'), [gold, bronze]);
  assert.deepEqual(optionsUnder(tier, ['Gold', 'Bronze']), [gold, bronze]);
  for (const value of ['Gold', ['Gold'], '', [], null, undefined]) assert.deepEqual(optionsUnder(tier, value), [gold]);
  for (const key of ['status', 'custom.note']) assert.deepEqual(optionsUnder({ key, options: [] }, 'open'), []);
});
