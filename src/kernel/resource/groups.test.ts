import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
let api: Client;
let people: Record<string, string>;
before(async () => {
  app = await sharedTestApp();
  const tenant = await app.tenant();
  const admin = await tenant.as('admin');
  const bob = await tenant.as('member', 'Bob');
  ({ api } = admin);
  people = { admin: admin.user_id, Bob: bob.user_id };
  await api('POST', '/api/v1/custom-fields', {
    resource: 'company',
    key: 'tier',
    label: 'Tier',
    type: 'select',
    options: ['Low', 'High'],
  });
  await api('POST', '/api/v1/custom-fields', { resource: 'company', key: 'since', label: 'Since', type: 'date' });
  const data = [
    {
      name: 'a',
      industry: 'Steel',
      employee_count: 3,
      annual_revenue: '10.00',
      currency: 'USD',
      owner_id: people.Bob,
      custom: { tier: 'High', since: '2024-01-31' },
    },
    {
      name: 'b',
      industry: 'Steel',
      employee_count: 4,
      annual_revenue: '5.00',
      currency: 'EUR',
      owner_id: people.Bob,
      custom: { tier: 'Low', since: '2024-02-29' },
    },
    {
      name: 'c',
      industry: 'Glass',
      employee_count: 5,
      annual_revenue: '2.50',
      currency: 'USD',
      custom: { tier: 'High', since: '2024-03-01' },
    },
    { name: 'd', employee_count: 6, custom: { since: '2024-01-01' } },
    { name: 'e' },
  ];
  assert.equal((await api('POST', '/api/v1/companies/bulk', { data })).status, 201);
});

interface Group {
  value: string | null;
  name: string | null;
  count: number;
  sums?: Record<string, unknown>;
  filter: object;
}

const list = async (query: Record<string, unknown>) => {
  const parameters = Object.entries(query).map(([key, value]): [string, string] => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return api('GET', `/api/v1/companies?${new URLSearchParams(parameters)}`);
};
const groups = async (group: string, more: object = {}): Promise<Group[]> => {
  const { status, body } = await list({ group, limit: '1', ...more });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.more_groups, false);
  return body.groups;
};
const counts = async (group: string, more?: object) =>
  (await groups(group, more)).map(({ value, count }) => [value, count]);

test('the rows of a group are found with the longest filter that the page writes, too', async () => {
  const and = Array.from({ length: 40 }, () => ({ field: 'industry', op: 'eq', value: 'Steel' }));
  const [group] = await groups('owner_id', { filter: { and } });
  const { status, body } = await list({ filter: { and: [...and, group!.filter] } });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.data.length, 2);
});

test('groups have their count, in the order of their values, those without one last', async () => {
  assert.deepEqual(await counts('industry'), [
    ['Glass', 1],
    ['Steel', 2],
    [null, 2],
  ]);
  assert.deepEqual(
    await counts('custom.tier'),
    [
      ['Low', 1],
      ['High', 2],
      [null, 2],
    ],
    'choices in their own order',
  );
  assert.deepEqual(await counts('custom.since:month'), [
    ['2024-03-01', 1],
    ['2024-02-01', 1],
    ['2024-01-01', 2],
    [null, 1],
  ]);
  assert.deepEqual(await counts('custom.since:quarter'), [
    ['2024-01-01', 4],
    [null, 1],
  ]);
  assert.deepEqual(await counts('industry', { filter: { field: 'employee_count', op: 'gt', value: 3 } }), [
    ['Glass', 1],
    ['Steel', 1],
    [null, 1],
  ]);
  const [first, second] = await groups('owner_id');
  assert.deepEqual([first!.name, first!.count, second!.name, second!.count], ['admin', 3, 'Bob', 2]);
});

test('groups have sums, amounts by currency', async () => {
  const [glass, steel, none] = await groups('industry', { sums: 'employee_count,annual_revenue' });
  assert.deepEqual(glass!.sums, { employee_count: '5', annual_revenue: [{ amount: '2.50', currency: 'USD' }] });
  assert.deepEqual(steel!.sums, {
    employee_count: '7',
    annual_revenue: [
      { amount: '5.00', currency: 'EUR' },
      { amount: '10.00', currency: 'USD' },
    ],
  });
  assert.deepEqual(none!.sums, { employee_count: '6', annual_revenue: [] });
});

