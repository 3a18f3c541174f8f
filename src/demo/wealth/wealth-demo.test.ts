import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { loadDemo } from '../index.ts';
import { wealthDemo } from './index.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin', 'robin'));
  await loadDemo(app.app.services.db, tenant.tenant_id, wealthDemo);
});
after(() => app.stop());

const count = async (path: string) => {
  const answer = await api('GET', `/api/v1/${path}${path.includes('?') ? '&' : '?'}count=exact`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.total as number;
};

test('the demo of wealth is an advisory firm with 120 households, their people, entities and advisers', async () => {
  assert.equal(await count('households'), 120);
  assert.equal(await count('household-members'), await count('contacts'));
  for (const [plural, least] of [
    ['contacts', 250],
    ['relationships', 200],
    ['legal-entities', 20],
    ['notes', 100],
    ['tasks', 40],
  ] as const)
    assert.ok((await count(plural)) >= least, plural);
  const filter = encodeURIComponent(JSON.stringify({ field: 'role', op: 'eq', value: 'primary' }));
  assert.equal(await count(`household-advisers?filter=${filter}`), 120);
  assert.equal((await api('GET', '/api/v1/deals')).body.code, 'feature_off', 'sales is off in a workspace of wealth');
});
