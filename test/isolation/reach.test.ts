import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { extendReach } from '../../src/kernel/access/table-rule.ts';
import { branchTypes, startBranchApp } from '../fixtures/branch/app.ts';
import { type Client, eventually, type TestTenant } from '../harness/app.ts';
import { systemClient } from '../harness/identity.ts';
import type { RecordTypesApp } from '../harness/record-types.ts';
import { openStream } from '../harness/stream.ts';
import { isolationBreaches, tenantTables } from './tables.ts';

let app: RecordTypesApp;
let owner: Awaited<ReturnType<typeof systemClient>>;
let tenant: TestTenant;
let admin: Client;
/** Reads, and changes, the clients of the branches at which they advise, and nothing else. */
let adviser: { api: Client; user_id: string };
const [north, south] = [randomUUID(), randomUUID()];

before(async () => {
  app = await startBranchApp();
  owner = await systemClient(app);
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  adviser = await advising('location');
  await advises(adviser.user_id, north);
});
after(async () => {
  await owner.end();
  await app.stop();
});

/** Somebody with a key that reaches contacts by this scope, and reads and writes everything else that is about them. */
async function advising(scope: string) {
  const { api, user_id } = await tenant.as('admin', `Adviser ${randomUUID().slice(0, 8)}`);
  const own = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  const rights = {
    contact: { read: scope, create: 'own', update: scope, delete: scope },
    ...Object.fromEntries(
      ['company', 'note', 'comment', 'task', 'activity', 'export', 'saved_view'].map((name) => [name, own]),
    ),
    audit: { read: 'all' },
    file: { read: 'all' },
    tenant: { read: 'all' },
  };
  const role = await api('POST', '/api/v1/roles', { name: `Advice ${randomUUID()}`, rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const key = await api('POST', '/api/v1/api-keys', { name: 'advice', role_id: role.body.id });
  assert.equal(key.status, 201, JSON.stringify(key.body));
  return { api: app.client(key.body.key), key: key.body.key as string, user_id };
}

const advises = (user_id: string, branch: string, until: string | null = null) =>
  owner.query('insert into branch_adviser (tenant_id, user_id, branch_id, until_at) values ($1, $2, $3, $4)', [
    tenant.tenant_id,
    user_id,
    branch,
    until,
  ]);

async function contact(name: string, ...branches: [branch: string, until_on?: string][]): Promise<string> {
  const { status, body } = await admin('POST', '/api/v1/contacts', { given_name: name });
  assert.equal(status, 201, JSON.stringify(body));
  for (const [branch, until] of branches)
    await owner.query(
      `insert into branch_client (tenant_id, contact_id, branch_id, until_on) values ($1, $2, $3, ${until ?? 'null'})`,
      [tenant.tenant_id, body.id, branch],
    );
  return body.id;
}

test('another module opens contacts to people that their own rule does not know', async () => {
  const [inNorth, inBoth, over, inSouth, nowhere] = [
    await contact('Norma', [north]),
    await contact('Bodo', [south], [north, 'app.today()']),
    await contact('Olivia', [north, 'app.today() - 1']),
    await contact('Sura', [south]),
    await contact('Nemo'),
  ];
  const { body } = await adviser.api('GET', '/api/v1/contacts?count=true&sort=given_name');
  assert.deepEqual(body.data.map(({ id }: { id: string }) => id), [inBoth, inNorth]); // biome-ignore format: one line
  assert.equal(body.total, 2);
  const statuses = async (method: string, change?: object) =>
    Promise.all(
      [inNorth, inBoth, over, inSouth, nowhere].map(
        async (id) => (await adviser.api(method, `/api/v1/contacts/${id}`, change)).status,
      ),
    );
  assert.deepEqual(await statuses('GET'), [200, 200, 404, 404, 404]);
  assert.deepEqual(await statuses('PATCH', { job_title: 'Client' }), [200, 200, 404, 404, 404]);
  // What hangs on them, and what is part of them, follows their rule.
  const company = await admin('POST', '/api/v1/companies', { name: 'Firm' });
  for (const [id, name, isReached] of [
    [inNorth, 'Norma', true],
    [over, 'Olivia', false],
  ] as const) {
    const note = { body: `<p>About ${name}</p>`, records: [{ type: 'contact', id }] };
    const made = await adviser.api('POST', '/api/v1/notes', note);
    assert.equal(made.status, isReached ? 201 : 422, JSON.stringify(made.body));
    const found = (await adviser.api('GET', `/api/v1/search?q=${name}`)).body;
    assert.deepEqual(found.data.map((hit: { id: string }) => hit.id), isReached ? [id] : []); // biome-ignore format: one line
    const position = await adviser.api('POST', `/api/v1/contacts/${id}/positions`, { company_id: company.body.id });
    assert.equal(position.status, isReached ? 201 : 404, JSON.stringify(position.body));
  }
});

/** Whether a caller is shown anything of a contact called Quirin, in each way in which rows reach people. */
const ways: Record<string, (api: Client, id: string) => Promise<unknown>> = {
  list: async (api, id) => idsIn(await get(api, '/contacts?limit=200')).includes(id),
  count: async (api) => (await get(api, `/contacts?count=true&filter=${called('Quirin')}`)).total === 1,
  group: async (api) => (await get(api, `/contacts?group=owner_id&filter=${called('Quirin')}`)).groups.length === 1,
  record: async (api, id) => (await api('GET', `/api/v1/contacts/${id}`)).status === 200,
  relation: async (api, id) => {
    const { status, body } = await api('GET', `/api/v1/notes?filter=${about(id)}`);
    return status === 200 && body.data.length > 0;
  },
  search: async (api, id) => idsIn(await get(api, '/search?q=quirin')).includes(id),
  'misspelt search': async (api, id) => idsIn(await get(api, '/search?q=quirni')).includes(id),
  texts: async (api) => (await get(api, '/search?q=zebrafish')).written.length > 0,
  notes: async (api) => (await get(api, '/notes?limit=200')).data.some(mentions('Zebrafish')),
  'texts of comments': async (api) => (await get(api, '/search?q=lungfish')).written.length > 0,
  comments: async (api) => (await get(api, '/comments?limit=200')).data.some(mentions('Lungfish')),
  duplicates: async (api, id) => {
    const answer = await api('POST', '/api/v1/contacts/matches', { given_name: 'Quirin', family_name: 'Quast' });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return mentions(id)(answer.body);
  },
  timeline: async (api, id) => (await api('GET', `/api/v1/contacts/${id}/timeline`)).status === 200,
  // Whoever reads the trail sees that something was done to a record, neither its values nor its name.
  'history of a record': async (api, id) => {
    const { data } = await get(api, `/audit-events?record_id=${id}`);
    return mentions(id)(data) || data.some(({ before, after }: { before: unknown; after: unknown }) => before || after);
  },
  'pages of the audit': async (api, id) => mentions(id)(valuesIn(await get(api, '/audit-events?limit=200'))),
  'values of the audit': async (api) => mentions('Quast')(await get(api, '/audit-events?limit=200')),
  export: async (api) => {
    const { body, status } = await api('POST', '/api/v1/exports', { resource: 'contact', format: 'csv' });
    assert.equal(status, 202, JSON.stringify(body));
    await eventually(async () => (await get(api, `/exports/${body.id}`)).state === 'done');
    const file = await api('GET', `/api/v1/exports/${body.id}/content`);
    assert.equal(file.status, 200, JSON.stringify(file.body));
    return mentions('Quirin')(file.body);
  },
};
const get = async (api: Client, path: string) => {
  const { status, body } = await api('GET', `/api/v1${path}`);
  assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
  return body;
};
const idsIn = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
const mentions = (word: string) => (body: unknown) => JSON.stringify(body).includes(word);
const called = (value: string) => encodeURIComponent(JSON.stringify({ field: 'given_name', op: 'eq', value }));
const about = (id: string) => encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: id }));
/** Of whatever is about the contact itself; who is a client of which branch, stands in the trail too. */
const valuesIn = ({ data }: { data: { resource: string }[] }) =>
  data.filter(({ resource }) => resource !== 'branch_client');

