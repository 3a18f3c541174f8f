import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { testKey } from '../../../test/harness/cluster.ts';
import { follow, upload } from '../../../test/harness/import.ts';
import { holdfast } from '../../../test/harness/process.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

test('an option that is chosen leaves the others as they were chosen before', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const { body } = await upload(api, [['deals.csv', 'Deal ID,Deal Name,Amount,Stage\n1,One,10,Won\n']]);
  const choose = async (options: object) => {
    const changed = await api('PATCH', `/api/v1/imports/${body.id}`, { options });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    return changed.body.options;
  };
  await choose({ currency: 'CHF', blank_cells: 'clear' });
  assert.deepEqual(await choose({ mode: 'create' }), {
    mode: 'create',
    bad_cells: 'leave_empty',
    blank_cells: 'clear',
    missing_relations: 'create',
    same_name: 'create',
    same_email: 'by_name',
    currency: 'CHF',
  });
  assert.equal((await choose({ currency: null })).currency, null);
});

test('companies that people name and that are not there are created, counted before, and once however they are written', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await api('POST', '/api/v1/companies', { name: 'Müller Bau GmbH & Co. KG' });
  const names = ['MULLER BAU', 'Acme Ltd.', 'ACME LTD', 'muller bau gmbh & co kg', 'Acme', ''];
  const people = names.map((name, n) => `${n + 1}a,P${n},Lee,${name}`).join('\n');
  const { body } = await upload(api, [['people.csv', `Record ID,First name,Last name,Company\n${people}\n`]]);
  const tried = await follow(api, body.id, 'dry-runs');
  const [matches] = tried.files[0]!.matches;
  assert.equal(matches!.created_count, 3);
  assert.deepEqual(matches!.created, [
    { text: 'MULLER BAU', suggestion: 'Müller Bau GmbH & Co. KG', rows: 1 },
    { text: 'Acme Ltd.', suggestion: null, rows: 1 },
    { text: 'ACME LTD', suggestion: null, rows: 1 },
    { text: 'Acme', suggestion: 'Acme Ltd.', rows: 1 },
  ]);
  assert.equal((await api('GET', '/api/v1/companies')).body.data.length, 1, 'so far nothing is written');

  // Somebody says that a similar one is meant.
  const fixes = [{ column: 'Company', was: 'MULLER BAU', value: 'Müller Bau GmbH & Co. KG' }];
  await api('POST', `/api/v1/imports/${body.id}/fixes`, { file_id: tried.files[0]!.id, fixes });
  const done = await follow(api, body.id, 'runs');
  assert.deepEqual(done.files[0]!.counts, { rows: 6, created: 6, updated: 0, unchanged: 0, skipped: 0, errors: 0 });
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  assert.deepEqual(
    data.map(({ company }: { company: { name: string } | null }) => company?.name ?? null),
    ['Müller Bau GmbH & Co. KG', 'Acme Ltd.', 'Acme Ltd.', 'Müller Bau GmbH & Co. KG', 'Acme', null],
  );
  const { reversal } = await follow(api, body.id, 'reversal');
  assert.equal(reversal?.deleted, 8);
});

test('the command line says type and mapping, tries them out, and exits with 1 when rows were refused', async () => {
  const tenant = await app.tenant('by-command');
  const { api } = await tenant.as('admin');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  const file = join(folder, 'leute.csv');
  await writeFile(
    file,
    'Spalte;Nachname;Laune;Firma;Spind;Marke\nada@x.example;Berg;gut;Kiln Works;;\nkeine;Ek;mies;;;\n',
  );
  const environment = {
    DATABASE_URL: app.database.ownerUrl,
    HOLDFAST_DATA: app.app.services.config.HOLDFAST_DATA,
    HOLDFAST_KEY: testKey(),
  };
  const run = (...args: string[]) =>
    holdfast(
      ['import', '--tenant', 'by-command', '--as', 'contacts', '--map', 'Spalte=email', ...args, file],
      environment,
    );
  const count = async () => (await api('GET', '/api/v1/contacts')).body.data.length;
  const tried = await run('--map', 'Laune=note', '--dry-run');
  assert.match(tried, /“Laune” → kept in a note; 100% filled/);
  assert.match(tried, /Nothing was written/);
  assert.match(tried, /Empty in this file: Spind, Marke\./);
  assert.doesNotMatch(tried, /“Spind”/);
  assert.match(tried, /1 company records are created from the names in “Firma”/);
  const saved = await api('POST', '/api/v1/saved-mappings', {
    name: 'Für Leute',
    resource: 'contact',
    columns: { Laune: 'job_title' },
  });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  const otherwise = await run('--mapping', 'für  leute'.normalize('NFD'), '--no-create-missing', '--dry-run');
  assert.match(otherwise, /“Laune” → job_title/);
  assert.doesNotMatch(otherwise, /are created from the names/);
  assert.equal(await count(), 0);
  await assert.rejects(run('--strict'), { code: 1 });
  assert.equal(await count(), 1);
  const option = (text: string) => run('--map', 'Laune=lead_status', '--map-option', `Laune:${text}`, '--dry-run');
  assert.match(await option('gut=Qualified'), /“mies” in “Laune” is no option of lead_status, 1 rows/);
  assert.doesNotMatch(await option('gut=Qualified'), /“gut” in “Laune” is no option/);
  await assert.rejects(option('gut=best'), { code: 2, stderr: /"best" is no option of lead_status. There are new, / });
  await assert.rejects(run('--map-option', 'Ort:a=b'), { code: 2, stderr: /No file has the column/ });
  await assert.rejects(run('--map', 'Nachname=nonsense'), { code: 2, stderr: /have no field "nonsense"/ });
  const asCompanies = [
    'import',
    '--tenant',
    'by-command',
    '--as',
    'companies',
    '--map',
    'Nachname=name',
    '--dry-run',
    file,
  ];
  assert.match(await holdfast(asCompanies, environment), /taken for company records; 2 rows: 2 created/);
  await api('POST', '/api/v1/contacts', {
    given_name: 'Ada',
    family_name: 'Berg',
    email: 'ada@berg.example',
    city: 'Kiel',
  });
  await api('POST', '/api/v1/contacts', { given_name: 'Bo', family_name: 'Dahl', email: 'bo@dahl.example' });
  const guests = Array.from({ length: 12 }, (_, n) => `Guest ${n},New,,`);
  const fair = join(folder, 'fair.csv');
  await writeFile(
    fair,
    ['First name,Last name,Email,City', 'Ada,Berg,ada@berg.example,Bonn', 'Bo,Dahl,,Rom', ...guests].join('\n'),
  );
  const check = (...args: string[]) =>
    holdfast(['import', '--tenant', 'by-command', '--dry-run', ...args], environment);
  const first = await check(fair);
  assert.match(first, /1 records would change:\n {2}row 2: Ada Berg\n {4}City: Kiel → Bonn\n/);
  assert.match(first, /13 records would be created:\n {2}row 3: Bo Dahl\n(.*\n){9} {2}Page 1 of 2; /);
  assert.match(first, /row 3: Bo Dahl could be Bo Dahl \(bo@dahl\.example\)/);
  const [, id] = /--resume (\S+)/.exec(first)!;
  assert.match(await check('--resume', id!, '--page', '2'), /13 records would be created:\n {2}row 13: Guest 9 New\n/);
  assert.match(await check('--same-name', 'update', fair), /2 records would change:/);
  await assert.rejects(check('--same-name', 'perhaps', fair), { code: 2, stderr: /takes create or update/ });
  await rm(folder, { recursive: true });
});
