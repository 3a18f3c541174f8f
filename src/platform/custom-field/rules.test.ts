import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Answer, type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const path = '/api/v1/custom-fields';
const workspace = async () => (await (await app.tenant()).as('admin')).api;

async function made(api: Client, where: string, body: object) {
  const answer = await api('POST', `/api/v1/${where}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

const field = (api: Client, body: object) =>
  made(api, 'custom-fields', { resource: 'contact', key: 'own', label: 'Own', type: 'text', ...body });

function assertRefused({ status, body }: Answer, place: string, message = /./): void {
  assert.ok(status === 422 || status === 409, JSON.stringify(body));
  assert.equal(body.errors[0].field, place, JSON.stringify(body.errors));
  assert.match(body.errors[0].message, message);
}

test('values keep to the bounds of their field', async () => {
  const api = await workspace();
  for (const [key, type, rules, good, bad] of [
    ['code', 'text', { min: '2', max: '4', pattern: 'capitals_digits' }, ['AB', 'X-12'], ['A', 'ABCDE', 'ab']],
    ['visits', 'integer', { min: '-3', max: '10' }, [-3, 10], [-4, 11]],
    ['ratio', 'decimal', { min: '-0.5', max: '0.000001' }, ['-0.5', '0.000001', '0'], ['-0.500001', '0.000002']],
    ['fee', 'money', { min: '0' }, [{ amount: '0.00', currency: 'USD' }], [{ amount: '-0.01', currency: 'USD' }]],
    ['since', 'date', { min: '2000-01-01' }, ['2000-01-01'], ['1999-12-31']],
    ['page', 'url', { max: '22' }, ['https://a.example/1234'], ['https://a.example/12345']],
    ['mail', 'text', { pattern: 'email' }, ['a@b.example'], ['a b@c.example', 'a@b']],
  ] as const) {
    await field(api, { key, label: `The ${key}`, type, rules });
    const create = (value: unknown) => api('POST', '/api/v1/contacts', { given_name: 'A', custom: { [key]: value } });
    for (const value of good) assert.equal((await create(value)).status, 201, `${key} ${JSON.stringify(value)}`);
    for (const value of bad) assertRefused(await create(value), `custom.${key}`);
  }
});

test('a definition that does not go together is refused where it does not', async () => {
  const api = await workspace();
  for (const [place, body] of [
    ['rules.max', { type: 'integer', rules: { min: '3', max: '2' } }],
    ['rules.min', { type: 'date', rules: { min: '2024-02-30' } }],
    ['rules.min', { type: 'boolean', rules: { min: '1' } }],
    ['rules.pattern', { type: 'integer', rules: { pattern: 'digits' } }],
    ['is_unique', { type: 'select', options: ['a'], is_unique: true }],
    ['default_value', { is_unique: true, default_value: 'x' }],
    ['default_value', { type: 'integer', default_value: 'x' }],
    ['default_value', { type: 'select', options: ['a'], default_value: 'b' }],
    ['default_value', { type: 'user', default_value: crypto.randomUUID() }],
    ['visible_to', { visible_to: [crypto.randomUUID()] }],
  ] as const)
    assertRefused(
      await api('POST', path, { resource: 'contact', key: 'own', label: 'Own', type: 'text', ...body }),
      place,
    );
});

test('what nobody filled in has its default, and stays empty once it is emptied', async () => {
  const api = await workspace();
  await field(api, {
    key: 'tier',
    label: 'Tier',
    type: 'select',
    options: ['A', 'B'],
    default_value: 'B',
    required: true,
  });
  await field(api, {
    key: 'likes',
    label: 'Likes',
    type: 'multi_select',
    options: ['x', 'y'],
    default_value: ['y', 'x'],
  });
  await field(api, { key: 'vip', label: 'VIP', type: 'boolean', default_value: false });
  const plain = await made(api, 'contacts', { given_name: 'Plain' });
  assert.deepEqual(plain.custom, { tier: 'B', likes: ['y', 'x'], vip: false });
  const chosen = await made(api, 'contacts', { given_name: 'Chosen', custom: { tier: 'A', likes: null } });
  assert.deepEqual(chosen.custom, { tier: 'A', vip: false });
  const emptied = await api('PATCH', `/api/v1/contacts/${plain.id}`, { custom: { likes: null } });
  assert.deepEqual(emptied.body.custom, { tier: 'B', vip: false });
  const bulk = await api('POST', '/api/v1/contacts/bulk', {
    data: [{ given_name: 'A' }, { given_name: 'B', custom: { tier: 'A' } }],
  });
  assert.deepEqual(
    bulk.body.data.map(({ custom }: { custom: { tier: string } }) => custom.tier),
    ['B', 'A'],
  );
});

test('an empty list does not fill in what must be filled in', async () => {
  const api = await workspace();
  const options = ['x', 'y'];
  await field(api, { key: 'likes', label: 'Likes', type: 'multi_select', options, required: true });
  await field(api, { key: 'also', label: 'Also', type: 'multi_select', options });
  const create = (custom: object) => api('POST', '/api/v1/contacts', { given_name: 'A', custom });
  assertRefused(await create({ likes: [] }), 'custom.likes', /required/);
  const { status, body } = await create({ likes: ['x'], also: [] });
  assert.equal(status, 201, JSON.stringify(body));
  const change = (likes: unknown) => api('PATCH', `/api/v1/contacts/${body.id}`, { custom: { likes } });
  assertRefused(await change([]), 'custom.likes', /required/);
  assert.equal((await change(['y'])).status, 200);
  const { components } = (await api('GET', '/api/v1/openapi.json')).body;
  const { likes, also } = components.schemas.ContactUpdate.properties.custom.properties;
  assert.deepEqual([likes.minItems, also.anyOf[0].minItems], [1, undefined]);
});

test('a filter that names an option which was removed finds nothing by it, and the rest of what it asks for', async () => {
  const api = await workspace();
  const tier = await field(api, { key: 'tier', label: 'Tier', type: 'select', options: ['Gold', 'Bronze'] });
  const options = { type: 'multi_select', options: ['tea', 'ale'] };
  const likes = await field(api, { key: 'likes', label: 'Likes', ...options });
  await made(api, 'contacts', { given_name: 'Ada', custom: { tier: 'Gold', likes: ['tea'] } });
  await made(api, 'contacts', { given_name: 'Bo' });
  const filter = { field: 'custom.tier', op: 'in', value: ['Gold', 'Bronze'] };
  const view = await made(api, 'saved-views', { resource: 'contact', name: 'Tiers', layout: 'table', filter });
  assert.equal((await api('PATCH', `${path}/${tier.id}`, { options: ['Gold'] })).status, 200);
  assert.equal((await api('PATCH', `${path}/${likes.id}`, { options: ['tea'] })).status, 200);
  const found = async (asked: object) => {
    const { status, body } = await api('GET', `/api/v1/contacts?filter=${encodeURIComponent(JSON.stringify(asked))}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data.map(({ given_name }: { given_name: string }) => given_name).sort();
  };
  assert.deepEqual(await found(view.filter), ['Ada']);
  const gone = { field: 'custom.tier', value: 'Bronze' };
  assert.deepEqual(await found({ ...gone, op: 'eq' }), []);
  assert.deepEqual(await found({ ...gone, op: 'ne' }), ['Ada', 'Bo']);
  assert.deepEqual(await found({ field: 'custom.likes', op: 'has', value: 'ale' }), []);
  const again = await api('PATCH', `/api/v1/saved-views/${view.id}`, { name: 'Golden', filter: view.filter });
  assert.equal(again.status, 200, JSON.stringify(again.body));
});

