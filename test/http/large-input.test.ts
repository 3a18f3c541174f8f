import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../harness/app.ts';

const answer_bytes_max = 64 * 1_024;
const errors_max = 100;

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
let key: string;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api, key } = await tenant.as('admin'));
});

const keysOf = (count: number, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key_${at}`, value]));

async function send(method: string, path: string, body: unknown, own?: string) {
  const answer = await fetch(`${app.url}/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(own && { authorization: `Bearer ${own}` }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(text.length <= answer_bytes_max, `${method} ${path} answers ${text.length} bytes`);
  return { status: answer.status, body: JSON.parse(text) };
}

async function asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

test('a body of more values than its address takes is refused before it is looked at, on any level', async () => {
  const many = 105_000;
  for (const body of [
    keysOf(many),
    { email: keysOf(many) },
    { email: Array(many).fill(1) },
    { email: [Array(many).fill([])] },
  ]) {
    const { status, body: problem } = await send('POST', 'sign-in', body);
    assert.deepEqual([status, problem.code], [413, 'too_large']);
  }
  // All in all, where no object and no list has too many.
  const lists = await send('POST', 'sign-in', keysOf(30, Array(1_000).fill(1)));
  assert.deepEqual([lists.status, lists.body.code], [413, 'too_large']);
  assert.match(lists.body.detail, /^The body holds more than 20000 values/);
  assert.equal((await send('POST', 'contacts/bulk', { data: [keysOf(many)] }, key)).status, 413);
  // As many values as a bulk takes, but of one object or list.
  for (const [body, reason] of [
    [{ data: [], ...keysOf(59_000) }, /^An object .* 1000 keys/],
    [{ data: [keysOf(59_000)] }, /^An object .* 1000 keys/],
    [{ data: Array(59_000).fill({}) }, /^A list .* 10000 items/],
  ] as const) {
    const { status, body: problem } = await send('POST', 'contacts/bulk', body, key);
    assert.deepEqual([status, problem.code, problem.errors], [413, 'too_large', undefined]);
    assert.match(problem.detail, reason);
  }
  const rows = Array.from({ length: 1_000 }, (_, at) => ({ ...keysOf(50, null), given_name: `n${at}` }));
  assert.equal((await send('POST', 'contacts/bulk', { data: rows }, key)).status, 422, 'a bulk takes more');
});

test('a refusal names the first hundred errors, however long, and says how many more there are', async () => {
  const unknown = 900;
  for (const [method, path, body, own] of [
    ['POST', 'sign-in', keysOf(unknown), undefined],
    ['POST', 'contacts', keysOf(unknown), key],
    ['POST', 'contacts/bulk', { data: [{}, keysOf(unknown)] }, key],
  ] as const) {
    const { status, body: problem } = await send(method, path, body, own);
    assert.equal(status, 422, path);
    assert.equal(problem.errors.length, errors_max);
    assert.ok(problem.more_errors >= unknown - errors_max, `${path}: ${problem.more_errors} more`);
  }
  const long = 'ß\u0001'.repeat(1_000);
  const { body } = await send(
    'POST',
    'sign-in',
    Object.fromEntries(Object.keys(keysOf(80)).map((name) => [long + name, 1])),
  );
  assert.equal(body.errors.length + body.more_errors, 82, 'e-mail address and password are missing too');
  const surrogate = await send('POST', 'sign-in', `{"${'x'.repeat(500_000)}":"\\ud800"}`);
  assert.equal(surrogate.status, 400);
});

test('custom values that no field is for are refused before the record is written', async () => {
  const written = (owner: pg.Client) =>
    owner.query('select last_value, is_called from public.large_input').then(({ rows: [row] }) => row);
  const { id } = (await api('POST', '/api/v1/contacts', { given_name: 'Stays' })).body;
  await asOwner(async (owner) => {
    await owner.query(`create sequence public.large_input`);
    await owner.query(`create function public.large_input() returns trigger language plpgsql security definer as
      $$ begin perform nextval('public.large_input'); return new; end $$`);
    await owner.query(`create trigger large_input before insert or update on contact for each row
      when (new.tenant_id = '${tenant.tenant_id}') execute function public.large_input()`);
    try {
      const custom = keysOf(150);
      for (const [method, path, body] of [
        ['POST', 'contacts', { given_name: 'Not', custom }],
        ['POST', 'contacts/bulk', { data: [{ given_name: 'Fits' }, { given_name: 'Not', custom }] }],
        ['PATCH', `contacts/${id}`, { custom }],
        ['POST', 'changes', { resource: 'contact', ids: [id], action: { kind: 'update', fields: { custom } } }],
      ] as const) {
        const { status, body: problem } = await send(method, path, body, key);
        assert.equal(status, 422, JSON.stringify(problem));
        assert.deepEqual([problem.errors.length, problem.more_errors], [errors_max, 50], `${method} ${path}`);
        assert.match(problem.errors[0].field, /custom\.key_0$/);
      }
      assert.equal((await written(owner)).is_called, false);
      for (const [method, path] of [['POST', 'contacts'], ['PATCH', `contacts/${id}`]] as const) // biome-ignore format: two ways
        assert.equal((await send(method, path, { custom: keysOf(201) }, key)).body.errors[0].field, 'custom');
      assert.equal((await written(owner)).is_called, false);
      assert.equal((await send('PATCH', `contacts/${id}`, { given_name: 'Changed' }, key)).status, 200);
      assert.equal((await written(owner)).is_called, true);
    } finally {
      await owner.query('drop function public.large_input cascade; drop sequence public.large_input');
    }
  });
});

test('a map of more entries than there can be is refused, and so is a filter that is larger than lists take', async () => {
  const columns = Object.fromEntries(Object.keys(keysOf(501)).map((name) => [name, null]));
  const deep = (levels: number): unknown => (levels === 0 ? {} : { and: [deep(levels - 1)] });
  for (const [path, body, field] of [
    ['saved-mappings', { name: 'Wide', resource: 'contact', columns }, 'columns'],
    ['contacts/matches', { custom: keysOf(201, 'x') }, 'custom'],
    ['saved-views', { name: 'Deep', resource: 'contact', filter: deep(14) }, 'filter'],
    [
      'saved-views',
      { name: 'Long', resource: 'contact', filter: { field: 'name', op: 'eq', value: 'x'.repeat(20_000) } },
      'filter',
    ],
    ['webhooks', { name: 'All', url: 'https://example.com', events: keysOf(101, { verbs: ['created'] }) }, 'events'],
    [
      'custom-fields',
      { resource: 'contact', key: 'deep', label: 'Deep', type: 'text', default_value: [[[1]]] },
      'default_value',
    ],
  ] as const) {
    const { status, body: problem } = await send('POST', path, body, key);
    assert.deepEqual([status, problem.errors?.[0].field], [422, field], JSON.stringify(problem).slice(0, 500));
  }
});

test('a view that was stored with more than views take now is listed without that, and so are the others', async () => {
  const { api: member } = await tenant.as('member', 'Ada');
  const view = { resource: 'contact', layout: 'table', shared: true };
  const widths = keysOf(45_000, 100);
  const refused = await member('POST', '/api/v1/saved-views', {
    ...view,
    name: 'Wide',
    columns: { widths: keysOf(301, 100) },
  });
  assert.equal(refused.body.errors?.[0].field, 'columns.widths', JSON.stringify(refused.body).slice(0, 300));
  const ids: string[] = [];
  for (const name of ['Wide', 'Usual']) {
    const columns = { order: ['name'], widths: { name: 200 } };
    ids.push((await member('POST', '/api/v1/saved-views', { ...view, name, columns })).body.id);
  }
  await asOwner((owner) =>
    owner.query(`update saved_view set columns = columns || $1::jsonb where id = $2`, [
      JSON.stringify({ widths }),
      ids[0],
    ]),
  );
  const listed = await api('GET', '/api/v1/saved-views');
  assert.equal(listed.status, 200, JSON.stringify(listed.body).slice(0, 300));
  const columnsOf = Object.fromEntries(
    listed.body.data.map((each: { name: string; columns: object }) => [each.name, each.columns]),
  );
  assert.deepEqual(columnsOf, {
    Wide: { order: ['name'], hidden: [], pinned: [], left_out: ['widths'] },
    Usual: { order: ['name'], hidden: [], pinned: [], widths: { name: 200 } },
  });
  assert.deepEqual((await api('GET', `/api/v1/saved-views/${ids[0]}`)).body.columns.left_out, ['widths']);
  const again = await member('PATCH', `/api/v1/saved-views/${ids[0]}`, {
    columns: { order: ['name'], widths: { name: 90 } },
  });
  assert.deepEqual(again.body.columns, { order: ['name'], hidden: [], pinned: [], widths: { name: 90 } });
});
