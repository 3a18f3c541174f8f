import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import type { AuditEvent } from '../../kernel/audit/contract.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
/** May read the audit, and of contacts only the own ones. */
let auditor: Client;
/** May read the audit and every contact, but not the salary. */
let clerk: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  const own = { read: 'own', create: 'own', update: 'own', delete: 'own' };
  const all = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  auditor = (await tenant.as(await role('Auditor', { contact: own, audit: { read: 'all' } }))).api;
  clerk = (await tenant.as(await role('Clerk', { contact: all, audit: { read: 'all' } }))).api;
  await made('custom-fields', { resource: 'contact', key: 'salary', label: 'Pay', type: 'integer', visible_to: [] });
  await made('custom-fields', { resource: 'contact', key: 'grade', label: 'Grade', type: 'text' });
});

async function made(path: string, body: object, by = admin) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const role = async (name: string, rights: object) => (await made('roles', { name, rights })).key as string;

async function events(by: Client, record_id: string): Promise<AuditEvent[]> {
  const { status, body } = await by('GET', `/api/v1/audit-events?record_id=${record_id}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data;
}
const values = (list: AuditEvent[]) => list.map(({ before, after }) => [before, after]);

test('the audit says that a record of others was changed, without the values', async () => {
  const tag = await made('tags', { name: 'Secret project' });
  const theirs = await made('contacts', { given_name: 'Hidden', custom: { salary: 5 }, tags: [tag.id] });
  await admin('PATCH', `/api/v1/contacts/${theirs.id}`, { city: 'Hideaway' });
  const mine = await made('contacts', { given_name: 'Mine' }, auditor);
  const seen = await events(auditor, theirs.id);
  assert.deepEqual(
    seen.map(({ action, resource }) => [action, resource]),
    [
      ['update', 'contact'],
      ['create', 'contact'],
    ],
  );
  assert.deepEqual(values(seen), [[null, null], [null, null]]); // biome-ignore format: one list
  assert.equal((await events(auditor, mine.id))[0]!.after!.given_name, 'Mine');
  const { body } = await auditor('GET', '/api/v1/audit-events?resource=record_tag');
  assert.deepEqual(values(body.data), [[null, null]], 'which tags it has is a value of the record');
  assert.equal((await events(clerk, theirs.id))[1]!.after!.given_name, 'Hidden');
});

test('values of a purged record show only to who may read every record of its kind', async () => {
  const { id } = await made('contacts', { given_name: 'Purged' }, auditor);
  await admin('DELETE', `/api/v1/contacts/${id}`);
  const purged = await admin('POST', '/api/v1/trash/deletions', { items: [{ resource: 'contact', id }] });
  assert.equal(purged.status, 200, JSON.stringify(purged.body));
  const [gone] = await events(clerk, id);
  assert.deepEqual([gone!.action, gone!.before!.given_name], ['delete', 'Purged']);
  for (const [before, after] of values(await events(auditor, id))) assert.deepEqual([before, after], [null, null]);
});

test('values of a hidden field are in no event, whoever may read the record', async () => {
  const { id } = await made('contacts', { given_name: 'Paid', custom: { salary: 4711, grade: 'A' } });
  const [event] = await events(clerk, id);
  assert.deepEqual(event!.after!.custom, { grade: 'A' });
  assert.deepEqual((await events(admin, id))[0]!.after!.custom, { grade: 'A', salary: 4711 });
});

test('changes of many records show neither values nor names that the caller may not read', async () => {
  const ids = [];
  for (const given_name of ['First', 'Second']) ids.push((await made('contacts', { given_name })).id);
  const fields = { city: 'Rome', custom: { salary: 4711, grade: 'B' } };
  const started = await admin('POST', '/api/v1/changes', {
    resource: 'contact',
    ids,
    action: { kind: 'update', fields },
  });
  assert.equal(started.status, 202, JSON.stringify(started.body));
  const path = `/api/v1/changes/${started.body.id}`;
  await eventually(async () => (await admin('GET', path)).body.state === 'done');
  await admin('PATCH', `/api/v1/contacts/${ids[0]}`, { city: 'Oslo', custom: { salary: 4712 } });
  const undone = await admin('POST', `${path}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  const report = `/api/v1/changes/${undone.body.id}`;

  assert.deepEqual((await admin('GET', path)).body.action.fields, fields);
  assert.deepEqual((await clerk('GET', path)).body.action.fields, { city: 'Rome', custom: { grade: 'B' } });
  assert.deepEqual((await auditor('GET', path)).body.action, { kind: 'update' });
  const { id: role_id } = await made('roles', { name: 'Tags alone', rights: { tag: { read: 'all' } } });
  const narrow = app.client((await made('api-keys', { name: 'Narrow', role_id })).key);
  assert.deepEqual((await narrow('GET', path)).body.action, { kind: 'update' }, 'a narrow key of who did it');
  const { body } = await auditor('GET', '/api/v1/changes');
  assert.deepEqual(body.data.map(({ action }: { action: object }) => action), [{ kind: 'update' }]); // biome-ignore format: one list
  const skips = async (by: Client) =>
    (await by('GET', report)).body.skipped_samples.map(({ name, fields }: { name: string; fields: string[] }) => [
      name,
      fields.sort(),
    ]);
  assert.deepEqual(await skips(admin), [['First', ['city', 'custom.salary']]]);
  assert.deepEqual(await skips(clerk), [['First', ['city']]]);
  assert.deepEqual(await skips(auditor), [[null, ['city']]]);
});