test('amounts of custom fields are summed by currency, in lists and in groups', async () => {
  const field = { resource: 'company', key: 'worth', label: 'Worth', type: 'money' };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  const worth = (amount: string, currency: string) => ({ worth: { amount, currency } });
  const data = [
    { name: 'worth 1', industry: 'Wood', custom: worth('0.1', 'USD') },
    { name: 'worth 2', industry: 'Wood', custom: worth('0.2', 'USD') },
    { name: 'worth 3', industry: 'Wood', custom: worth('-1.50', 'USD') },
    { name: 'worth 4', industry: 'Cork', custom: worth('300', 'JPY') },
    { name: 'worth 5', industry: 'Cork', custom: worth('0.125', 'KWD') },
    { name: 'worth 6', industry: 'Mud' },
  ];
  const made = await api('POST', '/api/v1/companies/bulk', { data });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const filter = { field: 'name', op: 'starts_with', value: 'worth' };
  const usd = { amount: '-1.20', currency: 'USD' };
  const [jpy, kwd] = [
    { amount: '300', currency: 'JPY' },
    { amount: '0.125', currency: 'KWD' },
  ];
  const { status, body } = await list({ filter, sums: 'custom.worth,employee_count' });
  assert.deepEqual([status, body.sums], [200, { 'custom.worth': [jpy, kwd, usd], employee_count: '0' }]);
  const [cork, mud, wood] = await groups('industry', { filter, sums: 'custom.worth' });
  assert.deepEqual(
    [cork, mud, wood].map((group) => group!.sums),
    [{ 'custom.worth': [jpy, kwd] }, { 'custom.worth': [] }, { 'custom.worth': [usd] }],
  );
  const nothing = await list({ filter: { field: 'name', op: 'eq', value: 'worth 6' }, sums: 'custom.worth' });
  assert.deepEqual(nothing.body.sums, { 'custom.worth': [] });
  for (const { id } of made.body.data) await api('DELETE', `/api/v1/companies/${id}`);
});

test('the filter of a group gives its rows, whatever it is grouped by', async () => {
  for (const by of [
    'industry',
    'custom.tier',
    'custom.since:day',
    'custom.since:week',
    'custom.since:year',
    'owner_id',
    'created_at:day',
    'created_at:quarter',
    'currency',
  ])
    for (const { count, filter, value } of await groups(by)) {
      const { status, body } = await list({ filter, count: 'true' });
      assert.deepEqual([status, body.total], [200, count], `${by} ${value}`);
    }
});

test('what cannot be grouped is refused by name', async () => {
  for (const group of ['tags', 'nothing', 'custom.none', 'employee_count', 'industry:month', 'created_at:minute']) {
    const { status, body } = await list({ group });
    assert.deepEqual([status, body.errors?.[0].field], [422, 'group'], group);
  }
  // A refusal that nobody awaited ended the process.
  const { status, body } = await list({ group: 'industry', sums: 'nothing' });
  assert.deepEqual([status, body.errors?.[0].field], [422, 'sums']);
});