test('names that there are already are refused, naming what has them', async () => {
  const api = await workspace();
  const first = await field(api, { key: 'size', label: 'Size' });
  const second = await field(api, { key: 'colour', label: 'Colour' });
  const body = { resource: 'contact', type: 'text' };
  assertRefused(await api('POST', path, { ...body, key: 'size', label: 'Other' }), 'key', /"Size" \(size\)/);
  assertRefused(await api('POST', path, { ...body, key: 'other', label: ' SIZE ' }), 'label', /"Size" \(size\)/);
  assertRefused(await api('POST', path, { ...body, key: 'email', label: 'Other' }), 'key', /every contact has/);
  assertRefused(await api('POST', path, { ...body, key: 'other', label: 'created' }), 'label', /"Created"/);
  assertRefused(await api('PATCH', `${path}/${second.id}`, { label: 'size' }), 'label', /"Size"/);
  assertRefused(await api('PATCH', `${path}/${second.id}`, { label: 'E-mail' }), 'label', /"E-mail"/);
  assert.equal(
    (await api('PATCH', `${path}/${second.id}`, { label: 'COLOUR' })).status,
    200,
    'its own name it may have',
  );
  assert.equal((await api('DELETE', `${path}/${first.id}`)).status, 204);
  assertRefused(await api('PATCH', `${path}/${second.id}`, { label: 'Size' }), 'label', /retired/);
  assert.equal((await api('POST', path, { ...body, resource: 'company', key: 'size', label: 'Size' })).status, 201);
});

