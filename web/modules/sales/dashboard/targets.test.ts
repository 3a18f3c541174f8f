import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareOver, type Target, targetOf } from './targets.ts';
import type { TileForm } from './tiles.ts';

const tile: TileForm = {
  title: null, figure: 'won_value', grouping: 'period', chart: 'bar', range: 'this_year', period: 'quarter', filter: {}, width: 2, height: 2,
}; // biome-ignore format: facts
const target = (more: Partial<Target>): Target => ({
  id: '1', version: 1, owner_id: null, owner: null, team_id: null, team: null, figure: 'won_value', period: 'month', amount: '1000.00', currency: 'USD', deals: null, ...more,
}); // biome-ignore format: facts

test('a target of shorter periods counts as often as it fits, one of the same length comes first', () => {
  assert.equal(targetOf([target({})], tile, 'USD'), 3000);
  assert.equal(targetOf([target({}), target({ period: 'quarter', amount: '5000.00' })], tile, 'USD'), 5000);
  assert.equal(targetOf([target({ period: 'year' })], tile, 'USD'), null);
  assert.equal(targetOf([target({})], { ...tile, grouping: 'none' }, 'USD'), 12_000);
});

test('a target is of its own party and currency, and of no part of what they sell', () => {
  assert.equal(targetOf([target({})], tile, 'EUR'), null);
  assert.equal(targetOf([target({ owner_id: 'a' })], tile, 'USD'), null);
  assert.equal(targetOf([target({ owner_id: 'a' })], { ...tile, filter: { owner_id: 'a' } }, 'USD'), 3000);
  assert.equal(targetOf([target({})], { ...tile, filter: { region: 'Lazio' } }, 'USD'), null);
  assert.equal(targetOf([target({})], { ...tile, period: 'week' }, 'USD'), null);
});

test('a period under way is over in part', () => {
  assert.equal(shareOver('2026-11-01', '2026-11-15', 'this_month'), 0.5);
  assert.equal(shareOver('2026-01-01', '2026-12-31', 'this_year'), 1);
  assert.equal(shareOver('2026-10-01', '2026-10-31', 'last_month'), 1);
});
