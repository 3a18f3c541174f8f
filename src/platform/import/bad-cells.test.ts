import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

interface Person {
  custom: { topics?: string[] };
}

async function tried(api: Client, csv: string) {
  const { body } = await upload(api, [['file.csv', csv]]);
  const tryOut = await follow(api, body.id, 'dry-runs');
  const { columns, counts, rows_done } = tryOut.files[0]!;
  const fields = Object.fromEntries(columns.map(({ name, field }) => [name, field]));
  const told = tryOut.problem_samples.map(({ row, column, code }) => `${row} ${column} ${code}`).sort();
  return { fields, counts, rows_done, told };
}

test('a column that is called as a field is that field, and a dry run tells its bad cells', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const people = await tried(
    api,
    'First name,Last name,E-mail,Phone\nAnn,Lee,ann@x.example,+1 555 0100\nBo,Ek,none yet,call me\nCy,Day,cy at x,ask\n',
  );
  assert.deepEqual(people.fields, {
    'First name': 'given_name',
    'Last name': 'family_name',
    'E-mail': 'email',
    Phone: 'phone',
  });
  assert.deepEqual(people.told, [
    '3 E-mail not_an_email',
    '3 Phone invalid_format',
    '4 E-mail not_an_email',
    '4 Phone invalid_format',
  ]);
  assert.equal(people.rows_done, 3);

  const firms = await tried(
    api,
    'Company name,Website,Employees\nAcme,acme.example,"1,200"\nBeta,soon,many\nGamma,to come,some\n',
  );
  assert.deepEqual(firms.fields, { 'Company name': 'name', Website: 'website', Employees: 'employee_count' });
  assert.deepEqual(firms.told, [
    '3 Employees not_a_number',
    '3 Website not_a_url',
    '4 Employees not_a_number',
    '4 Website not_a_url',
  ]);
});

test('dates among words are read as they are written there', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const { body } = await upload(api, [
    [
      'deals.csv',
      'Deal ID;Deal Name;Close Date;Stage\n1;One;31.12.2026;Won\n2;Two;later;Won\n3;Three;unknown soon;Won\n',
    ],
  ]);
  await api('PATCH', `/api/v1/imports/${body.id}`, { options: { bad_cells: 'leave_out_row' } });
  const done = await follow(api, body.id, 'runs');
  assert.deepEqual(done.files[0]!.counts, { rows: 3, created: 1, updated: 0, unchanged: 0, skipped: 0, errors: 2 });
  const [deal] = (await api('GET', '/api/v1/deals')).body.data;
  assert.equal(deal.closed_on, '2026-12-31');
});

const notesOf = async (api: Client) =>
  (await api('GET', '/api/v1/notes?limit=200')).body.data
    .map(({ body, records }: { body: string; records: { name: string }[] }) => `${records[0]!.name}: ${body}`)
    .sort();

const people_with_bad_cells = [
  'Record ID,First name,Last name,E-mail,Lead status,Time zone',
  '1,Ann,Lee,ann@x.example,new,Europe/Rome',
  '2,Bo,Ek,none yet,Lukewarm,Europe/Oslo',
  '3,Cy,Day,cy@x.example,Lukewarm,',
  `4,Di,Ray,di@x.example,\0new,${'q'.repeat(100_001)}`,
].join('\n');

test('no row is refused for a field that a record can do without: the cell is left empty, said and counted', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const done = await importNow(api, [['people.csv', people_with_bad_cells]]);
  assert.deepEqual(done.files[0]!.counts, { rows: 4, created: 4, updated: 0, unchanged: 0, skipped: 0, errors: 0 });
  const told = done.problem_samples.map(({ row, column, code, severity }) => `${row} ${column} ${code} ${severity}`);
  assert.deepEqual(told.sort(), [
    '3 E-mail not_an_email warning',
    '3 Lead status not_a_choice warning',
    '4 Lead status not_a_choice warning',
    '5 Lead status nul_character warning',
    '5 Time zone cell_too_long warning',
  ]);
  assert.deepEqual(done.files[0]!.unknown_options, [
    { column: 'Lead status', field: 'lead_status', values: [{ text: 'Lukewarm', rows: 2 }], other_rows: 0 },
  ]);
  assert.deepEqual(await notesOf(api), []);

  const strict = await importNow(api, [['people.csv', people_with_bad_cells]], () => ({
    options: { bad_cells: 'leave_out_row' },
  }));
  assert.equal(strict.files[0]!.counts.errors, 3);
});

