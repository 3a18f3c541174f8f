import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { importTargets as targets } from '../../modules/index.ts';
import { writeCsv } from '../csv/csv.ts';
import { delimiters } from './dialect.ts';
import { knownNames } from './mapping.ts';
import { readRows } from './read.ts';
import { type Sniff, sniff, takeSample } from './sniff.ts';

const isKnownName = knownNames(targets);
const sniffText = (text: string, encoding = 'utf-8', options = {}) =>
  sniff(iconv.encode(text, encoding, options), { complete: true, isKnownName });
const codes = (found: Sniff) => found.problems.map((problem) => problem.code);

const word = fc.oneof(
  fc.stringMatching(/^[A-Za-z]{3,10}$/),
  fc.constantFrom(
    'Müller',
    'Zürich',
    'Straße',
    'Söhne',
    'José',
    'Málaga',
    'Peña',
    'Café',
    'naïve',
    'São Paulo',
    'Århus',
  ),
);
const cell = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 99_999 }).map(String) },
  { weight: 1, arbitrary: fc.tuple(word, word).map(([a, b]) => `${a} "${b}"`) },
  {
    weight: 1,
    arbitrary: fc.tuple(word, fc.constantFrom(', ', '; ', '\n', ' | '), word).map(([a, sign, b]) => a + sign + b),
  },
  { weight: 1, arbitrary: fc.constant('') },
);
const headers = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,10}$/), { minLength: 2, maxLength: 6 });

test('the dialect and encoding a table was written in are found again, so that it reads the same', async () => {
  const written = headers.chain((header) =>
    fc.record({
      header: fc.constant(header),
      rows: fc.array(fc.array(cell, { minLength: header.length, maxLength: header.length }), {
        minLength: 5,
        maxLength: 30,
      }),
      delimiter: fc.constantFrom(...delimiters),
      encoding: fc.constantFrom('utf-8', 'utf-8 with BOM', 'utf-16le', 'utf-16be', 'windows-1252'),
    }),
  );
  await fc.assert(
    fc.asyncProperty(written, async ({ header, rows, delimiter, encoding }) => {
      let text = '';
      for await (const part of writeCsv(header, rows, { delimiter, quote: '"' })) text += part;
      const bytes = iconv.encode(text, encoding.split(' ')[0]!, {
        addBOM: encoding !== 'utf-8' && encoding !== 'windows-1252',
      });
      const found = await sniff(bytes, { complete: true, isKnownName: (text) => header.includes(text) });
      assert.equal(found.dialect.delimiter, delimiter);
      assert.deepEqual(found.columns, header);
      const read: string[][] = [];
      for await (const batch of readRows(once(bytes), found.dialect, found))
        read.push(...batch.rows.map((row) => row.cells));
      assert.deepEqual(read, rows);
    }),
    { numRuns: 300 },
  );
});

async function* once(bytes: Uint8Array) {
  yield bytes;
}

test('any bytes get an answer, and the same bytes the same one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const found = await sniff(bytes, { complete: true });
      assert.deepEqual(await sniff(bytes, { complete: true }), found);
      assert.ok(found.columns.length > 0 || found.problems.some((problem) => problem.severity === 'fatal'));
    }),
  );
});

test('encodings', async () => {
  const text = 'name;city\r\nMüller;Köln\r\nStraße;Zürich\r\n';
  const cases: [encoding: string, addBOM: boolean, found: string][] = [
    ['utf-8', false, 'utf-8'],
    ['utf-8', true, 'utf-8'],
    ['utf-16le', true, 'utf-16le'],
    ['utf-16le', false, 'utf-16le'],
    ['utf-16be', true, 'utf-16be'],
    ['utf-16be', false, 'utf-16be'],
    ['windows-1252', false, 'windows-1252'],
  ];
  for (const [encoding, addBOM, expected] of cases) {
    const found = await sniffText(text, encoding, { addBOM });
    assert.equal(found.dialect.encoding, expected);
    assert.deepEqual(found.columns, ['name', 'city']);
    assert.deepEqual(found.preview, [
      ['Müller', 'Köln'],
      ['Straße', 'Zürich'],
    ]);
  }
});

