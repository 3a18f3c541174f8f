import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner, makePerson, signedIn } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

const create = (key: string, body: object = { given_name: 'Ada' }) =>
  api('POST', '/api/v1/contacts', body, { 'idempotency-key': key });

const countOf = async (external_id: string) => {
  const filter = JSON.stringify({ field: 'external_id', op: 'eq', value: external_id });
  return (await api('GET', `/api/v1/contacts?count=true&filter=${encodeURIComponent(filter)}`)).body.total;
};

test('the same request is done once and answered each time', async () => {
  const key = randomUUID();
  const first = await create(key);
  const again = await create(key);
  assert.equal(again.status, 201);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers.get('location'), first.headers.get('location'));
  assert.equal(again.headers.get('etag'), first.headers.get('etag'));
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
});

test('a repeat that could not happen again is answered as the first time', async () => {
  const key = randomUUID();
  const body = { given_name: 'Ada', external_id: randomUUID() };
  const first = await create(key, body);
  assert.deepEqual((await create(key, body)).body, first.body, 'the external id is taken by now');
  const path = first.headers.get('location')!;
  const headers = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
  const change = () => api('PATCH', path, { job_title: 'Analyst' }, headers);
  const changed = await change();
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const repeated = await change();
  assert.deepEqual([repeated.status, repeated.body], [200, changed.body], 'the version has moved on by now');
  assert.equal((await api('GET', path)).body.version, 2);
});

test('ten at once with one key make one record', async () => {
  const key = randomUUID();
  const external_id = randomUUID();
  const answers = await Promise.all(Array.from({ length: 10 }, () => create(key, { given_name: 'Ada', external_id })));
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]));
  assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 1);
  assert.equal(await countOf(external_id), 1);
});

test('a key with another body is refused, and nothing changes', async () => {
  const key = randomUUID();
  const external_id = randomUUID();
  await create(key);
  const other = await create(key, { given_name: 'Grace', external_id });
  assert.deepEqual([other.status, other.body.code], [409, 'idempotency_key_reused']);
  assert.equal(await countOf(external_id), 0);
});

test('the hash of a request is keyed, and a plain one of the previous release still tells a repeat', async () => {
  const key = randomUUID();
  const body = { given_name: 'Ada' };
  const first = await create(key, body);
  const plain = createHash('sha256')
    .update(`POST /api/v1/contacts\n${JSON.stringify(body)}`)
    .digest();
  const stored = await asOwner(app, 'select from idempotency_key where key = $1 and request_hash <> $2', [key, plain]);
  assert.equal(stored.length, 1);
  await asOwner(app, 'update idempotency_key set request_hash = $2 where key = $1', [key, plain]);
  assert.deepEqual((await create(key, body)).body, first.body);
  assert.equal((await create(key, { given_name: 'Grace' })).body.code, 'idempotency_key_reused');
});

test('a request that failed is not kept: put right, it goes through with its key', async () => {
  const key = randomUUID();
  const refused = await create(key, { given_name: 'Ada', company_id: randomUUID() });
  assert.equal(refused.status, 422);
  assert.equal((await create(key)).status, 201);
});

test('a key is that of a person, who may have signed in again, and of each API key by itself', async () => {
  const person = await makePerson(app, tenant, 'Off Line', 'admin');
  const [key, external_id] = [randomUUID(), randomUUID()];
  const from = async (send: Client) => {
    const { status, body } = await send(
      'POST',
      '/api/v1/contacts',
      { given_name: 'Ada', external_id },
      { 'idempotency-key': key },
    );
    return status === 201 ? body.id : body.code;
  };
  const first = await from((await signedIn(app, person)).send);
  assert.equal(await from((await signedIn(app, person)).send), first);
  assert.equal(await countOf(external_id), 1);
  const colleague = await makePerson(app, tenant, 'On Line', 'admin');
  for (const other of [(await signedIn(app, colleague)).send, api]) assert.equal(await from(other), 'duplicate');
});

test('what a repeat may not see by then is not shown again, and is not done twice', async () => {
  const role = async (contact: object, fields?: object) =>
    (await api('POST', '/api/v1/roles', { name: randomUUID(), rights: { contact, ...(fields && { fields }) } })).body;
  const before_it = await role({ read: 'all', create: 'all', update: 'all' });
  const person = await makePerson(app, tenant, 'Demoted', before_it.key);
  const { send } = await signedIn(app, person);
  const external_id = randomUUID();
  const requests = (
    [
      ['POST', '/api/v1/contacts', { given_name: 'Ada', external_id }],
      ['POST', '/api/v1/contacts/bulk', { data: [{ given_name: 'Grace' }, { given_name: 'Joan' }] }],
    ] as const
  ).map(([method, path, body]) => {
    const headers = { 'idempotency-key': randomUUID() };
    return () => send(method, path, body, headers);
  });
  const sendAll = () => Promise.all(requests.map((repeat) => repeat()));
  const codes = async () => (await sendAll()).map(({ status, body }) => [status, body.code ?? 'shown']);
  const [one, many] = await sendAll();
  assert.deepEqual([one!.status, many!.status], [201, 201]);

  const give = async (...role_ids: string[]) =>
    assert.equal((await api('PUT', `/api/v1/users/${person.user_id}/roles`, { role_ids })).status, 200);
  await give((await role({ read: 'own', create: 'all', update: 'all' })).id);
  assert.deepEqual(await codes(), [[409, 'done_already'], [409, 'done_already']], 'with other rights'); // biome-ignore format: one call
  await give(before_it.id);
  assert.deepEqual(await codes(), [[201, 'shown'], [201, 'shown']], 'with those of before'); // biome-ignore format: one call
  assert.equal(await countOf(external_id), 1);
});

test('a record that somebody else has by then is not shown again to whoever sees only own ones', async () => {
  const own = { read: 'own', create: 'all', update: 'own' };
  const role = (await api('POST', '/api/v1/roles', { name: 'Own ones', rights: { contact: own } })).body;
  const person = await makePerson(app, tenant, 'Own', role.key);
  const { send } = await signedIn(app, person);
  const [data, headers] = [[{ given_name: 'Kept' }, { given_name: 'Given' }], { 'idempotency-key': randomUUID() }];
  const bulk = () => send('POST', '/api/v1/contacts/bulk', { data }, headers);
  const [, given] = (await bulk()).body.data;
  const change_headers = { 'idempotency-key': randomUUID() };
  const change = () => send('PATCH', `/api/v1/contacts/${given.id}`, { city: 'Rome' }, change_headers);
  assert.deepEqual([(await change()).body.city, (await change()).body.city], ['Rome', 'Rome']);
  assert.equal((await bulk()).headers.get('idempotency-replayed'), 'true');
  const { user_id: owner_id } = await makePerson(app, tenant, 'Heir', 'member');
  const path = `/api/v1/contacts/${given.id}`;
  assert.equal((await api('PATCH', path, { owner_id })).status, 200);
  for (const repeat of [bulk, change]) assert.equal((await repeat()).body.code, 'done_already');
  assert.equal((await api('PATCH', path, { owner_id: person.user_id })).status, 200);
  assert.equal((await api('DELETE', path)).status, 204);
  assert.equal((await bulk()).status, 201, 'in the trash it is still theirs');
});
