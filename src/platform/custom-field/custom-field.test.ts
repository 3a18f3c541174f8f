import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let user_id: string;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  ({ api, user_id } = await tenant.as('admin'));
  for (const [resource, key, type, more] of [
    ['contact', 'nickname', 'text'],
    ['contact', 'visits', 'integer'],
    ['contact', 'ratio', 'decimal'],
    ['contact', 'budget', 'money'],
    ['contact', 'met_on', 'date'],
    ['contact', 'size', 'select', { options: ['S', 'M', 'L'] }],
    ['contact', 'likes', 'multi_select', { options: ['golf', 'tennis'] }],
    ['contact', 'coach', 'user'],
    ['contact', 'blog', 'url'],
    ['contact', 'member', 'boolean'],
    ['contact', 'friend', 'contact'],
    ['contact', 'firm', 'company'],
    ['task', 'effort', 'integer', { required: true }],
  ] as const)
    await made('custom-fields', { resource, key, label: `The ${key}`, type, ...more });
});
after(() => app.stop());

async function made(path: string, body: object, by = api) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

async function refused(answer: ReturnType<Client>, field: string): Promise<void> {
  const { status, body } = await answer;
  assert.equal(status, 422, JSON.stringify(body));
  assert.equal(body.errors[0].field, field, JSON.stringify(body.errors));
  assert.doesNotMatch(body.errors[0].message, /Invalid|expected/, 'in words for people');
}

const contact = (custom: object) => api('POST', '/api/v1/contacts', { given_name: 'Ada', custom });

test('every type of value is kept as it was given', async () => {
  const friend = await made('contacts', { given_name: 'Friend' });
  const firm = await made('companies', { name: 'Firm' });
  const custom = {
    nickname: 'Addie',
    visits: 3,
    ratio: '0.125',
    budget: { amount: '1054.00', currency: 'USD' },
    met_on: '1815-12-10',
    size: 'M',
    likes: ['tennis', 'golf'],
    coach: user_id,
    blog: 'https://ada.example/blog',
    member: false,
    friend: friend.id,
    firm: firm.id,
  };
  const { status, body } = await contact(custom);
  assert.equal(status, 201, JSON.stringify(body));
  assert.deepEqual(body.custom, custom);
  const changed = await api('PATCH', `/api/v1/contacts/${body.id}`, { custom: { visits: 4, ratio: null } });
  const { ratio: _, ...rest } = custom;
  assert.deepEqual(changed.body.custom, { ...rest, visits: 4 });
});

test('a text is stored without the spaces around it', async () => {
  const { body } = await contact({ nickname: '  Addie ', blog: ' https://ada.example ' });
  assert.deepEqual(body.custom, { nickname: 'Addie', blog: 'https://ada.example' });
  const changed = await api('PATCH', `/api/v1/contacts/${body.id}`, { custom: { nickname: 'Ada ' } });
  assert.equal(changed.body.custom.nickname, 'Ada');
});

test('a value that does not fit its field is refused by name', async () => {
  for (const [key, values] of Object.entries({
    nickname: [7, '', 'x'.repeat(2001)],
    visits: ['3', 1.5, 3e9],
    ratio: [0.5, '1e3', 'NaN', '1.2345678'],
    budget: [
      '12',
      { amount: '1.234', currency: 'USD' },
      { amount: '1', currency: 'XXQ' },
      { amount: '1' },
      { amount: '1.5', currency: 'JPY' },
    ],
    met_on: ['2024-02-30', '10.12.1815'],
    size: ['XL', ['S']],
    likes: ['golf', ['chess'], ['golf', 'golf', 'golf']],
    coach: ['nobody', '01a1f7ea-516e-7421-b938-6631f7a87e5d'],
    blog: ['javascript:alert(1)', 'ada.example'],
    member: ['yes', 1],
    friend: ['01a1f7ea-516e-7421-b938-6631f7a87e5d'],
    shoe_size: [1],
    __proto: [1],
  }))
    for (const value of values) await refused(contact({ [key]: value }), `custom.${key}`);
  const bulk = api('POST', '/api/v1/contacts/bulk', {
    data: [{ given_name: 'A' }, { given_name: 'B', custom: { size: 'XL' } }],
  });
  await refused(bulk, 'data.1.custom.size');
  const none = await api(
    'GET',
    `/api/v1/contacts?filter=${encodeURIComponent('{"field":"given_name","op":"eq","value":"B"}')}`,
  );
  assert.deepEqual(none.body.data, [], 'and nothing of the bulk is stored');
});

