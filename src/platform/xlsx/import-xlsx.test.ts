import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { createDeflateRaw, deflateRawSync } from 'node:zlib';
import { type CellValue, writeXlsx } from 'hucre';
import { type Client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { importNow, upload } from '../../../test/harness/import.ts';
import { type Cell, cellText } from './cell.ts';
import { convertWorkbook, removeLeftWorkbooks } from './convert.ts';

let app: TestApp;
let api: Client;
let folder: string;
const usual_folder = process.env.TMPDIR;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  process.env.TMPDIR = folder;
  app = await startTestApp();
  api = (await (await app.tenant()).as('admin')).api;
});
after(async () => {
  await app.stop();
  if (usual_folder === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual_folder;
  await rm(folder, { recursive: true });
});

const day = (text: string) => new Date(`${text}T00:00:00Z`);

test('each visible sheet is a file of the import; dates, cached values of formulas and texts of figures come as they are', async () => {
  const cells = new Map([['1,1', { value: null, type: 'formula' as const, formula: 'B9*2', formulaResult: 1234.5 }]]);
  const book = await writeXlsx({
    sheets: [
      {
        name: 'Deals',
        rows: [
          ['Deal Name', 'Amount', 'Close Date', 'External ID'],
          ['Roof', null, day('2026-03-01'), '00042'],
          ['Walls', 1.5, day('1999-12-31'), '=1+1'],
        ],
        cells,
      },
      {
        name: 'Contacts',
        rows: [
          ['First Name', 'Last Name', 'Email', 'Phone'],
          [],
          [],
          ['Ada', 'Lovelace', 'not an address', '0301234'],
          ['Bo', 'Ek', 'bo@x.example', null],
        ],
      },
      { name: 'Lists', hidden: true, rows: [['First Name'], ['Nobody']] },
      { name: 'Empty', rows: [] },
    ],
  });
  await api('POST', '/api/v1/pipelines', { name: 'Sales' });
  const report = await importNow(api, [['Book.xlsx', book]]);
  assert.deepEqual(
    report.files.map(({ name, resource }) => [name, resource]).sort(),
    [['Book – Contacts.csv', 'contact'], ['Book – Deals.csv', 'deal']], // biome-ignore format: a table
  );
  const deals = (await api('GET', '/api/v1/deals?sort=name')).body.data;
  const shown = deals.map((deal: Record<string, unknown>) => [
    deal.name,
    deal.amount,
    deal.expected_close_on,
    deal.external_id,
  ]);
  assert.deepEqual(shown, [
    ['Roof', '1234.50', '2026-03-01', '00042'],
    ['Walls', '1.50', '1999-12-31', '=1+1'],
  ]);
  const contacts = (await api('GET', '/api/v1/contacts')).body.data;
  assert.deepEqual(
    contacts.map(({ name }: { name: string }) => name),
    ['Ada Lovelace', 'Bo Ek'],
  );
  const problem = report.problem_samples.find(({ column }) => column === 'Email')!;
  assert.equal(problem.row, 4, 'rows keep the number that the spreadsheet shows');
});

test('what a workbook knows of a cell is no question any more', () => {
  const cases: [Cell, string][] = [
    [0.1 + 0.2, '0.3'],
    [1.234, '1.2340'],
    [-1234.5, '-1234.5'],
    [1e21, '1000000000000000000000'],
    [1e-7, '0.0000001'],
    [day('1899-12-31'), '1899-12-31'],
    [day('1900-02-28'), '1900-02-28'],
    [new Date('2026-11-20T07:30:00Z'), '2026-11-20T07:30:00'],
    [new Date(Number.NaN), ''],
    [true, 'true'],
    ['007', '007'],
    [null, ''],
  ];
  for (const [cell, text] of cases) assert.equal(cellText(cell), text);
});

test('a number that its format shows with zeros keeps them', async () => {
  const rows: CellValue[][] = [
    ['First Name', 'PLZ', 'ZIP', 'Count'],
    ['Ada', 1067, 12345678, 12],
    ['Bo', 80331, 987654321, 7],
    ['Cy', null, 1.5, 0],
  ];
  const columns = [{}, { numFmt: '00000' }, { numFmt: '00000\\-0000' }, { numFmt: '0' }];
  const book = await writeXlsx({ sheets: [{ name: 'A', rows, columns }] });
  const [csv] = await convertWorkbook(Readable.from([book]), async (sheet) => text(sheet.csv));
  assert.deepEqual(csv!.trim().split('\r\n').slice(1), [
    'Ada,01067,01234-5678,12',
    'Bo,80331,98765-4321,7',
    'Cy,,1.5,0',
  ]);
  await importNow(api, [
    [
      'codes.xlsx',
      await writeXlsx({
        sheets: [
          {
            name: 'A',
            rows: [
              ['First Name', 'Last Name', 'PLZ'],
              ['Ada', 'Zeros', 1067],
              ['Bo', 'Zeros', 80331],
            ],
            columns: [{}, {}, { numFmt: '00000' }],
          },
        ],
      }),
    ],
  ]);
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  const codes = data.flatMap((contact: Record<string, unknown>) =>
    contact.family_name === 'Zeros' ? [contact.postal_code] : [],
  );
  assert.deepEqual(codes, ['01067', '80331']);
});

test('days as a spreadsheet counts them, over the 29 February 1900 that never was; cells that were merged; formulas that were never worked out', async () => {
  const days = [1, 59, 60, 61, 45000];
  const rows: CellValue[][] = [
    ['First Name', 'Last Name', 'Born', 'City'],
    ...days.map((day, at) => [`Name ${at}`, 'Merged', day, null]),
  ];
  // Of merged cells the first holds what all show; the others are empty.
  rows[2]![1] = null;
  const cells = new Map([
    ['1,3', { value: null, type: 'formula' as const, formula: 'A2' }],
    ['2,3', { value: null, type: 'formula' as const, formula: 'A3', formulaResult: 'Oslo' }],
  ]);
  const merges = [{ startRow: 1, startCol: 1, endRow: 2, endCol: 1 }];
  const columns = [{}, {}, { numFmt: 'yyyy-mm-dd' }, {}];
  const csvOf = async (dateSystem: '1900' | '1904') => {
    const book = await writeXlsx({ dateSystem, sheets: [{ name: 'A', rows, columns, cells, merges }] });
    const [csv] = await convertWorkbook(Readable.from([book]), async (sheet) => text(sheet.csv));
    return csv!.trim().split('\r\n').map((line) => line.split(',').slice(1)); // biome-ignore format: one chain
  };
  const born = (table: string[][]) => table.slice(1).map(([, day]) => day);
  const table = await csvOf('1900');
  assert.deepEqual(born(table), ['1900-01-01', '1900-02-28', '1900-02-28', '1900-03-01', '2023-03-15']);
  assert.deepEqual(born(await csvOf('1904')), ['1904-01-02', '1904-02-29', '1904-03-01', '1904-03-02', '2027-03-16']);
  assert.deepEqual(table.slice(1, 4).map(([name]) => name), ['Merged', '', 'Merged']); // biome-ignore format: one call
  assert.deepEqual(table.slice(1, 3).map(([, , city]) => city), ['\uFDD0=A2', 'Oslo']); // biome-ignore format: one call
});

test('a formula of which the workbook holds no result, or an error, is a line in the report', async () => {
  const text = (place: string, of: string) => `<c r="${place}" t="inlineStr"><is><t>${of}</t></is></c>`;
  const rows = [
    `<row r="1">${text('A1', 'First name')}${text('B1', 'Last name')}${text('C1', 'City')}</row>`,
    `<row r="2">${text('A2', 'Ada')}${text('B2', 'Formula')}<c r="C2"><f>A2&amp;"x"</f></c></row>`,
    `<row r="3">${text('A3', 'Bo')}${text('B3', 'Formula')}<c r="C3" t="str"><f>A3</f><v>Oslo</v></c></row>`,
    `<row r="4">${text('A4', 'Cy')}${text('B4', 'Formula')}<c r="C4" t="e"><f>D4</f><v>#REF!</v></c></row>`,
    `<row r="5">${text('A5', 'Di')}${text('B5', 'Formula')}<c r="C5" t="e"><f>VLOOKUP(A5,E:F,2)</f><v>#N/A</v></c></row>`,
  ];
  const done = await importNow(api, [['formulas.xlsx', await withSheet(rows.join(''))]]);
  assert.deepEqual(
    done.problem_samples
      .map(({ row, column, code, message }) => [row, column, code, message.slice(0, 43)])
      .sort(([one], [other]) => Number(one) - Number(other)),
    [
      [2, 'City', 'formula_without_value', '“City” in row 2 is the formula =A2&"x", and'],
      [4, 'City', 'formula_error', '“City” in row 4 is the error #REF!, and is '],
    ],
  );
  assert.equal(done.files[0]!.counts.created, 4);
  const { data } = (await api('GET', '/api/v1/contacts?sort=given_name')).body;
  const cities = data.filter(({ family_name }: { family_name: string }) => family_name === 'Formula');
  assert.deepEqual(cities.map(({ city }: { city: string }) => city), [null, 'Oslo', null, null]); // biome-ignore format: one call
});

test('what is no readable workbook is refused with its reason, and what only looks like one is read as what it is', async () => {
  const small = await writeXlsx({ sheets: [{ name: 'A', rows: [['First Name'], ['Ada']] }] });
  const secret = await writeXlsx({
    sheets: [{ name: 'A', rows: [['First Name'], ['Ada']] }],
    encryption: { password: 'secret', spinCount: 1000 },
  });
  const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2000)]);
  const cases: [string, Uint8Array, number, RegExp][] = [
    ['a password', secret, 422, /protected by a password\. Save it without one/],
    ['the format before 2007', old, 422, /before 2007\. Save it as XLSX/],
    ['damage', small.subarray(0, small.length - 300), 422, /cannot be read/],
    ['another archive', zipOf([['readme.txt', Buffer.from('x'), 1]]), 422, /no XLSX workbook/],
    [
      'a bomb',
      zipOf([
        ['xl/workbook.xml', Buffer.from('x'), 1],
        ['xl/sharedStrings.xml', Buffer.alloc(3_000_000), 3_000_000_000],
      ]),
      422,
      /sharedStrings\.xml of the workbook unpacks to 3000000000 bytes/,
    ],
    [
      'one cell of 60 MB',
      await withSheet(`<row r="1"><c r="A1" t="inlineStr"><is><t>${'x'.repeat(60_000_000)}</t></is></c></row>`),
      422,
      /sheet1\.xml of the workbook unpacks to more than 200 times its size/,
    ],
    [
      'a long cell of noise',
      await withSheet(
        `<row r="1"><c r="A1" t="inlineStr"><is><t>${randomBytes(900_000).toString('hex')}</t></is></c></row>`,
      ),
      422,
      /A cell of the workbook has more than a million characters/,
    ],
    ['a bomb that hides its size', zipOf([['xl/workbook.xml', Buffer.alloc(50_000_000), 10]]), 422, /cannot be read/],
    ['only empty sheets', await writeXlsx({ sheets: [{ name: 'A', rows: [] }] }), 422, /No visible sheet/],
    [
      'an entity',
      await withWorkbook(
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook><sheets><sheet name="&x;" sheetId="1"/></sheets></workbook>',
      ),
      422,
      /cannot be read|No visible sheet/,
    ],
  ];
  for (const [what, bytes, status, reason] of cases) {
    const answer = await upload(api, [['book.xlsx', bytes]]);
    assert.equal(answer.status, status, what);
    assert.match(answer.body.errors[0].message, reason, what);
  }
  const left = (await readdir(folder)).filter((name) => name.startsWith('holdfast-workbook-'));
  assert.deepEqual(left, []);
  const keys = [];
  for await (const { key } of app.app.services.files.list()) keys.push(key);
  const csv = await upload(api, [['really.xlsx', Buffer.from('First Name,Email\nAda,ada@x.example\n')]]);
  assert.equal(csv.body.files[0].resource, 'contact');
  const book = await upload(api, [['really.csv', small]]);
  assert.equal(book.body.files[0].name, 'really.csv – A.csv');
  const now = [];
  for await (const { key } of app.app.services.files.list()) now.push(key);
  assert.equal(now.length, keys.length + 2, 'nothing of what was refused is kept');
});

