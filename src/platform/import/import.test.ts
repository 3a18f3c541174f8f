import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import iconv from 'iconv-lite';
import pg from 'pg';
import { type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { asOwner, whileChanging } from '../../../test/harness/identity.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const workspace = async (role = 'admin') => {
  const tenant = await app.tenant();
  return { tenant, ...(await tenant.as(role)) };
};
const list = async (api: Client, plural: string) =>
  (await api('GET', `/api/v1/${plural}?sort=name&limit=200`)).body.data;

test('rows find their records by id, then e-mail, then name; blank cells keep what is there unless told otherwise', async () => {
  const { api } = await workspace();
  const ada = (
    await api('POST', '/api/v1/contacts', {
      given_name: 'Ada',
      email: 'ADA@x.example',
      phone: '+1 555 0100',
      city: 'Oslo',
    })
  ).body;
  const csv = 'Record ID,First Name,Email,City,Tags\n7,Ada,ada@X.example,,vip; new\n8,Bo,bo@x.example,Rome,\n';
  const first = await importNow(api, [['a.csv', csv]]);
  assert.deepEqual(first.files[0]?.counts, { rows: 2, created: 1, updated: 1, unchanged: 0, skipped: 0, errors: 0 });
  const found = (await api('GET', `/api/v1/contacts/${ada.id}`)).body;
  assert.deepEqual([found.external_id, found.city, found.email, found.version], ['7', 'Oslo', 'ada@X.example', 2]);
  assert.deepEqual(
    found.tags.map((tag: { name: string }) => tag.name),
    ['new', 'vip'],
  );

  const again = await importNow(api, [['a.csv', csv]]);
  assert.equal(again.files[0]?.counts.unchanged, 2);
  assert.equal((await api('GET', `/api/v1/contacts/${ada.id}`)).body.version, 2);

  await importNow(api, [['a.csv', csv]], ({ files }) => ({
    options: { blank_cells: 'clear', mode: 'update' },
    files: [{ id: files[0]!.id, columns: { Tags: null } }],
  }));
  assert.equal((await api('GET', `/api/v1/contacts/${ada.id}`)).body.city, null);
  const skipped = await importNow(api, [['a.csv', 'Record ID,First Name\n9,Cy\n8,Bob\n']], () => ({
    options: { mode: 'create' },
  }));
  assert.deepEqual(skipped.files[0]?.counts, { rows: 2, created: 1, updated: 0, unchanged: 0, skipped: 1, errors: 0 });
});