test('a filter says in words what is wrong with its value', async () => {
  for (const [field, value, words] of [
    ['custom.ratio', 'much', 'Write a decimal number such as "12.5"'],
    ['custom.ratio', 1.5, 'This must be text'],
    ['custom.visits', '3', 'This must be a number'],
    ['name', 'x'.repeat(3_000), 'Write at most 2000 characters'],
  ] as const) {
    const filter = encodeURIComponent(JSON.stringify({ field, op: 'eq', value }));
    const { status, body } = await api('GET', `/api/v1/contacts?filter=${filter}`);
    assert.equal(status, 422, JSON.stringify(body));
    assert.equal(body.errors[0].message, `The value for "${field}" does not fit: ${words}`);
  }
});

test('a value may not name a record that its writer cannot read', async () => {
  const adviser = (await tenant.as('advisor')).api;
  const theirs = await made('contacts', { given_name: 'Theirs' });
  await refused(
    adviser('POST', '/api/v1/contacts', { given_name: 'X', custom: { friend: theirs.id } }),
    'custom.friend',
  );
});

test('a required field is needed in new records and cannot be emptied', async () => {
  await refused(api('POST', '/api/v1/tasks', { title: 'Lift' }), 'custom.effort');
  await refused(api('POST', '/api/v1/tasks', { title: 'Lift', custom: { effort: null } }), 'custom.effort');
  const task = await made('tasks', { title: 'Lift', custom: { effort: 5 } });
  await refused(api('PATCH', `/api/v1/tasks/${task.id}`, { custom: { effort: null } }), 'custom.effort');
  assert.equal((await api('PATCH', `/api/v1/tasks/${task.id}`, { title: 'Lifted' })).status, 200);
});