const cell_bytes = 300_000_000;

test('a cell of 300 MB is refused early, however well it packs, and takes no memory', { timeout: 60_000 }, async () => {
  const around = ['<row r="1"><c r="A1" t="inlineStr"><is><t>', '</t></is></c></row>'];
  // A hundredth of noise: packed a hundredfold, as a real sheet might be.
  const texts = { plain: Buffer.alloc(1_000_000, 'x'), noisy: Buffer.alloc(1_000_000, 'x') };
  texts.noisy.write(randomBytes(5_000).toString('hex'));
  for (const [what, text, reason] of [
    ['plain', texts.plain, /unpacks to more than 200 times its size/],
    ['noisy', texts.noisy, /A cell of the workbook has more than a million characters/],
  ] as const) {
    const pieces = Array.from({ length: cell_bytes / text.length }, () => text);
    const book = await withSheet([Buffer.from(around[0]!), ...pieces, Buffer.from(around[1]!)]);
    assert.ok(book.length < 10_000_000, `${what}: ${book.length} bytes`);
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10);
    const began = performance.now();
    const answer = await upload(api, [['book.xlsx', book]]);
    clearInterval(watch);
    assert.equal(answer.status, 422, what);
    assert.match(answer.body.errors[0].message, reason, what);
    assert.ok(performance.now() - began < 5_000, `${what}: ${Math.round(performance.now() - began)} ms`);
    assert.ok(most - before < cell_bytes / 2, `${what}: ${Math.round((most - before) / 1e6)} MB`);
  }
});