test('each thing wrong with a row is told with the row and what to do, the other rows go in, and the errors come as a file to correct', async () => {
  const { api } = await workspace();
  const rows = [
    'Company ID,Company Name,Website,Number of Employees,Phone,Founded,Parent company,Year-end',
    'A,Acme,https://acme.example,10,+1 555 0100,1990,,',
    'A,Acme again,,11,,1991,,',
    'B,,,12,,1992,,',
    'C,Cee,not a url,13,,1993,,',
    'D,Dee,,many,,1994,,',
    'E,Eee,,5000000000,,1995,,',
    `F,${'x'.repeat(201)},,14,,1996,,`,
    'G,Gee,,15,call me,1997,,',
    'H,Hee,,16,,3000,,',
    'I,I\0i,,17,,1998,,',
    ',,,,,,,',
    'J,Jay,,18,,1999,Kay,',
    'K,Kay,,19,,2000,Jay,',
    'L,Ell,,20,,2001,Nobody,',
    'M,"Em ""quoted"", and',
    'lines",,21,,2002,Acme,',
    'N,En,,22,,2003',
    'O,Oh,,23,,2004,,,surplus',
    'P,=1+1,,24,,2005,,',
  ];
  const done = await importNow(api, [['Companies.csv', `${rows.join('\r\n')}\r\n`]], ({ files }) => ({
    options: { bad_cells: 'leave_out_row', missing_relations: 'leave_empty' },
    files: [{ id: files[0]!.id, columns: { Website: 'website' } }],
  }));
  assert.equal(done.state, 'done', String(done.error));
  const told = done.problem_samples.map(({ row, column, code, severity }) => [row, column, code, severity].join(' '));
  assert.deepEqual(done.files[0]?.counts, { rows: 17, created: 7, updated: 0, unchanged: 0, skipped: 0, errors: 10 });
  assert.deepEqual(
    (await list(api, 'companies')).map((company: { name: string; parent: { name: string } | null }) => [
      company.name,
      company.parent?.name ?? null,
    ]),
    [
      ['=1+1', null],
      ['Acme', null],
      ['Ell', null],
      ['Em "quoted", and\r\nlines', 'Acme'],
      ['En', null],
      ['Jay', null],
      ['Kay', null],
    ],
  );
  assert.deepEqual(
    told.sort(),
    [
      '10 Founded too_big error',
      '11 Company Name nul_character error',
      '13  circular_parents warning',
      '14  circular_parents warning',
      '15 Parent company no_such_record warning',
      '17  short_row warning',
      '18  long_row error',
      '3  duplicate_row error',
      '4 Company Name required_empty error',
      '5 Website not_a_url error',
      '6 Number of Employees not_a_number error',
      '7 Number of Employees too_big error',
      '8 Company Name too_long error',
      '9 Phone invalid_format error',
    ].sort(),
  );

  const errors = await api('GET', `/api/v1/imports/${done.id}/errors`);
  assert.match(errors.headers.get('content-disposition') ?? '', /errors-Companies\.csv/);
  const lines = errors.body.trim().split('\r\n');
  assert.equal(
    lines[0],
    'Company ID,Company Name,Website,Number of Employees,Phone,Founded,Parent company,Year-end,Row,Problem',
  );
  assert.equal(lines.length, 11);
  assert.match(lines[1], /^A,Acme again,,11,,1991,,,3,"?Row 3 is about the same record as row 2/);
  assert.match(lines[4], /^D,Dee,,many,,1994,,,6,.*is not a number/);

  const lenient = await importNow(api, [['b.csv', 'Company ID,Company Name,Founded\nD,Dee,soon\n']], () => ({
    options: { bad_cells: 'leave_empty' },
  }));
  assert.equal(lenient.files[0]?.counts.created, 1);
});

test('files that cannot be imported say why at once, and a run of them is refused', async () => {
  const { api } = await workspace();
  const wide = Array.from({ length: 2_000 }, (_, at) => `c${at}`).join(',');
  const cases: [name: string, content: string | Uint8Array, code: string][] = [
    ['empty.csv', '', 'empty_file'],
    ['header.csv', 'First Name,Email\n', 'no_rows'],
    ['wide.csv', `${wide}\n${wide}\n`, 'too_many_columns'],
    ['picture.csv', Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802', 'hex'), 'not_csv'],
    ['unknown.csv', 'foo,bar\nx y,z w\n', 'unknown_file'],
  ];
  for (const [name, content, code] of cases) {
    const { status, body } = await upload(api, [[name, content]]);
    assert.equal(status, 201, `${name} ${JSON.stringify(body)}`);
    assert.ok(
      body.files[0].problems.some((problem: { code: string }) => problem.code === code),
      `${name}: ${JSON.stringify(body.files[0].problems)}`,
    );
    const run = await api('POST', `/api/v1/imports/${body.id}/runs`);
    assert.deepEqual([run.status, run.body.code], [409, 'not_ready']);
  }
  const torn = (await upload(api, [['torn.csv', `First Name,Email\nAnn,a@b.example\n"Bo,${'x'.repeat(1_200_000)}`]]))
    .body;
  const failed = await follow(api, torn.id, 'runs');
  assert.equal(failed.state, 'failed');
  assert.match(String(failed.error), /Row 3 never ends/);
  assert.equal((await upload(api, [])).status, 400);
  assert.equal(
    (
      await upload(
        api,
        Array.from({ length: 11 }, (_, at) => [`${at}.csv`, 'Email\na@b.example\n']),
      )
    ).status,
    413,
  );
  assert.equal((await api('POST', '/api/v1/imports', { file_ids: [] })).status, 422);
  const [first] = (await upload(api, [['../../etc/passwd.csv', 'First Name,Email\nAnn,a@b.example\n']])).body.files;
  assert.equal(first.name, 'passwd.csv');
});

test('however a file is written, its people go in', async () => {
  const people = 'Vorname;Nachname;E-Mail\nJörg;Müller;j@m.example\nZoë;Straße;z@s.example\n';
  const written: [string, Uint8Array | string][] = [
    ['utf-8 with BOM', `\ufeff${people}`],
    ['utf-16le', iconv.encode(people, 'utf-16le', { addBOM: true })],
    ['utf-16be', iconv.encode(people, 'utf-16be', { addBOM: true })],
    ['windows-1252', iconv.encode(people, 'windows-1252')],
    ['tabs', people.replaceAll(';', '\t')],
    ['bars', people.replaceAll(';', '|')],
    ['commas and CR', people.replaceAll(';', ',').replaceAll('\n', '\r')],
    [
      'double and empty headers',
      people.replaceAll(';', ',').replace('E-Mail', 'E-Mail,,E-Mail').replaceAll('.example', '.example,x,'),
    ],
    ['no header', 'Jörg,Müller,j@m.example\nZoë,Straße,z@s.example\n'],
  ];
  for (const [name, content] of written) {
    const { api } = await workspace();
    const change =
      name === 'no header'
        ? ({ files }: { files: { id: string }[] }) => ({
            files: [{ id: files[0]!.id, columns: { 'Column 1': 'given_name', 'Column 2': 'family_name' } }],
          })
        : undefined;
    const done = await importNow(api, [['people.csv', content]], change);
    assert.equal(done.files[0]?.counts.created, 2, name);
    assert.deepEqual(
      (await list(api, 'contacts')).map((contact: { name: string; email: string }) => [contact.name, contact.email]),
      [
        ['Jörg Müller', 'j@m.example'],
        ['Zoë Straße', 'z@s.example'],
      ],
      name,
    );
  }
});

test('a doubtful date is asked about, the answer holds, and so does another delimiter, kind of record or saved mapping', async () => {
  const { api } = await workspace();
  const deals = 'Deal ID,Deal Name,Close Date,Stage,Note to self\n1,One,1/2/2026,Won,x\n2,Two,3/4/2026,Won,y\n';
  const { body } = await upload(api, [['deals.csv', deals]]);
  const [file] = body.files;
  assert.deepEqual(
    file.questions.map((question: { code: string }) => question.code),
    ['ambiguous_date'],
  );
  const change = {
    files: [
      {
        id: file.id,
        values: [{ code: 'ambiguous_date', column: 'Close Date', value: 'D/M/YYYY' }],
        columns: { 'Note to self': 'description' },
      },
    ],
  };
  const option = file.questions[0].options.find(({ value }: { value: string }) => /^D/.test(value));
  change.files[0]!.values[0]!.value = option.value;
  assert.equal((await api('PATCH', `/api/v1/imports/${body.id}`, change, { 'if-match': '"99"' })).status, 412);
  const elsewhere = 'update import set version = version + 1 where id = $1';
  const seen = { 'if-match': `"${body.version}"` };
  const late = await whileChanging(app, elsewhere, [body.id], () =>
    api('PATCH', `/api/v1/imports/${body.id}`, change, seen),
  );
  assert.equal(late.status, 412, 'also when somebody else changes it at the same moment');
  const started = `update import set state = 'running' where id = $1`;
  const forgotten = await whileChanging(app, started, [body.id], () => api('DELETE', `/api/v1/imports/${body.id}`));
  assert.equal(forgotten.status, 412, 'nor is one forgotten that somebody starts at the same moment');
  await asOwner(app, `update import set state = 'ready' where id = $1`, [body.id]);
  assert.equal((await api('PATCH', `/api/v1/imports/${body.id}`, change)).status, 200);
  const done = await follow(api, body.id, 'runs');
  assert.equal(done.files[0]?.counts.created, 2);
  assert.deepEqual(
    (await list(api, 'deals')).map((deal: { closed_on: string; description: string }) => [
      deal.closed_on,
      deal.description,
    ]),
    [
      ['2026-02-01', 'x'],
      ['2026-04-03', 'y'],
    ],
  );

  const saved = await api('POST', '/api/v1/saved-mappings', {
    name: 'House list',
    resource: 'company',
    columns: { wer: 'name', wo: 'city' },
  });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  const mapped = await importNow(api, [['x.csv', 'wer,wo\nAcme,Bern\n']]);
  assert.equal(mapped.files[0]?.counts.created, 1);
  assert.equal((await list(api, 'companies'))[0].city, 'Bern');

  const other = (await upload(api, [['y.csv', 'name,city\nBeta,Rome\n']])).body;
  for (const [wrong, status] of [
    [{ resource: 'planet' }, 422],
    [{ columns: { name: 'given_name' }, nonsense: 1 }, 422],
    [{ saved_mapping_id: crypto.randomUUID() }, 422],
  ] as const)
    assert.equal(
      (await api('PATCH', `/api/v1/imports/${other.id}`, { files: [{ id: other.files[0].id, ...wrong }] })).status,
      status,
    );
  const taken = (
    await api('PATCH', `/api/v1/imports/${other.id}`, { files: [{ id: other.files[0].id, resource: 'product' }] })
  ).body;
  assert.deepEqual(
    taken.files[0].columns.map((column: { field: string }) => column.field),
    ['name', null],
  );
});

test('taking an import back leaves later edits alone and says so', async () => {
  const { api } = await workspace();
  const old = (await api('POST', '/api/v1/companies', { name: 'Old Ltd', domain: 'old.example', city: 'Oslo' })).body;
  const lost = (await api('POST', '/api/v1/companies', { name: 'Lost Ltd', domain: 'lost.example', city: 'Oslo' }))
    .body;
  const done = await importNow(api, [
    [
      'companies.csv',
      'Company Name,Domain,City\nOld Ltd,old.example,Rome\nLost Ltd,lost.example,Rome\nFresh,fresh.example,Rome\nEdited,edited.example,Rome\nNoted,noted.example,Rome\nPurged,purged.example,Rome\n',
    ],
    ['people.csv', 'First Name,Email,Company,Tags\nAnn,a@a.example,Fresh,cold\nBo,b@b.example,Edited,cold\n'],
  ]);
  assert.equal(done.state, 'done', String(done.error));
  const companies = await list(api, 'companies');
  const byName = (name: string) => companies.find((company: { name: string }) => company.name === name);
  await api('PATCH', `/api/v1/companies/${byName('Edited').id}`, { industry: 'Tea' });
  await api('POST', '/api/v1/notes', { body: 'Called', records: [{ type: 'company', id: byName('Noted').id }] });
  await api('DELETE', `/api/v1/companies/${byName('Purged').id}`);
  const purged = await api('POST', '/api/v1/trash/deletions', {
    items: [{ resource: 'company', id: byName('Purged').id }],
  });
  assert.equal(purged.status, 200, JSON.stringify(purged.body));
  const stranger = await workspace();
  assert.equal((await stranger.api('POST', `/api/v1/imports/${done.id}/reversal`)).status, 404);
  const made = encodeURIComponent(JSON.stringify({ field: 'import_id', op: 'eq', value: done.id }));
  const ofImport = (await api('GET', `/api/v1/companies?sort=name&filter=${made}`)).body.data.map(
    ({ name }: { name: string }) => name,
  );
  assert.deepEqual(ofImport, ['Edited', 'Fresh', 'Noted']);
  assert.equal((await api('GET', `/api/v1/tasks?filter=${made}`)).status, 422, 'where there are none to tell apart');
  await asOwner(app, `delete from record_history where record_id = $1 and before ->> 'city' = 'Oslo'`, [lost.id]);
  const { state, error, reversal } = await follow(api, done.id, 'reversal');
  assert.equal(state, 'reverted', String(error));
  assert.deepEqual(
    (await list(api, 'companies')).map((company: { name: string; city: string }) => [company.name, company.city]),
    [
      ['Edited', 'Rome'],
      ['Lost Ltd', 'Rome'],
      ['Noted', 'Rome'],
      ['Old Ltd', 'Oslo'],
    ],
  );
  assert.equal((await api('GET', `/api/v1/companies/${old.id}`)).body.version, 3);
  assert.deepEqual([await list(api, 'contacts'), await list(api, 'tags')], [[], []]);
  assert.deepEqual(
    reversal?.kept_samples.map(({ name, reason }) => [name, reason]),
    [
      ['Lost Ltd', 'What it held before has been erased, and cannot be put back.'],
      ['Edited', 'It was changed since.'],
      ['Noted', 'Other records still refer to it.'],
    ],
  );
  assert.deepEqual([reversal?.restored, reversal?.kept], [1, 3]);
  assert.deepEqual(reversal?.kinds, [
    { resource: 'company', deleted: 1, restored: 1, kept: 3, gone: 1 },
    { resource: 'contact', deleted: 2, restored: 0, kept: 0, gone: 0 },
    { resource: 'tag', deleted: 1, restored: 0, kept: 0, gone: 0 },
  ]);
  assert.equal(reversal?.deleted, 4);
  assert.equal((await api('POST', `/api/v1/imports/${done.id}/reversal`)).status, 409);
});

test('a deal that stays when an import is taken back keeps its products, tags, company and contact', async () => {
  const { api } = await workspace();
  const old = (await api('POST', '/api/v1/contacts', { given_name: 'Old', email: 'old@a.example' })).body;
  const done = await importNow(
    api,
    [
      ['companies.csv', 'Company Name,Domain\nAcme,acme.example\nGone,gone.example\n'],
      ['people.csv', 'First Name,Email,Company,Tags\nAnn,a@a.example,Acme,cold\nOld,old@a.example,,cold\n'],
      [
        'deals.csv',
        'Deal ID,Deal Name,Company,Contact,Product,Stage,Amount,Tags\n1,Assigned,Acme,Ann,Chair,Open,70,hot\n2,Noted,,,Desk,Open,30,warm\n3,Untouched,Gone,,Sofa,Open,20,cool\n',
      ],
    ],
    () => ({ options: { missing_relations: 'create' } }),
  );
  assert.equal(done.state, 'done', String(done.error));
  const [assigned, noted] = await list(api, 'deals').then((all) =>
    ['Assigned', 'Noted'].map((name) => all.find((deal: { name: string }) => deal.name === name)),
  );
  const moved = await api('PATCH', `/api/v1/deals/${assigned.id}`, { owner_id: null });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  await api('POST', '/api/v1/notes', { body: 'Called', records: [{ type: 'deal', id: noted.id }] });

  const { state, error, reversal } = await follow(api, done.id, 'reversal');
  assert.equal(state, 'reverted', String(error));
  type Named = { name: string } | null;
  type Deal = { name: string; company: Named; contact: Named; lines: { product: Named }[]; tags: Named[] };
  const shown = (await list(api, 'deals')).map(({ name, company, contact, lines, tags }: Deal) => [
    name,
    company?.name ?? null,
    contact?.name ?? null,
    lines.map(({ product }) => product?.name),
    tags.map((tag) => tag?.name),
  ]);
  assert.deepEqual(shown, [
    ['Assigned', 'Acme', 'Ann', ['Chair'], ['hot']],
    ['Noted', null, null, ['Desk'], ['warm']],
  ]);
  const names = async (plural: string) => (await list(api, plural)).map(({ name }: { name: string }) => name);
  assert.deepEqual(await names('companies'), ['Acme']);
  assert.deepEqual(await names('products'), ['Chair', 'Desk']);
  assert.deepEqual(await names('tags'), ['cold', 'hot', 'warm']);
  assert.deepEqual((await api('GET', `/api/v1/contacts/${old.id}`)).body.tags, []);
  const reasons = new Map(reversal?.kept_samples.map(({ resource, name, reason }) => [`${resource} ${name}`, reason]));
  assert.equal(reasons.get('deal Assigned'), 'It was changed since.');
  for (const record of ['deal Noted', 'company Acme', 'contact Ann', 'product Chair', 'tag hot'])
    assert.equal(reasons.get(record), 'Other records still refer to it.', record);
  assert.equal(reversal?.kept, reasons.size, 'parts of what stays are not counted');
});

test('an import does no more than whoever starts it may do', async () => {
  const tenant = await app.tenant();
  const admin = await tenant.as('admin');
  const member = await tenant.as('member');
  const viewer = await tenant.as('viewer');
  assert.equal((await upload(viewer.api, [['a.csv', 'First Name,Email\nAnn,a@b.example\n']])).status, 403);
  const users = (await upload(member.api, [['u.csv', 'sales_agent,manager\nAnn Lee,Bo Ek\nCy Day,Bo Ek\n']])).body;
  assert.equal((await member.api('POST', `/api/v1/imports/${users.id}/runs`)).status, 403);
  assert.equal((await admin.api('GET', `/api/v1/imports/${users.id}`)).status, 200);
  const other = await tenant.as('member', 'other');
  assert.equal((await other.api('GET', `/api/v1/imports/${users.id}`)).status, 404);

  const role = await admin.api('POST', '/api/v1/roles', {
    name: 'Own only',
    rights: {
      contact: { read: 'own', create: 'own', update: 'own' },
      import: { read: 'own', create: 'own', update: 'own', delete: 'own' },
      file: { read: 'own', create: 'own' },
      user: { read: 'all' },
    },
  });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const own = await tenant.as(role.body.key, 'own');
  await admin.api('POST', '/api/v1/contacts', { external_id: 'H', given_name: 'Hidden' });
  const done = await importNow(own.api, [
    [
      'c.csv',
      'Record ID,First Name,Email,Contact owner\n1,Mine,m@x.example,own\n2,Theirs,t@x.example,other\nH,Seized,h@x.example,own\n',
    ],
  ]);
  assert.deepEqual(done.files[0]?.counts, { rows: 3, created: 1, updated: 0, unchanged: 0, skipped: 0, errors: 2 });
  assert.deepEqual(done.problem_samples.map(({ code }) => code).sort(), ['not_yours', 'taken']);
  assert.deepEqual(
    (await list(admin.api, 'contacts')).map((contact: { name: string }) => contact.name),
    ['Hidden', 'Mine'],
  );
});

test('what only the database can refuse is found row by row, and stops no other row', async () => {
  const { api } = await workspace();
  const acme = (await api('POST', '/api/v1/companies', { name: 'Acme' })).body;
  await api('POST', '/api/v1/companies', { name: 'Beta', parent_id: acme.id });
  const circle = await importNow(api, [['c.csv', 'Company Name,Parent company\nAcme,Beta\nGamma,Beta\n']]);
  assert.deepEqual(
    circle.problem_samples.map(({ row, message }) => [row, message]),
    [[2, 'A company cannot be its own parent, directly or through others.']],
  );
  assert.deepEqual(
    (await list(api, 'companies')).map((company: { parent: { name: string } | null }) => company.parent?.name ?? null),
    [null, 'Acme', 'Beta'],
  );

  const names = Array.from({ length: 50 }, (_, at) => (at % 20 === 7 ? `${'x'.repeat(250)} ${at}` : `Ann Lee${at}`));
  const people = await importNow(api, [['p.csv', ['Contact Name', ...names].join('\n')]]);
  assert.deepEqual(people.files[0]?.counts, { rows: 50, created: 47, updated: 0, unchanged: 0, skipped: 0, errors: 3 });
  assert.deepEqual(
    people.problem_samples.map(({ row, code }) => [row, code]),
    [9, 29, 49].map((row) => [row, 'not_allowed']),
  );
});

test('two columns for one field are refused in words; a field that goes to another column leaves the one it had', async () => {
  const { api } = await workspace();
  const made = await upload(api, [['a.csv', 'First Name,Mail,Other mail\nAda,a@x.example,b@x.example\n']]);
  const { id, files } = made.body;
  const map = (columns: object) => api('PATCH', `/api/v1/imports/${id}`, { files: [{ id: files[0].id, columns }] });
  const both = await map({ Mail: 'email', 'Other mail': 'email' });
  assert.equal(both.status, 422);
  assert.match(both.body.errors[0].message, /“Mail” and “Other mail” cannot both go into email\. Choose one of them/);
  const saved = await api('POST', '/api/v1/saved-mappings', {
    name: 'Both',
    resource: 'contact',
    columns: { a: 'email', b: 'email' },
  });
  assert.equal(saved.status, 422);
  assert.equal((await map({ Mail: 'email' })).status, 200);
  const moved = await map({ 'Other mail': 'email' });
  const fields = moved.body.files[0].columns.map(({ name, field }: { name: string; field: string | null }) => [
    name,
    field,
  ]);
  assert.deepEqual(fields, [['First Name', 'given_name'], ['Mail', null], ['Other mail', 'email']]); // biome-ignore format: a table
  await follow(api, id, 'runs');
  assert.deepEqual((await list(api, 'contacts')).map(({ email }: { email: string }) => email), ['b@x.example']); // biome-ignore format: one call
});

test('options, companies and products that differ in a sign alone stay what they are', async () => {
  const { api } = await workspace();
  const options = ['A+', 'A', 'A-'];
  const field = { resource: 'contact', key: 'grade', label: 'Grade', type: 'select', options };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  const many = { ...field, key: 'grades', label: 'Grades', type: 'multi_select' };
  assert.equal((await api('POST', '/api/v1/custom-fields', many)).status, 201);
  await api('POST', '/api/v1/companies', { name: 'Pro' });
  const rows = ['1,Ada,A+,A+; A-,A+', '2,Bo,A,A,A-', '3,Cy,A-,A-,Pro+'];
  const done = await importNow(api, [['a.csv', `Record ID,First Name,Grade,Grades,Company\n${rows.join('\n')}\n`]]);
  assert.equal(done.state, 'done', String(done.error));
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  assert.deepEqual(
    data.map(({ custom, company }: { custom: object; company: { name: string } }) => [custom, company.name]),
    [
      [{ grade: 'A+', grades: ['A+', 'A-'] }, 'A+'],
      [{ grade: 'A', grades: ['A'] }, 'A-'],
      [{ grade: 'A-', grades: ['A-'] }, 'Pro+'],
    ],
  );
});

test('while imports of one workspace and exports take long, the import of another is made', async () => {
  const { api } = await workspace();
  const other = (await workspace()).api;
  const { id } = (await api('POST', '/api/v1/contacts', { given_name: 'Ada', email: 'ada@x.example' })).body;
  const held = new pg.Client({ connectionString: app.database.ownerUrl });
  await held.connect();
  // As two exports have them.
  const exporting = [await app.app.services.db.streamPool.connect(), await app.app.services.db.streamPool.connect()];
  try {
    await held.query('begin; set local role holdfast_system');
    await held.query('select from contact where id = $1 for update', [id]);
    for (const city of ['Three', 'Four', 'Five']) {
      const { body } = await upload(api, [['a.csv', `First Name,Email,City\nAda,ada@x.example,${city}\n`]]);
      assert.equal((await api('POST', `/api/v1/imports/${body.id}/runs`)).status, 202);
    }
    const running = async () => (await api('GET', '/api/v1/jobs?kind=import.run&state=running')).body.data.length;
    await eventually(async () => (await running()) === 2);
    const { body } = await upload(other, [['b.csv', 'First Name,Email\nBo,bo@x.example\n']]);
    await other('POST', `/api/v1/imports/${body.id}/runs`);
    await eventually(async () => (await other('GET', `/api/v1/imports/${body.id}`)).body.state === 'done', 10_000);
    assert.equal(await running(), 2);
  } finally {
    for (const client of exporting) client.release();
    await held.end();
  }
});

test('while a store is slow to give a file, no transaction waits for it', async (t) => {
  const { api } = await workspace();
  const csv = 'First Name,Email\nAda,ada@x.example\n';
  const { id } = (await upload(api, [['a.csv', csv]])).body;
  const form = new FormData();
  form.append('file', new Blob([csv], { type: 'text/csv' }), 'b.csv');
  const stored = (await api('POST', '/api/v1/files', form)).body.id;
  const { files } = app.app.services;
  const get = files.get.bind(files);
  const open = `select from pg_locks where relation in ('public.import'::regclass, 'public.file'::regclass)`;
  for (const [method, path, body, status] of [
    ['PATCH', `imports/${id}`, { options: { mode: 'create' } }, 200],
    ['GET', `imports/${id}/rows?only=all`, undefined, 200],
    ['POST', 'imports', { file_ids: [stored] }, 201],
  ] as const) {
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    t.mock.method(files, 'get', async (...file: Parameters<typeof get>) => {
      asked.resolve();
      await answered.promise;
      return get(...file);
    });
    const sent = api(method, `/api/v1/${path}`, body);
    await asked.promise;
    // Others may be in one for a moment.
    await eventually(async () => (await asOwner(app, open)).length === 0, 3_000).finally(answered.resolve);
    assert.equal((await sent).status, status, path);
    t.mock.reset();
  }
});