test('text in other scripts is told from Windows-1252', async () => {
  const russian = `имя;город;примечание\n${'Иван Петров;Москва;Клиент просит перезвонить в понедельник\n'.repeat(5)}`;
  const found = await sniffText(russian, 'windows-1251');
  assert.equal(found.dialect.encoding, 'windows-1251');
  assert.equal(found.preview[0]?.[1], 'Москва');
  const japanese = `名前,会社,メモ\n${'山田太郎,株式会社サンプル,来週の月曜日に電話をかけ直してください\n'.repeat(5)}`;
  assert.equal((await sniffText(japanese, 'shift_jis')).dialect.encoding, 'shift_jis');
});

test('UTF-8 with a damaged byte stays UTF-8, and a sample cut inside a character is not damage', async () => {
  const bytes = Buffer.from('name,city\nMüller,Köln\nJosé,Málaga\n');
  const damaged = Buffer.concat([bytes, Buffer.from([0xff]), Buffer.from('x,y\n')]);
  const found = await sniff(damaged, { complete: true });
  assert.equal(found.dialect.encoding, 'utf-8');
  assert.ok(found.confidence.encoding < 0.9);
  const cut = await sniff(bytes.subarray(0, bytes.indexOf('ü') + 1), { complete: false });
  assert.equal(cut.dialect.encoding, 'utf-8');
  assert.equal(cut.confidence.encoding, 0.99);
});

test('quotes', async () => {
  assert.deepEqual((await sniffText("name,note\n'Smith, John','it''s'\n'Doe, Jane','x'\n")).preview, [
    ['Smith, John', "it's"],
    ['Doe, Jane', 'x'],
  ]);
  assert.deepEqual((await sniffText('name,note\n"Smith, John","said \\"hi\\""\n"Doe, Jane","x"\n')).preview, [
    ['Smith, John', 'said "hi"'],
    ['Doe, Jane', 'x'],
  ]);
  assert.deepEqual((await sniffText('size\tname\n5"\tpipe\n"6\trod\n')).preview, [
    ['5"', 'pipe'],
    ['"6', 'rod'],
  ]);
});

test('a comma that parts decimals is not taken for the delimiter', async () => {
  const found = await sniffText('Widget;1,5;2,25\nGadget;3,5;4,75\nGizmo;5,5;6,25\n');
  assert.equal(found.dialect.delimiter, ';');
  assert.equal(found.dialect.header, false);
});

test('with and without a header', async () => {
  const cases: [text: string, header: boolean, columns: string[]][] = [
    ['first name,e-mail\nAnna,a@b.de\n', true, ['first name', 'e-mail']],
    ['Anna,a@b.de\nBen,b@b.de\n', false, ['Column 1', 'Column 2']],
    ['foo,bar\n1,2\n3,4\n', true, ['foo', 'bar']],
    ['Anna,Berlin\nBen,Hamburg\nAnna,Bremen\n', false, ['Column 1', 'Column 2']],
    ['colour,shape\nred,round\nblue,square\n', true, ['colour', 'shape']],
    ['name\nAnna\nBen\n', true, ['name']],
  ];
  for (const [text, header, columns] of cases) {
    const found = await sniffText(text);
    assert.deepEqual([found.dialect.header, found.columns], [header, columns], text);
  }
});

test('empty and duplicate column names are renamed, never to a name that is taken, and reported', async () => {
  const found = await sniffText('Name,,Name,Name (2),Column 2\na,b,c,d,e\nf,g,h,i,j\n');
  assert.deepEqual(found.columns, ['Name', 'Column 2 (2)', 'Name (3)', 'Name (2)', 'Column 2']);
  assert.deepEqual(codes(found), ['empty_header', 'duplicate_header']);
});

test('files that cannot be imported say why', async () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
  const cases: [bytes: Buffer, code: string][] = [
    [Buffer.from(''), 'empty_file'],
    [Buffer.from('\uFEFF \r\n\r\n'), 'empty_file'],
    [Buffer.from('name,email\r\n'), 'no_rows'],
    [
      Buffer.from(`${Array.from({ length: 2_000 }, (_, at) => `c${at}`).join(',')}\n${'1,'.repeat(1_999)}1\n`),
      'too_many_columns',
    ],
    [png, 'not_csv'],
    [Buffer.from('%PDF-1.7\n1 0 obj\n'), 'not_csv'],
  ];
  for (const [bytes, code] of cases) {
    const { problems } = await sniff(bytes, { complete: true, isKnownName });
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.severity]),
      [[code, 'fatal']],
    );
  }
});