test('a workbook is read beside those of another tenant, and after those of its own', {
  timeout: 240_000,
}, async () => {
  const row = (at: number) => `<row r="${at}"><c r="A${at}" t="inlineStr"><is><t>Name ${at}</t></is></c></row>`;
  const large = await withSheet(Array.from({ length: 400_000 }, (_, at) => row(at + 1)).join(''));
  const small = await withSheet(row(1) + row(2));
  const isReading = async () => {
    const folders = (await readdir(folder)).filter((name) => name.startsWith('holdfast-workbook-'));
    return (await Promise.all(folders.map((name) => readdir(join(folder, name))))).flat().includes('0.csv');
  };
  async function* whileLargeIsRead() {
    await eventually(isReading);
    yield small;
  }
  // Noted when a sheet comes out of the parser: to take in a large one lasts longer than to parse a small one.
  const parsed: string[] = [];
  const convert = (what: string, tenant: string, body: Readable) =>
    convertWorkbook(
      body,
      ({ csv }) => {
        parsed.push(what);
        return text(csv);
      },
      { tenant, caller: '' },
    );
  await Promise.all([
    convert('large', 'a', Readable.from([large])),
    convert('small', 'a', Readable.from(whileLargeIsRead())),
    convert('of another', 'b', Readable.from(whileLargeIsRead())),
  ]);
  assert.deepEqual(parsed, ['of another', 'large', 'small']);
});

