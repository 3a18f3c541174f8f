import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareOver, type Target, targetOf } from './targets.ts';
import type { TileForm } from './tiles.ts';

const tile: TileForm = {
  title: null,
  figure: 'won_value',
  grouping: 'period',
  custom_key: null,
  chart: 'bar',
  range: 'this_year',
  period: 'quarter',
  filter: {},
  width: 2,
  height: 2,
};
const target = (more: Partial<Target>): Target => ({
  id: '1',
  version: 1,
  owner_id: null,
  owner: null,
  team_id: null,
  team: null,
  figure: 'won_value',
  period: 'month',
  amount: '1000.00',
  currency: 'USD',
  deals: null,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  ...more,
});

const exchange = { own: 'USD', rates: [{ currency: 'EUR', rate: '1.1' }] };
const aim = (targets: Target[], of: TileForm) => targetOf(targets, of, exchange).value;

test('a target of shorter periods counts as often as it fits, one of the same length comes first', () => {
  assert.equal(aim([target({})], tile), 3000);
  assert.equal(aim([target({}), target({ period: 'quarter', amount: '5000.00' })], tile), 5000);
  assert.equal(aim([target({ period: 'year' })], tile), null);
  assert.equal(aim([target({})], { ...tile, grouping: 'none' }), 12_000);
});

test('a target is of its own party, and of no part of what they sell', () => {
  assert.equal(aim([target({ owner_id: 'a' })], tile), null);
  assert.equal(aim([target({ owner_id: 'a' })], { ...tile, filter: { owner_id: 'a' } }), 3000);
  assert.equal(aim([target({})], { ...tile, filter: { region: 'Lazio' } }), null);
  assert.equal(aim([target({})], { ...tile, period: 'week' }), null);
});

test('targets of several currencies are one at today’s rates, and one without a rate is told', () => {
  const euros = target({ currency: 'EUR', amount: '100.00' });
  assert.equal(aim([target({}), euros], tile), 3330);
  assert.equal(aim([target({ period: 'quarter', amount: '5000.00' }), target({}), euros], tile), 5330);
  assert.deepEqual(targetOf([target({}), target({ currency: 'CHF', amount: '7.00' })], tile, exchange), {
    value: 3000,
    without: [{ amount: '7.00', currency: 'CHF' }],
  });
  assert.equal(aim([target({ currency: 'CHF' })], tile), null);
});

test('a period under way is over in part', () => {
  assert.equal(shareOver('2026-11-01', '2026-11-15', 'this_month'), 0.5);
  assert.equal(shareOver('2026-01-01', '2026-12-31', 'this_year'), 1);
  assert.equal(shareOver('2026-10-01', '2026-10-31', 'last_month'), 1);
});
