import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { importNow } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('people called Null keep their name; what stands for nothing does so beyond the sample of a file too', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = { resource: 'contact', key: 'reach', label: 'Reach', type: 'select', options: ['Yes', 'N/A'] };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  const head = 'Record ID,First Name,Last Name,Job title,Birthday,Reach';
  const many = Array.from(
    { length: 30_000 },
    (_, n) => `${n},Name,Surname of ${n},Head of ${n},2000-01-0${(n % 9) + 1},Yes`,
  );
  const rows = ['a,Ann,Null,Head,2000-01-01,N/A', 'b,Bo,NULL,n/a,NULL,Yes', ...many, 'c,Cy,null,#N/A,n/a,Yes'];
  const done = await importNow(api, [['people.csv', [head, ...rows].join('\n')]]);
  assert.equal(done.state, 'done', String(done.error));
  assert.deepEqual(done.problem_samples, []);
  const filter = encodeURIComponent(JSON.stringify({ field: 'external_id', op: 'in', value: ['a', 'b', 'c'] }));
  const { data } = (await api('GET', `/api/v1/contacts?sort=external_id&filter=${filter}`)).body;
  assert.deepEqual(
    data.map((row: Record<string, unknown>) => [row.family_name, row.job_title, row.birthday, row.custom]),
    [
      ['Null', 'Head', '2000-01-01', { reach: 'N/A' }],
      [null, null, null, { reach: 'Yes' }],
      ['null', null, null, { reach: 'Yes' }],
    ],
  );
});

test('a choice that is called like a marker is a choice in any case, of one or of several', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = { resource: 'contact', key: 'reach', label: 'Reach', type: 'select', options: ['Yes', 'N/A'] };
  const many = { ...field, key: 'ways', label: 'Ways', type: 'multi_select', options: ['Mail', 'N/A', 'None'] };
  for (const each of [field, many]) assert.equal((await api('POST', '/api/v1/custom-fields', each)).status, 201);
  const rows = ['1,Ann,n/a,N/A', '2,Bo,Yes,n/a', '3,Cy,N/A,Mail; n/a', '4,Di,NULL,null', '5,Ed,Yes,none'];
  const done = await importNow(api, [['a.csv', ['Record ID,First Name,Reach,Ways', ...rows].join('\n')]]);
  assert.equal(done.state, 'done', String(done.error));
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  assert.deepEqual(
    data.map(({ custom }: { custom: object }) => custom),
    [
      { reach: 'N/A', ways: ['N/A'] },
      { reach: 'Yes', ways: ['N/A'] },
      { reach: 'N/A', ways: ['Mail', 'N/A'] },
      {},
      { reach: 'Yes', ways: ['None'] },
    ],
  );
});

test('in the one column of a dump that has it often, NULL stands for nothing; a name that comes up once stays', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const times = async (column: string, value: string | null) =>
    (await api('GET', '/api/v1/contacts?limit=200')).body.data.filter(
      (row: Record<string, unknown>) => row[column] === value,
    ).length;
  const load = async (head: string, row: (n: number) => string) => {
    const rows = Array.from({ length: 30 }, (_, n) => row(n));
    const done = await importNow(api, [['dump.csv', [head, ...rows].join('\n')]]);
    assert.equal(done.state, 'done', String(done.error));
  };
  await load('Record ID,First Name,Last Name', (n) => `a${n},Name,${n ? `Lee ${n}` : 'NULL'}`);
  assert.equal(await times('family_name', 'NULL'), 1);
  await load('Record ID,First Name,Job title', (n) => `b${n},Name,${n % 3 ? `Head ${n}` : 'NULL'}`);
  assert.deepEqual([await times('job_title', 'NULL'), await times('job_title', null)], [0, 30 + 10]);
});