test('where empty cells clear a value, those that cannot be read leave it alone', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = { resource: 'contact', key: 'tier', label: 'Tier', type: 'select', options: ['Low', 'High'] };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  const head = 'Record ID,First name,E-mail,Lead status,Company,Tier';
  const people = ['1,Ann,ann@x.example,new,Acme,Low', '2,Bo,bo@x.example,new,Acme,Low'];
  await importNow(api, [['people.csv', [head, ...people].join('\n')]]);
  const changed = ['1,Ann,none yet,Lukewarm,Nobody,Middling', '2,Bo,,,,'];
  const done = await importNow(api, [['people.csv', [head, ...changed].join('\n')]], () => ({
    options: { blank_cells: 'clear', missing_relations: 'leave_empty' },
  }));
  assert.deepEqual(done.files[0]!.counts, { rows: 2, created: 0, updated: 1, unchanged: 1, skipped: 0, errors: 0 });
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  assert.deepEqual(
    data.map(({ email, lead_status, company, custom }: Record<string, { name: string } | null>) => [
      email,
      lead_status,
      company?.name,
      custom,
    ]),
    [
      ['ann@x.example', 'new', 'Acme', { tier: 'Low' }],
      [null, null, undefined, {}],
    ],
  );
});

test('cells that do not fit their field are kept in a note of the record where somebody wants that', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const keep = () => ({ options: { bad_cells: 'note' } });
  const done = await importNow(api, [['people.csv', people_with_bad_cells]], keep);
  assert.equal(done.files[0]!.counts.created, 4);
  const [bo, cy, ...di] = await notesOf(api);
  assert.equal(bo, 'Bo Ek: <p><strong>E-mail</strong>: none yet</p><p><strong>Lead status</strong>: Lukewarm</p>');
  assert.equal(cy, 'Cy Day: <p><strong>Lead status</strong>: Lukewarm</p>');
  assert.equal(di.join().match(/q/g)?.length, 100_001, 'a text that is too long for a field, and for one note');
  await importNow(api, [['people.csv', people_with_bad_cells]], keep);
  assert.equal((await notesOf(api)).length, 4, 'the same file once more adds no note twice');
});

test('of a cell with several options those that are known are kept, the others said, counted and kept in a note', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = { resource: 'contact', key: 'topics', label: 'Topics', type: 'multi_select', options: ['Tea', 'Wine'] };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  const csv = 'Record ID,First name,Topics\n1,Ann,tea; Rum;Wine\n2,Bo,Rum\n3,Cy,Wine\n';
  const topics = async () =>
    (await api('GET', '/api/v1/contacts?sort=given_name')).body.data.map((person: Person) => person.custom.topics);
  const strict = await importNow(api, [['people.csv', csv]], () => ({ options: { bad_cells: 'leave_out_row' } }));
  assert.equal(strict.files[0]!.counts.errors, 2);
  assert.deepEqual(await topics(), [['Wine']]);
  const done = await importNow(api, [['people.csv', csv]], () => ({ options: { bad_cells: 'note' } }));
  assert.deepEqual(await topics(), [['Tea', 'Wine'], undefined, ['Wine']]);
  const told = done.problem_samples.map(({ row, code, severity, message }) => [
    row,
    code,
    severity,
    /“.*?”/.exec(message)?.[0],
  ]);
  assert.deepEqual(told, [[2, 'not_a_choice', 'warning', '“Rum”'], [3, 'not_a_choice', 'warning', '“Rum”']]); // biome-ignore format: a table
  assert.deepEqual(done.files[0]!.unknown_options, [
    {
      column: 'Topics',
      field: 'custom.topics',
      values: [
        { text: 'tea; Rum;Wine', rows: 1 },
        { text: 'Rum', rows: 1 },
      ],
      other_rows: 0,
    },
  ]);
  assert.deepEqual(await notesOf(api), [
    'Ann: <p><strong>Topics</strong>: Rum</p>',
    'Bo: <p><strong>Topics</strong>: Rum</p>',
  ]);
});

