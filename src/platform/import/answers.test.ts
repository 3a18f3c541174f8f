import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { follow, upload } from '../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const workspace = async () => (await (await app.tenant()).as('admin')).api;
async function change(api: Client, id: string, body: object) {
  const changed = await api('PATCH', `/api/v1/imports/${id}`, body);
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  return changed.body;
}
const fieldsOf = ({ files: [file] }: { files: { columns: { field: string | null }[] }[] }) =>
  file!.columns.map(({ field }) => field);

test('a saved mapping that fits is used by itself, the one that says most, and later changes leave what it says', async () => {
  const api = await workspace();
  for (const [name, columns] of [
    ['Whole', { wer: 'name', wo: 'city', was: 'description' }],
    ['Part', { wer: 'name', was: null }],
    ['Other letters', { wer: 'name', ['größe'.normalize('NFD')]: 'employee_count', ort: 'city' }],
    ['Nothing', {}],
  ] as const) {
    const saved = await api('POST', '/api/v1/saved-mappings', { name, resource: 'company', columns });
    assert.equal(saved.status, 201, JSON.stringify(saved.body));
  }
  const { body } = await upload(api, [['x.csv', 'wer,wo,was\nAcme,Bern,Tea\n']]);
  assert.deepEqual(fieldsOf(body), ['name', 'city', 'description']);
  assert.equal(body.files[0].resource, 'company');

  await change(api, body.id, { options: { mode: 'create' } });
  const changed = await change(api, body.id, { files: [{ id: body.files[0].id, columns: { wo: 'region' } }] });
  assert.equal(changed.files[0].resource, 'company');
  assert.deepEqual(fieldsOf(changed), ['name', 'region', 'description']);
  const done = await follow(api, body.id, 'runs');
  assert.equal(done.files[0]!.counts.created, 1, String(done.error));
  const [company] = (await api('GET', '/api/v1/companies')).body.data;
  assert.deepEqual([company.name, company.region, company.description], ['Acme', 'Bern', 'Tea']);

  const other = await upload(api, [['y.csv', 'First name,Email\nAnn,a@x.example\n']]);
  assert.equal(other.body.files[0].resource, 'contact', 'a mapping without columns is for no file');
  const header = 'wer,größe,ort';
  for (const [name, written] of [
    ['One', header],
    ['Two', header.normalize('NFD')],
  ]) {
    const { body: sized } = await upload(api, [['z.csv', `${written}\n${name},7,Bern\n`]]);
    assert.deepEqual(fieldsOf(sized), ['name', 'employee_count', 'city']);
    assert.equal((await follow(api, sized.id, 'runs')).files[0]!.counts.created, 1);
  }
});

test('what somebody says of how a file is written is added to what was said before', async () => {
  const api = await workspace();
  const { body } = await upload(api, [['x.csv', 'First name;Email\nAnn;a@x.example\nBo;b@x.example\n']]);
  const say = async (dialect: object) =>
    (await change(api, body.id, { files: [{ id: body.files[0].id, dialect }] })).files[0].dialect;
  await say({ encoding: 'windows-1252' });
  await say({ skipped_rows: 1 });
  const { encoding, skipped_rows, header } = await say({ header: false });
  assert.deepEqual({ encoding, skipped_rows, header }, { encoding: 'windows-1252', skipped_rows: 1, header: false });
});

test('a quote that would never be closed, read as somebody says, is said of the file', async () => {
  const api = await workspace();
  const { body } = await upload(api, [['x.csv', "First name,Email\n'Ann,a@x.example\nBo,b@x.example\n"]]);
  const say = async (dialect: object) =>
    (await change(api, body.id, { files: [{ id: body.files[0].id, dialect }] })).files[0].problems;
  assert.match(JSON.stringify(await say({ quote: "'" })), /a quote is opened in the file and not closed/);
  assert.doesNotMatch(JSON.stringify(await say({ quote: '"' })), /a quote is opened/);
});
