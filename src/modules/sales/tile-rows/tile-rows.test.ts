import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodsInRoom, tileRows } from './contract.ts';

const won = (amount: string | null) => ({ won: { count: 1, rows: null, value: [], total: amount && { amount } } });
const dashboard = {
  by_owner: [
    { owner_id: 'a', owner: { name: 'Ann' }, ...won('20.00') },
    { owner_id: 'b', owner: { name: 'Ben' }, ...won(null) },
    { owner_id: 'c', owner: { name: 'Cy' }, ...won('100.00') },
    { owner_id: 'd', owner: { name: 'Di' }, ...won(null) },
  ],
  by_period: [
    { from: '2026-01-01', to: '2026-01-31', ...won('20.00') },
    { from: '2026-02-01', to: '2026-02-28', ...won('100.00') },
  ],
} as unknown as Parameters<typeof tileRows>[0];

test('those with most stand first, those without an amount last, and months in the order of time', () => {
  const keys = (grouping: 'owner' | 'period') =>
    tileRows(dashboard, { figure: 'won_value', grouping }).map(({ key }) => key);
  assert.deepEqual(keys('owner'), ['c', 'a', 'b', 'd']);
  assert.deepEqual(keys('period'), ['2026-01-01', '2026-02-01']);
});

test('where there is no room for all periods, those nearest to today are shown, of what is open more of those to come', () => {
  const rows = Array.from({ length: 90 }, (_, at) => ({
    days: { from: `${1990 + at}-01-01`, to: `${1990 + at}-12-31` },
  }));
  const shown = (figure: 'won_value' | 'open_value', today: string, undated: { days: null }[] = []) =>
    periodsInRoom([...rows, ...undated], figure, { today, room: 8 }).map(({ days }) => days?.from.slice(0, 4) ?? null);
  const from = (year: number, count = 8) => Array.from({ length: count }, (_, at) => `${year + at}`);
  assert.deepEqual(shown('won_value', '2026-11-26'), from(2020));
  assert.deepEqual(shown('won_value', '2079-11-26'), from(2072));
  assert.deepEqual(shown('won_value', '2200-01-01'), from(2072));
  assert.deepEqual(shown('open_value', '2026-11-26'), from(2024));
  assert.deepEqual(shown('open_value', '2026-11-26', [{ days: null }]), [...from(2025, 7), null]);
  assert.deepEqual(shown('open_value', '1980-01-01'), from(1990));
  assert.deepEqual(shown('open_value', '2200-01-01'), from(2072));
});
