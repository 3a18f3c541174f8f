import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Client,
  client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
});
after(() => app.stop());

const tags = async (api: Client): Promise<string[]> =>
  (await api('GET', '/api/v1/tags?limit=200')).body.data.map(({ name }: { name: string }) => name);
const hits = () => app.app.services.cache.stats().hits;

test('what is asked for again is at hand, and never what was before a change', async () => {
  const { api } = await tenant.as('admin');
  const { api: member } = await tenant.as('member');
  for (const each of [api, member]) assert.deepEqual(await tags(each), []);
  // Of the people made just now, the feed may still have something to say, which outdates what is kept.
  await eventually(async () => {
    const before = hits();
    assert.deepEqual(await tags(api), []);
    return hits() > before;
  });
  for (const name of ['North', 'South']) {
    assert.equal((await api('POST', '/api/v1/tags', { name })).status, 201);
    // At once, for whoever asks, because the change went through this process.
    for (const each of [api, member]) assert.equal((await tags(each)).includes(name), true);
  }
});

test('a change made by another process shows within a second', async () => {
  const other = await app.secondNode();
  const { api, key } = await tenant.as('admin');
  const there = client(other.address!, key);
  assert.equal((await tags(there)).includes('Elsewhere'), false);
  assert.equal((await api('POST', '/api/v1/tags', { name: 'Elsewhere' })).status, 201);
  await eventually(async () => (await tags(there)).includes('Elsewhere'));
});

test('each gets what they may see, and nothing once they may no more', async () => {
  const ada = await tenant.as('member', 'Ada');
  const bob = await tenant.as('member', 'Bob');
  const names = async ({ api }: typeof ada) =>
    (await api('GET', '/api/v1/saved-views')).body.data.map(({ name }: { name: string }) => name);
  const view = { resource: 'contact', name: 'Mine', layout: 'table' };
  const { body } = await ada.api('POST', '/api/v1/saved-views', view);
  assert.deepEqual([await names(ada), await names(bob)], [['Mine'], []]);
  await ada.api('PATCH', `/api/v1/saved-views/${body.id}`, { shared: true });
  assert.deepEqual(await names(bob), ['Mine']);

  const { api: admin } = await tenant.as('admin');
  const role = (await admin('POST', '/api/v1/roles', { name: 'Tagger', rights: { tag: { read: 'all' } } })).body;
  const cy = await tenant.as(role.key, 'Cy');
  assert.equal((await cy.api('GET', '/api/v1/tags?limit=200')).status, 200);
  await admin('PATCH', `/api/v1/roles/${role.id}`, { rights: { product: { read: 'all' } } });
  await eventually(async () => (await cy.api('GET', '/api/v1/tags?limit=200')).status === 403);
});
