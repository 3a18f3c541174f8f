import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

async function made(path: string, body: object, by = api) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

async function listed(path: string, filter: object): Promise<string[]> {
  const { status, body } = await api('GET', `/api/v1/${path}?filter=${encodeURIComponent(JSON.stringify(filter))}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map((row: { name: string }) => row.name);
}

test('records are found by having a tag or not having it', async () => {
  const vip = await made('tags', { name: 'VIP', color: 'violet' });
  const old = await made('tags', { name: 'Old' });
  assert.equal(old.color, 'gray');
  await made('contacts', { given_name: 'Both', tags: [vip.id, old.id] });
  await made('contacts', { given_name: 'One', tags: [vip.id] });
  await made('contacts', { given_name: 'None' });
  await made('companies', { name: 'Tagged Ltd', tags: [vip.id] });

  const is = (op: string, value: string) => ({ field: 'tags', op, value });
  assert.deepEqual(await listed('contacts', is('has', vip.id)), ['Both', 'One']);
  assert.deepEqual(await listed('contacts', is('has_not', old.id)), ['None', 'One']);
  assert.deepEqual(await listed('contacts', { and: [is('has', vip.id), is('has_not', old.id)] }), ['One']);
  assert.deepEqual(await listed('contacts', { field: 'tags', op: 'is_empty' }), ['None']);
  assert.deepEqual(await listed('companies', is('has', vip.id)), ['Tagged Ltd']);
});

test('tags of a record are replaced, shown by name, and a new version of it', async () => {
  const [a, b] = [await made('tags', { name: 'Alpha' }), await made('tags', { name: 'Beta', color: 'red' })];
  const contact = await made('contacts', { given_name: 'Ada', tags: [a.id] });
  assert.deepEqual(contact.tags, [{ id: a.id, name: 'Alpha', color: 'gray' }]);
  const { body } = await api('PATCH', `/api/v1/contacts/${contact.id}`, { tags: [b.id, b.id] });
  assert.deepEqual(body.tags, [{ id: b.id, name: 'Beta', color: 'red' }]);
  assert.equal(body.version, contact.version + 1);
  await api('DELETE', `/api/v1/tags/${b.id}`);
  assert.deepEqual((await api('GET', `/api/v1/contacts/${contact.id}`)).body.tags, []);
});

test('the tags of a record stand in the order in which the list of tags has them', async () => {
  const names = ['Zürich', 'emu', 'Éclair', 'zebra', 'Eclair 10', 'Eclair 9', 'ärger', '–dash', '東京', 'Łódź'];
  const tags = [];
  for (const name of names) tags.push((await made('tags', { name })).id);
  await made('contacts', { given_name: 'Sorted', tags });
  const listedTags = (await api('GET', '/api/v1/tags?sort=name&limit=200')).body.data.map(
    (tag: { name: string }) => tag.name,
  );
  const { body } = await api(
    'GET',
    `/api/v1/contacts?filter=${encodeURIComponent('{"field":"given_name","op":"eq","value":"Sorted"}')}`,
  );
  assert.deepEqual(
    body.data[0].tags.map((tag: { name: string }) => tag.name),
    listedTags.filter((name: string) => names.includes(name)),
  );
});

test('a second tag of a name, an unknown tag and another workspace’s tag are refused', async () => {
  await made('tags', { name: 'Unique' });
  const again = await api('POST', '/api/v1/tags', { name: 'Unique' });
  assert.deepEqual([again.status, again.body.code, again.body.errors[0].field], [409, 'duplicate', 'name']);
  const stranger = (await (await app.tenant()).as('admin')).api;
  const foreign = await made('tags', { name: 'Unique' }, stranger);
  const answer = await api('POST', '/api/v1/contacts', { given_name: 'X', tags: [foreign.id] });
  assert.deepEqual([answer.status, answer.body.errors[0].field], [422, 'tags']);
  const bulk = await api('POST', '/api/v1/contacts/bulk', {
    data: [{ given_name: 'X' }, { given_name: 'Y', tags: [foreign.id] }],
  });
  assert.equal(bulk.body.errors[0].field, 'data.1.tags');
});

test('who may change a record may tag it; who may not, cannot', async () => {
  const tag = await made('tags', { name: 'Shared' });
  const contact = await made('contacts', { given_name: 'Untouched' });
  const viewer = (await tenant.as('viewer')).api;
  assert.equal((await viewer('PATCH', `/api/v1/contacts/${contact.id}`, { tags: [tag.id] })).status, 403);
  const adviser = (await tenant.as('advisor')).api;
  assert.equal((await adviser('PATCH', `/api/v1/contacts/${contact.id}`, { tags: [tag.id] })).status, 404);
  const own = await made('contacts', { given_name: 'Own', tags: [tag.id] }, adviser);
  assert.equal(own.tags.length, 1);
  assert.deepEqual((await api('GET', `/api/v1/contacts/${contact.id}`)).body.tags, []);
});