test('options in a cell are parted by commas too, and may have commas in them', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const options = ['Tea', 'Wine', 'Small, local'];
  const field = { resource: 'contact', key: 'topics', label: 'Topics', type: 'multi_select', options };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  const csv = 'Record ID,First name,Topics\n1,Ann,"Tea, Wine"\n2,Bo,"Small, local; tea"\n3,Cy,"Tea, Rum"\n';
  const done = await importNow(api, [['people.csv', csv]]);
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  assert.deepEqual(
    data.map((person: Person) => person.custom.topics),
    [['Tea', 'Wine'], ['Small, local', 'Tea'], ['Tea']],
  );
  assert.match(done.problem_samples.map(({ message }) => message).join(), /^“Rum” is not one of/);
});

test('of a cell with several addresses, or words beside a number, what fits is kept', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const rows = [
    '1,Ann,"ann@x.example, ann@y.example",0170 123456 (private)',
    '2,Bo,"b..o@x.example, bo@x.example",Tel. ask',
  ];
  const done = await importNow(api, [['people.csv', `Record ID,First name,E-mail,Phone\n${rows.join('\n')}\n`]]);
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  assert.deepEqual(
    data.map(({ email, other_emails, phone }: { email: string; other_emails: { value: string }[]; phone: string }) => [
      email,
      other_emails.map(({ value }) => value),
      phone,
    ]),
    [['ann@x.example', ['ann@y.example'], '0170 123456'], [null, [], null]], // biome-ignore format: a table
  );
  assert.deepEqual(done.problem_samples.map(({ row, column, code }) => `${row} ${column} ${code}`).sort(), [
    '2 Phone words_in_phone',
    '3 E-mail not_an_email',
    '3 Phone invalid_format',
  ]);
});

test('of a further position what does not fit is left out, noted on its row and kept in a note; the position stays', async () => {
  const csv = [
    'Record ID,First name,Positions at,As,From,Until',
    '1,Ann,Acme; Beta,Clerk; Chair,soon; 2019-05-01,2020-01-31; 2018-05-01',
    '2,Bo,Beta,,2024-02-30,',
    `3,Cy,Acme,${'q'.repeat(201)},2020-01-01; 2021-01-01,2022-12-31`,
    '4,Di,,Chair,2020-01-01,',
    '5,Ed,Beta,Clerk,2019-12-31,2020-01-01',
  ].join('\n');
  const fields = {
    'Positions at': 'position_company',
    As: 'position_role',
    From: 'position_started_on',
    Until: 'position_ended_on',
  };
  const { api } = await (await app.tenant()).as('admin');
  const { body } = await upload(api, [['people.csv', csv]]);
  const choose = (bad_cells: string) =>
    api('PATCH', `/api/v1/imports/${body.id}`, {
      options: { bad_cells },
      files: [{ id: body.files[0].id, columns: fields }],
    });
  await choose('leave_out_row');
  assert.equal((await follow(api, body.id, 'dry-runs')).files[0]!.counts.errors, 4);
  await choose('note');
  const tried = await follow(api, body.id, 'dry-runs');
  const told = ({ problem_samples }: typeof tried) =>
    problem_samples.map(({ row, code, severity }) => `${row} ${code} ${severity}`).sort();
  const notes = [
    '2 invalid_format warning',
    '2 inverted_period warning',
    '3 invalid_format warning',
    '4 not_one_each warning',
    '4 too_big warning',
    '5 not_one_each warning',
    '5 not_one_each warning',
  ];
  assert.deepEqual(told(tried), notes);
  const done = await follow(api, body.id, 'runs');
  assert.deepEqual(told(done), notes);
  assert.equal(done.files[0]!.counts.created, 5);
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  const positions = data.map(
    (one: {
      positions: {
        company: { name: string };
        role: string | null;
        started_on: string | null;
        ended_on: string | null;
      }[];
    }) =>
      one.positions
        .map(({ company, role, started_on, ended_on }) => [company.name, role, started_on, ended_on].join())
        .sort(),
  );
  assert.deepEqual(positions, [
    ['Acme,Clerk,,2020-01-31', 'Beta,Chair,,'],
    ['Beta,,,'],
    ['Acme,,2020-01-01,2022-12-31'],
    [],
    ['Beta,Clerk,2019-12-31,2020-01-01'],
  ]);
  const { api: other } = await (await app.tenant()).as('admin');
  await other('POST', '/api/v1/companies', { name: 'Beta' });
  const some = await importNow(other, [['people.csv', csv]], ({ files: [file] }) => ({
    options: { missing_relations: 'leave_empty' },
    files: [{ id: file!.id, columns: fields }],
  }));
  const { message } = some.problem_samples.find(({ code }) => code === 'missing_company')!;
  assert.match(message, /“Clerk, 2020-01-31”/);
  const [ann, bo] = await notesOf(api);
  assert.equal(
    ann,
    'Ann: <p><strong>Further positions from</strong>: soon</p><p><strong>Further positions from</strong>: 2019-05-01 – 2018-05-01</p>',
  );
  assert.match(bo!, /Further positions from<\/strong>: 2024-02-30/);
});

