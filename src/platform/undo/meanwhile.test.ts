import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { systemClient } from '../../../test/harness/identity.ts';

/**
 * What others save while a change is being taken back, or while it was being made. The time of an event is that at
 * which its transaction began.
 */

let app: SharedTestApp;
let api: Client;
let tenant_id: string;
before(async () => {
  app = await sharedTestApp();
  const tenant = await app.tenant();
  ({ tenant_id } = tenant);
  ({ api } = await tenant.as('admin'));
});

async function contact(body: object): Promise<string> {
  const made = await api('POST', '/api/v1/contacts', { given_name: 'Ada', ...body });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}
const patch = (id: string, body: object) => api('PATCH', `/api/v1/contacts/${id}`, body);
const cityOf = async (id: string) => (await api('GET', `/api/v1/contacts/${id}`)).body.city;

test('an edit that is saved while a change is being taken back stays', async () => {
  const ids = [await contact({ city: 'Lyon' }), await contact({ city: 'Lyon' })].sort() as [string, string];
  const filter = JSON.stringify({ field: 'city', op: 'eq', value: 'Lyon' });
  const action = { kind: 'update', fields: { city: 'Rome' } };
  const { body: change } = await api('POST', '/api/v1/changes', { resource: 'contact', filter, action });
  await eventually(async () => (await api('GET', `/api/v1/changes/${change.id}`)).body.state === 'done');

  // It waits for the first of its records while somebody saves the second.
  const holder = await systemClient(app);
  try {
    await holder.query('begin');
    await holder.query('select from contact where tenant_id = $1 and id = $2 for update', [tenant_id, ids[0]]);
    const { rows } = await holder.query('select pg_current_xact_id()::text as xid');
    const undone = api('POST', `/api/v1/changes/${change.id}/reversal`);
    await eventually(async () => {
      const waiting = await holder.query('select from pg_locks where not granted and transactionid::text = $1', [
        rows[0].xid,
      ]);
      return waiting.rowCount! > 0;
    });
    assert.equal((await patch(ids[1], { city: 'Bern' })).status, 200);
    await holder.query('commit');
    const { status, body } = await undone;
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.changed, body.skipped], [1, 1]);
    assert.deepEqual([body.skipped_samples[0].id, body.skipped_samples[0].code], [ids[1], 'changed_since']);
  } finally {
    await holder.end();
  }
  assert.deepEqual([await cityOf(ids[0]), await cityOf(ids[1])], ['Lyon', 'Bern']);
});

test('a later write stays whose transaction had begun before the change', async () => {
  const id = await contact({ city: 'Lyon' });
  const writer = await systemClient(app);
  try {
    await writer.query('begin');
    await writer.query(`select set_config('app.tenant_id', $1, true)`, [tenant_id]);
    const change = (await patch(id, { city: 'Rome' })).headers.get('change-id');
    await writer.query(`update contact set city = 'Bern' where tenant_id = $1 and id = $2`, [tenant_id, id]);
    await writer.query('commit');
    const { status, body } = await api('POST', `/api/v1/changes/${change}/reversal`);
    assert.deepEqual([status, body.skipped?.[0]?.code], [409, 'changed_since'], JSON.stringify(body));
  } finally {
    await writer.end();
  }
  assert.equal(await cityOf(id), 'Bern');
});

test('of what is taken back, a value that names a record deleted for good stays, and the rest comes back', async () => {
  const made = async (path: string, body: object) => (await api('POST', `/api/v1/${path}`, body)).body.id as string;
  const [old_firm, firm] = [await made('companies', { name: 'Old firm' }), await made('companies', { name: 'Firm' })];
  const id = await contact({ city: 'Lyon', company_id: old_firm });
  const changed = await patch(id, { city: 'Rome', company_id: firm });
  assert.equal((await api('DELETE', `/api/v1/companies/${old_firm}`)).status, 204);
  const items = [{ resource: 'company', id: old_firm }];
  assert.equal((await api('POST', '/api/v1/trash/deletions', { items })).status, 200);
  const undone = await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  const left = undone.body.skipped_samples.map(({ code, fields }: { code: string; fields: string[] }) => [
    code,
    fields,
  ]);
  assert.deepEqual(left, [['refused', ['company_id']]]);
  const { city, company_id } = (await api('GET', `/api/v1/contacts/${id}`)).body;
  assert.deepEqual([city, company_id], ['Lyon', firm]);
});

test('a person who was deleted since does not come back as the owner, and the deal has its earlier amount again', async () => {
  const tenant = await app.tenant();
  const admin = await tenant.as('admin');
  const leaver = await tenant.as('member', 'Leaver');
  const deal = { name: 'Ship', amount: '10.00', owner_id: leaver.user_id };
  const { id } = (await admin.api('POST', '/api/v1/deals', deal)).body;
  const change = { amount: '20.00', owner_id: admin.user_id };
  const changed = await admin.api('PATCH', `/api/v1/deals/${id}`, change);
  assert.equal((await admin.api('DELETE', `/api/v1/users/${leaver.user_id}`)).status, 204);
  const undone = await admin.api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  const { amount, owner_id } = (await admin.api('GET', `/api/v1/deals/${id}`)).body;
  assert.deepEqual([amount, owner_id], ['10.00', admin.user_id]);
});

test('of tags that are put back, one that was deleted since keeps no other away', async () => {
  const tag = async (name: string) => (await api('POST', '/api/v1/tags', { name })).body.id as string;
  const [gone, stays] = [await tag('Fair 2025'), await tag('Press')];
  const id = await contact({ city: 'Lyon', tags: [gone, stays] });
  const changed = await patch(id, { city: 'Rome', tags: [] });
  assert.equal((await api('DELETE', `/api/v1/tags/${gone}`)).status, 204);
  const undone = await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  const { skipped_samples, changed: records } = undone.body;
  const left = skipped_samples.map(({ code, fields }: { code: string; fields: string[] }) => [code, fields]);
  assert.deepEqual([records, left], [1, [['refused', ['tags']]]]);
  const { city, tags } = (await api('GET', `/api/v1/contacts/${id}`)).body;
  assert.deepEqual([city, tags.map(({ id: tag_id }: { id: string }) => tag_id)], ['Lyon', [stays]]);
});
