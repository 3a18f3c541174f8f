import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { tidy } from '../../../test/harness/tidy.ts';
import { verifyAudit } from '../../operations/audit-verify.ts';
import type { Skip } from './contract.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp({ HISTORY_DAYS: '7' });
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});
after(() => app.stop());

/** As if what a change replaced and set had been written eight days ago. */
const age = (change: string) =>
  asOwner(
    app,
    `with old as (delete from record_history h using audit_event e
       where e.tenant_id = h.tenant_id and e.seq = h.seq and e.request_id = $1 returning h.*)
     insert into record_history select tenant_id, seq, at - interval '8 days', resource, record_id, salt, before, after from old`,
    [change],
  );

/** As if the values of what a change did to some records had been erased. */
const erase = (change: string, ids: string[]) =>
  asOwner(
    app,
    `delete from record_history h using audit_event e
     where e.tenant_id = h.tenant_id and e.seq = h.seq and e.request_id = $1 and e.record_id = any ($2)`,
    [change, ids],
  );

test('values older than the installation keeps them expire: undo and timeline say so, the rest is taken back, and the trail verifies', async () => {
  const [one, two] = (
    await api('POST', '/api/v1/contacts/bulk', {
      data: ['Old', 'Young'].map((given_name) => ({ given_name, city: 'Paris', job_title: 'Clerk' })),
    })
  ).body.data;
  const older = await api('PATCH', `/api/v1/contacts/${one.id}`, { city: 'Rome' });
  const younger = await api('PATCH', `/api/v1/contacts/${two.id}`, { city: 'Rome' });
  const [expired, kept] = [older, younger].map(({ headers }) => headers.get('change-id')!) as [string, string];
  await age(expired);
  await tidy(app);

  const refused = await api('POST', `/api/v1/changes/${expired}/reversal`);
  assert.deepEqual([refused.status, refused.body.code], [409, 'nothing_to_undo']);
  assert.deepEqual(
    refused.body.skipped.map(({ id, code, fields }: Skip) => [id, code, fields]),
    [[one.id, 'erased', ['city']]],
  );
  assert.equal((await api('POST', `/api/v1/changes/${kept}/reversal`)).status, 200);
  const cityOf = async (id: string) => (await api('GET', `/api/v1/contacts/${id}`)).body.city;
  assert.deepEqual([await cityOf(one.id), await cityOf(two.id)], ['Rome', 'Paris']);

  const changes = async (id: string) =>
    (await api('GET', `/api/v1/contacts/${id}/timeline?kinds=change`)).body.data.map(
      ({ change }: { change: { action: string; erased: boolean; changes: object[] } }) => [
        change.action,
        change.erased,
        change.changes,
      ],
    );
  assert.deepEqual(await changes(one.id), [
    ['update', true, [{ field: 'city', title: 'City', before: null, after: null }]],
    ['create', false, []],
  ]);
  assert.deepEqual(
    (await changes(two.id)).map(([action, erased]: unknown[]) => [action, erased]),
    [['update', false], ['update', false], ['create', false]], // biome-ignore format: one list
  );
  const { findings, erased } = await verifyAudit(app.database.ownerUrl);
  assert.deepEqual([findings, erased], [[], 1]);
});

test('a record whose every value expired still has its timeline, a merge too', async () => {
  const made = await api('POST', '/api/v1/companies/bulk', { data: [{ name: 'Stays' }, { name: 'Goes' }] });
  const [stays, goes] = made.body.data;
  const merged = await api('POST', `/api/v1/companies/${stays.id}/merge`, { others: [goes.id] });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  for (const { headers } of [made, merged]) await age(headers.get('change-id')!);
  await tidy(app);
  const { status, body } = await api('GET', `/api/v1/companies/${stays.id}/timeline?kinds=change`);
  assert.equal(status, 200, JSON.stringify(body));
  const entries = body.data.map(({ change }: { change: Record<string, unknown> }) => [
    change.action,
    change.erased,
    change.merged,
  ]);
  assert.deepEqual(entries.at(-1), ['create', true, []]);
  assert.ok(
    entries.some(([action, erased]: unknown[]) => action === 'merge' && erased === true),
    JSON.stringify(entries),
  );
});

test('of a merge, what it did to records whose values are erased stays and is named, and the rest is undone', async () => {
  const [stays, goes] = (
    await api('POST', '/api/v1/companies/bulk', { data: [{ name: 'Stays' }, { name: 'Goes', city: 'Bern' }] })
  ).body.data;
  const people = (
    await api('POST', '/api/v1/contacts/bulk', {
      data: ['Ada', 'Bo'].map((given_name) => ({ given_name, company_id: goes.id })),
    })
  ).body.data;
  const merged = await api('POST', `/api/v1/companies/${stays.id}/merge`, {
    others: [goes.id],
    values: { city: 'Bern' },
  });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  const change = merged.headers.get('change-id')!;
  await erase(change, [people[0].id, stays.id]);
  const { status, body } = await api('POST', `/api/v1/changes/${change}/reversal`);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(
    body.skipped_samples.map(({ id, code, fields }: Skip) => [id, code, fields]).sort(),
    [[people[0].id, 'erased', ['company_id']], [stays.id, 'erased', ['city']]].sort(), // biome-ignore format: one list
  );
  const companyOf = async (id: string) => (await api('GET', `/api/v1/contacts/${id}`)).body.company_id;
  assert.deepEqual([await companyOf(people[0].id), await companyOf(people[1].id)], [stays.id, goes.id]);
  assert.deepEqual((await api('GET', `/api/v1/companies/${stays.id}`)).body.city, 'Bern');
  assert.equal((await api('GET', `/api/v1/companies/${goes.id}`)).body.deleted_at, null);
});

test('of a change of many records, those whose values are erased are left, and the change says so afterwards', async () => {
  const count = 600;
  const data = Array.from({ length: count }, (_, n) => ({ given_name: `Many ${n}`, city: 'Oslo' }));
  const ids = (await api('POST', '/api/v1/contacts/bulk', { data })).body.data.map(({ id }: { id: string }) => id);
  const ended = (id: string) =>
    eventually(async () => {
      const { body } = await api('GET', `/api/v1/changes/${id}`);
      return !['waiting', 'running'].includes(body.state) && body;
    });
  const action = { kind: 'update', fields: { city: 'Rome' } };
  const { id } = await ended((await api('POST', '/api/v1/changes', { resource: 'contact', ids, action })).body.id);
  await erase(id, ids.slice(0, 2));
  const undone = await ended((await api('POST', `/api/v1/changes/${id}/reversal`)).body.id);
  assert.deepEqual([undone.state, undone.changed, undone.skipped], ['done', count - 2, 2], JSON.stringify(undone));
  assert.deepEqual(
    undone.skipped_samples.map(({ id, name, code, fields }: Skip) => [id, name, code, fields]).sort(),
    ids.slice(0, 2).map((one: string, n: number) => [one, `Many ${n}`, 'erased', ['city']]).sort(), // biome-ignore format: one list
  );
  const { reversal } = (await api('GET', `/api/v1/changes/${id}`)).body;
  assert.deepEqual(reversal, {
    id: undone.id,
    state: 'done',
    skipped: 2,
    skip_reasons: ['What it held before has been erased, and cannot be put back.'],
  });
  const cities = await asOwner(
    app,
    'select city, count(*)::int from contact where id = any ($1) group by 1 order by 1',
    [ids],
  );
  assert.deepEqual(cities, [{ city: 'Oslo', count: count - 2 }, { city: 'Rome', count: 2 }]); // biome-ignore format: one list
});
