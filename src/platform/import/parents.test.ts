import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';
import type { ImportReport } from './contract.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const head = 'Company ID,Company Name,City,Parent company,Tags';
const fileOf = (...rows: string[]): [string, string] => ['c.csv', [head, ...rows].join('\n')];

/** By name, what each company is part of. */
async function parents(api: Client): Promise<Record<string, string | null>> {
  const { data } = (await api('GET', '/api/v1/companies?limit=200')).body;
  return Object.fromEntries(
    data.map(({ name, parent }: { name: string; parent: { name: string } | null }) => [name, parent?.name ?? null]),
  );
}

const make = async (api: Client, company: object): Promise<string> => {
  const { status, body } = await api('POST', '/api/v1/companies', company);
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
};

const problemsOf = ({ problem_samples }: ImportReport) =>
  problem_samples.map(({ row, code, severity, count }) => [row, code, severity, count]);

test('an import that only makes records leaves alone whose part the others are', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const parent_id = await make(api, { name: 'Root' });
  await make(api, { name: 'Moved', external_id: 'M', parent_id });
  await make(api, { name: 'Emptied', external_id: 'E', parent_id });
  const file = fileOf('M,Moved,,Other,', 'E,Emptied,,,', 'O,Other,,Root,');
  const done = await importNow(api, [file], () => ({ options: { mode: 'create', blank_cells: 'clear' } }));
  assert.deepEqual(done.files[0]?.counts, { rows: 3, created: 1, updated: 0, unchanged: 0, skipped: 2, errors: 0 });
  assert.deepEqual(await parents(api), { Root: null, Moved: 'Root', Emptied: 'Root', Other: 'Root' });
});

test('who may make companies and change none links those of the file, and hears of each trouble once', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const rights = {
    company: { read: 'all', create: 'all' },
    import: { read: 'own', create: 'own', update: 'own' },
    file: { read: 'own', create: 'own' },
  };
  const role = (await admin('POST', '/api/v1/roles', { name: 'Gatherer', rights })).body;
  await make(admin, { name: 'Foreign', external_id: 'F' });
  const { api } = await tenant.as(role.key);
  const done = await importNow(api, [fileOf('F,Foreign,,Big,', 'B,Big,,,vip', 'S,Small,,Big,')]);
  assert.deepEqual(done.files[0]?.counts, { rows: 3, created: 2, updated: 0, unchanged: 0, skipped: 0, errors: 1 });
  assert.deepEqual(await parents(admin), { Foreign: null, Big: null, Small: 'Big' });
  assert.deepEqual(problemsOf(done).sort(), [[2, 'not_yours', 'error', 1], [3, 'no_such_tag', 'warning', 1]]); // biome-ignore format: one list
});

test('each row of a file with parents is in one count, in the check as in the import', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const parent_id = await make(api, { name: 'Root', external_id: 'R' });
  for (const name of ['Both', 'Parent', 'City']) await make(api, { name, external_id: name });
  await make(api, { name: 'Same', external_id: 'Same', parent_id });
  const gone = await make(api, { name: 'Gone', external_id: 'Gone' });
  assert.equal((await api('DELETE', `/api/v1/companies/${gone}`)).status, 204);
  const rows = [
    'Both,Both,Rome,Root,',
    'Parent,Parent,,Root,',
    'City,City,Rome,,',
    'Same,Same,,Root,',
    'Gone,Gone,,Root,',
  ];
  const made = ['New,New,,Root,', 'Lone,Lone,,Nobody,'];
  const { body } = await upload(api, [fileOf(...rows, ...made)]);
  const options = { missing_relations: 'leave_out_row' };
  assert.equal((await api('PATCH', `/api/v1/imports/${body.id}`, { options })).status, 200);
  for (const step of ['dry-runs', 'runs'] as const) {
    const done = await follow(api, body.id, step);
    const counts = { rows: 7, created: 2, updated: 3, unchanged: 1, skipped: 0, errors: 1 };
    assert.deepEqual(done.files[0]?.counts, counts, step);
    assert.deepEqual(problemsOf(done).sort(), [[6, 'in_trash', 'error', 1], [8, 'no_such_record', 'warning', 1]]); // biome-ignore format: one list
  }
});

test('a row whose company is not clear once others like it are in stays without its parent, which is said', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const done = await importNow(api, [fileOf(',Twin,,Root,', 'A,Twin,,,', 'B,Twin,,,', 'C,Single,,Root,')]);
  assert.deepEqual(done.files[0]?.counts, { rows: 4, created: 3, updated: 0, unchanged: 0, skipped: 0, errors: 1 });
  assert.deepEqual(problemsOf(done).sort(), [[2, 'ambiguous', 'warning', 1], [3, 'duplicate_row', 'error', 1]]); // biome-ignore format: one list
  assert.deepEqual(await parents(api), { Root: null, Single: 'Root', Twin: null });
});