test('lists filter and sort by custom fields in their own order', async () => {
  const other = await app.tenant();
  const by = (await other.as('admin')).api;
  for (const [key, type, options] of [
    ['visits', 'integer', []],
    ['budget', 'money', []],
    ['since', 'date', []],
    ['likes', 'multi_select', ['golf', 'chess']],
    ['nick', 'text', []],
    ['vip', 'boolean', []],
  ] as const)
    await made('custom-fields', { resource: 'company', key, label: key, type, options }, by);
  await made(
    'companies',
    {
      name: 'a',
      custom: { visits: 9, budget: { amount: '5', currency: 'USD' }, since: '2020-05-05', likes: ['golf'], nick: 'Éa' },
    },
    by,
  );
  await made(
    'companies',
    { name: 'b', custom: { visits: 10, budget: { amount: '100', currency: 'USD' }, since: '1999-01-01', nick: 'zz' } },
    by,
  );
  await made('companies', { name: 'c', custom: { visits: -1, likes: ['golf', 'chess'], nick: 'ab', vip: true } }, by);
  await made('companies', { name: 'd' }, by);
  const list = async (query: Record<string, unknown>) => {
    const parameters = Object.entries(query).map(([k, v]): [string, string] => [
      k,
      typeof v === 'string' ? v : JSON.stringify(v),
    ]);
    const { status, body } = await by('GET', `/api/v1/companies?${new URLSearchParams(parameters)}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const found = async (field: string, op: string, value?: unknown) =>
    (await list({ filter: { field, op, ...(value !== undefined && { value }) } })).data
      .map((r: { name: string }) => r.name)
      .join('');
  const sorted = async (sort: string) => (await list({ sort })).data.map((r: { name: string }) => r.name).join('');

  assert.equal(await found('custom.visits', 'gt', 9), 'b');
  assert.equal(await found('custom.visits', 'between', [-5, 9]), 'ac');
  assert.equal(await found('custom.visits', 'in', [9, 10]), 'ab');
  assert.equal(await found('custom.visits', 'is_empty'), 'd');
  assert.equal(await found('custom.budget', 'gte', '5.00'), 'ab');
  assert.equal(await found('custom.since', 'lt', '2000-01-01'), 'b');
  assert.equal(await found('custom.likes', 'has', 'golf'), 'ac');
  assert.equal(await found('custom.likes', 'has_not', 'chess'), 'abd');
  assert.equal(await found('custom.likes', 'has', 'tennis'), '', 'it may have been an option once');
  assert.equal(await found('custom.nick', 'starts_with', 'z'), 'b');
  assert.equal(await found('custom.nick', 'contains', '%'), '');
  assert.equal(await found('custom.vip', 'eq', true), 'c');
  assert.equal(await found('custom.vip', 'eq', false), 'abd');
  assert.equal(await sorted('custom.visits'), 'cabd');
  assert.equal(await sorted('-custom.budget'), 'badc', 'those without a value come last either way');
  assert.equal(await sorted('custom.nick'), 'cabd');

  let paged = '';
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await list({ sort: 'custom.visits', limit: '1', ...(cursor && { cursor }) });
    paged += page.data[0].name;
    cursor = page.next_cursor;
  }
  assert.equal(paged, 'cabd');

  for (const [field, op, value] of [
    ['custom.visits', 'eq', 'many'],
    ['custom.likes', 'has', 7],
    ['custom.none', 'eq', 'x'],
    ['custom.nick', 'gt', 'x'],
  ]) {
    const { status } = await by(
      'GET',
      `/api/v1/companies?filter=${encodeURIComponent(JSON.stringify({ field, op, value }))}`,
    );
    assert.equal(status, 422, `${field} ${op}`);
  }
  assert.equal((await by('GET', '/api/v1/companies?sort=custom.likes')).status, 422);
});

test('what one person has, in the order of a field, follows whoever has it', async () => {
  const mine = (await tenant.as('member', 'first')).user_id;
  const theirs = (await tenant.as('member', 'next')).user_id;
  await made('custom-fields', { resource: 'task', key: 'place', label: 'Place', type: 'text' });
  const task = (title: string, place: string, assignee_id: string) =>
    made('tasks', { title, custom: { effort: 1, place }, assignee_id });
  const first = await task('a', '10', mine);
  await task('b', '9', mine);
  await task('c', '1', theirs);
  const listed = async (assignee_id: string) => {
    const filter = JSON.stringify({ field: 'assignee_id', op: 'eq', value: assignee_id });
    const { body } = await api('GET', `/api/v1/tasks?${new URLSearchParams({ filter, sort: 'custom.place' })}`);
    return body.data.map(({ title }: { title: string }) => title).join('');
  };
  assert.deepEqual([await listed(mine), await listed(theirs)], ['ab', 'c']);
  assert.equal((await api('PATCH', `/api/v1/tasks/${first.id}`, { assignee_id: theirs })).status, 200);
  assert.deepEqual([await listed(mine), await listed(theirs)], ['b', 'ca']);
});

test('a field holds at once on every node, and its values rest while it is retired', async () => {
  const field = await made('custom-fields', { resource: 'contact', key: 'fresh', label: 'Fresh', type: 'text' });
  const node = await app.secondNode();
  const { key } = await tenant.as('admin');
  const second = (method: string, path: string, body?: object) =>
    fetch(node.address + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const answer = await second('POST', '/api/v1/contacts', { given_name: 'New', custom: { fresh: 'yes' } });
  assert.equal(answer.status, 201);
  const { id } = (await answer.json()) as { id: string };
  // One who may not read definitions.
  const kiosk = await tenant.as('kiosk');
  const theirs = { given_name: 'Theirs', owner_id: kiosk.user_id, custom: { fresh: 'yes' } };
  const seen = `/api/v1/contacts/${(await made('contacts', theirs)).id}`;
  assert.equal((await kiosk.api('GET', seen)).body.custom.fresh, 'yes');

  assert.equal((await api('DELETE', `/api/v1/custom-fields/${field.id}`)).status, 204);
  assert.deepEqual((await kiosk.api('GET', seen)).body.custom, {});
  assert.notEqual((await api('GET', `/api/v1/custom-fields/${field.id}`)).body.retired_at, null);
  assert.equal((await second('PATCH', `/api/v1/contacts/${id}`, { custom: { fresh: 'no' } })).status, 422);
  assert.deepEqual((await api('PATCH', `/api/v1/contacts/${id}`, { city: 'Rome' })).body.custom, {});
  const again = await api('POST', '/api/v1/custom-fields', {
    resource: 'contact',
    key: 'fresh',
    label: 'X',
    type: 'date',
  });
  assert.deepEqual([again.status, again.body.errors[0].field], [409, 'key']);
  assert.equal((await api('POST', `/api/v1/custom-fields/${field.id}/restoration`)).body.retired_at, null);
  assert.equal((await api('GET', `/api/v1/contacts/${id}`)).body.custom.fresh, 'yes');
  assert.equal((await second('PATCH', `/api/v1/contacts/${id}`, { custom: { fresh: 'no' } })).status, 200);
});

test('a list uses definitions as they are now, and those of other processes a second later', async () => {
  const list = (query: string) => api('GET', `/api/v1/contacts?${query}`);
  const sorted = async (key: string) => (await list(`sort=custom.${key}`)).status;
  const filtered = async () => (await list(`filter={"field":"custom.shade","op":"eq","value":"pale"}`)).status;
  const field = { resource: 'contact', key: 'shade', label: 'Shade', type: 'select', options: ['pale'] };
  assert.deepEqual([await sorted('shade'), await filtered()], [422, 422]);
  const { id } = await made('custom-fields', field);
  assert.deepEqual([await sorted('shade'), await filtered()], [200, 200]);
  await api('DELETE', `/api/v1/custom-fields/${id}`);
  assert.deepEqual([await sorted('shade'), await filtered()], [422, 422]);
  await api('POST', `/api/v1/custom-fields/${id}/restoration`);
  assert.equal(await sorted('shade'), 200);

  // As another process does, of whose changes nobody tells this one.
  await asOwner(
    app,
    `insert into custom_field (tenant_id, resource, key, label, type) select tenant_id, 'contact', 'elsewhere', 'Elsewhere', 'text'
      from custom_field where id = $1`,
    [id],
  );
  assert.equal(await sorted('elsewhere'), 200);
  await asOwner(app, 'update custom_field set retired_at = now() where id = $1', [id]);
  await eventually(async () => (await sorted('shade')) === 422, 1_000);
});

test('a definition is checked, and what records rely on does not change', async () => {
  const field = { resource: 'deal', key: 'colour', label: 'Colour', type: 'select', options: ['red', 'blue'] };
  await refused(api('POST', '/api/v1/custom-fields', { ...field, options: [] }), 'options');
  await refused(api('POST', '/api/v1/custom-fields', { ...field, options: ['red', 'red'] }), 'options');
  await refused(api('POST', '/api/v1/custom-fields', { ...field, type: 'text' }), 'options');
  await refused(api('POST', '/api/v1/custom-fields', { ...field, key: 'Colour!' }), 'key');
  await refused(api('POST', '/api/v1/custom-fields', { ...field, resource: 'tag' }), 'resource');
  const { id } = await made('custom-fields', field);
  await made('deals', { name: 'Car', custom: { colour: 'blue' } });
  await refused(api('PATCH', `/api/v1/custom-fields/${id}`, { options: ['red'] }), 'options');
  await refused(api('PATCH', `/api/v1/custom-fields/${id}`, { type: 'text' }), 'type');
  const more = await api('PATCH', `/api/v1/custom-fields/${id}`, { options: ['blue', 'red', 'green'], label: 'Color' });
  assert.deepEqual([more.status, more.body.options], [200, ['blue', 'red', 'green']]);
  const member = (await tenant.as('member')).api;
  assert.equal((await member('POST', '/api/v1/custom-fields', field)).status, 403);
});

test('a retired field is in no response, and a client may send back the value that an earlier one gave it', async () => {
  const worth = await made('custom-fields', { resource: 'company', key: 'worth', label: 'Worth', type: 'money' });
  await made('custom-fields', { resource: 'company', key: 'motto', label: 'Motto', type: 'text' });
  const custom = { worth: { amount: '12.50', currency: 'EUR' }, motto: 'Onward' };
  const company = await made('companies', { name: 'Retirer', custom });
  const other = await made('companies', { name: 'Without', custom: { motto: 'Plain' } });
  assert.equal((await api('DELETE', `/api/v1/custom-fields/${worth.id}`)).status, 204);

  const path = `/api/v1/companies/${company.id}`;
  const left = { motto: 'Onward' };
  assert.deepEqual((await api('GET', path)).body.custom, left);
  const { data } = (await api('GET', '/api/v1/companies?sort=-created_at')).body;
  assert.deepEqual(data.find(({ id }: { id: string }) => id === company.id).custom, left);
  const timeline = (await api('GET', `${path}/timeline?record=true`)).body;
  assert.deepEqual(timeline.record.custom, left);
  const csv = (await api('GET', '/api/v1/companies/export.csv')).body as string;
  assert.ok(csv.includes('Onward') && !csv.includes('12.50'), csv);
  const stale = await api('PATCH', path, { city: 'Rome' }, { 'if-match': '"99"' });
  assert.deepEqual([stale.status, stale.body.current.custom], [412, left]);

  const back = await api('PATCH', path, { custom: { ...custom, motto: 'Upward' } });
  assert.deepEqual([back.status, back.body.custom], [200, { motto: 'Upward' }], JSON.stringify(back.body));
  assert.equal((await api('PATCH', `/api/v1/companies/${other.id}`, { custom: { worth: null } })).status, 200);
  for (const worth of [{ amount: '13.00', currency: 'EUR' }, null]) {
    const changed = await api('PATCH', path, { custom: { worth } });
    assert.equal(changed.status, 422, JSON.stringify(changed.body));
    const [{ field, code, message }] = changed.body.errors;
    assert.deepEqual([field, code], ['custom.worth', 'retired_field']);
    assert.match(message, /"Worth" is retired/);
  }
  const created = await api('POST', '/api/v1/companies', { name: 'Copy', custom });
  assert.deepEqual([created.status, created.body.errors?.[0].code], [422, 'retired_field']);

  assert.equal((await api('POST', `/api/v1/custom-fields/${worth.id}/restoration`)).status, 200);
  assert.deepEqual((await api('GET', path)).body.custom, { ...custom, motto: 'Upward' }, 'its values were kept');
});

test('an option gets another name in the field, its records, its default and stored filters', async () => {
  const field = await made('custom-fields', {
    resource: 'company',
    key: 'tier',
    label: 'Tier',
    type: 'select',
    options: ['Gold', 'Bronze'],
    default_value: 'Bronze',
  });
  const bronze = await made('companies', { name: 'Plain', custom: { tier: 'Bronze' } });
  const gold = await made('companies', { name: 'Fine', custom: { tier: 'Gold' } });
  const condition = { field: 'custom.tier', op: 'in', value: ['Gold', 'Bronze'] };
  const filter = { and: [condition, { field: 'name', op: 'eq', value: 'Bronze' }] };
  const view = await made('saved-views', { resource: 'company', name: 'Tiers', layout: 'table', filter });
  const other = { any: 'company', where: { field: 'custom.tier', op: 'eq', value: 'Bronze' } };
  const mine = await tenant.as('manager');
  const theirs = await made(
    'saved-views',
    { resource: 'contact', name: 'Theirs', layout: 'table', filter: other },
    mine.api,
  );
  const rename = (body: object) => api('POST', `/api/v1/custom-fields/${field.id}/option-renames`, body);
  await refused(rename({ from: 'Silver', to: 'Copper' }), 'from');
  await refused(rename({ from: 'Bronze', to: 'Gold' }), 'to');
  const answer = await rename({ from: 'Bronze', to: 'Copper' });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.deepEqual([answer.body.options, answer.body.default_value], [['Gold', 'Copper'], 'Copper']);
  const read = async (path: string, by = api) => (await by('GET', `/api/v1/${path}`)).body;
  const tiers = async () => [bronze, gold].map(async ({ id }) => (await read(`companies/${id}`)).custom.tier);
  assert.deepEqual(await Promise.all(await tiers()), ['Copper', 'Gold']);
  const now = (await read(`saved-views/${view.id}`)).filter;
  assert.deepEqual(now, { and: [{ ...condition, value: ['Gold', 'Copper'] }, filter.and[1]] });
  assert.equal((await read(`saved-views/${theirs.id}`, mine.api)).filter.where.value, 'Copper');
  const back = await api('POST', `/api/v1/custom-fields/${field.id}/option-renames`, { from: 'Copper', to: 'Bronze' });
  assert.equal(back.status, 200);
  assert.deepEqual(await Promise.all(await tiers()), ['Bronze', 'Gold']);
});