test('where a long text is cut, no character is cut in two: the file is read, and nothing of a note is lost', async () => {
  // Each takes two units of UTF-16, after one that takes one: every even place is in the middle of a character.
  const long = (characters: number) => `x${'😀'.repeat(characters)}`;
  const header = ['Record ID', 'First name', 'E-mail', 'Positions at', 'As', 'Tags', 'Story', long(150), long(150)];
  const rows = [1, 2, 3].map((n) => [n, `Ann ${n}`, long(30), 'Acme', long(210), long(80), long(8_000), n, n]);
  const csv = [header, ...rows].map((cells) => cells.join()).join('\n');
  const { api } = await (await app.tenant()).as('admin');
  const done = await importNow(api, [['people.csv', csv]], ({ files: [file] }) => ({
    files: [
      {
        id: file!.id,
        columns: { 'Positions at': 'position_company', As: 'position_role', Story: 'note', [long(150)]: 'lead_status' },
      },
    ],
  }));
  assert.deepEqual(done.files[0]!.counts, { rows: 3, created: 3, updated: 0, unchanged: 0, skipped: 0, errors: 0 });
  assert.ok(JSON.stringify(done).isWellFormed() && !/\\ud[89ab]..|\ufffd/i.test(JSON.stringify(done)));
  const notes = (await notesOf(api)).map((text: string) => text.match(/😀/gu)?.length);
  assert.deepEqual(notes, [8_000, 8_000, 8_000]);
  const { data } = (await api('GET', '/api/v1/tags')).body;
  assert.deepEqual(data.map(({ name }: { name: string }) => name), [long(29)]); // biome-ignore format: one check
});

