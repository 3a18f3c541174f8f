import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { asOwner, auditOf } from '../../../test/harness/identity.ts';
import { isPublicAddress } from '../../kernel/http/outbound.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = await tenant.signedIn('admin');
});

const base = '/api/v1/webhooks';
const hook = { name: 'Hook', url: 'https://receiver.example/hook', events: { contact: { verbs: ['created'] } } };
const make = async (by: Client, more: object = {}) => {
  const answer = await by('POST', base, { ...hook, ...more });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
};
const all = { read: 'all', create: 'all', update: 'all', delete: 'all' };

test('the secret is shown once, kept sealed, and stands in no history', async () => {
  const { id, secret, version } = await make(admin);
  const listed = (await admin('GET', base)).body.data.find((each: { id: string }) => each.id === id);
  assert.equal('secret' in listed || 'sealed_secret' in listed, false);
  const changed = await admin('PATCH', `${base}/${id}`, { name: 'Renamed' }, { 'if-match': `"${version}"` });
  assert.deepEqual([changed.status, changed.body.name], [200, 'Renamed']);
  const rotated = (await admin('POST', `${base}/${id}/secret`)).body;
  assert.notEqual(rotated.secret, secret);
  const kept = JSON.stringify([await asOwner(app, 'select * from webhook'), await auditOf(app, tenant)]);
  for (const each of [secret, rotated.secret]) assert.equal(kept.includes(each.slice('whsec_'.length)), false);
  const events = (await auditOf(app, tenant)).filter(({ resource }) => resource === 'webhook');
  assert.deepEqual(
    events.map(({ action }) => action),
    ['create', 'update', 'update'],
  );
  assert.equal((await admin('DELETE', `${base}/${id}`)).status, 204);
});

test('who signed in long ago confirms it before a webhook or a secret is made', async () => {
  const { id } = await make(admin);
  const client = await tenant.signedIn('admin', 'Late');
  await asOwner(app, `update session set created_at = now() - interval '1 hour', confirmed_at = null`);
  for (const [method, path, body] of [
    ['POST', base, hook],
    ['PATCH', `${base}/${id}`, { name: 'Mine' }],
    ['POST', `${base}/${id}/secret`],
  ] as const) {
    const answer = await client(method, path, body);
    assert.deepEqual([answer.status, answer.body.code], [403, 'confirmation_needed'], path);
  }
  admin = await tenant.signedIn('admin', 'Fresh');
});

test('addresses that lead inside, are sent in the clear, or carry a password are refused', async () => {
  const refused = async (url: string) => {
    const { status, body } = await admin('POST', base, { ...hook, url });
    assert.equal(status, 422, url);
    return body.errors[0].code;
  };
  assert.equal(await refused('http://receiver.example/'), 'plaintext');
  for (const host of [
    'localhost',
    '127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[fd00::1]',
    '0x7f.1',
    '2130706433',
  ])
    assert.equal(await refused(`https://${host}/`), 'private_address', host);
  assert.equal(await refused('https://user:pass@receiver.example/'), 'credentials');
  await refused('ftp://receiver.example/');
});

test('a name that leads inside when it is sent to gets nothing', async (t) => {
  const host = hostname();
  const found = await lookup(host).catch(() => undefined);
  if (!found || isPublicAddress(found.address)) return t.skip('this machine has no name that leads inside');
  const { id } = await make(admin, { url: `https://${host}/` });
  assert.equal((await admin('POST', `${base}/${id}/tests`)).status, 201);
  const [attempt] = await eventually(async () => {
    const { body } = await admin('GET', `${base}/${id}/deliveries`);
    return body.data[0].attempts.length > 0 && body.data[0].attempts;
  });
  assert.deepEqual([attempt.status, attempt.error], [null, 'private_address']);
});

test('what cannot be asked for is refused', async () => {
  const refused = async (events: object) => {
    const { status, body } = await admin('POST', base, { ...hook, events });
    assert.equal(status, 422, JSON.stringify(events));
    return body.errors[0];
  };
  await refused({});
  await refused({ contact: { verbs: [] } });
  await refused({ contact: { verbs: ['exploded'] } });
  await refused({ user: { verbs: ['created'] } });
  assert.match(
    (await refused({ contact: { verbs: ['created'], filter: { field: 'shoe_size', op: 'eq', value: 1 } } })).message,
    /no field "shoe_size"/,
  );
});

