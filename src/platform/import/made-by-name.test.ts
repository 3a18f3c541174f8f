import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const head = 'Record ID,First Name,Email,Company';
const companies = async (api: Client) => (await api('GET', '/api/v1/companies?sort=name&limit=200')).body.data;

test('companies are made only of the names in rows that go in, and counted so by the check', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await api('POST', '/api/v1/contacts', { given_name: 'Ada', external_id: '1' });
  const rows = ['1,Ada,,Kiln', '2,Bo,,Skipped', '3,Cy,,Skipped too'];
  const { body } = await upload(api, [['a.csv', [head, ...rows].join('\n')]]);
  assert.equal((await api('PATCH', `/api/v1/imports/${body.id}`, { options: { mode: 'update' } })).status, 200);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { files } = await follow(api, body.id, step);
    assert.deepEqual(files[0]?.counts, { rows: 3, created: 0, updated: 1, unchanged: 0, skipped: 2, errors: 0 });
    const [{ created, created_count }] = files[0]!.matches as [(typeof files)[0]['matches'][0]];
    assert.deepEqual([created.map(({ text }) => text), created_count], [['Kiln'], 1]);
  }
  assert.deepEqual((await companies(api)).map(({ name }: { name: string }) => name), ['Kiln']); // biome-ignore format: one call

  const refused = ['4,Di,not an address,Refused', '5,Ed,,Kept', '6,Fy,,kept', '7,Gus,not an address,Kept'];
  const done = await importNow(api, [['b.csv', [head, ...refused].join('\n')]], ({ files }) => ({
    options: { bad_cells: 'leave_out_row' },
    files: [{ id: files[0]!.id, columns: { Email: 'email' } }],
  }));
  assert.equal(done.files[0]?.counts.created, 2);
  assert.equal(done.files[0]?.matches[0]?.created_count, 1);
  assert.deepEqual((await companies(api)).map(({ name }: { name: string }) => name), ['Kept', 'Kiln']); // biome-ignore format: one call
});

test('a company made by its name has what any new one has: the defaults of custom fields, and the currency of the import', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = {
    resource: 'company',
    key: 'tier',
    label: 'Tier',
    type: 'select',
    options: ['Gold', 'Tin'],
    default_value: 'Tin',
  };
  const made = await api('POST', '/api/v1/custom-fields', field);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await importNow(api, [['a.csv', `${head}\n1,Ada,,Kiln\n`]], () => ({ options: { currency: 'CHF' } }));
  const [kiln] = await companies(api);
  assert.deepEqual([kiln.name, kiln.custom, kiln.currency], ['Kiln', { tier: 'Tin' }, 'CHF']);
});

test('who may make only companies of their own owns those that the import of somebody else makes by name', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const everything = { read: 'all', create: 'all', update: 'all' };
  const rights = {
    contact: everything,
    company: { read: 'all', create: 'own' },
    import: everything,
    file: everything,
    user: { read: 'all' },
  };
  const role = (await admin('POST', '/api/v1/roles', { name: 'Helper', rights })).body;
  const helper = await tenant.as(role.key, 'Hal Helper');
  const { body } = await upload(admin, [['a.csv', `${head}\n1,Ada,,Kiln\n`]]);
  const { state, error } = await follow(helper.api, body.id, 'runs');
  assert.equal(state, 'done', String(error));
  const [kiln] = await companies(admin);
  assert.deepEqual([kiln.name, kiln.owner_id], ['Kiln', helper.user_id]);
});