test('each column says how full it is, and those without a field go where somebody says: into a note, or nowhere', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const many = Array.from(
    { length: 6_000 },
    (_, n) => `${n},Ann,${n},,${'x'.repeat(200)},${n === 5_999 ? 'late' : ''}`,
  );
  const csv = `Record ID,First name,Last name,Spouse,Motto,Shoe size\n0a,Ida,Ek,Bo & Co,<b>On</b>,\n${many.join('\n')}\n`;
  const { body } = await upload(api, [['people.csv', csv]]);
  const filled = (file: { columns: { name: string; filled: number }[] }) =>
    Object.fromEntries(file.columns.map(({ name, filled }) => [name, filled]));
  assert.equal(filled(body.files[0])['Shoe size'], 0, 'not within the first megabyte');
  const columns = { Spouse: 'note', Motto: 'note' };
  const changed = await api('PATCH', `/api/v1/imports/${body.id}`, { files: [{ id: body.files[0].id, columns }] });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const tried = await follow(api, body.id, 'dry-runs');
  assert.deepEqual(filled(tried.files[0]!), {
    'Record ID': 1, 'First name': 1, 'Last name': 1, Spouse: 1 / 6_001, Motto: 1, 'Shoe size': 1 / 6_001,
  }); // biome-ignore format: one fact a column
  assert.deepEqual(
    tried.files[0]!.columns.map(({ field }) => field),
    ['external_id', 'given_name', 'family_name', 'note', 'note', null],
  );
  const done = await follow(api, body.id, 'runs');
  assert.equal(done.files[0]!.counts.created, 6_001);
  const equals = (field: string, value: string) => encodeURIComponent(JSON.stringify({ field, op: 'eq', value }));
  const [ida] = (await api('GET', `/api/v1/contacts?filter=${equals('given_name', 'Ida')}`)).body.data;
  const [note] = (
    await api(
      'GET',
      `/api/v1/notes?filter=${encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: ida.id }))}`,
    )
  ).body.data;
  assert.equal(
    note.body,
    '<p><strong>Spouse</strong>: Bo &amp; Co</p><p><strong>Motto</strong>: &lt;b&gt;On&lt;/b&gt;</p>',
  );
  const { reversal } = await follow(api, done.id, 'reversal');
  assert.deepEqual([reversal?.deleted, reversal?.kept], [12_002, 0], 'notes go with the import that made them');
});

test('next to amounts with decimal commas a date begins with its day', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const lines = [
    'Deal ID,Deal Name,Amount,Close Date,Stage',
    '1,One,"1.234,56",03/04/2026,Won',
    '2,Two,"99,50",05/06/2026,Won',
  ];
  const { body } = await upload(api, [['deals.csv', lines.join('\n')]]);
  const [question] = body.files[0].questions.filter(({ code }: { code: string }) => code === 'ambiguous_date');
  assert.deepEqual([question.proposed, question.options[0].value], ['D/M/YYYY', 'D/M/YYYY']);
  await follow(api, body.id, 'runs');
  const { data } = (await api('GET', '/api/v1/deals?sort=name')).body;
  assert.deepEqual(
    data.map(({ closed_on }: { closed_on: string }) => closed_on),
    ['2026-04-03', '2026-06-05'],
  );
});

test('rows before the column names are left out, a title as well as a notice, and somebody may say how many there are', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const notice = 'Notes:\n"When exporting your connections, some addresses, as you will see, are missing."\n\n';
  const files: [string, string, number][] = [
    [
      'connections.csv',
      `${notice}First Name,Last Name,Email Address,Company,Member since\nAda,Berg,,Nordwind,03 Apr 2026\n`,
      2,
    ],
    ['book.csv', 'Guests of the house;;;\n;;;\nFarbe;Stimmung;Vorname;Nachname\nrot;gut;Bo;Ek\n', 2],
    ['plain.csv', 'First Name,Last Name,Email\nCy,Day,cy@x.example\n', 0],
    ['sparse.csv', 'First Name,,\nDi,x,y\n', 0],
  ];
  for (const [name, csv, rows] of files) {
    const { body } = await upload(api, [[name, csv]]);
    assert.equal(body.files[0].dialect.skipped_rows ?? 0, rows, name);
  }
  const done = await importNow(api, [files[0]!.slice(0, 2) as [string, string]]);
  assert.deepEqual(done.files[0]!.counts, { rows: 1, created: 1, updated: 0, unchanged: 0, skipped: 0, errors: 0 });
  const { body } = await upload(api, [['names.csv', 'Ada,Berg\nBo,Ek\nVorname,Nachname\nCy,Day\n']]);
  const dialect = { skipped_rows: 2, header: true };
  const said = await api('PATCH', `/api/v1/imports/${body.id}`, { files: [{ id: body.files[0].id, dialect }] });
  assert.deepEqual(said.body.files[0].preview, [['Cy', 'Day']]);
});
