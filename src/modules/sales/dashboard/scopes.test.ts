import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('the kept figures of one are never shown to another who sees other records', async () => {
  const tenant = await app.tenant();
  const manager = await tenant.as('manager');
  const ann = await tenant.as('advisor', 'ann');
  const bo = await tenant.as('advisor', 'bo');
  const di = await tenant.as('member', 'di');
  const ed = await tenant.as('member', 'ed');
  const pipeline = (await manager.api('POST', '/api/v1/pipelines', { name: 'Sales' })).body;
  const own = { [manager.user_id]: 1, [ann.user_id]: 2, [bo.user_id]: 4, [di.user_id]: 8 };
  const [stage] = pipeline.stages;
  for (const [owner_id, deals] of Object.entries(own)) {
    const data = Array.from({ length: deals }, (_, at) => ({
      name: `Deal ${at}`, owner_id, pipeline_id: pipeline.id, stage_id: stage.id, amount: '10.00', currency: 'USD',
    })); // biome-ignore format: one record
    const made = await manager.api('POST', '/api/v1/deals/bulk', { data });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
  const people = Object.keys(own).map((owner_id) => ({ family_name: 'Ames', owner_id }));
  const made = await manager.api('POST', '/api/v1/contacts/bulk', { data: people });
  await manager.api('DELETE', `/api/v1/contacts/${made.body.data[0].id}`);
  await (await (await app.tenant()).as('manager')).api('POST', '/api/v1/contacts', { family_name: 'Elsewhere' });
  const narrow = { deal: { read: 'all' }, dashboard: { read: 'all' }, user: { read: 'all' } };
  const admin = (await tenant.as('admin')).api;
  const role = (await admin('POST', '/api/v1/roles', { name: 'Deals only', rights: narrow })).body;
  const cy = await tenant.as(role.key, 'cy');
  const seen = async ({ api }: typeof ann) => {
    const { body } = await api('GET', '/api/v1/analytics/dashboard');
    return [
      body.open.count,
      body.open.value[0].amount,
      body.by_stage.length > 0,
      body.by_owner.length,
      body.contacts.count,
    ];
  };
  /** A key of theirs for their own deals and those of places, of which there are none. */
  const narrowed = async ({ api, user_id }: typeof ann) => {
    const { data } = (await admin('GET', '/api/v1/roles?limit=200')).body;
    const role_id = data.find(({ key }: { key: string }) => key === 'member').id;
    const scopes = { deal: { read: 'location+own' }, dashboard: { read: 'all' } };
    const made = await api('POST', '/api/v1/api-keys', { name: 'Figures', role_id, scopes });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return { api: app.client(made.body.key), user_id, key: made.body.key };
  };
  const expected = new Map([
    [manager, [15, '150.00', true, 4, 3]],
    [ann, [2, '20.00', true, 1, 1]],
    [bo, [4, '40.00', true, 1, 1]],
    // May not read pipelines.
    [cy, [15, '150.00', false, 4, 0]],
    [await narrowed(di), [8, '80.00', false, 1, 0]],
    [await narrowed(ed), [0, '0.00', false, 0, 0]],
  ]);
  // In every order: whoever comes second gets what is kept, if anything is.
  for (const order of [[...expected], [...expected].reverse()])
    for (const [who, figures] of order) assert.deepEqual(await seen(who), figures);
});
