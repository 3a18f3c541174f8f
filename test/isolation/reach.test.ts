import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { extendReach } from '../../src/kernel/access/table-rule.ts';
import { branchTypes, startBranchApp } from '../fixtures/branch/app.ts';
import type { Client, TestTenant } from '../harness/app.ts';
import { systemClient } from '../harness/identity.ts';
import type { RecordTypesApp } from '../harness/record-types.ts';

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
  const { api, user_id } = await tenant.as('admin', `Adviser ${randomUUID()}`);
  const own = { read: 'all', create: 'all', update: 'all', delete: 'all' };
  const rights = {
    contact: { read: scope, create: 'own', update: scope, delete: scope },
    ...Object.fromEntries(
      ['company', 'note', 'comment', 'task', 'activity', 'export', 'saved_view'].map((name) => [name, own]),
    ),
    audit: { read: 'all' },
    tenant: { read: 'all' },
  };
  const role = await api('POST', '/api/v1/roles', { name: `Advice ${randomUUID()}`, rights });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const key = await api('POST', '/api/v1/api-keys', { name: 'advice', role_id: role.body.id });
  assert.equal(key.status, 201, JSON.stringify(key.body));
  return { api: app.client(key.body.key), key: key.body.key as string, user_id };
}

const advises = (user_id: string, branch: string, until: string | null = null) =>
  owner.query('insert into branch_adviser (tenant_id, user_id, branch_id, until_at) values ($1, $2, $3, $4)', [tenant.tenant_id, user_id, branch, until]); // biome-ignore format: one line

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

describe('what could not hold is refused at the start', () => {
  const [added] = branchTypes.reach!;
  test('a kind twice', () => assert.throws(() => extendReach([added!]), /"contact" are reached by location twice/));
  test('a record type that is not there, or whose rows no scope narrows', () => {
    for (const resource of ['boat', 'tag'])
      assert.throws(() => extendReach([{ ...added!, resource }]), new RegExp(`Nobody can add to the reach of "${resource}"`)); // biome-ignore format: one line
  });
});
