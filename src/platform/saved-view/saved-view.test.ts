import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';

const path = '/api/v1/saved-views';

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

const filter = {
  and: [
    { field: 'city', op: 'eq', value: 'Rome' },
    { any: 'deals', where: { field: 'status', op: 'eq', value: 'open' } },
  ],
};
const namesFor = async (api: Client) => (await api('GET', path)).body.data.map(({ name }: { name: string }) => name);

test('a view is kept as it was arranged, for its maker alone until it is shared', async () => {
  const ada = await tenant.as('member', 'Ada');
  const bob = await tenant.as('member', 'Bob');
  const columns = { order: ['name', 'email'], hidden: ['phone'], widths: { name: 320 }, pinned: ['email'] };
  const made = await ada.api('POST', path, {
    resource: 'contact',
    name: 'Romans',
    layout: 'table',
    filter,
    sort: '-created_at',
    columns,
    arrangement: { group: 'lifecycle_stage' },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id, owner_id, shared } = made.body;
  assert.deepEqual([made.body.filter, made.body.columns, owner_id, shared], [filter, columns, ada.user_id, false]);

  assert.deepEqual(made.body.arrangement, { group: 'lifecycle_stage' });
  const asCalendar = await ada.api('PATCH', `${path}/${id}`, {
    layout: 'calendar',
    arrangement: { by: 'created_at', span: 'week' },
  });
  assert.deepEqual(
    [asCalendar.body.layout, asCalendar.body.arrangement],
    ['calendar', { by: 'created_at', span: 'week' }],
  );
  assert.deepEqual(await namesFor(bob.api), []);
  assert.equal((await bob.api('GET', `${path}/${id}`)).status, 404);
  assert.equal((await bob.api('PATCH', `${path}/${id}`, { columns: { order: ['email'] } })).status, 404);
  assert.deepEqual(await namesFor((await tenant.as('admin')).api), [], 'not even an administrator sees it');

  assert.equal((await ada.api('PATCH', `${path}/${id}`, { shared: true })).status, 200);
  assert.deepEqual(await namesFor(bob.api), ['Romans']);
  assert.equal((await bob.api('PATCH', `${path}/${id}`, { name: 'Mine now' })).status, 403);
  assert.equal((await bob.api('DELETE', `${path}/${id}`)).status, 403);
  assert.equal(
    (await (await tenant.as('manager')).api('PATCH', `${path}/${id}`, { name: 'People of Rome' })).status,
    200,
  );
  assert.deepEqual(await namesFor(ada.api), ['People of Rome']);
  assert.equal((await ada.api('DELETE', `${path}/${id}`)).status, 204);
});

test('whoever deleted a view takes that back, and it is as it was', async () => {
  const { api } = await tenant.as('member', 'Ada');
  const manager = (await tenant.as('manager')).api;
  const make = async (more: object) =>
    (await api('POST', path, { resource: 'contact', layout: 'table', filter, columns: { order: ['email'] }, ...more }))
      .body;
  const remove = async (id: string) => (await api('DELETE', `${path}/${id}`)).headers.get('change-id');
  const undo = (change: string | null, by = api) => by('POST', `/api/v1/changes/${change}/reversal`);
  for (const more of [{ name: 'Mine' }, { name: 'Ours', shared: true }]) {
    const made = await make(more);
    const change = await remove(made.id);
    assert.equal((await undo(change, manager)).status, 404);
    assert.deepEqual(await namesFor(api), more.shared ? ['Mine'] : []);
    assert.equal((await undo(change)).body.done, 1);
    const { created_at, updated_at, version, ...back } = (await api('GET', `${path}/${made.id}`)).body;
    assert.partialDeepStrictEqual(made, back);
    assert.deepEqual(await namesFor(api), more.shared ? ['Mine', 'Ours'] : ['Mine']);
  }
  const { id } = await make({ name: 'Renamed' });
  const renamed = await api('PATCH', `${path}/${id}`, { name: 'Wrong', filter: null });
  await undo(renamed.headers.get('change-id'));
  assert.partialDeepStrictEqual((await api('GET', `${path}/${id}`)).body, { name: 'Renamed', filter });
  const taken = await make({ name: 'Taken' });
  const change = await remove(taken.id);
  await make({ name: 'Taken' });
  assert.equal((await undo(change)).body.skipped?.[0]?.code, 'refused');
});

test('nobody makes a view of somebody else, and none that cannot be asked for', async () => {
  const { api } = await tenant.as('member', 'Carl');
  const bob = await tenant.as('member', 'Bob');
  const view = { resource: 'contact', name: 'V', layout: 'table' };
  const refused = async (more: object) => (await api('POST', path, { ...view, ...more })).body.errors[0];
  assert.equal((await refused({ owner_id: bob.user_id })).field, 'owner_id');
  assert.match((await refused({ filter: { field: 'shoe_size', op: 'eq', value: 1 } })).message, /no field "shoe_size"/);
  assert.match((await refused({ filter: { any: 'pets' } })).message, /not to "pets"/);
  const tagged = { field: 'tags', op: 'has', value: '00000000-0000-7000-8000-000000000000' };
  assert.partialDeepStrictEqual(await refused({ filter: tagged }), { field: 'filter', code: 'no_such_record' });
  assert.match((await refused({ sort: 'custom.none' })).message, /cannot be sorted by/);
  assert.equal((await refused({ resource: 'user' })).field, 'resource');

  const { body } = await api('POST', path, view);
  assert.equal((await api('PATCH', `${path}/${body.id}`, { filter: { any: 'pets' } })).status, 422);
  assert.equal((await api('POST', path, view)).status, 409, 'one of a name is enough');
});

test('the audit shows the values of a view to those who see it, or saw it when it was there', async () => {
  const ada = (await tenant.as('member', 'Ada')).api;
  const { api: manager } = await tenant.as('manager');
  const valuesOf = async (api: Client, id: string) =>
    (await api('GET', `/api/v1/audit-events?record_id=${id}`)).body.data.map(
      ({ after, before }: { after: object | null; before: object | null }) => (after ?? before) !== null,
    );
  const make = async (api: Client, more: object) =>
    (await api('POST', path, { resource: 'contact', name: `View ${Math.random()}`, filter, ...more })).body.id;
  const [hers, shared, own] = [await make(ada, {}), await make(ada, { shared: true }), await make(manager, {})];
  assert.deepEqual(await valuesOf(manager, hers), [false]);
  assert.deepEqual(await valuesOf(manager, shared), [true]);
  assert.deepEqual(await valuesOf(manager, own), [true]);
  for (const [api, id] of [[ada, hers], [ada, shared], [manager, own]] as const) // biome-ignore format: one view each
    assert.equal((await api('DELETE', `${path}/${id}`)).status, 204);
  assert.deepEqual(await valuesOf(manager, hers), [false, false]);
  assert.deepEqual(await valuesOf(manager, shared), [true, true]);
  assert.deepEqual(await valuesOf(manager, own), [true, true]);
});

test('what somebody shared outlives their account, with whoever deletes it', async () => {
  const other = await app.tenant();
  const { api: admin, user_id } = await other.as('admin');
  const dora = await other.as('manager', 'Dora');
  const eve = (await other.as('member', 'Eve')).api;
  const view = { resource: 'contact', layout: 'table' };
  const make = async (where: string, body: object, by = dora.api) => {
    const answer = await by('POST', `/api/v1/${where}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.id;
  };
  await make('saved-views', { ...view, name: 'Twice' }, admin);
  const shared = await make('saved-views', { ...view, name: 'For all', shared: true });
  const twice = await make('saved-views', { ...view, name: 'Twice', shared: true });
  const own = await make('saved-views', { ...view, name: 'For me' });
  const board = await make('dashboards', { name: 'Quarter', shared: true });
  assert.equal((await admin('DELETE', `/api/v1/users/${dora.user_id}`)).status, 204);
  const read = async (address: string, by = eve) => (await by('GET', `/api/v1/${address}`)).body;
  assert.deepEqual(
    [await read(`saved-views/${shared}`), await read(`dashboards/${board}`)].map(({ name, owner_id }) => [
      name,
      owner_id,
    ]),
    [
      ['For all', user_id],
      ['Quarter', user_id],
    ],
  );
  assert.match((await read(`saved-views/${twice}`)).name, /^Twice \(Dora, .+\)$/);
  assert.equal((await read(`saved-views/${own}`, admin)).status, 404);
});

test('a view shared with a team is seen by its members, and changed by its owner and whoever may change all views', async () => {
  const own = await app.tenant();
  const { api: admin } = await own.as('admin');
  const ada = await own.as('member', 'Ada');
  const bob = await own.as('member', 'Bob');
  const eve = await own.as('member', 'Eve');
  const team = async (name: string, ...people: { user_id: string }[]) => {
    const { id } = (await admin('POST', '/api/v1/teams', { name })).body;
    for (const { user_id } of people) {
      const added = await admin('PUT', `/api/v1/teams/${id}/members/${user_id}`);
      assert.ok(added.status < 300, JSON.stringify(added.body));
    }
    return id as string;
  };
  const north = await team('North', ada, bob);
  const south = await team('South', ada, eve);
  const made = await ada.api('POST', path, {
    resource: 'contact',
    name: 'Romans',
    layout: 'table',
    filter,
    team_id: north,
  });
  assert.deepEqual([made.status, made.body.team], [201, { id: north, name: 'North' }], JSON.stringify(made.body));
  const { id } = made.body;
  const sees = async (who: { api: Client }) => (await who.api('GET', `${path}/${id}`)).status;
  assert.deepEqual([await sees(bob), await sees(eve)], [200, 404]);
  assert.deepEqual([await namesFor(bob.api), await namesFor(eve.api)], [['Romans'], []]);
  assert.equal((await bob.api('PATCH', `${path}/${id}`, { name: 'Mine now' })).status, 403);
  assert.equal((await bob.api('DELETE', `${path}/${id}`)).status, 403);
  assert.equal((await eve.api('PATCH', `${path}/${id}`, { name: 'Mine now' })).status, 404);
  assert.equal((await admin('PATCH', `${path}/${id}`, { name: 'People of Rome' })).status, 200);
  const gone = '00000000-0000-7000-8000-000000000000';
  assert.equal((await ada.api('PATCH', `${path}/${id}`, { team_id: gone })).status, 422);
  const stranger = await (await app.tenant()).as('admin');
  const theirs = (await stranger.api('POST', '/api/v1/teams', { name: 'Elsewhere' })).body.id;
  assert.equal((await ada.api('PATCH', `${path}/${id}`, { team_id: theirs })).status, 422);
  assert.equal(await sees(stranger), 404);

  const left = await admin('DELETE', `/api/v1/teams/${north}/members/${bob.user_id}`);
  assert.ok(left.status < 300, JSON.stringify(left.body));
  assert.equal(await sees(bob), 404, 'whoever leaves the team');
  await eventually(async () => (await namesFor(bob.api)).length === 0);
  assert.equal((await ada.api('PATCH', `${path}/${id}`, { team_id: south })).status, 200);
  assert.deepEqual([await sees(bob), await sees(eve)], [404, 200]);
  const removed = await ada.api('DELETE', `${path}/${id}`);
  assert.equal((await ada.api('POST', `/api/v1/changes/${removed.headers.get('change-id')}/reversal`)).body.done, 1);
  assert.equal(await sees(eve), 200, 'deleting it was taken back');
  assert.equal((await admin('DELETE', `/api/v1/teams/${south}`)).status, 204);
  assert.deepEqual([await sees(eve), await sees(ada)], [404, 200], 'without its team it is the owner’s alone');
});

test('a view of a team outlives its owner, and of one that is gone the trail tells the team alone what it was', async () => {
  const own = await app.tenant();
  const [admin, auditor] = [await own.as('admin'), await own.as('admin', 'Auditor')];
  const [ada, eve] = [await own.as('member', 'Ada'), await own.as('member', 'Eve')];
  const { id: team_id } = (await admin.api('POST', '/api/v1/teams', { name: 'South' })).body;
  for (const { user_id } of [ada, eve, auditor])
    assert.ok((await admin.api('PUT', `/api/v1/teams/${team_id}/members/${user_id}`)).status < 300);
  const view = { resource: 'contact', name: 'Romans', layout: 'table', filter, team_id };
  const { body: made } = await ada.api('POST', path, view);
  assert.equal((await admin.api('DELETE', `/api/v1/users/${ada.user_id}`)).status, 204);
  const { status, body } = await eve.api('GET', `${path}/${made.id}`);
  assert.deepEqual([status, body.owner_id], [200, admin.user_id], JSON.stringify(body));

  const { body: other } = await eve.api('POST', path, { ...view, name: 'Gone' });
  assert.equal((await eve.api('DELETE', `${path}/${other.id}`)).status, 204);
  const told = async ({ api }: { api: Client }) =>
    JSON.stringify((await api('GET', `/api/v1/audit-events?record_id=${other.id}`)).body).includes('Gone');
  assert.deepEqual([await told(auditor), await told(admin)], [true, false]);
});