test('once a membership is over, nothing shows its record: of the person, the record, or one of several', async () => {
  const id = await contact('Quirin', [north], [south, 'app.today() - 1']);
  const [other, mixed] = [await contact('Other', [north]), await advising('location+own')];
  await advises(mixed.user_id, north, '2099-01-01');
  await admin('PATCH', `/api/v1/contacts/${id}`, { family_name: 'Quast' });
  for (const [word, ids] of [
    ['Zebrafish', [id]],
    ['Swordfish', [id, other]],
  ] as const) {
    const note = { body: `<p>${word}</p>`, records: ids.map((one) => ({ type: 'contact', id: one })) };
    assert.equal((await admin('POST', '/api/v1/notes', note)).status, 201);
  }
  assert.equal((await admin('POST', '/api/v1/comments', { body: '<p>Lungfish</p>', record_id: id })).status, 201);
  const shownTo = async (api: Client) => {
    const shown: string[] = [];
    for (const [way, isShown] of Object.entries(ways)) if (await isShown(api, id)) shown.push(way);
    return shown;
  };
  const all = Object.keys(ways);
  for (const { api } of [adviser, mixed]) assert.deepEqual(await shownTo(api), all);
  await owner.query('update branch_client set until_on = app.today() - 1 where contact_id = $1', [id]);
  for (const { api } of [adviser, mixed]) assert.deepEqual(await shownTo(api), [], 'the record left');
  // A text that is also about another record is found through that, and names this one no more.
  const [found] = (await get(adviser.api, '/search?q=swordfish')).written;
  assert.equal(found.subject.id, other);
  await owner.query('update branch_client set until_on = null where contact_id = $1 and branch_id = $2', [id, south]);
  assert.deepEqual(await shownTo(mixed.api), [], 'in another branch');
  await advises(mixed.user_id, south);
  assert.deepEqual(await shownTo(mixed.api), all, 'through the other branch');
  await owner.query(`update branch_adviser set until_at = now() where user_id = $1`, [mixed.user_id]);
  assert.deepEqual(await shownTo(mixed.api), [], 'the grant ended');
});

