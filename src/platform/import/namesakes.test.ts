import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const workspace = async () => (await (await app.tenant()).as('admin')).api;

async function make(api: Client, noun: string, body: object) {
  const made = await api('POST', `/api/v1/${noun}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}
const contact = async (api: Client, id: string) => (await api('GET', `/api/v1/contacts/${id}`)).body;

test('a row without e-mail and phone is no namesake who has no phone either, and rows that share a name alone are people of their own', async () => {
  const api = await workspace();
  const friend = await make(api, 'contacts', {
    given_name: 'Anna',
    family_name: 'Weber',
    email: 'anna@north.example',
    city: 'Kiel',
    company_id: (await make(api, 'companies', { name: 'North GmbH' })).id,
  });
  const rows = ['Anna,Weber,South AG,München', 'Anna,Weber,East AG,Dresden'];
  const done = await importNow(api, [['fair.csv', `First name,Last name,Company,City\n${rows.join('\n')}\n`]]);
  const { created, updated, errors } = done.files[0]!.counts;
  assert.deepEqual({ created, updated, errors }, { created: 2, updated: 0, errors: 0 });
  const { city, company, version } = await contact(api, friend.id);
  assert.deepEqual([city, company.name, version], ['Kiel', 'North GmbH', 1]);
});

const outcomes = async (api: Client, id: string, query: string) => {
  const answer = await api('GET', `/api/v1/imports/${id}/outcomes?${query}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
};
type Shown = { name: string } | string | null;
const inWords = (value: Shown) => (value !== null && typeof value === 'object' ? value.name : value);

const head = 'First name,Last name,Email,Company,City\n';

async function checked(api: Client, rows: string[], options: object = {}) {
  const made = await upload(api, [['fair.csv', `${head}${rows.join('\n')}\n`]]);
  await api('PATCH', `/api/v1/imports/${made.body.id}`, { options });
  return follow(api, made.body.id, 'dry-runs');
}

test('the check lists every update with each field before and after, the new ones by name, and whom a row could be, until somebody says that they are one', async () => {
  const api = await workspace();
  const north = await make(api, 'companies', { name: 'North GmbH' });
  const bodies = [
    { given_name: 'Ada', family_name: 'Berg', email: 'ada@north.example', city: 'Kiel', company_id: north.id },
    { given_name: 'Bo', family_name: 'Dahl', email: 'bo@north.example', city: 'Oslo' },
  ];
  const [ada, bo] = [await make(api, 'contacts', bodies[0]!), await make(api, 'contacts', bodies[1]!)];
  const rows = [
    'Ada,Berg,ada@north.example,South AG,Bern',
    'BO,DAHL,,East AG,Rome',
    ...Array.from({ length: 12 }, (_, n) => `New ${n},Guest,,,`),
  ];
  const { id, files, problem_samples } = await checked(api, rows);
  const { created, updated } = files[0]!.counts;
  assert.deepEqual({ created, updated }, { created: 13, updated: 1 });
  const updates = await outcomes(api, id, 'kind=update');
  assert.deepEqual(
    [updates.total, updates.next_cursor, updates.data[0].record],
    [1, null, { id: ada.id, name: 'Ada Berg' }],
  );
  assert.deepEqual(
    updates.data[0].changes.map(({ title, before, after }: { title: string; before: Shown; after: Shown }) => [
      title,
      inWords(before),
      inWords(after),
    ]),
    [
      ['Company', 'North GmbH', 'South AG'],
      ['City', 'Kiel', 'Bern'],
    ],
  );
  const first = await outcomes(api, id, 'kind=create');
  const second = await outcomes(api, id, `kind=create&cursor=${first.next_cursor}`);
  assert.deepEqual([first.data.length, first.total, second.data.length, second.next_cursor], [10, 13, 3, null]);
  assert.deepEqual(first.data.slice(0, 2).map(({ name }: { name: string }) => name), ['BO DAHL', 'New 0 Guest']); // biome-ignore format: one call
  const could = await outcomes(api, id, 'kind=could_be');
  assert.deepEqual(
    could.data.map(({ row, candidates }: { row: number; candidates: object[] }) => [row, candidates]),
    [[3, [{ id: bo.id, name: 'Bo Dahl', detail: 'bo@north.example · Oslo' }]]],
  );
  assert.deepEqual(problem_samples.map(({ code, row }) => [code, row]), [['could_be', 3]]); // biome-ignore format: one call
  assert.equal((await contact(api, ada.id)).city, 'Kiel', 'nothing is written yet');

  const fix = (record_id: string | null) =>
    api('POST', `/api/v1/imports/${id}/fixes`, { file_id: files[0]!.id, fixes: [{ row: 3, record_id }] });
  const said = await fix(bo.id);
  assert.deepEqual(
    [said.status, said.body.counts.created, said.body.counts.updated],
    [200, 12, 2],
    JSON.stringify(said.body),
  );
  const now = await outcomes(api, id, 'kind=update');
  assert.deepEqual(
    now.data.map(({ row, said }: { row: number; said: boolean }) => [row, said]),
    [
      [2, false],
      [3, true],
    ],
  );
  assert.equal((await outcomes(api, id, 'kind=could_be')).total, 0);
  const back = await api('POST', `/api/v1/imports/${id}/fixes`, { file_id: files[0]!.id, fixes: said.body.undo });
  assert.deepEqual([back.body.counts.created, back.body.counts.updated], [13, 1]);
  assert.equal((await outcomes(api, id, 'kind=could_be')).total, 1);
  assert.equal((await fix(north.id)).body.errors[0].code, 'no_such_record');
  await fix(bo.id);
  const again = await follow(api, id, 'dry-runs');
  assert.deepEqual([again.files[0]!.counts.created, again.files[0]!.counts.updated], [12, 2]);

  const done = await follow(api, id, 'runs');
  assert.deepEqual([done.files[0]!.counts.created, done.files[0]!.counts.updated], [12, 2]);
  const changed = await contact(api, bo.id);
  assert.deepEqual([changed.city, changed.company.name, changed.email], ['Rome', 'East AG', 'bo@north.example']);
});

test('whoever wants it has rows update those with the same name alone, where that is one', async () => {
  const api = await workspace();
  const bo = await make(api, 'contacts', { given_name: 'Bo', family_name: 'Dahl', city: 'Oslo' });
  for (const city of ['Kiel', 'Bonn']) await make(api, 'contacts', { given_name: 'Eva', family_name: 'Lund', city });
  const rows = ['Bo,Dahl,,,Rome', 'Eva,Lund,,,Rome'];
  const { id, files } = await checked(api, rows, { same_name: 'update' });
  assert.deepEqual([files[0]!.counts.created, files[0]!.counts.updated], [1, 1]);
  assert.equal((await outcomes(api, id, 'kind=could_be')).data[0].candidates.length, 2);
  const done = await follow(api, id, 'runs');
  assert.deepEqual([done.files[0]!.counts.created, done.files[0]!.counts.updated], [1, 1]);
  assert.equal((await contact(api, bo.id)).city, 'Rome');
});

test('two people may share an e-mail address: a couple in one file, and a new colleague at the address of the office, unless somebody says otherwise', async () => {
  const api = await workspace();
  const office = await make(api, 'contacts', {
    given_name: 'Jörg',
    family_name: 'Maier',
    email: 'office@maier.example',
    city: 'Ulm',
  });
  const rows = [
    'Max,Muster,family@muster.example,,Ulm',
    'Erika,Muster,family@muster.example,,Ulm',
    'Erika,Muster,family@muster.example,,Bonn',
    'Lena,Koch,office@maier.example,,Ulm',
    'JOERG O.,Maier,Office@Maier.example,,Bonn',
  ];
  const { id, files, problem_samples } = await checked(api, rows);
  const { created, updated, errors } = files[0]!.counts;
  assert.deepEqual({ created, updated, errors }, { created: 3, updated: 1, errors: 1 });
  assert.deepEqual(problem_samples.map(({ row, code }) => [row, code]).sort(), [[4, 'duplicate_row'], [5, 'could_be']]); // biome-ignore format: one call
  const could = (await outcomes(api, id, 'kind=could_be')).data;
  assert.deepEqual(
    could.map(({ name, candidates }: { name: string; candidates: { name: string }[] }) => [name, candidates[0]!.name]),
    [['Lena Koch', 'Jörg Maier']],
  );
  const done = await follow(api, id, 'runs');
  assert.deepEqual([done.files[0]!.counts.created, done.files[0]!.counts.updated], [3, 1]);
  assert.deepEqual((await contact(api, office.id)).city, 'Bonn');

  const again = await checked(api, rows.slice(0, 2));
  assert.deepEqual(again.files[0]!.counts.unchanged, 2, 'each finds the one with the name');
  const one = await checked(api, ['Lisa,Koch,office2@maier.example,,Ulm', 'Maria,Muster,jo@x.example,,Ulm']);
  await follow(api, one.id, 'runs');
  const renamed = await checked(api, ['Marie,Neu,office2@maier.example,,Ulm'], { same_email: 'one_person' });
  assert.deepEqual([renamed.files[0]!.counts.created, renamed.files[0]!.counts.updated], [0, 1]);
});