test('a filter names people and records that are there, or that were when it was stored', async () => {
  const gone = '00000000-0000-7000-8000-000000000000';
  const byOwner = (value: string) => ({
    contact: { verbs: ['created'], filter: { any: 'company', where: { field: 'owner_id', op: 'in', value: [value] } } },
  });
  const { status, body } = await admin('POST', base, { ...hook, events: byOwner(gone) });
  assert.deepEqual(
    [status, body.errors[0].field, body.errors[0].code],
    [422, 'events.contact.filter', 'no_such_record'],
  );
  const { user_id } = await tenant.as('member', 'Leaving');
  const events = byOwner(user_id);
  const { id } = await make(admin, { events });
  assert.equal((await admin('DELETE', `/api/v1/users/${user_id}`)).status, 204);
  assert.equal((await admin('PATCH', `${base}/${id}`, { events })).status, 200);
  assert.equal((await admin('PATCH', `${base}/${id}`, { events: byOwner(gone) })).status, 422);
});

test('webhooks are for those who have the right, and are nobody’s of another workspace', async () => {
  const { id } = await make(admin);
  for (const role of ['manager', 'member', 'viewer'])
    assert.equal((await (await tenant.as(role)).api('GET', base)).status, 403, role);
  const other = await (await app.tenant()).signedIn('admin');
  for (const path of [`${base}/${id}`, `${base}/${id}/deliveries`])
    assert.equal((await other('GET', path)).status, 404, path);
  for (const path of [`${base}/${id}/tests`, `${base}/${id}/secret`])
    assert.equal((await other('POST', path)).status, 404, path);
  assert.deepEqual((await other('GET', base)).body.data, []);
});

test('whoever changes what is sent where becomes the owner, so nobody has sent to themselves what another may read', async () => {
  const role = await admin('POST', '/api/v1/roles', { name: 'Hooks only', rights: { webhook: all } });
  const { user_id } = await tenant.as('member', 'Eve');
  await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [role.body.id] });
  const eve = await tenant.signedIn('member', 'Eve');
  const owner = async (by: Client, id: string, change: object) =>
    (await by('PATCH', `${base}/${id}`, change)).body.owner_id === user_id;
  for (const change of [
    { url: 'https://eve.example/' },
    { events: { deal: { verbs: ['created'] } } },
    { enabled: true },
  ]) {
    const { id } = await make(admin);
    assert.equal(await owner(eve, id, { name: 'Renamed' }), false);
    assert.equal(await owner(eve, id, change), true, JSON.stringify(change));
  }
});

test('a webhook that a key made has no right that the key lacks, and ends with it', async () => {
  const roles = (await admin('GET', '/api/v1/roles?limit=100')).body.data;
  const role_id = roles.find(({ key }: { key: string }) => key === 'admin').id;
  const key = (await admin('POST', '/api/v1/api-keys', { name: 'Hooks', role_id, scopes: { webhook: all } })).body;
  const { id } = await make(app.client(key.key));
  const [row] = (await asOwner(app, 'select rights from webhook where id = $1', [id])) as { rights: object }[];
  assert.deepEqual(row!.rights, { webhook: all });
  await make(app.client(key.key), { name: 'Second' });
  await admin('POST', '/api/v1/contacts', { given_name: 'Ada' });
  // The key reads no contacts, so nothing is sent, also to an address where nobody is.
  await eventually(async () => {
    const { body } = await admin('GET', `${base}/${id}/deliveries`);
    return body.data[0]?.state === 'skipped' && body.data[0].reason === 'not_visible';
  });
  await admin('DELETE', `/api/v1/api-keys/${key.id}`);
  assert.equal((await admin('GET', `${base}/${id}`)).status, 404);
});

test('a workspace has at most 50', async () => {
  const { api } = await (await app.tenant()).as('admin');
  for (let n = 0; n < 50; n++) await make(api);
  assert.equal((await api('POST', base, hook)).status, 409);
});
