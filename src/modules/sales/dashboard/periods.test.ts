import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodsAround } from './periods.ts';

const today = '2026-11-26';

test('periods around today leave no day out, however far away some are', () => {
  const days = ['1990-05-05', '2026-12-01', '2027-02-01', '2199-01-01'];
  const units = ['day', 'week', 'month', 'quarter', 'year'] as const;
  for (const [unit, about] of units.flatMap(
    (unit) =>
      [
        [unit, 'expected'],
        [unit, 'past'],
      ] as const,
  )) {
    const periods = periodsAround(today, days, unit, about);
    assert.ok(periods.length <= 402, unit);
    for (const day of days) assert.equal(periods.filter(({ from, to }) => from <= day && day <= to).length, 1, day);
    const next = periods.findIndex(({ to }) => to >= today);
    assert.ok(Date.parse(periods[next]!.to) - Date.parse(periods[next]!.from) < 366 * 86_400_000, unit);
    for (const [at, { from }] of periods.slice(1).entries())
      assert.equal(Date.parse(from) - Date.parse(periods[at]!.to), 86_400_000, 'one begins where the other ends');
  }
});

test('where there are few, all are shown, as far away as they are', () => {
  const months = (...days: string[]) => periodsAround(today, days, 'month', 'past').map(({ from }) => from);
  assert.deepEqual(months(), []);
  assert.deepEqual(months('1990-05-05'), ['1990-05-01']);
  assert.deepEqual(months('2099-01-31', '2099-03-01'), ['2099-01-01', '2099-02-01', '2099-03-01']);
});
