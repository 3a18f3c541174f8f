import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Answer, type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../harness/app.ts';
import { asOwner } from '../harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
let household_id: string;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
  household_id = (await made('households', { name: 'Holt' })).id;
});

const good = ({ status, body, headers }: Answer): Answer => {
  assert.ok(status < 300, JSON.stringify(body));
  return { status, body, headers };
};
const made = async (path: string, body: object, by = api) => good(await by('POST', `/api/v1/${path}`, body)).body;
const account = (name: string, account_number: string, more = {}, by = api) =>
  made(
    'financial-accounts',
    { household_id, name, account_number, registration: 'individual', kind: 'managed', currency: 'USD', ...more },
    by,
  );
const listed = (filter: object, by = api, query = '') =>
  by('GET', `/api/v1/financial-accounts?filter=${encodeURIComponent(JSON.stringify(filter))}${query}`);
const part = (value: unknown, op = 'contains') => ({ field: 'account_number', op, value });
const names = async (filter: object, by = api, query = '') =>
  good(await listed(filter, by, query)).body.data.map(({ name }: { name: string }) => name);
const searches = async () => (await api('GET', '/api/v1/audit-events?action=search&limit=100')).body.data;

test('accounts are found by parts of their numbers, the best first, masked, and each search is an event', async () => {
  await account('Inside', 'XY-9943219');
  await account('Word', 'CH93 4321 0076');
  await account('Begins', '4321-000-777');
  await account('Elsewhere', '55500066');
  await account('Japanese', '東京山田証券 88776655');
  const before = (await searches()).length;
  const answer = good(await listed(part('4-3 21')));
  assert.deepEqual(
    answer.body.data.map((one: { name: string; account_number: string }) => [one.name, one.account_number]),
    [['Begins', '•••• 0777'], ['Word', '•••• 0076'], ['Inside', '•••• 3219']],
  ); // biome-ignore format: a table
  assert.equal(answer.body.search_is_cut, undefined);
  assert.deepEqual(await names(part('4321', 'starts_with')), ['Begins']);
  assert.deepEqual(await names(part('93432')), ['Word']);
  assert.deepEqual(await names(part('ｃｈ９３')), ['Word']);
  assert.deepEqual(await names(part('山田')), ['Japanese']);
  assert.deepEqual(await names(part('432100')), ['Begins', 'Word']);
  assert.deepEqual(await names(part('432999')), []);
  assert.deepEqual(await names(part('4321'), api, '&sort=-name'), ['Word', 'Inside', 'Begins']);
  assert.deepEqual(await names({ and: [part('4321'), { field: 'name', op: 'starts_with', value: 'W' }] }), ['Word']);
  assert.deepEqual(await names({ or: [part('4321', 'starts_with'), part('山田')] }), ['Begins', 'Japanese']);
  const through = encodeURIComponent(JSON.stringify({ any: 'financial-accounts', where: part('3219') }));
  const households = good(await api('GET', `/api/v1/households?filter=${through}`)).body.data;
  assert.deepEqual(households.map(({ id }: { id: string }) => id), [household_id]); // biome-ignore format: one call
  const first = good(await listed(part('4321'), api, '&limit=2&count=true')).body;
  assert.deepEqual([first.data.length, first.total], [2, 3]);
  const second = good(await listed(part('4321'), api, `&limit=2&cursor=${encodeURIComponent(first.next_cursor)}`)).body;
  assert.deepEqual(second.data.map(({ name }: { name: string }) => name), ['Inside']); // biome-ignore format: one call
  const events = await searches();
  assert.equal(events.length - before, 14, JSON.stringify(events));
  // Ids and times may have these digits by chance.
  const told = JSON.stringify(events, (name, value) => (/id$|^at$|^seq$/.test(name) ? undefined : value));
  assert.ok(!told.includes('432'), told);

  const entity = { household_id, kind: 'trust', name: 'Trust', tax_id: '98-7654321' };
  await made('legal-entities', entity);
  const filter = encodeURIComponent(JSON.stringify({ field: 'tax_id', op: 'contains', value: '6543' }));
  const { data } = good(await api('GET', `/api/v1/legal-entities?filter=${filter}`)).body;
  assert.deepEqual(data.map((one: { tax_id: string }) => one.tax_id), ['•••• 4321']); // biome-ignore format: one call
});

