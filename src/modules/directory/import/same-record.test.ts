import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../../test/harness/import.ts';

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
  const { body } = await upload(api, [['b.csv', `${head},Bo,bo@x.example,\n${many.join('\n')}\n8,Bo,bo@x.example,Rome\n`]]); // biome-ignore format: one call
  for (const step of ['dry-runs', 'runs'] as const) {
    const { files, problem_samples } = await follow(api, body.id, step);
    const { created, updated, errors } = files[0]!.counts;
    assert.deepEqual({ created, updated, errors }, { created: 12_001, updated: 0, errors: 1 });
    assert.deepEqual(problem_samples.map(({ message }) => message), [lacks(12_003, 2)]); // biome-ignore format: one call
  }
});