test('a column name that begins like a picture is still a column name', async () => {
  const found = await sniffText('BMI,weight\n21,70\n23,80\n');
  assert.deepEqual([found.columns, found.problems], [['BMI', 'weight'], []]);
});

test('ragged rows and NUL bytes are warnings', async () => {
  const found = await sniffText('name,city,zip\nA,B,1\nC\0,D,2\nE,F\nG,H,3\n');
  assert.deepEqual(found.columns, ['name', 'city', 'zip']);
  assert.deepEqual(codes(found), ['ragged_rows', 'nul_character']);
});

test('an endless first row is a problem, not a hang', async () => {
  const { problems } = await sniff(Buffer.from(`"${'x'.repeat(2 * 1024 * 1024)}`), { complete: false });
  assert.deepEqual(
    problems.map((problem) => problem.code),
    ['quote_not_closed'],
  );
});

test('apostrophes that only begin cells, as before what a spreadsheet would take for a formula, are no quotes', async () => {
  const found = await sniffText(
    `Name,Phone,One,Two,Three\nBlue,'+49 30 1234,"""a""","""b""","""c"""\nCrow,'+49 30 1234,,,\n`,
  );
  assert.equal(found.dialect.quote, '"');
  assert.deepEqual(found.preview[0], ['Blue', "'+49 30 1234", '"a"', '"b"', '"c"']);
});

test('a sample leaves the stream whole', async () => {
  const bytes = Buffer.from(`a,b\n${'1,2\n'.repeat(600_000)}`);
  async function* source() {
    for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
  }
  const { sample, complete, whole } = await takeSample(source());
  assert.deepEqual([sample.length, complete], [1024 * 1024, false]);
  const read: Uint8Array[] = [];
  for await (const chunk of whole) read.push(chunk);
  assert.ok(bytes.equals(Buffer.concat(read)));
  const small = await takeSample(once(Buffer.from('a,b\n')));
  assert.deepEqual([small.sample.toString(), small.complete], ['a,b\n', true]);
});

test('more columns than can be imported, and a column name of thousands of characters, are refused without comparing them', async () => {
  for (const [text, code] of [
    [`${Array.from({ length: 100_000 }, (_, at) => `C${at}`).join(',')}\n1,2\n`, 'too_many_columns'],
    [`My list\n\n${Array.from({ length: 20_000 }, (_, at) => `C${at}`).join(',')}\n1,2\n`, 'too_many_columns'],
    [`First name,${'['.repeat(900_000)}\nAda,1\n`, 'column_name_too_long'],
    [`First name,${'1'.repeat(900_000)}x\nAda,1\n`, 'column_name_too_long'],
  ] as const) {
    const began = performance.now();
    const found = await sniff(Buffer.from(text), { complete: true, isKnownName });
    assert.deepEqual(codes(found), [code]);
    assert.ok(performance.now() - began < 4_000, `${code} took ${performance.now() - began} ms`);
  }
  const { problems } = await sniff(Buffer.from('x'.repeat(1024 * 1024)), { complete: false, isKnownName });
  assert.deepEqual(problems.map(({ code }) => code), ['row_too_long']); // biome-ignore format: one call
});

test('a short list of central Europe is read as Windows-1250, one of western Europe as Windows-1252', async () => {
  const list = (names: readonly string[]) => `Name;City\n${names.map((name) => `${name};Ort\n`).join('')}`;
  for (const [expected, names] of [
    ['windows-1250', ['Michał Wójcik', 'Grażyna Kowalska', 'Łódź']],
    ['windows-1250', ['Antonín Dvořák', 'Jiří Novák', 'Tomáš Růžička']],
    ['windows-1250', ['Jürgen Müller', 'Straße', 'Paweł Dąbrowski']],
    ['windows-1252', ['Jürgen Müller', 'Groß', '20 m³', 'Beispielstraße']],
    ['windows-1252', ['François Lefèvre', 'Noël Bérénice', 'Crème brûlée']],
    ['windows-1252', ['José Peña', 'João Conceição', 'Nº 5']],
    ['windows-1252', ['Bjørn Åse', 'Søren Kjær', 'Göran Öberg']],
    ['windows-1252', ['Þórður Jónsson', 'Ægir']],
  ] as const) {
    const found = await sniffText(list(names), expected);
    assert.equal(found.dialect.encoding, expected, names.join());
  }
});
