import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { writeXlsx } from 'hucre/xlsx';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';
import { follow, type Upload, upload } from '../../../../test/harness/import.ts';
import type { ImportReport } from '../contract.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const workspace = async () => (await (await app.tenant()).as('admin')).api;

async function check(api: Client, files: Upload[], options: object = {}): Promise<ImportReport> {
  const made = await upload(api, files);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const changed = await api('PATCH', `/api/v1/imports/${made.body.id}`, {
    options: { bad_cells: 'leave_out_row', ...options },
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  return follow(api, made.body.id, 'dry-runs');
}

interface Shown {
  row: number;
  cells: string[];
  cut: string[];
  was: Record<string, string>;
  left_out: boolean;
  problems: { code: string; column: string | null }[];
}
async function rowsOf(api: Client, { id, files }: ImportReport, query = ''): Promise<Shown[]> {
  const answer = await api('GET', `/api/v1/imports/${id}/rows?file_id=${files[0]!.id}${query}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.data;
}
async function fix(api: Client, { id, files }: ImportReport, fixes: object[]) {
  const answer = await api('POST', `/api/v1/imports/${id}/fixes`, { file_id: files[0]!.id, fixes });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}
const problemsIn = (rows: Shown[]) => rows.map(({ row, problems }) => [row, problems.map(({ code }) => code)]);
const list = async (api: Client) => (await api('GET', '/api/v1/companies?sort=name&limit=200')).body.data;

const csv = [
  'Company Name,Website,Country,Number of Employees',
  'Acme,https://acme.example,Germny,10',
  'Blue,not a site,Germany,11',
  'Cyan,,Germny,twelve',
  'Dune,,France,13',
  'Echo,,France,x',
  ...['Norway', 'Spain', 'Italy', 'Peru'].map((country, n) => `Other ${n},,${country},${n}`),
].join('\n');

test('cells are put right one by one, all of one text at once, and rows left out; each is checked at once and so it goes in', async () => {
  const api = await workspace();
  const report = await check(api, [['companies.csv', csv]]);
  assert.deepEqual(report.files[0]!.counts, { rows: 9, created: 6, updated: 0, unchanged: 0, skipped: 0, errors: 3 });
  const before = await rowsOf(api, report);
  assert.deepEqual(problemsIn(before), [
    [2, ['unknown_country']],
    [3, ['not_a_url']],
    [4, ['unknown_country', 'not_a_number']],
    [6, ['not_a_number']],
  ]);
  assert.deepEqual(before[0]!.cells, ['Acme', 'https://acme.example', 'Germny', '10']);

  const all = await fix(api, report, [{ column: 'Country', was: 'Germny', value: 'Germany' }]);
  assert.deepEqual([all.checked, all.counts.errors, all.counts.created], [2, 3, 6]);
  assert.deepEqual(problemsIn(await rowsOf(api, report)), [
    [2, []],
    [3, ['not_a_url']],
    [4, ['not_a_number']],
    [6, ['not_a_number']],
  ]);
  const wrong = await fix(api, report, [{ row: 3, column: 'Website', value: 'still not one' }]);
  assert.equal(wrong.counts.errors, 3);
  await fix(api, report, [
    { row: 3, column: 'Website', value: 'blue.example' },
    { row: 4, column: 'Number of Employees', value: '12' },
  ]);
  const out = await fix(api, report, [{ row: 6, left_out: true }]);
  assert.deepEqual(out.counts, { rows: 9, created: 8, updated: 0, unchanged: 0, skipped: 1, errors: 0 });
  const [acme, blue, , echo] = await rowsOf(api, report);
  assert.deepEqual([acme!.cells[2], acme!.was], ['Germany', { Country: 'Germny' }]);
  assert.deepEqual([blue!.cells[1], blue!.was], ['blue.example', { Website: 'not a site' }]);
  assert.equal(echo!.left_out, true);

  const again = await follow(api, report.id, 'dry-runs');
  assert.deepEqual(again.files[0]!.counts, out.counts, 'the check of the whole file says the same');
  const done = await follow(api, report.id, 'runs');
  assert.deepEqual(done.files[0]!.counts, out.counts);
  const companies = await list(api);
  assert.deepEqual(
    companies
      .slice(0, 4)
      .map((company: Record<string, unknown>) => [
        company.name,
        company.country,
        company.website,
        company.employee_count,
      ]),
    [
      ['Acme', 'Germany', 'https://acme.example', 10],
      ['Blue', 'Germany', 'https://blue.example', 11],
      ['Cyan', 'Germany', null, 12],
      ['Dune', 'France', null, 13],
    ],
  );
  const late = await api('POST', `/api/v1/imports/${report.id}/fixes`, {
    file_id: report.files[0]!.id,
    fixes: [{ row: 2, left_out: true }],
  });
  assert.equal(late.status, 409);
});

test('what was put right is taken back by what the answer says, and by its id', async () => {
  const api = await workspace();
  const report = await check(api, [['companies.csv', csv]]);
  const start = await rowsOf(api, report);
  const counts = report.files[0]!.counts;
  const first = await fix(api, report, [
    { column: 'Country', was: 'Germny', value: 'Germany' },
    { row: 6, left_out: true },
    { row: 3, column: 'Website', value: 'blue.example' },
  ]);
  const second = await fix(api, report, [
    { row: 3, column: 'Website', value: '' },
    { row: 2, column: 'Country', value: 'France' },
  ]);
  assert.equal((await rowsOf(api, report))[0]!.cells[2], 'France', 'of one row goes before of all');
  await fix(api, report, second.undo);
  assert.deepEqual((await rowsOf(api, report))[1]!.cells[1], 'blue.example');
  const back = await fix(api, report, first.undo);
  assert.deepEqual(back.counts, counts);
  assert.deepEqual(await rowsOf(api, report), start);
  await fix(api, report, [{ row: 6, left_out: true }]);
  const fixes = await api('GET', `/api/v1/imports/${report.id}/fixes?file_id=${report.files[0]!.id}`);
  assert.deepEqual(
    fixes.body.data.map(({ row, column }: { row: number; column: string }) => [row, column]),
    [[6, null]],
  );
  const gone = await api('DELETE', `/api/v1/imports/${report.id}/fixes/${fixes.body.data[0].id}`);
  assert.deepEqual([gone.status, gone.body.counts], [200, counts]);
});

test('whoever may change an import may take back what was put right, without the right to delete imports', async () => {
  const tenant = await app.tenant();
  const rights = {
    company: { read: 'all', create: 'all', update: 'all' },
    import: { read: 'own', create: 'own', update: 'own' },
    file: { read: 'own', create: 'own' },
  };
  const { api: admin } = await tenant.as('admin');
  const { body: role } = await admin('POST', '/api/v1/roles', { name: 'Loaders', rights });
  const { api } = await tenant.as(role.key);
  const report = await check(api, [['companies.csv', csv]]);
  const start = await rowsOf(api, report);
  const { undo } = await fix(api, report, [{ row: 6, left_out: true }]);
  await fix(api, report, undo);
  assert.deepEqual(await rowsOf(api, report), start);
});

test('a row checked by itself is compared with records, with what other files would make, and with what repeats it', async () => {
  const api = await workspace();
  await api('POST', '/api/v1/contacts', { given_name: 'Ada', email: 'ada@x.example', city: 'Oslo' });
  const companies =
    'Company Name,Industry,Website\nNew Works,Mining,https://new.example\nOther,Mining,https://other.example\n';
  const contacts = [
    'First Name,Last Name,Email,Company,City',
    'Ada,,ada at x,New Works,Rome',
    'Bo,Ek,bo@x.example,New Wroks,Rome',
    'Cy,Ek,cy@x.example,Other,Rome',
    'Cy,Eck,cy@x.example,Other,Rome',
  ].join('\n');
  const made = await check(
    api,
    [
      ['companies.csv', companies],
      ['contacts.csv', contacts],
    ],
    { missing_relations: 'leave_out_row' },
  );
  const report = { ...made, files: made.files.filter(({ resource }) => resource === 'contact') };
  assert.equal(report.files[0]!.counts.errors, 3);
  assert.deepEqual(problemsIn(await rowsOf(api, report)), [
    [2, ['not_an_email']],
    [3, ['no_such_record']],
    [5, ['duplicate_row']],
  ]);
  const ada = await fix(api, report, [{ row: 2, column: 'Email', value: 'Ada@x.example' }]);
  assert.deepEqual([ada.counts.updated, ada.counts.created], [1, 1], 'Ada is there');
  const bo = await fix(api, report, [{ row: 3, column: 'Company', value: 'New Works' }]);
  assert.deepEqual([bo.counts.created, bo.counts.errors], [2, 1], 'the company comes with the other file');
  const still = await fix(api, report, [{ row: 5, column: 'City', value: 'Bern' }]);
  assert.equal(still.counts.errors, 1, 'still about the same person');
  const other = await fix(api, report, [{ row: 5, column: 'Email', value: 'eck@x.example' }]);
  assert.deepEqual(other.counts, { rows: 4, created: 3, updated: 1, unchanged: 0, skipped: 0, errors: 0 });
  const done = await follow(api, report.id, 'runs');
  assert.deepEqual(done.files.find(({ resource }) => resource === 'contact')!.counts, other.counts);
});

test('a workbook is put right the same way, and its rows keep their numbers', async () => {
  const api = await workspace();
  const book = await writeXlsx({
    sheets: [
      {
        name: 'A',
        rows: [
          ['Company Name', 'Country', 'Website'],
          [],
          ['Acme', 'Germny', 'acme.example'],
          ...['France', 'Peru', 'Spain', 'Italy'].map((country) => [`In ${country}`, country, null]),
        ],
      },
    ],
  });
  const report = await check(api, [['book.xlsx', book]]);
  assert.deepEqual(problemsIn(await rowsOf(api, report)), [[3, ['unknown_country']]]);
  await fix(api, report, [{ row: 3, column: 'Country', value: 'Germany' }]);
  assert.equal((await follow(api, report.id, 'runs')).files[0]!.counts.created, 5);
  assert.equal((await list(api))[0].country, 'Germany');
});

test('all rows can be looked at and corrected too, a page at a time', async () => {
  const api = await workspace();
  const lines = Array.from({ length: 250 }, (_, n) => `Name ${n},https://n${n}.example`);
  const report = await check(api, [['companies.csv', ['Company Name,Website', ...lines].join('\n')]]);
  assert.deepEqual(await rowsOf(api, report), []);
  const first = await api('GET', `/api/v1/imports/${report.id}/rows?file_id=${report.files[0]!.id}&only=all&limit=200`);
  assert.deepEqual([first.body.data.length, first.body.next_cursor, first.body.total], [200, '201', 250]);
  const rest = await rowsOf(api, report, '&only=all&limit=200&cursor=201');
  assert.deepEqual([rest.length, rest[0]!.cells], [50, ['Name 200', 'https://n200.example']]);
  await fix(api, report, [{ row: 251, column: 'Company Name', value: 'Last' }]);
  assert.equal((await rowsOf(api, report, '&only=all&cursor=250'))[0]!.cells[0], 'Last');
  await follow(api, report.id, 'dry-runs');
  assert.deepEqual(problemsIn(await rowsOf(api, report)), [[251, []]], 'a corrected row is kept by the check');
});

test('what cannot be a fix is refused in words, and nobody else’s import is touched', async () => {
  const api = await workspace();
  const report = await check(api, [['companies.csv', csv]]);
  const file_id = report.files[0]!.id;
  const send = (body: object, by = api) => by('POST', `/api/v1/imports/${report.id}/fixes`, body);
  const column = await send({ file_id, fixes: [{ row: 2, column: 'Nowhere', value: 'x' }] });
  assert.deepEqual(
    [column.status, column.body.errors[0].field, column.body.errors[0].code],
    [422, 'fixes.0.column', 'no_such_column'],
  );
  assert.equal((await send({ file_id: crypto.randomUUID(), fixes: [{ row: 2, left_out: true }] })).status, 422);
  const many = (from: number) =>
    Array.from({ length: 1000 }, (_, n) => ({ row: from + n, column: 'Country', value: 'Norway' }));
  for (let n = 0; n < 10; n++) assert.equal((await send({ file_id, fixes: many(10 + n * 1000) })).status, 200);
  const full = await send({ file_id, fixes: [{ row: 2, left_out: true }] });
  assert.deepEqual([full.status, full.body.code], [409, 'too_many_fixes']);
  assert.match(full.body.detail, /Correct every cell with the same text at once/);
  const stranger = await workspace();
  assert.equal((await send({ file_id, fixes: [{ row: 2, left_out: true }] }, stranger)).status, 404);
  assert.equal((await stranger('GET', `/api/v1/imports/${report.id}/rows?file_id=${file_id}`)).status, 404);
  const reread = await api('PATCH', `/api/v1/imports/${report.id}`, {
    files: [{ id: file_id, dialect: { header: true } }],
  });
  assert.equal(reread.status, 200);
  const left = await api('GET', `/api/v1/imports/${report.id}/fixes?file_id=${file_id}`);
  assert.deepEqual(left.body.data, [], 'rows of a file that is read otherwise are others');
});

test('a cell that is longer than what is shown of it says so, and a line break stays in what is put right', async () => {
  const api = await workspace();
  const text = 'x'.repeat(2_001);
  const report = await check(api, [['companies.csv', `Company Name,Description,Founded\nAcme,"${text}",soon\n`]]);
  const [row] = await rowsOf(api, report);
  assert.deepEqual([row!.cut, row!.cells[1]!.length], [['Description'], 2_000]);
  await fix(api, report, [
    { row: 2, column: 'Description', value: 'One\nTwo' },
    { row: 2, column: 'Founded', value: '1990' },
  ]);
  assert.deepEqual((await rowsOf(api, report))[0]!.cut, []);
  await follow(api, report.id, 'runs');
  assert.equal((await list(api))[0].description, 'One\nTwo');
});
