import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tileRows } from './contract.ts';

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
