import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { follow, importNow } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

interface Team {
  id: string;
  name: string;
  members: { name: string }[];
}

const named = async <R extends { name: string }>(api: Client, plural: string): Promise<Map<string, R>> =>
  new Map((await api('GET', `/api/v1/${plural}?sort=name`)).body.data.map((record: R) => [record.name, record]));

const members = async (api: Client) =>
  [...(await named<Team>(api, 'teams')).values()].map((team) => [
    team.name,
    ...team.members.map(({ name }) => name).sort(),
  ]);

test('who stays when an import is taken back stays in the teams it made, and who was there before leaves only those', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const known = await importNow(api, [['known.csv', 'sales_agent,team\nKim Old,Old\nLou Old,\n']]);
  assert.equal(known.state, 'done', String(known.error));
  const rows = [
    'sales_agent,team,manager',
    'Ann Edited,North,Bo Boss',
    'Bo Boss,North,Bo Boss',
    'Cy Owner,South,',
    'Dee Idle,South,',
    'Eve Idle,East,Fay Idle',
    'Fay Idle,East,Fay Idle',
    'Kim Old,West,',
    'Lou Old,West,',
    'Lou Old,,',
  ];
  const done = await importNow(api, [['users.csv', rows.join('\n')]]);
  assert.equal(done.state, 'done', String(done.error));
  assert.deepEqual(await members(api), [
    ['East', 'Eve Idle', 'Fay Idle'],
    ['North', 'Ann Edited', 'Bo Boss'],
    ['Old', 'Kim Old'],
    ['South', 'Cy Owner', 'Dee Idle'],
    ['West', 'Kim Old', 'Lou Old'],
  ]);
  const users = await named<{ id: string; name: string }>(api, 'users');
  const renamed = await api('PATCH', `/api/v1/users/${users.get('Ann Edited')!.id}`, { name: 'Ann Renamed' });
  assert.equal(renamed.status, 200, JSON.stringify(renamed.body));
  const owned = await api('POST', '/api/v1/contacts', { given_name: 'Zoe', owner_id: users.get('Cy Owner')!.id });
  assert.equal(owned.status, 201, JSON.stringify(owned.body));

  const { reversal } = await follow(api, done.id, 'reversal');
  assert.deepEqual(await members(api), [
    ['North', 'Ann Renamed', 'Bo Boss'],
    ['Old', 'Kim Old'],
    ['South', 'Cy Owner'],
  ]);
  const left = [...(await named(api, 'users')).keys()].filter((name) => / /.test(name) && !/^Test/.test(name));
  assert.deepEqual(left, ['Ann Renamed', 'Bo Boss', 'Cy Owner', 'Kim Old', 'Lou Old']);
  assert.deepEqual(reversal?.kept_samples.map(({ resource, name, reason }) => [resource, name, reason]).sort(), [
    ['team', 'North', 'Other records still refer to it.'],
    ['team', 'South', 'Other records still refer to it.'],
    ['user', 'Ann Renamed', 'It was changed since.'],
    ['user', 'Bo Boss', 'Other records still refer to it.'],
    ['user', 'Cy Owner', 'Other records still refer to it.'],
  ]);
});

test('a membership that somebody gave by hand stays, with the team that an import made', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await importNow(api, [['known.csv', 'sales_agent,team\nKim Old,\n']]);
  const done = await importNow(api, [['users.csv', 'sales_agent,team\nAnn New,North\nKim Old,South\n']]);
  const users = await named<{ id: string; name: string }>(api, 'users');
  const north = (await named<Team>(api, 'teams')).get('North')!;
  const joined = await api('PUT', `/api/v1/teams/${north.id}/members/${users.get('Kim Old')!.id}`);
  assert.ok(joined.status < 300, JSON.stringify(joined.body));
  await follow(api, done.id, 'reversal');
  assert.deepEqual(await members(api), [['North', 'Kim Old']]);
});