test('the folder of a workbook whose process was killed is deleted, that of one that is being read is not', async () => {
  const script = `import { convertWorkbook } from './src/platform/xlsx/convert.ts';
    import { Readable } from 'node:stream';
    setInterval(() => {}, 1_000);
    await convertWorkbook(new Readable({ read() { process.stdout.write('reading'); } }), async () => {});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TMPDIR: folder },
  });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const folders = async () =>
    (await readdir(folder)).filter((name) => name.startsWith('holdfast-workbook-')).map((name) => join(folder, name));
  const [left] = await folders();
  await eventually(async () => (await readdir(left!)).includes('workbook'));
  const age = async (path: string, minutes: number) => {
    const at = Date.now() / 1_000 - minutes * 60;
    await utimes(path, at, at);
  };
  await age(left!, 5);
  assert.equal(await removeLeftWorkbooks(), 0, 'it is being read');
  child.kill('SIGKILL');
  await exited;
  // Of a release that locked none.
  const unlocked = await mkdtemp(join(folder, 'holdfast-workbook-'));
  await age(unlocked, 23 * 60);
  assert.equal(await removeLeftWorkbooks(), 1);
  assert.deepEqual(await folders(), [unlocked]);
  await age(unlocked, 25 * 60);
  assert.equal(await removeLeftWorkbooks(), 1);
});

test('a full disk for temporary files is no fault of the workbook', async (t) => {
  const small = await mkdtemp(join(folder, 'full-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'holdfast', small]).status !== 0)
    return t.skip('file systems may not be mounted here');
  process.env.TMPDIR = small;
  try {
    const row = (at: number) =>
      `<row r="${at}"><c r="A${at}" t="inlineStr"><is><t>${'x'.repeat(100)}</t></is></c></row>`;
    const fits = await withSheet(Array.from({ length: 5_000 }, (_, at) => row(at + 1)).join(''));
    assert.ok(fits.length < 200_000, 'its sheet does not');
    const full = { code: 'disk_full', message: /The disk for temporary files is full, so nothing was imported/ };
    for (const book of [fits, randomBytes(1_000_000)])
      await assert.rejects(
        convertWorkbook(Readable.from([book]), ({ csv }) => text(csv)),
        full,
      );
    assert.deepEqual(await readdir(small), []);
  } finally {
    process.env.TMPDIR = folder;
    spawnSync('umount', [small]);
  }
});

test('a sheet of as many rows as there can be is read in pieces, each of them; one row more is refused', async () => {
  const rows_max = 1_048_576;
  const parts = [];
  for (let row = 1; row <= rows_max; row++)
    parts.push(`<row r="${row}"><c r="A${row}" t="inlineStr"><is><t>a${row}</t></is></c></row>`);
  const lines = await convertWorkbook(Readable.from([await withSheet(parts.join(''))]), async ({ csv }) => {
    let [count, end] = [0, ''];
    for await (const piece of csv) {
      count += String(piece).split('\n').length - 1;
      end = (end + piece).slice(-20);
    }
    return [count, end.trim().split('\r\n').at(-1)];
  });
  assert.deepEqual(lines, [[rows_max, `a${rows_max}`]]);
  const more = await upload(api, [
    ['more.xlsx', await withSheet(`<row r="${rows_max + 1}"><c r="A${rows_max + 1}"><v>1</v></c></row>`)],
  ]);
  assert.match(more.body.errors[0].message, /it has a row 1048577/);
});

test('a sheet that is a chart is left out, and the others are read', async () => {
  const cell = (place: string, of: string) => `<c r="${place}" t="inlineStr"><is><t>${of}</t></is></c>`;
  const rows = `<row r="1">${cell('A1', 'First name')}</row><row r="2">${cell('A2', 'Ada')}</row>`;
  const { status, body } = await upload(api, [['quarter.xlsx', await withSheet(rows, true)]]);
  assert.equal(status, 201, JSON.stringify(body));
  const [file, ...more] = body.files;
  assert.deepEqual([file.columns.map(({ name }: { name: string }) => name), more], [['First name'], []]);
});

test('a sheet of many rows goes through; eleven sheets do not', async () => {
  const rows: CellValue[][] = Array.from({ length: 20_000 }, (_, i) => [`Name ${i}`, `a${i}@x.example`]);
  const large = await writeXlsx({ sheets: [{ name: 'A', rows: [['First Name', 'Email'], ...rows] }] });
  const made = await upload(api, [['large.xlsx', large]]);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.ok(made.body.files[0].size_bytes > 400_000);
  const sheets = Array.from({ length: 11 }, (_, i) => ({ name: `S${i}`, rows: [['First Name'], ['Ada']] }));
  const many = await upload(api, [['many.xlsx', await writeXlsx({ sheets })]]);
  assert.match(many.body.detail, /at most 10 files or sheets/);
});

test('a workbook of one cell far out takes neither time nor room', async () => {
  const cell = (place: string) => `<c r="${place}" t="inlineStr"><is><t>Email</t></is></c>`;
  const row = (at: number, cells: string) => `<row r="${at}">${cells}</row>`;
  const rows = Array.from({ length: 20_000 }, (_, i) => row(i + 2, cell(`A${i + 2}`))).join('');
  const wide = await upload(api, [['wide.xlsx', await withSheet(row(1, cell('A1') + cell('XFD1')) + rows)]]);
  assert.equal(wide.status, 201, JSON.stringify(wide.body));
  const [file] = wide.body.files;
  assert.ok(file.size_bytes < 20_000_000, `${file.size_bytes} bytes`);
  assert.equal(file.problems[0].code, 'too_many_columns');
  const far = await upload(api, [
    ['far.xlsx', await withSheet(row(1, cell('A1')) + row(200_000_000, cell('A200000000')))],
  ]);
  assert.equal(far.status, 422);
  assert.match(far.body.errors[0].message, /it has a row 200000000/);
});

/** A workbook with this in its only sheet, or in the one behind a chart. */
async function withSheet(data: string | Buffer[], chart = false): Promise<Buffer> {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const related = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${relations}/${type}" Target="${target}"/>`;
  const listed = (...links: string[]) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${links.join('')}</Relationships>`;
  const parts = {
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
    '_rels/.rels': listed(related('r1', 'officeDocument', 'xl/workbook.xml')),
    'xl/_rels/workbook.xml.rels': listed(
      related('r1', 'worksheet', 'worksheets/sheet1.xml'),
      chart ? related('r2', 'chartsheet', 'chartsheets/sheet1.xml') : '',
    ),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${chart ? '<sheet name="Chart" sheetId="2" r:id="r2"/>' : ''}<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
    ...(chart && {
      'xl/chartsheets/sheet1.xml': `<chartsheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>`,
    }),
  };
  const sheet = [`<worksheet xmlns="${main}"><sheetData>`, data, '</sheetData></worksheet>']
    .flat()
    .map((part) => Buffer.from(part));
  const small = Object.entries(parts).map(([name, xml]): Part => [name, Buffer.from(xml), Buffer.byteLength(xml)]);
  const deflated = createDeflateRaw({ level: 1 });
  const packed = buffer(Readable.from(sheet).pipe(deflated));
  const bytes = sheet.reduce((sum, { length }) => sum + length, 0);
  return zipOf([...small, ['xl/worksheets/sheet1.xml', { packed: await packed }, bytes]]);
}

type Part = [name: string, content: Buffer | { packed: Buffer }, size: number];

/** A ZIP archive as somebody with bad intentions writes it: the size it says a part has need not be true. */
function zipOf(parts: Part[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, content, size] of parts) {
    const data = 'packed' in content ? content.packed : deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}

async function withWorkbook(xml: string): Promise<Buffer> {
  return zipOf([['xl/workbook.xml', Buffer.from(xml), Buffer.byteLength(xml)]]);
}
