import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import {
  client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { countBlocked, makePerson, signedIn, systemClient } from '../../../../test/harness/identity.ts';
import { importNow } from '../../../../test/harness/import.ts';
import { actions, presetRoles, type Rights, rightNames, scopes } from '../../access/rights.ts';
import { intersectRights, rightBeyond } from '../grants.ts';

let app: SharedTestApp;
let north: TestTenant;
before(async () => {
  app = await sharedTestApp();
  north = await app.tenant('north');
});

const admin = async () => (await north.as('admin')).api;

async function roleId(key: string): Promise<string> {
  const { body } = await (await admin())('GET', '/api/v1/roles?limit=200');
  return body.data.find((role: { key: string }) => role.key === key).id;
}

const peopleManager: Rights = {
  contact: { read: 'all', create: 'all' },
  user: { read: 'all', create: 'all', update: 'all', delete: 'all' },
  role: { read: 'all', create: 'all', update: 'all', delete: 'all' },
  api_key: { read: 'own', create: 'own', update: 'own', delete: 'own' },
};

let made = 0;

/** Somebody who manages people and roles, and may do little else. */
async function makePeopleManager() {
  const api = await admin();
  const name = `People manager ${++made}`;
  const role = await api('POST', '/api/v1/roles', { name, rights: peopleManager });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const person = await makePerson(app, north, name, null);
  const assigned = await api('PUT', `/api/v1/users/${person.user_id}/roles`, { role_ids: [role.body.id] });
  assert.deepEqual(
    assigned.body.roles.map((r: { name: string }) => r.name),
    [name],
  );
  return { ...person, browser: await signedIn(app, person), role_id: role.body.id as string };
}

test('nobody gives themselves or others a role that allows more than they may', async () => {
  const { browser, user_id, role_id } = await makePeopleManager();
  const target = await makePerson(app, north, 'Target One', 'viewer');
  for (const id of [user_id, target.user_id]) {
    const role_ids = [role_id, await roleId('admin')];
    const answer = await browser.send('PUT', `/api/v1/users/${id}/roles`, { role_ids });
    assert.equal(answer.status, 403, JSON.stringify(answer.body));
  }
  const invited = await browser.send('POST', '/api/v1/invitations', {
    email: 'friend@people.example',
    name: 'Friend',
    role_ids: [await roleId('admin')],
  });
  assert.equal(invited.status, 403);
  const allowed = await browser.send('PUT', `/api/v1/users/${target.user_id}/roles`, { role_ids: [role_id] });
  assert.equal(allowed.status, 403, 'the target may read the workspace, which this caller may not');
  const { body: session } = await browser.send('GET', '/api/v1/session');
  assert.equal(session.rights.deal, undefined);
});

test('nobody makes, widens or deletes a role above their own rights, and presets stay as they are', async () => {
  const { browser, role_id } = await makePeopleManager();
  const wide: Rights = { ...peopleManager, deal: { read: 'all' } };
  assert.equal((await browser.send('POST', '/api/v1/roles', { name: 'Wide', rights: wide })).status, 403);
  assert.equal((await browser.send('PATCH', `/api/v1/roles/${role_id}`, { rights: wide })).status, 403);
  const above = await (await admin())('POST', '/api/v1/roles', { name: 'Above', rights: { deal: { read: 'all' } } });
  const path = `/api/v1/roles/${above.body.id}`;
  assert.equal((await browser.send('PATCH', path, { rights: {} })).status, 403);
  assert.equal((await browser.send('DELETE', path)).status, 403);
  const preset = `/api/v1/roles/${await roleId('viewer')}`;
  assert.equal((await (await admin())('PATCH', preset, { name: 'Mine' })).body.code, 'preset');
  assert.equal((await (await admin())('DELETE', preset)).body.code, 'preset');
});

test('a key that a key made may no more and lives no longer, whatever becomes of the one above', async () => {
  const api = await admin();
  const rights: Rights = {
    contact: { read: 'all' },
    api_key: { create: 'own', read: 'own' },
    company: { read: 'all' },
    role: { read: 'all' },
  };
  const role = (await api('POST', '/api/v1/roles', { name: 'Key role', rights })).body;
  const other = (await api('POST', '/api/v1/roles', { name: 'Other key role', rights })).body;
  const maker = await makePerson(app, north, 'Maker of keys', 'member');
  await api('PUT', `/api/v1/users/${maker.user_id}/roles`, { role_ids: [role.id, other.id] });
  const browser = await signedIn(app, maker);
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  const make = (send: typeof browser.send, body: object) => send('POST', '/api/v1/api-keys', { name: 'key', ...body });
  const top = (await make(browser.send, { role_id: role.id, expires_at })).body;
  const later = new Date(Date.now() + 7_200_000).toISOString();
  const robot = client(app.url, top.key);
  assert.equal((await make(robot, { role_id: other.id, expires_at: later })).body.errors?.[0].code, 'beyond_maker');
  const child = (await make(robot, { role_id: other.id })).body;
  assert.equal(Date.parse(child.expires_at), Date.parse(expires_at), JSON.stringify(child));
  const below = client(app.url, child.key);
  assert.equal((await below('GET', '/api/v1/companies')).status, 200);
  const narrower: Rights = { ...rights, company: {} };
  assert.equal((await api('PATCH', `/api/v1/roles/${role.id}`, { rights: narrower })).status, 200);
  assert.equal((await below('GET', '/api/v1/companies')).status, 403, 'the key above may no longer');
  assert.equal((await below('GET', '/api/v1/contacts')).status, 200);
  assert.equal((await api('DELETE', `/api/v1/api-keys/${top.id}`)).status, 204);
  assert.equal((await below('GET', '/api/v1/contacts')).status, 401, 'it ends with the key above');
});

test('a right that was taken away, and a field hidden from a role, is so before that is answered', async () => {
  const east = await app.tenant('east');
  const { api } = await east.as('admin');
  const rights: Rights = {
    contact: { read: 'all', update: 'all' },
    company: { read: 'all' },
    custom_field: { read: 'all' },
  };
  const role = (await api('POST', '/api/v1/roles', { name: 'Reduced', rights })).body;
  const reader = await makePerson(app, east, 'Reader of fields', role.key);
  const browser = await signedIn(app, reader);
  const contact = (await api('POST', '/api/v1/contacts', { family_name: 'Of fields' })).body;
  const path = `/api/v1/contacts/${contact.id}`;
  for (let round = 1; round <= 3; round++) {
    assert.equal((await browser.send('GET', path)).status, 200);
    const key = `hidden_${round}`;
    const made = await api('POST', '/api/v1/custom-fields', {
      resource: 'contact',
      key,
      label: `Hidden ${round}`,
      type: 'text',
      visible_to: [],
      editable_by: [],
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await api('PATCH', path, { custom: { [key]: 'secret' } });
    const seen = await browser.send('GET', path);
    assert.equal(seen.body.custom[key], undefined, JSON.stringify(seen.body.custom));
    assert.notEqual((await browser.send('PATCH', path, { custom: { [key]: 'mine' } })).status, 200);
  }
  assert.equal((await browser.send('GET', '/api/v1/companies')).status, 200);
  await api('PATCH', `/api/v1/roles/${role.id}`, { rights: { ...rights, company: {} } });
  assert.equal((await browser.send('GET', '/api/v1/companies')).status, 403);
  await api('PUT', `/api/v1/users/${reader.user_id}/roles`, { role_ids: [] });
  assert.equal((await browser.send('GET', path)).status, 403);
});

/** Somebody with a role of these rights alone, in teams of these names, which are made as needed. */
async function makeMember(rights: Rights, teams: string[] = []) {
  const api = await admin();
  const name = `Colleague ${++made}`;
  const role = await api('POST', '/api/v1/roles', { name, rights });
  const person = await makePerson(app, north, name, null);
  await api('PUT', `/api/v1/users/${person.user_id}/roles`, { role_ids: [role.body.id] });
  for (const team of teams) await api('PUT', `/api/v1/teams/${await teamId(team)}/members/${person.user_id}`);
  return { ...person, role_id: role.body.id as string, browser: await signedIn(app, person) };
}

async function teamId(name: string): Promise<string> {
  const api = await admin();
  const { body } = await api('POST', '/api/v1/teams', { name });
  if (body.id) return body.id;
  return (await api('GET', '/api/v1/teams?limit=200')).body.data.find((team: { name: string }) => team.name === name)
    .id;
}

const allOf = { read: 'all', create: 'all', update: 'all', delete: 'all' } as const;
const teamwork: Rights = { contact: { read: 'team' } };
/** Somebody who cares for teams, and reaches contacts by this scope. */
const teamKeeper = (scope: (typeof scopes)[number], names: string[] = []) =>
  makeMember({ user: allOf, team: allOf, role: allOf, contact: { read: scope } }, names);

test('a role with scope team and nothing else reaches what colleagues own', async () => {
  const [one, two, three] = [
    await makeMember(teamwork, ['Bern']),
    await makeMember(teamwork, ['Bern']),
    await makeMember(teamwork),
  ];
  const made = await (await admin())('POST', '/api/v1/contacts', { family_name: 'Of Bern', owner_id: two.user_id });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const seen = async ({ browser }: typeof one) =>
    (await browser.send('GET', `/api/v1/contacts/${made.body.id}`)).status;
  assert.deepEqual([await seen(one), await seen(two), await seen(three)], [200, 200, 404]);
});

test('nobody joins people so that anybody reaches records which they do not reach themselves', async () => {
  const mate = await makeMember(teamwork, ['Basel']);
  const outsider = await makeMember(teamwork, ['Genf']);
  const reader = await makeMember({ contact: { read: 'own' } });
  const basel = await teamId('Basel');
  const join = async (keeper: { browser: Awaited<ReturnType<typeof signedIn>> }, user_id: string, team = basel) =>
    (await keeper.browser.send('PUT', `/api/v1/teams/${team}/members/${user_id}`)).status;
  for (const scope of ['none', 'own', 'team'] as const) {
    const keeper = await teamKeeper(scope);
    assert.equal(await join(keeper, outsider.user_id), 403, `${scope}: two others who then reach each other`);
    assert.equal(await join(keeper, reader.user_id), 403, `${scope}: those in the team then reach the new member`);
    // With scope own or none a keeper gains nothing, but the others reach what the keeper alone owns.
    assert.equal(await join(keeper, keeper.user_id), scope === 'own' ? 200 : 403, `${scope}: oneself`);
    assert.equal(await join(keeper, reader.user_id, await teamId(`Of readers ${scope}`)), 200, 'nobody gains anything');
  }
  const inside = await teamKeeper('team', ['Basel', 'Genf']);
  assert.equal(await join(inside, outsider.user_id), 200, 'both are colleagues of the one who joins them');
  const chief = await teamKeeper('all');
  const stranger = await makeMember(teamwork);
  assert.equal(await join(chief, stranger.user_id), 200);
  assert.equal((await mate.browser.send('GET', '/api/v1/contacts')).status, 200);
});

test('an import of users puts nobody into a team whose members then reach more than whoever imports does', async () => {
  const insider = await makeMember(teamwork, ['Visp']);
  await makeMember({}, ['Visp']);
  const rights: Rights = {
    user: allOf,
    team: allOf,
    role: allOf,
    import: allOf,
    file: allOf,
    api_key: allOf,
    contact: { read: 'team' },
  };
  const importer = await makeMember(rights);
  const role = { name: 'Of imports', role_id: importer.role_id };
  const made = await importer.browser.send('POST', '/api/v1/api-keys', role);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const api = client(app.url, made.body.key);
  const members = async () => {
    const { data } = (await (await admin())('GET', '/api/v1/teams?limit=200')).body;
    return data
      .find(({ name }: { name: string }) => name === 'Visp')
      .members.map(({ id }: { id: string }) => id)
      .sort();
  };
  const before = await members();
  assert.ok(before.includes(insider.user_id));
  const user = (await (await admin())('GET', `/api/v1/users/${importer.user_id}`)).body;
  for (const [name, email] of [
    [user.name, user.email],
    ['Newly Imported', 'newly@people.example'],
  ]) {
    const done = await importNow(api, [['users.csv', `User name,E-mail,Team\n${name},${email},Visp\n`]]);
    assert.match(JSON.stringify(done.problem_samples), /reach records that you do not/, name);
    assert.equal(done.files[0]?.counts?.errors, 1, name);
    assert.deepEqual(await members(), before);
  }
  const alone = await importNow(api, [
    ['users.csv', 'User name,E-mail,Team\nOdd Alone,odd@people.example,Of nobody yet\n'],
  ]);
  assert.equal(alone.state, 'done', String(alone.error));
});

test('nobody gives a role with scope team, or changes somebody who has one, beyond their own teams', async () => {
  const target = await makeMember({ contact: { read: 'own' } }, ['Chur']);
  await makeMember({}, ['Chur']);
  const holder = await makeMember(teamwork, ['Chur']);
  const roles = (keeper: { browser: Awaited<ReturnType<typeof signedIn>> }, user_id: string, role_ids: string[]) =>
    keeper.browser.send('PUT', `/api/v1/users/${user_id}/roles`, { role_ids }).then(({ status }) => status);
  const outside = await teamKeeper('team');
  const inside = await teamKeeper('team', ['Chur']);
  assert.equal(await roles(outside, target.user_id, [holder.role_id]), 403);
  assert.equal(await roles(inside, target.user_id, [holder.role_id]), 200);
  const rename = (keeper: typeof outside) =>
    keeper.browser.send('PATCH', `/api/v1/users/${holder.user_id}`, { email: `${keeper.user_id}@people.example` });
  assert.equal((await rename(outside)).status, 403, 'with the new address one would take over the account');
  assert.equal((await rename(inside)).status, 200);
  const third = await makeMember({ contact: { read: 'own' } }, ['Chur']);
  const widen = (keeper: typeof outside) =>
    keeper.browser.send('PATCH', `/api/v1/roles/${third.role_id}`, { rights: teamwork });
  assert.equal((await widen(outside)).status, 403);
  assert.equal((await widen(inside)).status, 200);
});

test('nobody changes a user who may more: no new address, no sign-out, no removed second factor', async () => {
  const { browser } = await makePeopleManager();
  const { user_id } = await north.as('admin');
  const path = `/api/v1/users/${user_id}`;
  const attempts = await Promise.all([
    browser.send('PATCH', path, { email: 'mine@people.example' }),
    browser.send('POST', `${path}/deactivation`),
    browser.send('DELETE', `${path}/sessions`),
    browser.send('DELETE', `${path}/second-factor`),
    browser.send('DELETE', path),
    browser.send('PUT', `${path}/roles`, { role_ids: [] }),
  ]);
  assert.deepEqual(
    attempts.map(({ status }) => status),
    [403, 403, 403, 403, 403, 403],
  );
});

test('an API key may no more than its maker, when it is made and ever after', async () => {
  const api = await admin();
  const person = await makePerson(app, north, 'Key Maker', 'member');
  const browser = await signedIn(app, person);
  const make = (role_id: string, scopes?: Rights) =>
    browser.send('POST', '/api/v1/api-keys', { name: 'key', role_id, scopes });
  assert.equal((await make(await roleId('admin'))).status, 403);
  assert.equal((await make(await roleId('admin'), { audit: { read: 'all' } })).status, 403);
  const narrowed = await make(await roleId('admin'), { contact: { read: 'all' } });
  assert.equal(narrowed.status, 201, JSON.stringify(narrowed.body));
  const robot = client(app.url, narrowed.body.key);
  assert.deepEqual((await robot('GET', '/api/v1/session')).body.rights, { contact: { read: 'all' } });
  assert.equal((await robot('GET', '/api/v1/users')).status, 403);

  const whole = client(app.url, (await make(await roleId('member'))).body.key);
  assert.equal((await whole('GET', '/api/v1/users')).status, 200);
  const bare = await api('POST', '/api/v1/roles', { name: 'Without people', rights: { tenant: { read: 'all' } } });
  const role_ids = [bare.body.id];
  await api('PUT', `/api/v1/users/${person.user_id}/roles`, { role_ids });
  assert.equal((await whole('GET', '/api/v1/users')).status, 403, 'the person lost the right, so the key did');
});

test('a key cannot make itself a wider sister, nor change how its person signs in', async () => {
  const browser = await signedIn(app, await makePerson(app, north, 'Wide Person', 'manager'));
  const scopes: Rights = { api_key: { read: 'own', create: 'own' }, role: { read: 'all' } };
  const role_id = await roleId('manager');
  const narrow = await browser.send('POST', '/api/v1/api-keys', { name: 'narrow', role_id, scopes });
  const robot = client(app.url, narrow.body.key);
  assert.equal((await robot('POST', '/api/v1/api-keys', { name: 'wide', role_id })).status, 403);
  for (const [method, path, body] of [
    ['PUT', '/api/v1/password', { password: 'seven green bicycles' }],
    ['POST', '/api/v1/second-factor/setup', {}],
    ['POST', '/api/v1/passkeys/options', {}],
    ['GET', '/api/v1/sessions', undefined],
    ['PATCH', '/api/v1/profile', { name: 'Robot' }],
  ] as const)
    assert.equal((await robot(method, path, body)).status, 403, path);
});

test('a workspace keeps an administrator, also when two remove each other at the same time', async () => {
  const small = await app.tenant('small');
  const [one, two] = [await small.as('admin', 'one'), await small.as('admin', 'two')];
  const answers = await Promise.all([
    one.api('PUT', `/api/v1/users/${two.user_id}/roles`, { role_ids: [] }),
    two.api('PUT', `/api/v1/users/${one.user_id}/roles`, { role_ids: [] }),
  ]);
  // Whoever comes second is stopped by the rule, or, when the first was quicker still, has no rights left to try.
  const statuses = answers.map(({ status }) => status).sort();
  assert.equal(statuses[0], 200);
  assert.ok(statuses[1] === 409 || statuses[1] === 403, String(statuses[1]));
  const [loser, winner] = answers[0].status === 200 ? [two, one] : [one, two];
  assert.equal((await winner.api('DELETE', `/api/v1/users/${winner.user_id}`)).status, 403);
  assert.equal((await winner.api('POST', `/api/v1/users/${winner.user_id}/deactivation`)).status, 403);
  const last = await winner.api('PUT', `/api/v1/users/${winner.user_id}/roles`, { role_ids: [] });
  assert.equal(last.body.code, 'last_administrator');
  assert.equal((await winner.api('DELETE', `/api/v1/users/${loser.user_id}`)).status, 204);
});

test('a role names only what exists, with scopes that mean something', async () => {
  const api = await admin();
  for (const rights of [
    { nonsense: { read: 'all' } },
    { contact: { destroy: 'all' } },
    { contact: { read: 'some' } },
    { tag: { read: 'own' } },
    { '*': 'all' },
  ]) {
    const answer = await api('POST', '/api/v1/roles', { name: 'Odd', rights });
    assert.equal(answer.status, 422, JSON.stringify(rights));
  }
});

const anyRights = fc
  .array(fc.tuple(fc.constantFrom(...rightNames()), fc.constantFrom(...actions), fc.constantFrom(...scopes)))
  .map((grants) => {
    const rights: Rights = {};
    for (const [resource, action, scope] of grants) rights[resource] = { ...rights[resource], [action]: scope };
    return rights;
  });

test('what two rights allow together is within each of them, and nothing more is', () => {
  fc.assert(
    fc.property(anyRights, anyRights, (a, b) => {
      const both = intersectRights(a, b);
      assert.equal(rightBeyond(a, both), undefined);
      assert.equal(rightBeyond(b, both), undefined);
      if (!rightBeyond(a, b)) assert.equal(rightBeyond(both, b), undefined);
    }),
  );
  assert.equal(rightBeyond({ '*': 'all' }, presetRoles()[0]!.rights), undefined);
  assert.equal(rightBeyond(presetRoles()[0]!.rights, { '*': 'all' }), '*');
});

test('of two people who change the roles of somebody, the second is told that the list is outdated', async () => {
  const api = await admin();
  const { user_id } = await makePerson(app, north, 'Two Editors', 'member');
  const [member, manager, viewer] = await Promise.all(['member', 'manager', 'viewer'].map(roleId));
  const path = `/api/v1/users/${user_id}`;
  const { version } = (await api('GET', path)).body;
  const put = (role_ids: unknown[], opened: number) =>
    api('PUT', `${path}/roles`, { role_ids }, { 'if-match': `"${opened}"` });
  const first = await put([manager], version);
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.ok(first.body.version > version);
  const second = await put([member, viewer], version);
  assert.deepEqual([second.status, second.body.code], [412, 'stale']);
  assert.equal(second.body.current.version, first.body.version);
  assert.deepEqual(
    (await api('GET', path)).body.roles.map(({ id }: { id: string }) => id),
    [manager],
  );
  assert.equal((await put([member, viewer], first.body.version)).status, 200);
});

test('a role that is given more while somebody with less changes it is not theirs to change', async () => {
  const { browser } = await makePeopleManager();
  const { id } = (await browser.send('POST', '/api/v1/roles', { name: 'Shared role', rights: {} })).body;
  const other = await systemClient(app);
  try {
    await other.query('begin');
    await other.query(`select pg_advisory_xact_lock(hashtextextended('grants:' || $1, 0))`, [north.tenant_id]);
    await other.query('update role set rights = $2 where id = $1', [id, JSON.stringify({ audit: { read: 'all' } })]);
    const changed = browser.send('PATCH', `/api/v1/roles/${id}`, { rights: { contact: { read: 'all' } } });
    await eventually(async () => (await countBlocked(other)) > 0);
    await other.query('commit');
    assert.equal((await changed).status, 403);
  } finally {
    await other.end();
  }
});

test('a key that may less than its person changes nothing that is that person’s own', async () => {
  const person = await makePerson(app, north, 'Owner Of Things', 'member');
  const browser = await signedIn(app, person);
  const { id } = (await browser.send('POST', '/api/v1/contacts', { given_name: 'Kept' })).body;
  const role_id = await roleId('member');
  const keyWith = async (scopes?: Rights) =>
    client(app.url, (await browser.send('POST', '/api/v1/api-keys', { name: 'own', role_id, scopes })).body.key);
  const changes = [
    ['PATCH', '/api/v1/notification-settings', { digest: 'weekly' }],
    ['PUT', `/api/v1/contacts/${id}/favourite`, undefined],
    ['PUT', '/api/v1/favourite-order', { ids: [id] }],
    ['DELETE', `/api/v1/contacts/${id}/favourite`, undefined],
    ['PUT', `/api/v1/contacts/${id}/following`, undefined],
    ['DELETE', `/api/v1/contacts/${id}/following`, undefined],
  ] as const;
  const narrow = await keyWith({ contact: { read: 'all' } });
  for (const [method, path, body] of changes)
    assert.equal((await narrow(method, path, body)).status, 403, `${method} ${path}`);
  for (const path of ['notification-settings', 'notifications', 'favourites'])
    assert.equal((await narrow('GET', `/api/v1/${path}`)).status, 200, path);
  const whole = await keyWith();
  for (const [method, path, body] of changes) {
    const answer = await whole(method, path, body);
    assert.equal(answer.status, 200, `${method} ${path} ${JSON.stringify(answer.body)}`);
  }
});
