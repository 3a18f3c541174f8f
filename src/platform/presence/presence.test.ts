import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

test('those who look at a record learn of each other, and of nobody who has left', async (t) => {
  const [ann, ben] = [await tenant.as('member', 'Ann'), await tenant.as('member', 'Ben')];
  const { id } = (await ann.api('POST', '/api/v1/contacts', { given_name: 'Seen' })).body;
  const path = `/api/v1/contacts/${id}/presence`;
  const others = async ({ api }: typeof ann) => (await api('PUT', path)).body.data.map((p: { name: string }) => p.name);
  const writes = async () => (await asOwner(app, 'select count(*)::int as n from audit_event'))[0];
  const before_ = await writes();
  assert.deepEqual(await others(ann), []);
  assert.deepEqual(await others(ben), ['Ann']);
  assert.deepEqual([await others(ann), await others(ann)], [['Ben'], ['Ben']]);
  // As through another process, whose clock is two minutes ahead.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 120_000 });
  assert.deepEqual(await others(ann), ['Ben']);
  t.mock.timers.reset();
  assert.equal((await ben.api('DELETE', path)).status, 204);
  assert.deepEqual(await others(ann), []);
  assert.deepEqual(await writes(), before_, 'nothing is written to the database');
});

test('who may not read the record neither tells nor learns', async () => {
  const ann = await tenant.as('member', 'Ann');
  const adviser = await tenant.as('advisor');
  const { id } = (await ann.api('POST', '/api/v1/deals', { name: 'Hidden' })).body;
  const path = `/api/v1/deals/${id}/presence`;
  await ann.api('PUT', path);
  for (const verb of ['PUT', 'DELETE']) assert.equal((await adviser.api(verb, path)).status, 404);
  const stranger = await (await app.tenant()).as('member');
  assert.equal((await stranger.api('PUT', path)).status, 404);
});
