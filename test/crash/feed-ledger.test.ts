import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumerNames, keepLedger } from './feed-ledger.ts';

test('consumers leave each effect once while they, writers, backends and PostgreSQL are killed', {
  timeout: 180_000,
}, async () => {
  // `npm run crash` does the same with a million.
  const { events, consumers, kills } = await keepLedger({ events: 8_000, killMs: 400, say: () => {} });
  assert.ok(events >= 8_000 && Object.values(kills).reduce((sum, count) => sum + count, 0) >= 5, JSON.stringify(kills));
  for (const name of consumerNames) {
    const { effects, setAside, ...wrong } = consumers[name]!;
    assert.deepEqual(wrong, { twice: 0, lacking: 0, invented: 0 }, name);
    assert.equal(effects + setAside, events, name);
  }
});
