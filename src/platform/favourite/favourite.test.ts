import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { asOwner, countBlocked, systemClient } from '../../../test/harness/identity.ts';
import { openStream } from '../../../test/harness/stream.ts';
import { favourites_max } from './contract.ts';

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

async function make(api: Client, path: string, body: object): Promise<string> {
  const made = await api('POST', `/api/v1/${path}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}
async function star(api: Client, path: string) {
  const answer = await api('PUT', `/api/v1/${path}/favourite`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}
const read = async (api: Client) => {
  const { status, body } = await api('GET', '/api/v1/favourites');
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
const namesFor = async (api: Client) => (await read(api)).data.map(({ name }: { name: string }) => name);
const rowsOf = async (record_id: string) =>
  (await asOwner(app, 'select from favourite where record_id = $1', [record_id])).length;

test('marking again what somebody deletes at the same moment changes nothing', async (t) => {
  const { api, user_id } = await tenant.as('admin', 'Ann');
  const id = await make(api, 'contacts', { given_name: 'Gone' });
  await star(api, `contacts/${id}`);
  const holder = await systemClient(app);
  t.after(() => holder.end());
  await holder.query('begin');
  const lock = `favourites ${tenant.tenant_id} ${user_id}`;
  await holder.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [lock]);
  const again = star(api, `contacts/${id}`);
  await eventually(async () => (await countBlocked(holder)) >= 1);
  assert.equal((await api('DELETE', `/api/v1/contacts/${id}`)).status, 204);
  await holder.query('rollback');
  await again;
  assert.equal(await rowsOf(id), 1);
});

test('records of every type that opens by itself are favourites of whoever marks them, and of nobody else', async () => {
  const { api } = await tenant.as('admin', 'Ada');
  const other = (await tenant.as('admin', 'Bob')).api;
  const pipeline_id = await make(api, 'pipelines', { name: 'Sales' });
  const records = [
    ['contact', 'contacts', await make(api, 'contacts', { given_name: 'Carl', family_name: 'Cole' }), 'Carl Cole'],
    ['company', 'companies', await make(api, 'companies', { name: 'Acme' }), 'Acme'],
    ['deal', 'deals', await make(api, 'deals', { name: 'Big one', pipeline_id }), 'Big one'],
    ['task', 'tasks', await make(api, 'tasks', { title: 'Call back' }), 'Call back'],
    ['product', 'products', await make(api, 'products', { name: 'Anvil' }), 'Anvil'],
    ['dashboard', 'dashboards', await make(api, 'dashboards', { name: 'Quarter' }), 'Quarter'],
    [
      'saved_view',
      'saved-views',
      await make(api, 'saved-views', { resource: 'contact', name: 'Romans', layout: 'table' }),
      'Romans',
    ],
  ] as const;
  for (const [, plural, id] of records) await star(api, `${plural}/${id}`);
  const [, plural, id] = records[0];
  const again = await star(api, `${plural}/${id.toUpperCase()}`);
  assert.deepEqual(again, { data: records.map(([resource, , id, name]) => ({ resource, id, name })), hidden: [] });
  assert.deepEqual(await read(other), { data: [], hidden: [] });
  assert.equal((await api('GET', '/api/v1/session')).body.favourites, records.length);
  assert.equal((await other('GET', '/api/v1/session')).body.favourites, 0);

  const order = records.map(([, , id]) => id).reverse();
  const ordered = await api('PUT', '/api/v1/favourite-order', { ids: [...order, crypto.randomUUID()] });
  assert.deepEqual(
    ordered.body.data.map((each: { id: string }) => each.id),
    order,
  );
  const removed = await api('DELETE', `/api/v1/tasks/${records[3][2]}/favourite`);
  assert.equal(removed.status, 200);
  assert.ok(!(await namesFor(api)).includes('Call back'));

  for (const path of [`notes/${crypto.randomUUID()}`, `contacts/${crypto.randomUUID()}`])
    assert.equal((await api('PUT', `/api/v1/${path}/favourite`)).status, 404);
});

test('one whose record is in the trash is hidden in its place, and gone when the record is', async () => {
  const { api } = await tenant.as('admin', 'Eve');
  const ids = [];
  for (const name of ['First', 'Second', 'Third', 'Fourth']) ids.push(await make(api, 'companies', { name }));
  for (const id of ids) await star(api, `companies/${id}`);
  const [first, second, third, fourth] = ids as [string, string, string, string];
  assert.equal((await api('DELETE', `/api/v1/companies/${second}`)).status, 204);
  assert.deepEqual(await namesFor(api), ['First', 'Third', 'Fourth']);
  assert.deepEqual((await read(api)).hidden, [second]);
  await api('PUT', '/api/v1/favourite-order', { ids: [fourth, third, first] });
  assert.equal((await api('POST', `/api/v1/companies/${second}/restoration`)).status, 200);
  assert.deepEqual(await namesFor(api), ['Fourth', 'Second', 'Third', 'First']);

  assert.equal((await api('DELETE', `/api/v1/companies/${second}`)).status, 204);
  const items = [{ resource: 'company', id: second }];
  assert.equal((await api('POST', '/api/v1/trash/deletions', { items })).status, 200);
  assert.equal(await rowsOf(second), 0);
  const product = await make(api, 'products', { name: 'Rope' });
  await star(api, `products/${product}`);
  assert.equal((await api('DELETE', `/api/v1/products/${product}`)).status, 204);
  assert.equal(await rowsOf(product), 0, 'of a type without a trash too');
});

test('one without a trash is a favourite of the same people again once its deletion is undone', async () => {
  const { api } = await tenant.as('admin', 'Lea');
  const other = await tenant.as('admin', 'Max');
  const records = [
    ['products', await make(api, 'products', { name: 'Crane' })],
    ['dashboards', await make(api, 'dashboards', { name: 'Year', shared: true })],
    ['saved-views', await make(api, 'saved-views', { resource: 'deal', name: 'Won', layout: 'table', shared: true })],
  ] as const;
  for (const [plural, id] of records) for (const each of [api, other.api]) await star(each, `${plural}/${id}`);
  const before = await read(other.api);
  const page = await openStream(app.url, other.key);
  for (const [plural, id] of records) {
    const deleted = await api('DELETE', `/api/v1/${plural}/${id}`);
    assert.equal(deleted.status, 204);
    assert.equal(await rowsOf(id), 0);
    const heard = () => page.changes().filter(({ data }) => data.resource === 'favourite').length;
    const earlier = heard();
    const undone = await api('POST', `/api/v1/changes/${deleted.headers.get('change-id')}/reversal`);
    assert.equal(undone.status, 200, JSON.stringify(undone.body));
    await eventually(async () => heard() > earlier);
  }
  await page.close();
  assert.deepEqual(await read(other.api), before);
  assert.equal((await read(api)).data.length, records.length);
});

test('one that its person may no longer see is not named, and comes back with the right', async () => {
  const { api: admin, user_id: boss } = await tenant.as('admin');
  const { api, user_id } = await tenant.as('admin', 'Fred');
  const role = await admin('POST', '/api/v1/roles', { name: 'Own companies', rights: { company: { read: 'own' } } });
  await admin('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [role.body.id] });
  const company = await make(admin, 'companies', { name: 'Secret Ltd', owner_id: user_id });
  assert.equal((await star(api, `companies/${company}`)).data[0].name, 'Secret Ltd');
  await admin('PATCH', `/api/v1/companies/${company}`, { owner_id: boss });
  assert.deepEqual(await read(api), { data: [], hidden: [company] });
  assert.equal((await api('PUT', `/api/v1/companies/${company}/favourite`)).status, 404);
  await admin('PATCH', `/api/v1/companies/${company}`, { owner_id: user_id });
  assert.deepEqual(await namesFor(api), ['Secret Ltd']);
});

test('there are so many at most, of those that are shown', async () => {
  const { api } = await tenant.as('admin', 'Gus');
  const made = await api('POST', '/api/v1/companies/bulk', {
    data: Array.from({ length: favourites_max + 1 }, (_, n) => ({ name: `Company ${n}` })),
  });
  const ids: string[] = made.body.data.map(({ id }: { id: string }) => id);
  const last = ids.pop()!;
  for (const id of ids) await star(api, `companies/${id}`);
  const refused = await api('PUT', `/api/v1/companies/${last}/favourite`);
  assert.equal(refused.status, 409);
  assert.match(refused.body.detail, /50 favourites.*Remove one first/);
  assert.equal((await api('DELETE', `/api/v1/companies/${ids[0]}/favourite`)).status, 200);
  assert.equal((await star(api, `companies/${last}`)).data.length, favourites_max);
});

test('whoever had a merged record as a favourite has the survivor, and both again once that is undone', async () => {
  const { api } = await tenant.as('admin', 'Hal');
  const other = (await tenant.as('member', 'Ida')).api;
  const survivor = await make(api, 'companies', { name: 'Stays' });
  const absorbed = await make(api, 'companies', { name: 'Goes' });
  const between = await make(api, 'companies', { name: 'Between' });
  for (const id of [absorbed, between]) await star(other, `companies/${id}`);
  await star(api, `companies/${survivor}`);
  const merged = await api('POST', `/api/v1/companies/${survivor}/merge`, { others: [absorbed], values: {} });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  assert.deepEqual(await namesFor(other), ['Stays', 'Between']);
  assert.deepEqual(await namesFor(api), ['Stays']);
  const undone = await api('POST', `/api/v1/changes/${merged.headers.get('change-id')}/reversal`);
  assert.ok(undone.status < 300, JSON.stringify(undone.body));
  assert.deepEqual((await namesFor(other)).sort(), ['Between', 'Goes', 'Stays']);
  assert.deepEqual(await namesFor(api), ['Stays']);
});

test('the open pages of their person hear of a change, and a colleague’s do not', async (t) => {
  const jan = await tenant.as('admin', 'Jan');
  const kim = await tenant.as('admin', 'Kim');
  const company = await make(jan.api, 'companies', { name: 'Heard' });
  const mine = await openStream(app.url, jan.key);
  const theirs = await openStream(app.url, kim.key);
  t.after(() => Promise.all([mine.close(), theirs.close()]));
  await star(jan.api, `companies/${company}`);
  const heard = (page: typeof mine) => page.changes().filter(({ data }) => data.resource === 'favourite');
  await eventually(async () => heard(mine).length > 0);
  await jan.api('PATCH', `/api/v1/companies/${company}`, { name: 'Renamed' });
  await eventually(async () => theirs.changes().some(({ data }) => data.id === company && data.action === 'update'));
  assert.deepEqual([heard(mine).map(({ data }) => data.id), heard(theirs)], [[jan.user_id], []]);
  assert.deepEqual(await namesFor(jan.api), ['Renamed']);
});
