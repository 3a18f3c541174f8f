import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type Upload, upload } from '../../../test/harness/import.ts';
import { sealedFiles } from '../../kernel/files/sealed-files.ts';
import { importTargets as targets } from '../../modules/index.ts';
import type { ImportReport } from './contract.ts';
import { runImport } from './run.ts';

let app: TestApp;
before(async () => {
  // Without a worker, so that the test runs the imports itself, and stops them where it wants.
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
});
after(() => app.stop());

/** Runs an import until a batch of the file is in, as a worker that stops then. */
async function attempt({ tenant_id }: TestTenant, import_id: string, dry: boolean, stopAt?: string): Promise<void> {
  const { db, files } = app.app.services;
  const store = sealedFiles(files, db);
  const stop = new AbortController();
  const onProgress = ({ file }: { file: string }) => file === stopAt && stop.abort();
  const run = { db, store, tenant_id, import_id, user_id: null, targets, dry, signal: stop.signal, onProgress };
  await runImport(run).catch((error: Error) => {
    if (error !== stop.signal.reason) throw error;
  });
  assert.equal(stop.signal.aborted, stopAt !== undefined);
}

/** What an import of the files says when a second attempt goes on with it, and when it is done at once. */
async function resumedAndWhole(files: Upload[], step: 'runs' | 'dry-runs', stopAt: string): Promise<ImportReport[]> {
  const reports: ImportReport[] = [];
  for (const stops of [[stopAt, undefined], [undefined]]) {
    const tenant = await app.tenant();
    const { api } = await tenant.as('admin');
    const { id } = (await upload(api, files)).body;
    assert.equal((await api('POST', `/api/v1/imports/${id}/${step}`)).status, 202);
    for (const stop of stops) await attempt(tenant, id, step === 'dry-runs', stop);
    reports.push((await api('GET', `/api/v1/imports/${id}`)).body);
  }
  return reports;
}

const outcomesOf = ({ files, problem_samples }: ImportReport) => ({
  files: files.map(({ name, counts, matches }) => ({ name, counts, matches })),
  problems: problem_samples.map(({ row, code, message }) => ({ row, code, message })),
});

test('a check that a second worker goes on with knows what the files before would make', async () => {
  const companies: Upload = ['companies.csv', 'Company Name\nAcme\nGlobex\n'];
  const people: Upload = ['people.csv', 'First Name,Email,Company\nAnn,a@x.example,Acme\nBob,b@x.example,Initech\n'];
  const [resumed, whole] = await resumedAndWhole([companies, people], 'dry-runs', 'companies.csv');
  const [relation] = whole!.files[1]!.matches;
  assert.deepEqual([relation!.exact_rows, relation!.created_count], [1, 1]);
  assert.deepEqual(outcomesOf(resumed!), outcomesOf(whole!));
});

/** More rows than go in at once. */
const people = (first: string, last: string): Upload => {
  const between = Array.from({ length: 2_600 }, (_, n) => `${n},Name ${n},n${n}@x.example,`);
  return ['people.csv', ['Record ID,First Name,Email,Company', first, ...between, last, ''].join('\n')];
};

test('an import that a second worker goes on with says which companies the first has made by name', async () => {
  const file = people('A,Ann,ann@x.example,Acme', 'B,Bob,bob@x.example,Globex');
  const [resumed, whole] = await resumedAndWhole([file], 'runs', 'people.csv');
  const [relation] = whole!.files[0]!.matches;
  assert.deepEqual([relation!.created_count, relation!.created.map(({ text }) => text)], [2, ['Acme', 'Globex']]);
  assert.deepEqual(outcomesOf(resumed!), outcomesOf(whole!));
});

test('an import that a second worker goes on with refuses rows about a record of a row that the first has loaded', async () => {
  const [resumed, whole] = await resumedAndWhole(
    [people(',Ann,ann@x.example,', 'B,Ann,ann@x.example,')],
    'runs',
    'people.csv',
  );
  assert.deepEqual(outcomesOf(whole!).problems.map(({ row, code }) => [row, code]), [[2603, 'duplicate_row']]); // biome-ignore format: one list
  const refusals = ({ files, problem_samples }: ImportReport) => [
    files[0]!.counts,
    problem_samples.map(({ row, code }) => [row, code]),
  ];
  assert.deepEqual(refusals(resumed!), refusals(whole!));
});

test('an import whose second pass another worker makes finds the circles of parents beforehand', async () => {
  const file: Upload = [
    'companies.csv',
    'Company ID,Company Name,Parent company\n1,One,Two\n2,Two,Three\n3,Three,One\n4,Four,One\n',
  ];
  const [resumed, whole] = await resumedAndWhole([file], 'runs', 'companies.csv');
  const circular = [2, 3, 4].map((row) => [row, 'circular_parents']);
  assert.deepEqual(outcomesOf(whole!).problems.map(({ row, code }) => [row, code]), circular); // biome-ignore format: one list
  assert.deepEqual(outcomesOf(resumed!), outcomesOf(whole!));
});

test('a run whose file is no longer stored says so when it is begun, unless that is loaded already', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const { id, files } = (await upload(api, [['a.csv', 'First name\nAda\n'], ['b.csv', 'First name\nBo\n']])).body; // biome-ignore format: one call
  const [first, second] = files as { file_id: string }[];
  const begin = (step: string) => api('POST', `/api/v1/imports/${id}/${step}`);
  assert.equal((await begin('runs')).status, 202);
  await attempt(tenant, id, false, 'a.csv');
  await asOwner(app, `update import set state = 'failed' where id = $1`, [id]);
  assert.equal((await api('DELETE', `/api/v1/files/${first!.file_id}`)).status, 204);
  assert.equal((await begin('runs')).status, 202, 'the other file is there');
  await asOwner(app, `update import set state = 'failed' where id = $1`, [id]);
  assert.equal((await api('DELETE', `/api/v1/files/${second!.file_id}`)).status, 204);
  const { status, body } = await begin('runs');
  assert.deepEqual([status, body.detail], [409, '“b.csv” is no longer stored. Upload it again.']);
});
