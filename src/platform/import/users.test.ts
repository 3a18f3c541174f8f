import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('an import changes no account above the importer, and gives none that has a role an address', async () => {
  const tenant = await app.tenant();
  const admin = await tenant.as('admin', 'Ada');
  const everything = { read: 'all', create: 'all', update: 'all' };
  const rights = { user: everything, import: everything, file: everything, role: { read: 'all' } };
  const role = (await admin.api('POST', '/api/v1/roles', { name: 'Staff office', rights })).body;
  const office = (await tenant.as(role.key, 'Olga')).api;
  const named = async (name: string) =>
    (await admin.api('GET', '/api/v1/users?limit=200')).body.data.find((user: { name: string }) => user.name === name);
  const { email } = await named('Ada');
  const plain = await admin.api('POST', '/api/v1/users', { name: 'Nell Nobody' });
  const given = await admin.api('POST', '/api/v1/users', { name: 'Rob Role' });
  assert.deepEqual([plain.status, given.status], [201, 201]);
  const roles = { role_ids: [role.id] };
  assert.equal((await admin.api('PUT', `/api/v1/users/${given.body.id}/roles`, roles)).status, 200);

  const rows = [
    `Ada Hijacked,${email}`,
    'Rob Role,rob@people.example',
    'Nell Nobody,nell@people.example',
    'New One,new@people.example',
  ];
  const done = await importNow(office, [['users.csv', `User name,E-mail\n${rows.join('\n')}\n`]]);
  assert.equal(done.state, 'done', String(done.error));
  const { created, updated, errors } = done.files[0]!.counts;
  assert.deepEqual({ created, updated, errors }, { created: 1, updated: 1, errors: 2 });
  assert.ok(await named('Ada'), 'has the name still');
  assert.equal((await named('Rob Role')).email, null);
  assert.equal((await named('Nell Nobody')).email, 'nell@people.example');
  assert.deepEqual(done.problem_samples.map(({ code, row }) => [row, code]).sort(), [
    [2, 'not_allowed'],
    [3, 'has_role'],
  ]);
});

test('rows that would let a team reach more than the importer does are refused, by the check too, and the others go in', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const everything = { read: 'all', create: 'all', update: 'all' };
  const rights = { user: everything, team: everything, import: everything, file: everything, role: { read: 'all' } };
  const office = (await admin('POST', '/api/v1/roles', { name: 'Staff office', rights })).body;
  const seller = (await admin('POST', '/api/v1/roles', { name: 'Seller', rights: { contact: { read: 'team' } } })).body;
  const { user_id } = await tenant.as(seller.key, 'Sam Seller');
  const team = (await admin('POST', '/api/v1/teams', { name: 'North' })).body;
  assert.ok((await admin('PUT', `/api/v1/teams/${team.id}/members/${user_id}`)).status < 300);
  const { api } = await tenant.as(office.key, 'Olga');
  // Who is in the team gains nothing by a row that says so.
  const member = (await admin('POST', '/api/v1/users', { name: 'Mel Member' })).body;
  assert.ok((await admin('PUT', `/api/v1/teams/${team.id}/members/${member.id}`)).status < 300);
  const rows = [
    'Nia New,nia@people.example,North',
    'Mel Member,mel@people.example,North',
    'Sue South,sue@people.example,South',
  ];
  const { body } = await upload(api, [['users.csv', `User name,E-mail,Team\n${rows.join('\n')}\n`]]);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { state, error, files, problem_samples } = await follow(api, body.id, step);
    assert.equal(state, step === 'runs' ? 'done' : 'ready', String(error));
    assert.deepEqual(files[0]?.counts, { rows: 3, created: 1, updated: 1, unchanged: 0, skipped: 0, errors: 1 });
    assert.deepEqual(problem_samples.map(({ row, code }) => [row, code]), [[2, 'not_allowed']]); // biome-ignore format: one call
  }
});

test('a file names teams and tags as names are compared: it makes no second one that looks alike', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const north = (await api('POST', '/api/v1/teams', { name: 'North' })).body;
  await api('POST', '/api/v1/tags', { name: 'VIP' });
  const users =
    'User name,E-mail,Team\nNia,nia@people.example,NORTH\nSue,sue@people.example,south\nSam,sam@people.example,South\n';
  assert.equal((await importNow(api, [['users.csv', users]])).state, 'done');
  const contacts = 'Full name,Tags\nAda,vip;New\nBob,Vip;NEW\n\u200b,\n';
  assert.equal((await importNow(api, [['contacts.csv', contacts]])).state, 'done');
  const listed = async (list: string) => (await api('GET', `/api/v1/${list}?limit=200`)).body.data;
  type Team = { id: string; name: string; members: { name: string }[] };
  const teams = (await listed('teams')) as Team[];
  const members = (team: Team | undefined) => team?.members.map(({ name }) => name).sort();
  assert.deepEqual(members(teams.find(({ id }) => id === north.id)), ['Nia']);
  assert.deepEqual([teams.length, members(teams.find(({ id }) => id !== north.id))], [2, ['Sam', 'Sue']]);
  // A row with nothing to see in it makes nobody.
  const tags = (await listed('contacts')).map(({ tags }: Team & { tags: { name: string }[] }) => tags.length);
  assert.deepEqual([(await listed('tags')).length, tags], [2, [2, 2]]);
});