test('what is too short, has no index of parts, or would be kept is refused with words', async () => {
  for (const value of [
    '',
    '4',
    '43',
    '4-3',
    '山',
    '山4',
    '%%%',
    'e\u0301\u0301',
    7,
    null,
    ['4321'],
    '9'.repeat(1001),
  ]) {
    const { status, body } = await listed(part(value));
    assert.deepEqual([status, body.errors?.[0].field], [422, 'filter'], `${value} ${JSON.stringify(body)}`);
  }
  assert.match((await listed(part('43'))).body.errors[0].message, /at least three/);
  assert.equal((await listed(part('43'))).body.errors[0].code, 'part_too_short');
  assert.deepEqual(await names(part('9'.repeat(1000))), []);
  for (const field of ['ssn', 'tax_id', 'date_of_birth']) {
    const filter = encodeURIComponent(JSON.stringify({ field, op: 'contains', value: '4321' }));
    assert.equal((await api('GET', `/api/v1/client-profiles?filter=${filter}`)).status, 422);
  }
  const kept = { resource: 'financial_account', name: 'Kept', filter: part('4321') };
  assert.equal((await api('POST', '/api/v1/saved-views', kept)).status, 422);
  const exported = { resource: 'financial-accounts', filter: JSON.stringify(part('4321')) };
  assert.equal((await api('POST', '/api/v1/exports', exported)).status, 422);
});

test('a part finds what its reader reads, and without the right to reveal what masks show', async () => {
  const ours = await app.tenant();
  const by = (await ours.as('admin')).api;
  const home = await made('households', { name: 'Home' }, by);
  await account('Own', '1234-5678-90', { household_id: home.id }, by);
  assert.deepEqual(await names(part('5678'), by), ['Own']);
  assert.deepEqual(await names(part('5678')), []);

  const role = { name: 'Reads', rights: { household: { read: 'all' } } };
  const role_id = (await made('roles', role, by)).id;
  const rita = await ours.as('viewer', 'Rita');
  good(await by('PUT', `/api/v1/users/${rita.user_id}/roles`, { role_ids: [role_id] }));
  const reader = await ours.signedIn('viewer', 'Rita');
  assert.deepEqual(await names(part('7890'), reader), ['Own']);
  assert.deepEqual(await names(part('890'), reader), ['Own']);
  assert.deepEqual(await names(part('5678'), reader), []);
  for (const refused of [part('67890'), part('123', 'starts_with')])
    assert.match((await listed(refused, reader)).body.errors[0].message, /right to reveal/);
  const narrow = { name: 'Own', rights: { household: { read: 'own' }, reveal: { read: 'all' } } };
  const own_id = (await made('roles', narrow, by)).id;
  good(await by('PUT', `/api/v1/users/${rita.user_id}/roles`, { role_ids: [own_id] }));
  assert.deepEqual(await names(part('5678'), await ours.signedIn('viewer', 'Rita')), []);
});

test('a search opens so many values and says when there are more; a damaged one is left out', async () => {
  const ours = await app.tenant();
  const by = (await ours.as('admin')).api;
  const home = await made('households', { name: 'Home' }, by);
  const rows = Array.from({ length: 3_001 }, (_, at) => ({
    household_id: home.id,
    name: `Account ${at}`,
    account_number: `Goldcrest ${at}`,
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
  }));
  for (let at = 0; at < rows.length; at += 1000)
    await made('financial-accounts/bulk', { data: rows.slice(at, at + 1000) }, by);
  const all = good(await listed(part('goldcrest'), by, '&limit=1&count=true')).body;
  assert.deepEqual([all.total, all.search_is_cut], [3_000, true]);
  const one = good(await listed(part('goldcrest 1999'), by)).body;
  assert.deepEqual(one.data.map(({ name }: { name: string }) => name), ['Account 1999']); // biome-ignore format: one call
  assert.equal(one.search_is_cut, undefined);
  await asOwner(
    app,
    `update financial_account set account_number = set_byte(account_number, octet_length(account_number) - 1,
      get_byte(account_number, octet_length(account_number) - 1) # 1) where tenant_id = $1 and name = 'Account 1999'`,
    [ours.tenant_id],
  );
  assert.deepEqual(await names(part('goldcrest 1999'), by), []);
});
