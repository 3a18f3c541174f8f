import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { countBlocked, systemClient } from '../../../test/harness/identity.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const head = 'Record ID,First name,Email,City\n';

test('of rows that find the same record by different keys the first goes in, and the others say why they do not', async () => {
  const { api } = await (await app.tenant()).as('admin');
  await importNow(api, [['a.csv', `${head}7,Ada,ada@x.example,\n5,Eve,other@x.example,\n,Fay,fay@x.example,\n`]]);
  const rows = ['7,Ada,,Rome', ',Ada,ada@x.example,Oslo', ',Fay,fay@x.example,Rome', '5,Eve,fay@x.example,Rome'];
  const { body } = await upload(api, [['b.csv', `${head}${rows.join('\n')}\n`]]);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { files, problem_samples } = await follow(api, body.id, step);
    assert.deepEqual(files[0]!.counts, { rows: 4, created: 0, updated: 3, unchanged: 0, skipped: 0, errors: 1 });
    assert.deepEqual(
      problem_samples.map(({ row, code, message }) => [row, code, message]),
      [[3, 'duplicate_row', 'Row 3 is about the same record as row 2. Keep one of them.']],
    );
  }
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  assert.deepEqual(
    data.map((contact: Record<string, unknown>) => [contact.external_id, contact.email, contact.city]),
    [
      ['7', 'ada@x.example', 'Rome'],
      ['5', 'fay@x.example', 'Rome'],
      [null, 'fay@x.example', 'Rome'],
    ],
  );
});

test('a new record is made once though an earlier row lacks the stronger key, and twice where the stronger keys differ', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const rows = [
    ',Bo,bo@x.example,Oslo',
    '8,Bo,bo@x.example,Rome',
    '9,Cy,cy@x.example,Oslo',
    '10,Cy,cy@x.example,Rome',
    ',Cy,cy@x.example,Bern',
  ];
  const { body } = await upload(api, [['b.csv', `${head}${rows.join('\n')}\n`]]);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { files, problem_samples } = await follow(api, body.id, step);
    assert.deepEqual(files[0]!.counts, { rows: 5, created: 3, updated: 0, unchanged: 0, skipped: 0, errors: 2 });
    assert.deepEqual(
      problem_samples.map(({ row, code }) => [row, code]),
      [
        [3, 'duplicate_row'],
        [6, 'duplicate_row'],
      ],
    );
  }
});

const lacks = (row: number, earlier: number) =>
  `Row ${row} is about the same record as row ${earlier}, where the external id is empty. Keep one of them, or fill it in there.`;

test('of rows with IDs of their own one alone may be the record of an earlier row without one', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const rows = ['', '8', '9', '10', '9'].map((id) => `${id},Bo,bo@x.example,Oslo`);
  const { body } = await upload(api, [['b.csv', `${head}${rows.join('\n')}\n`]]);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { files, problem_samples } = await follow(api, body.id, step);
    assert.deepEqual(files[0]!.counts, { rows: 5, created: 3, updated: 0, unchanged: 0, skipped: 0, errors: 2 });
    assert.deepEqual(problem_samples.map(({ row }) => row).sort(), [3, 6]);
    assert.equal(problem_samples.find(({ row }) => row === 3)!.message, lacks(3, 2));
  }
});

test('a row in a later batch about the same record is refused as well, whether it is tried or loaded', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const many = Array.from({ length: 12_000 }, (_, n) => `p${n},Pat,,`);
  const { body } = await upload(api, [
    ['b.csv', `${head},Bo,bo@x.example,\n${many.join('\n')}\n8,Bo,bo@x.example,Rome\n`],
  ]);
  for (const step of ['dry-runs', 'runs'] as const) {
    const { files, problem_samples } = await follow(api, body.id, step);
    const { created, updated, errors } = files[0]!.counts;
    assert.deepEqual({ created, updated, errors }, { created: 12_001, updated: 0, errors: 1 });
    assert.deepEqual(problem_samples.map(({ message }) => message), [lacks(12_003, 2)]); // biome-ignore format: one call
  }
});

test('a row whose record or company is merged while it goes in does not land on what is part of another one by then', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const make = async (path: string, body: object): Promise<string> =>
    (await api('POST', `/api/v1/${path}`, body)).body.id;
  const companies = [await make('companies', { name: 'Old Ltd' }), await make('companies', { name: 'New Ltd' })];
  const contacts = [
    await make('contacts', { given_name: 'Ada', external_id: '7' }),
    await make('contacts', { given_name: 'Ada', family_name: 'Lee' }),
  ];
  const other = await systemClient(app);
  try {
    await other.query('begin');
    for (const [table, [id]] of Object.entries({ company: companies, contact: contacts }))
      await other.query(`select from ${table} where id = $1 for update`, [id]);
    const { body } = await upload(api, [
      ['a.csv', 'Record ID,First name,Company,City\n7,Ada,,Rome\n8,Ben,Old Ltd,Oslo\n'],
    ]);
    const done = follow(api, body.id, 'runs');
    await eventually(async () => (await countBlocked(other)) > 0);
    for (const [table, [id, into]] of Object.entries({ company: companies, contact: contacts }))
      await other.query(`update ${table} set deleted_at = now(), merged_into_id = $2 where id = $1`, [id, into]);
    await other.query('commit');
    const { files, problem_samples } = await done;
    assert.deepEqual(
      [files[0]!.counts.created, files[0]!.counts.updated, problem_samples.map(({ code }) => code)],
      [1, 0, ['in_trash']],
    );
    const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
    assert.deepEqual(
      data.map((row: Record<string, unknown>) => [row.given_name, row.company_id, row.city]),
      [
        ['Ada', null, null],
        ['Ben', companies[1], 'Oslo'],
      ],
    );
    const kept = await other.query('select city from contact where id = $1', [contacts[0]]);
    assert.equal(kept.rows[0].city, null);
  } finally {
    await other.end();
  }
});

test('a company that was deleted since its name was read is not there any more', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const { id } = (await api('POST', '/api/v1/companies', { name: 'Gone Ltd' })).body;
  const other = await systemClient(app);
  try {
    await other.query('begin');
    await other.query('select from company where id = $1 for update', [id]);
    const { body } = await upload(api, [['a.csv', 'First name,Company\nBen,Gone Ltd\n']]);
    const done = follow(api, body.id, 'runs');
    await eventually(async () => (await countBlocked(other)) > 0);
    await other.query('update company set deleted_at = now() where id = $1', [id]);
    await other.query('commit');
    const { files, problem_samples } = await done;
    assert.deepEqual([files[0]!.counts.created, problem_samples.map(({ code }) => code)], [1, ['no_such_record']]);
    const [ben] = (await api('GET', '/api/v1/contacts')).body.data;
    assert.deepEqual([ben.given_name, ben.company_id], ['Ben', null]);
  } finally {
    await other.end();
  }
});