test('fields come in the order they were given, new ones last', async () => {
  const api = await workspace();
  const ids: string[] = [];
  for (const key of ['a', 'b', 'c']) ids.push((await field(api, { key, label: `Own ${key}` })).id);
  const order = async () =>
    (await api('GET', `${path}?sort=position`)).body.data.map(({ key }: { key: string }) => key).join('');
  assert.equal(await order(), 'abc');
  const moved = await api('PUT', '/api/v1/custom-field-order', { resource: 'contact', ids: [ids[2], ids[0]] });
  assert.equal(moved.status, 204);
  assert.equal(await order(), 'cab');
  assertRefused(await api('PUT', '/api/v1/custom-field-order', { resource: 'company', ids }), 'ids.0');
});

test('a unique value is one record’s alone, whoever writes at the same time', async () => {
  const api = await workspace();
  const number = await field(api, { key: 'number', label: 'Number', is_unique: true });
  await field(api, { key: 'place', label: 'Place', type: 'integer', is_unique: true });
  const one = await made(api, 'contacts', { given_name: 'One', custom: { number: 'A-1' } });
  const create = (custom: object) => api('POST', '/api/v1/contacts', { given_name: 'Next', custom });
  const second = await create({ number: 'A-1' });
  assert.equal(second.status, 409);
  assertRefused(second, 'custom.number');

  const racing = await Promise.all(
    Array.from({ length: 12 }, (_, i) => create({ number: `R-${i % 3}`, place: i % 4 })),
  );
  const won = racing.filter(({ status }) => status === 201);
  assert.ok(
    racing.every(({ status }) => status === 201 || status === 409),
    JSON.stringify(racing.map(({ status }) => status)),
  );
  const held = won.map(({ body }) => body.custom);
  for (const key of ['number', 'place']) assert.equal(new Set(held.map((custom) => custom[key])).size, won.length, key);
  assert.ok(won.length > 0);

  assert.equal((await api('PATCH', `/api/v1/contacts/${one.id}`, { custom: { number: 'A-1' } })).status, 200);
  assert.equal((await api('DELETE', `/api/v1/contacts/${one.id}`)).status, 204);
  assert.equal(
    (await create({ number: 'A-1' })).status,
    409,
    'what lies in the trash keeps its number, and can come back with it',
  );
  assert.equal(
    (await api('POST', '/api/v1/trash/deletions', { items: [{ resource: 'contact', id: one.id }] })).status,
    200,
  );
  assert.equal((await create({ number: 'A-1' })).status, 201);

  const bulk = await api('POST', '/api/v1/contacts/bulk', {
    data: [
      { given_name: 'A', custom: { number: 'B' } },
      { given_name: 'B', custom: { number: 'B' } },
    ],
  });
  assert.equal(bulk.status, 409);
  assert.equal((await api('PATCH', `${path}/${number.id}`, { is_unique: false })).status, 200);
  await made(api, 'contacts', { given_name: 'Twin', custom: { number: 'A-1' } });
  assertRefused(await api('PATCH', `${path}/${number.id}`, { is_unique: true }), 'is_unique', /A-1/);
});