/** Long enough for a busy machine to open a page and hear of a change meanwhile. */
const grant_ms = 12_000;

test('an open page is told at the moment a grant ends, and what was cached for its caller is not shown any longer', async () => {
  const { key, user_id, api } = await advising('location');
  const branch = randomUUID();
  const id = await contact('Temporary', [branch]);
  await advises(user_id, branch, new Date(Date.now() + grant_ms).toISOString());
  const clients = async () => (await app.types(key)('GET', '/api/v1/clients')).body.data;
  assert.deepEqual(await clients(), ['Temporary']);
  const stream = await openStream(app.typesUrl, key);
  assert.equal((await admin('PATCH', `/api/v1/contacts/${id}`, { job_title: 'First' })).status, 200);
  await eventually(async () => stream.changes().some(({ data }) => data.id === id));
  assert.deepEqual(await clients(), ['Temporary']);
  await eventually(async () => stream.events.some(({ event }) => event === 'rights'));
  assert.deepEqual(await clients(), []);
  // The page asks which of the records that it keeps are still there.
  const kept = encodeURIComponent(JSON.stringify({ field: 'id', op: 'in', value: [id] }));
  assert.deepEqual(idsIn(await get(api, `/contacts?filter=${kept}`)), []);
  const heard = stream.changes().length;
  const elsewhere = await contact('Marker', [branch]);
  await advises(user_id, branch);
  await eventually(async () => stream.events.filter(({ event }) => event === 'rights').length === 2);
  await owner.query('delete from branch_client where contact_id = $1', [id]);
  await admin('PATCH', `/api/v1/contacts/${id}`, { job_title: 'Second' });
  await admin('PATCH', `/api/v1/contacts/${elsewhere}`, { job_title: 'Second' });
  const isMarked = ({ data }: { data: { id?: string; action?: string } }) =>
    data.id === elsewhere && data.action === 'update';
  await eventually(async () => stream.changes().some(isMarked));
  assert.ok(stream.changes().slice(heard).every(({ data }) => data.id !== id)); // biome-ignore format: one line
  stream.close();
  assert.deepEqual(await clients(), ['Marker'], 'a membership that was taken away is a change of what is cached');
});

test('a change that waited for a network when its membership ended is refused, and changes nothing', async () => {
  const { user_id, api } = await advising('location');
  const branch = randomUUID();
  const id = await contact('Waiting', [branch]);
  await advises(user_id, branch);
  const { version } = await get(api, `/contacts/${id}`);
  await owner.query('update branch_adviser set until_at = now() where user_id = $1', [user_id]);
  const sent = { 'if-match': `"${version}"`, 'idempotency-key': randomUUID() };
  for (const attempt of ['first', 'again']) {
    const { status, body } = await api('PATCH', `/api/v1/contacts/${id}`, { job_title: 'Late' }, sent);
    assert.equal(status, 404, attempt);
    assert.ok(!mentions('Waiting')(body));
  }
  assert.equal((await get(admin, `/contacts/${id}`)).job_title, null);
});

test('the suite of all tables holds for those of the product, and notices when one of them lets everything pass', async () => {
  const other = await app.tenant('other-branches');
  const stranger = await other.as('admin');
  const theirs = await stranger.api('POST', '/api/v1/contacts', { given_name: 'Theirs' });
  const branch = randomUUID();
  await owner.query('insert into branch_adviser (tenant_id, user_id, branch_id) values ($1, $2, $3)', [
    other.tenant_id,
    stranger.user_id,
    branch,
  ]);
  await owner.query('insert into branch_client (tenant_id, contact_id, branch_id) values ($1, $2, $3)', [
    other.tenant_id,
    theirs.body.id,
    branch,
  ]);
  await contact('Ours', [north]);
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  try {
    await client.query('grant holdfast_app to current_user with inherit false, set true');
    const tables = (await tenantTables(client)).filter(({ name }) => name.startsWith('branch_'));
    assert.equal(tables.length, 2);
    const sides = { own: tenant.tenant_id, other: other.tenant_id };
    for (const table of tables)
      for (const sabotage of ['select', `create policy leak on ${table.name} using (true) with check (true)`]) {
        await client.query('begin');
        await client.query(sabotage);
        const breaches = await isolationBreaches(client, table, sides);
        await client.query('rollback');
        assert.equal(breaches.length > 0, sabotage !== 'select', breaches.join());
      }
  } finally {
    await client.end();
  }
});

describe('what could not hold is refused at the start', () => {
  const [added] = branchTypes.reach!;
  test('a kind twice', () => assert.throws(() => extendReach([added!]), /"contact" are reached by location twice/));
  test('a record type that is not there, or whose rows no scope narrows', () => {
    for (const resource of ['boat', 'tag'])
      assert.throws(
        () => extendReach([{ ...added!, resource }]),
        new RegExp(`Nobody can add to the reach of "${resource}"`),
      );
  });
});
