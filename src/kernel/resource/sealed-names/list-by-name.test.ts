import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { sealTenant } from '../../../../test/harness/sealing.ts';

let app: TestApp;
let tenant: TestTenant;
let admin: Client;
let adviser: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  admin = await tenant.signedIn('admin');
  adviser = (await tenant.as('advisor')).api;
  await sealTenant(app, admin);
});
after(() => app.stop());

interface Person {
  id: string;
  name: string;
  version: number;
}

async function create(api: Client, name: string): Promise<Person> {
  const [given_name, family_name = null] = name.split(' ');
  const { status, body } = await api('POST', '/api/v1/contacts', { given_name, family_name });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

interface Listed {
  data: Person[];
  next_cursor: string | null;
  sorted_by?: string;
}
type Query = Partial<Record<string, string | number>>;
async function list(api: Client, query: Query): Promise<Listed> {
  const asked = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  );
  const { status, body } = await api('GET', `/api/v1/contacts?${asked}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function allPages(api: Client, query: Query): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Listed = await list(api, { ...query, ...(cursor && { cursor }) });
    names.push(...page.data.map(({ name }) => name));
    cursor = page.next_cursor;
    if (cursor) holdsNoName(cursor, names);
  } while (cursor);
  return names;
}

function holdsNoName(cursor: string, names: readonly string[]): void {
  const said = Buffer.from(cursor.split('.')[0]!, 'base64url').toString();
  for (const name of names) assert.ok(!said.includes(name.split(' ').at(-1)!), `a cursor says ${name}`);
}

const given = ['Zoe Adler', 'adam Zimmer', 'Émile Zola', 'Ähnlich Muster', 'Bert Muster', 'Bert Muster', 'Li Wei'];
const ordered = ['adam Zimmer', 'Ähnlich Muster', 'Bert Muster', 'Bert Muster', 'Émile Zola', 'Li Wei', 'Zoe Adler'];

test('lists have the order of sealed names, page by page, also backwards, and cursors have no name', async () => {
  for (const name of given) await create(adviser, name);
  for (const api of [admin, adviser])
    for (const limit of [2, 3, 50]) {
      assert.deepEqual(await allPages(api, { sort: 'name', limit }), ordered);
      assert.deepEqual(await allPages(api, { sort: '-name', limit }), ordered.toReversed());
      assert.deepEqual(await allPages(api, { limit }), ordered);
    }
});

test('a record that is renamed between pages moves, and no other is missed or listed twice', async () => {
  const first = await list(admin, { sort: 'name', limit: 3 });
  const last = first.data.at(-1)!;
  const renamed = await admin('PATCH', `/api/v1/contacts/${last.id}`, { given_name: 'Zz' });
  assert.equal(renamed.status, 200);
  const { data } = await list(admin, { sort: 'name', limit: 50, cursor: first.next_cursor! });
  assert.deepEqual(
    data.map(({ name }) => name),
    ['Bert Muster', 'Émile Zola', 'Li Wei', 'Zoe Adler', 'Zz Muster'],
  );
  await admin('PATCH', `/api/v1/contacts/${last.id}`, { given_name: 'Bert' });
});

test('filters by sealed names compare as in the clear, also those of related records', async () => {
  const found = async (field: object, api = admin) =>
    (await list(api, { sort: 'name', filter: JSON.stringify(field) })).data.map(({ name }) => name);
  assert.deepEqual(await found({ field: 'name', op: 'contains', value: 'MUSTER' }), [
    'Ähnlich Muster',
    'Bert Muster',
    'Bert Muster',
  ]);
  assert.deepEqual(await found({ field: 'name', op: 'starts_with', value: 'emile' }), ['Émile Zola']);
  assert.deepEqual(await found({ field: 'name', op: 'eq', value: 'Li Wei' }), ['Li Wei']);
  assert.equal((await found({ field: 'name', op: 'ne', value: 'Li Wei' })).length, given.length - 1);
  assert.deepEqual(await found({ field: 'name', op: 'in', value: ['Li Wei', 'Nobody'] }), ['Li Wei']);
  const company = await admin('POST', '/api/v1/companies', { name: 'Zola & Co' });
  const [emile] = (await list(admin, { filter: JSON.stringify({ field: 'name', op: 'contains', value: 'zola' }) }))
    .data;
  await admin('PATCH', `/api/v1/contacts/${emile!.id}`, { company_id: company.body.id });
  const where = { field: 'name', op: 'contains', value: 'émile' };
  const filter = encodeURIComponent(JSON.stringify({ any: 'contacts', where }));
  const { body } = await admin('GET', `/api/v1/companies?filter=${filter}`);
  assert.deepEqual(
    body.data.map(({ name }: Person) => name),
    ['Zola & Co'],
  );
});

test('an adviser finds no name of somebody else’s client, by no order, filter or count', async () => {
  const other = (await tenant.as('advisor', 'other')).api;
  await create(other, 'Own Client');
  const queries: Query[] = [
    { sort: 'name', limit: 1 },
    { filter: JSON.stringify({ field: 'name', op: 'contains', value: 'muster' }) },
    { filter: JSON.stringify({ field: 'name', op: 'ne', value: 'x' }), sort: '-name' },
  ];
  for (const query of queries) {
    const { data, total, next_cursor } = (await list(other, query)) as Listed & { total: number };
    const names = data.map(({ name }) => name).filter((name) => name !== 'Own Client');
    assert.deepEqual([names, total <= 1, next_cursor], [[], true, null]);
  }
});

test('too many records for the order of sealed names have another, and who asks for names hears which', async () => {
  const own = await app.tenant('large');
  const api = await own.signedIn('admin');
  const { user_id, api: few } = await own.as('advisor');
  await sealTenant(app, api);
  await asOwner(
    app,
    `insert into contact (tenant_id, given_name, owner_id)
     select $1, 'Number ' || n, case when n % 4000 = 0 then $2::uuid end from generate_series(1, 20001) n`,
    [own.tenant_id, user_id],
  );
  const refused = await api('GET', '/api/v1/contacts?sort=name');
  assert.equal(refused.status, 422);
  assert.equal(refused.body.errors[0].code, 'too_many_to_sort');
  assert.match(refused.body.errors[0].message, /created_at.*city/);
  const page = await list(api, { limit: 2 });
  assert.equal(page.sorted_by, '-created_at');
  const next = await list(api, { limit: 2, cursor: page.next_cursor! });
  assert.equal(new Set([...page.data, ...next.data].map(({ id }) => id)).size, 4);
  assert.deepEqual(await allPages(few, { sort: 'name', limit: 2 }), [
    'Number 12000',
    'Number 16000',
    'Number 20000',
    'Number 4000',
    'Number 8000',
  ]);
  for (const sort of ['name,created_at', '-name,id'])
    assert.equal((await few('GET', `/api/v1/contacts?sort=${sort}`)).body.errors[0].code, 'too_many_to_sort');
  // As many names match as are refused, and none of them is the adviser's to know of.
  const all = JSON.stringify({ field: 'name', op: 'contains', value: 'number' });
  assert.equal((await list(few, { filter: all })).data.length, 5);
  const many = await api('GET', `/api/v1/contacts?filter=${encodeURIComponent(all)}`);
  assert.equal(many.body.errors[0].code, 'too_many_names');
  const filter = JSON.stringify({ field: 'name', op: 'contains', value: 'Number 1999' });
  assert.equal((await allPages(api, { sort: 'name', limit: 5, filter })).length, 11);
  await sealTenant(app, api, false);
  await eventually(async () => (await api('GET', '/api/v1/contacts?sort=name&limit=1')).status === 200);
});
