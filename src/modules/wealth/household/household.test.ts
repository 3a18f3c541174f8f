import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { openStream } from '../../../../test/harness/stream.ts';

type Adviser = { user: { name: string }; role: string; until_on: string | null };

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  api = (await tenant.as('admin')).api;
});
after(() => app.stop());

async function made(path: string, body: object = {}, by = api) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const read = async (path: string, by = api) => {
  const answer = await by('GET', `/api/v1/${path}`);
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const names = async (by: Client) => (await read('households', by)).data.map(({ name }: { name: string }) => name);
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const partsOf = async (plural: string, household_id: string, by = api, more = '') =>
  (
    await read(
      `${plural}?filter=${encodeURIComponent(JSON.stringify({ field: 'household_id', op: 'eq', value: household_id }))}${more}`,
      by,
    )
  ).data;

test('an adviser sees a household and what hangs on it as its primary or secondary adviser, or by a grant, and only then', async () => {
  const [ann, ben, cleo] = [
    await tenant.as('advisor', 'Ann'),
    await tenant.as('advisor', 'Ben'),
    await tenant.as('assistant', 'Cleo'),
  ];
  const seller = (await tenant.as('member', 'Seller')).api;
  const family = await made('households', { name: 'Okafor family', status: 'active', tier: 'gold' }, ann.api);
  assert.equal(family.owner.name, 'Ann');
  await made('notes', { records: [{ type: 'household', id: family.id }], body: 'Sells the firm next year' }, ann.api);
  const seen = async (by: Client) => [
    await names(by),
    (await partsOf('household-advisers', family.id, by)).length,
    (await by('GET', `/api/v1/households/${family.id}`)).status,
    (await read('search?q=okafor', by)).data.length,
    (await read('search?q=sells', by)).written.length,
    (await read('notes?count=exact', by)).total,
  ];
  assert.deepEqual(await seen(ann.api), [['Okafor family'], 1, 200, 1, 1, 1]);
  for (const by of [ben.api, cleo.api]) assert.deepEqual(await seen(by), [[], 0, 404, 0, 0, 0]);
  for (const path of ['households', 'household-members', 'household-advisers'])
    assert.equal((await seller('GET', `/api/v1/${path}`)).status, 403, 'sales has no right to see who is advised');
  assert.deepEqual((await read('search?q=okafor', seller)).data, []);

  const told = await made(
    'household-advisers',
    { household_id: family.id, user_id: ben.user_id, role: 'secondary', from_on: day(1) },
    ann.api,
  );
  assert.deepEqual(await names(ben.api), [], 'not before the first day');
  const begin = (body: object) => ann.api('PATCH', `/api/v1/household-advisers/${told.id}`, body);
  assert.equal((await begin({ from_on: day(-9) })).status, 200);
  assert.deepEqual((await seen(ben.api)).slice(0, 4), [['Okafor family'], 2, 200, 1]);
  assert.equal((await begin({ until_on: day(-1) })).status, 200);
  assert.deepEqual(await seen(ben.api), [[], 0, 404, 0, 0, 0], 'not after the last day');
  assert.equal((await begin({ until_on: day(-10) })).status, 422);

  const team = await made('teams', { name: 'Stand-ins' });
  await made(
    `household-advisers`,
    { household_id: family.id, team_id: team.id, role: 'grant', until_on: day(0), reason: 'Holiday' },
    ann.api,
  );
  assert.deepEqual(await names(cleo.api), []);
  assert.ok((await api('PUT', `/api/v1/teams/${team.id}/members/${cleo.user_id}`)).status < 300);
  assert.deepEqual(await names(cleo.api), ['Okafor family'], 'on the last day, through a team');
  assert.equal((await cleo.api('DELETE', `/api/v1/households/${family.id}`)).status, 403);
  assert.equal((await cleo.api('PATCH', `/api/v1/households/${family.id}`, { tier: 'platinum' })).status, 200);
});

test('a household that is handed over is gone for the former adviser at once, and comes back by undo', async () => {
  const [dora, emil] = [await tenant.as('advisor', 'Dora'), await tenant.as('advisor', 'Emil')];
  const { id } = await made('households', { name: 'Lindqvist family', status: 'active' }, dora.api);
  const stream = await openStream(app.url, dora.key);
  try {
    const handed = await api('PATCH', `/api/v1/households/${id}`, { owner_id: emil.user_id });
    assert.equal(handed.status, 200);
    assert.deepEqual([await names(dora.api), await names(emil.api)], [[], ['Lindqvist family']]);
    await eventually(async () => stream.changes().some(({ data }) => data.id === id && data.action === 'gone'));
    const rows = await partsOf('household-advisers', id);
    assert.deepEqual(
      rows.map(({ user, role, until_on }: Adviser) => [user.name, role, until_on]),
      [['Emil', 'primary', null]],
    );
    const undone = await api('POST', `/api/v1/changes/${handed.headers.get('change-id')}/reversal`);
    assert.equal(undone.status, 200, JSON.stringify(undone.body));
    assert.deepEqual([await names(dora.api), await names(emil.api)], [['Lindqvist family'], []]);
    const after = await partsOf('household-advisers', id);
    assert.deepEqual(
      after.map(({ user, until_on }: Adviser) => [user.name, until_on]),
      [['Dora', null]],
    );
  } finally {
    stream.close();
  }
  const [row] = await partsOf('household-advisers', id);
  for (const answer of [
    await api('DELETE', `/api/v1/household-advisers/${row.id}`),
    await api('PATCH', `/api/v1/household-advisers/${row.id}`, { until_on: day(0) }),
  ])
    assert.equal(answer.status, 409, 'the primary adviser is set on the household');
});

test('a person may belong to several households, each in a period, once at a time', async () => {
  const ada = await made('contacts', { given_name: 'Ada', family_name: 'Novak' });
  const parents = await made('households', { name: 'Novak parents', status: 'active' });
  const young = await made('households', { name: 'Novak & Sato', status: 'prospect' });
  const child = await made('household-members', {
    household_id: parents.id,
    contact_id: ada.id,
    role: 'child',
    from_on: '2001-05-01',
  });
  const head = await made('household-members', { household_id: young.id, contact_id: ada.id, role: 'head' });
  assert.equal(head.contact.name, 'Ada Novak');
  const twice = await api('POST', '/api/v1/household-members', {
    household_id: parents.id,
    contact_id: ada.id,
    role: 'other',
  });
  assert.deepEqual([twice.status, twice.body.code], [409, 'duplicate']);
  await api('PATCH', `/api/v1/household-members/${child.id}`, { until_on: day(-1) });
  assert.deepEqual((await partsOf('household-members', parents.id, api, `&as_of=${day(0)}`)).length, 0);
  assert.deepEqual((await partsOf('household-members', parents.id, api, '&as_of=2010-01-01')).length, 1);
  await made('household-members', { household_id: parents.id, contact_id: ada.id, role: 'other' });
  const both = { any: 'household_members', where: { field: 'role', op: 'eq', value: 'child' } };
  const found = await api('GET', `/api/v1/households?filter=${encodeURIComponent(JSON.stringify(both))}`);
  assert.equal(found.status, 422, 'parts have no relation named by more than their plural');
  const children = { any: 'household-members', where: { field: 'role', op: 'eq', value: 'child' } };
  const parentsOf = await read(`households?filter=${encodeURIComponent(JSON.stringify(children))}`);
  assert.deepEqual(
    parentsOf.data.map(({ name }: { name: string }) => name),
    ['Novak parents'],
  );
});

test('an adviser may add members to a household that the adviser sees, and to no other', async () => {
  const [finn, gwen] = [await tenant.as('advisor', 'Finn'), await tenant.as('advisor', 'Gwen')];
  const { id: household_id } = await made('households', { name: 'Castellanos', status: 'active' }, finn.api);
  const { id: contact_id } = await made('contacts', { given_name: 'Rosa' }, finn.api);
  const foreign = await made('contacts', { given_name: 'Rosa of Gwen' }, gwen.api);
  const member = { household_id, contact_id: foreign.id, role: 'head' };
  assert.equal((await gwen.api('POST', '/api/v1/household-members', member)).status, 422);
  const { id } = await made('household-members', { ...member, contact_id }, finn.api);
  assert.equal((await gwen.api('DELETE', `/api/v1/household-members/${id}`)).status, 404);
  assert.equal((await finn.api('DELETE', `/api/v1/household-members/${id}`)).status, 204);
}); // biome-ignore format: a step a line

test('a workspace without wealth has no households', async () => {
  const other = await app.tenant();
  const admin = await other.signedIn('admin');
  await admin('POST', '/api/v1/households', { name: 'Kept', status: 'active' });
  assert.equal((await admin('PATCH', '/api/v1/features', { wealth: false })).status, 200);
  for (const path of ['households', 'household-members', 'household-advisers'])
    assert.equal((await admin('GET', `/api/v1/${path}`)).body.code, 'feature_off');
  assert.deepEqual((await admin('GET', '/api/v1/search?q=kept')).body.data, []);
  assert.equal((await admin('PATCH', '/api/v1/features', { wealth: true })).status, 200);
  await eventually(async () => (await admin('GET', '/api/v1/households')).body.data?.[0]?.name === 'Kept');
}); // biome-ignore format: a step a line