test('what refers to a record that stayed is named to who may see it, and counted to others', async () => {
  const companies = await admin('POST', '/api/v1/companies/bulk', { data: [{ name: 'Alone' }, { name: 'Needed' }] });
  const [, { id: company_id }] = companies.body.data;
  const { id } = await made('contacts', { given_name: 'Needy', company_id });
  const undone = await admin('POST', `/api/v1/changes/${companies.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  const report = async (by: Client) =>
    (await by('GET', `/api/v1/changes/${undone.body.id}`)).body.skipped_samples[0].referenced_by;
  assert.deepEqual(await report(admin), { records: [{ resource: 'contact', id, name: 'Needy' }], others: 0 });
  assert.deepEqual(await report(auditor), { records: [], others: 1 });
});

test('an event names what it is about and what its values refer to, as far as the reader may see that', async () => {
  const company = await made('companies', { name: 'Mill Ltd' });
  const contact = await made('contacts', { given_name: 'Ada', company_id: company.id });
  const [event] = await events(admin, contact.id);
  const { body: me } = await admin('GET', '/api/v1/session');
  assert.deepEqual(event!.names, { [contact.id]: 'Ada', [company.id]: 'Mill Ltd', [me.user.id]: me.user.name });
  const people = await role('People only', { audit: { read: 'all' }, contact: { read: 'all' } });
  const [narrow] = await events((await tenant.as(people)).api, contact.id);
  assert.deepEqual([narrow!.after!.company_id, narrow!.names], [company.id, { [contact.id]: 'Ada' }]);

  const { user_id } = await tenant.as('member', 'Mia');
  const { body: roles } = await admin('GET', '/api/v1/roles?limit=200');
  const viewer = roles.data.find(({ key }: { key: string }) => key === 'viewer');
  const given = await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [viewer.id] });
  assert.equal(given.status, 200, JSON.stringify(given.body));
  const { body } = await admin('GET', '/api/v1/audit-events?resource=user_role&action=create&limit=1');
  assert.deepEqual(body.data[0].names, { [user_id]: 'Mia', [viewer.id]: 'Viewer' });
  const changed = await admin('PATCH', `/api/v1/users/${user_id}`, { access_until: '2099-01-01T00:00:00Z' });
  assert.equal(changed.status, 200);
  const [ofMember] = await events(admin, user_id);
  assert.deepEqual([ofMember!.fields, ofMember!.names[user_id]], [['access_until'], 'Mia']);
});

test('amounts in events are decimals of the currency that they were in', async () => {
  const { id } = await made('companies', { name: 'Rich Ltd', annual_revenue: '1500.50', currency: 'EUR' });
  const change = async (body: object) => {
    const { status, body: answer } = await admin('PATCH', `/api/v1/companies/${id}`, body);
    assert.equal(status, 200, JSON.stringify(answer));
  };
  await change({ annual_revenue: '2000' });
  await change({ annual_revenue: '300000', currency: 'JPY' });
  await change({ annual_revenue: '300001' });
  const amounts = (await events(admin, id)).map(({ before, after, currency }) => [
    before?.annual_revenue,
    after?.annual_revenue,
    currency,
  ]);
  assert.deepEqual(amounts, [
    ['300000', '300001', 'JPY'],
    ['2000.00', '300000', 'JPY'],
    ['1500.50', '2000.00', 'EUR'],
    [undefined, '1500.50', 'EUR'],
  ]);
  const { id: product } = await made('products', { name: 'Rope', unit_price: '9.50', currency: 'EUR' });
  assert.equal((await admin('PATCH', `/api/v1/products/${product}`, { unit_price: '10' })).status, 200);
  assert.equal((await admin('DELETE', `/api/v1/products/${product}`)).status, 204);
  const [, changed] = await events(admin, product);
  assert.deepEqual([changed!.before, changed!.currency], [{ unit_price: '9.50' }, 'EUR'], 'gone for good since');
});

test('events say which of their fields nobody set, and from which other they follow', async () => {
  const zones = ['Asia/Tokyo', 'America/New_York'];
  const people = await Promise.all(zones.map((zone) => tenant.as('member', zone)));
  for (const zone of zones) {
    const page = await tenant.signedIn('member', zone);
    assert.equal((await page('PATCH', '/api/v1/profile', { time_zone: zone })).status, 200);
  }
  const [first, second] = people.map(({ user_id }) => user_id);
  const start = { title: 'Ring', due_on: '2099-03-02', remind_before: 'PT1H', assignee_id: first };
  const { id } = await made('tasks', start);
  for (const body of [
    { assignee_id: second },
    { due_at: '2099-03-02T09:00:00Z' },
    { due_at: '2099-03-02T10:00:00Z' },
    { due_on: '2099-03-03', remind_before: null },
  ])
    assert.equal((await admin('PATCH', `/api/v1/tasks/${id}`, body)).status, 200);
  const due = { due_at: 'due_on' };
  const both = { ...due, remind_at: 'remind_before' };
  assert.deepEqual((await events(admin, id)).map(({ fields, derived }) => [fields?.sort(), derived]).reverse(), [
    [undefined, both],
    [['assignee_id', 'due_at', 'remind_at'], both],
    [['due_at', 'due_on', 'remind_at'], both],
    [['due_at', 'remind_at'], { remind_at: 'remind_before' }],
    [['due_at', 'due_on', 'remind_at', 'remind_before'], both],
  ]);
});