test('a field that becomes unique knows what is written at the same moment', async () => {
  const api = await workspace();
  const { id } = await field(api, { key: 'number', label: 'Number' });
  const writes = Array.from({ length: 20 }, (_, i) =>
    api('POST', '/api/v1/contacts', { given_name: 'W', custom: { number: `${i >> 1}` } }),
  );
  const [change] = await Promise.all([api('PATCH', `${path}/${id}`, { is_unique: true }), ...writes]);
  const { data } = (await api('GET', '/api/v1/contacts?limit=200')).body;
  const numbers = data.map(({ custom }: { custom: { number: string } }) => custom.number);
  if (change.status === 200) assert.equal(new Set(numbers).size, numbers.length, numbers.join());
  else assertRefused(change, 'is_unique');
});

test('a value that names a record is emptied when that record is deleted for good', async () => {
  const api = await workspace();
  await field(api, { key: 'friend', label: 'Friend', type: 'contact' });
  await field(api, { resource: 'company', key: 'sponsor', label: 'Sponsor', type: 'contact' });
  await field(api, { key: 'bid', label: 'Bid', type: 'deal' });
  const friend = await made(api, 'contacts', { given_name: 'Friend' });
  const bid = await made(api, 'deals', { name: 'Bid' });
  const one = await made(api, 'contacts', {
    given_name: 'One',
    custom: { friend: friend.id.toUpperCase(), bid: bid.id },
  });
  const firm = await made(api, 'companies', { name: 'Firm', custom: { sponsor: friend.id } });
  const custom = async (where: string) => (await api('GET', `/api/v1/${where}`)).body.custom;
  await api('DELETE', `/api/v1/contacts/${friend.id}`);
  assert.equal((await custom(`companies/${firm.id}`)).sponsor, friend.id, 'from the trash it may come back');
  await api('POST', '/api/v1/trash/deletions', { items: [{ resource: 'contact', id: friend.id }] });
  assert.deepEqual(await custom(`contacts/${one.id}`), { bid: bid.id });
  assert.deepEqual(await custom(`companies/${firm.id}`), {});
});

test('of many that are created at once, the one whose value is taken is named', async () => {
  const api = await workspace();
  await field(api, { key: 'badge', label: 'Badge', is_unique: true });
  await made(api, 'contacts', { given_name: 'Ada', external_id: 'crm-1', custom: { badge: 'B1' } });
  const taken = async (rows: object[], path = 'contacts') => {
    const data = [{ given_name: 'Bo' }, { given_name: 'Cy', external_id: 'crm-2', custom: { badge: 'B2' } }, ...rows];
    const { status, body } = await api('POST', `/api/v1/${path}/bulk`, { data: path === 'tags' ? rows : data });
    return [status, body.code, body.errors?.[0].field];
  };
  const new_one = { given_name: 'Di' };
  assert.deepEqual(await taken([new_one, { ...new_one, external_id: 'crm-1' }]), [
    409,
    'duplicate',
    'data.3.external_id',
  ]);
  assert.deepEqual(await taken([{ ...new_one, external_id: 'crm-2' }]), [409, 'duplicate', 'data.2.external_id']);
  assert.deepEqual(await taken([{ ...new_one, custom: { badge: ' B1 ' } }]), [409, 'duplicate', 'data.2.custom.badge']);
  assert.deepEqual(await taken([{ name: 'a' }, { name: 'b' }, { name: 'a' }], 'tags'), [
    409,
    'duplicate',
    'data.2.name',
  ]);
});