const read = async (path: string) => {
  const { status, body } = await api('GET', `/api/v1/${path}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};

test('times of any year are grouped, and the filter of each group gives its rows', async () => {
  const times = ['0026-05-01T12:00:00Z', '0099-07-31T12:00:00Z', '9999-12-31T12:00:00Z'];
  const data = times.map((due_at) => ({ title: 'Some time', due_at }));
  assert.equal((await api('POST', '/api/v1/tasks/bulk', { data })).status, 201);
  for (const by of ['due_at:day', 'due_at:month', 'due_at:year']) {
    const found: Group[] = (await read(`tasks?group=${by}`)).groups;
    assert.equal(found.length, times.length, by);
    for (const { value, filter } of found) {
      const { total } = await read(`tasks?count=true&filter=${encodeURIComponent(JSON.stringify(filter))}`);
      assert.equal(total, 1, `${by} ${value}`);
    }
  }
});

test('a day begins once where clocks are set back to its beginning, and its group has the hour that comes twice', async () => {
  const tenant = await app.tenant();
  const traveller = await tenant.as('admin');
  for (const [zone, begins] of [
    ['America/Havana', '2026-11-01T04:00:00Z'],
    ['Atlantic/Azores', '2026-10-25T00:00:00Z'],
    ['Africa/Cairo', '2026-04-23T22:00:00Z'],
    ['Europe/Berlin', '2026-10-24T22:00:00Z'],
  ] as const) {
    await asOwner(app, 'update user_account set time_zone = $2 where id = $1', [traveller.user_id, zone]);
    const data = [-90, -30, 0, 30, 90].map((minutes) => ({
      title: zone,
      due_at: new Date(Date.parse(begins) + minutes * 60_000).toISOString(),
    }));
    assert.equal((await traveller.api('POST', '/api/v1/tasks/bulk', { data })).status, 201);
    const own = { field: 'title', op: 'eq', value: zone };
    const asked = (filter: object) => encodeURIComponent(JSON.stringify(filter));
    const list = await traveller.api('GET', `/api/v1/tasks?group=due_at:day&filter=${asked(own)}`);
    const found: Group[] = list.body.groups;
    assert.deepEqual(found.map(({ count }) => count), [3, 2], zone); // biome-ignore format: one call
    for (const { count, filter } of found) {
      const rows = await traveller.api('GET', `/api/v1/tasks?count=true&filter=${asked({ and: [own, filter] })}`);
      assert.equal(rows.body.total, count, `${zone} ${JSON.stringify(filter)}`);
    }
  }
});

test('days up to the last are grouped, and the filter of each group gives its rows', async () => {
  const days = ['0001-01-01', '2026-02-28', '9999-12-31'];
  const data = days.map((expected_close_on) => ({ name: 'Some day', expected_close_on }));
  assert.equal((await api('POST', '/api/v1/deals/bulk', { data })).status, 201);
  for (const unit of ['day', 'week', 'month', 'quarter', 'year'])
    for (const { value, filter } of (await read(`deals?group=expected_close_on:${unit}`)).groups as Group[]) {
      const { total } = await read(`deals?count=true&filter=${encodeURIComponent(JSON.stringify(filter))}`);
      assert.equal(total, 1, `${unit} ${value}`);
    }
});

test('groups by records that have no name are called by their title, or the beginning of their text', async () => {
  const made = async (noun: string, body: object): Promise<string> => {
    const answer = await api('POST', `/api/v1/${noun}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.id;
  };
  await made('custom-fields', { resource: 'company', key: 'next_step', label: 'Next step', type: 'task' });
  const next_step = await made('tasks', { title: 'Call them' });
  const company_id = await made('companies', { name: 'stepped', custom: { next_step } });
  const [step] = (await read('companies?group=custom.next_step')).groups;
  assert.deepEqual([step.value, step.name, step.count], [next_step, 'Call them', 1]);
  const parent_id = await made('comments', { body: '<p>First</p>', record_id: company_id });
  await made('comments', { body: '<p>Second</p>', parent_id });
  const [thread] = (await read('comments?group=parent_id')).groups;
  assert.deepEqual([thread.value, thread.name, thread.count], [parent_id, 'First', 1]);
  await api('DELETE', `/api/v1/companies/${company_id}`);
});

test('the group of a long text has a filter that is accepted', async () => {
  await api('POST', '/api/v1/custom-fields', { resource: 'company', key: 'motto', label: 'Motto', type: 'text' });
  const motto = 'On and on. '.repeat(150).trim();
  const { body } = await api('POST', '/api/v1/companies', { name: 'wordy', custom: { motto } });
  const [long] = await groups('custom.motto');
  assert.equal(long!.value, motto);
  assert.equal((await list({ filter: long!.filter, count: 'true' })).body.total, 1);
  await api('DELETE', `/api/v1/companies/${body.id}`);
});

test('of more groups than a list shows, those that it shows have their sums', async () => {
  const filter = { field: 'name', op: 'starts_with', value: 'Many ' };
  const names = Array.from({ length: 450 }, (_, n) => `Many ${n}`);
  for (let from = 0; from < names.length; from += 150) {
    const data = names.slice(from, from + 150).map((name, n) => ({ name, employee_count: from + n }));
    assert.equal((await api('POST', '/api/v1/companies/bulk', { data })).status, 201);
  }
  const { status, body } = await list({ group: 'name', sums: 'employee_count', filter, limit: '1' });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.groups.length, body.more_groups], [200, true]);
  for (const { value, sums } of body.groups as { value: string; sums: Record<string, string> }[])
    assert.equal(String(sums.employee_count), value.slice('Many '.length));
  const unnamed = await list({ group: 'industry', sums: 'employee_count', filter, limit: '1' });
  assert.deepEqual(
    unnamed.body.groups.map(({ value, sums }: Group) => [value, String(sums?.employee_count)]),
    [[null, String((449 * 450) / 2)]],
  );
});
