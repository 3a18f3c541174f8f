import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { type CsvDialect, writeCsv } from '../csv/csv.ts';
import { type Dialect, delimiters } from './dialect.ts';
import { cell_characters_max, UnreadableFile } from './problem.ts';
import { type Batch, type Row, readRows } from './read.ts';

const run = promisify(execFile);

const common: Dialect = { encoding: 'utf-8', delimiter: ',', quote: '"', escape: '"', header: true };

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer | string, columns: string[], dialect = common, size = 1 << 16): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of readRows(pieces(Buffer.from(bytes as Buffer), size), dialect, { columns }))
    rows.push(...batch.rows);
  return rows;
}

const cells = (rows: Row[]) => rows.map((row) => row.cells);
const codes = (row: Row | undefined) => row?.problems.map((problem) => problem.code);

async function written(table: string[][], dialect: CsvDialect): Promise<string> {
  const [header = [], ...rows] = table;
  let text = '';
  for await (const part of writeCsv(header, rows, dialect)) text += part;
  return text;
}

/** Any text but what cannot be written in the encoding, and NUL, which no database takes. */
const unicodeText = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.stringMatching(/^['=+\-@\t\r\n",;| a5]{0,8}$/))
  .map((text) => text.replaceAll('\0', '').replaceAll('\uFFFD', ''));
const westernText = unicodeText.map((text) => iconv.decode(iconv.encode(text, 'windows-1252'), 'windows-1252'));

const encodings = [
  { name: 'utf-8', text: unicodeText },
  { name: 'utf-16le', text: unicodeText },
  { name: 'utf-16be', text: unicodeText },
  { name: 'windows-1252', text: westernText },
];

test('every table comes back as it was written, in all dialects and encodings, however the bytes arrive', async () => {
  const tables = fc.constantFrom(...encodings).chain((encoding) =>
    fc.integer({ min: 1, max: 5 }).chain((width) =>
      fc.record({
        encoding: fc.constant(encoding.name),
        table: fc.array(fc.array(encoding.text, { minLength: width, maxLength: width }), {
          minLength: 2,
          maxLength: 8,
        }),
        delimiter: fc.constantFrom(...delimiters),
        quote: fc.constantFrom<'"' | "'">('"', "'"),
        bom: fc.boolean(),
        size: fc.integer({ min: 1, max: 40 }),
      }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(tables, async ({ encoding, table, delimiter, quote, bom, size }) => {
      const bytes = iconv.encode(await written(table, { delimiter, quote }), encoding, {
        addBOM: bom && encoding !== 'windows-1252',
      });
      const dialect: Dialect = { encoding, delimiter, quote, escape: quote, header: true };
      assert.deepEqual(cells(await read(bytes, table[0]!, dialect, size)), table.slice(1));
    }),
    { numRuns: 300 },
  );
});

test('quotes and line breaks inside cells keep the row numbers of a spreadsheet, empty lines included', async () => {
  const rows = await read('a,b\n"x\ny","say ""hi"""\n\n1,2\r\n3,4', ['a', 'b']);
  assert.deepEqual(cells(rows), [
    ['x\ny', 'say "hi"'],
    ['1', '2'],
    ['3', '4'],
  ]);
  assert.deepEqual(
    rows.map((row) => row.number),
    [2, 4, 5],
  );
});

test('a quote inside an unquoted cell is an ordinary character', async () => {
  assert.deepEqual(cells(await read('a,b\n5" pipe,x\n"abc"def,y\n', ['a', 'b'])), [
    ['5" pipe', 'x'],
    ['"abc"def', 'y'],
  ]);
});

test('ragged rows are reported and the rest is read', async () => {
  const rows = await read('a,b,c\n1,2\n1,2,3\n1,2,3,4\n1,2,3,\n', ['a', 'b', 'c']);
  assert.deepEqual(rows.map(codes), [['short_row'], [], ['long_row'], []]);
  assert.deepEqual(rows[0]!.cells, ['1', '2', '']);
  assert.deepEqual(
    rows.map((row) => row.problems[0]?.severity),
    ['warning', undefined, 'error', undefined],
  );
});

test('NUL, invalid bytes and endless cells are errors of their row, with row and column', async () => {
  const bytes = Buffer.concat([
    Buffer.from('name,city\nA\0B,x\nM'),
    Buffer.from([0xfc]),
    Buffer.from(`ller,y\n${'z'.repeat(cell_characters_max + 1)},z\nok,ok\n`),
  ]);
  const rows = await read(bytes, ['name', 'city']);
  assert.deepEqual(rows.map(codes), [['nul_character'], ['unreadable_character'], ['cell_too_long'], []]);
  assert.deepEqual(
    rows.slice(0, 3).map((row) => [row.problems[0]?.row, row.problems[0]?.column]),
    [
      [2, 'name'],
      [3, 'name'],
      [4, 'name'],
    ],
  );
});

test('a quote that never closes ends with the row it was opened in, not with the memory', async () => {
  const endless = Buffer.from(`a,b\n1,2\n"open,${'x\n'.repeat(700_000)}`);
  for (const bytes of [endless, Buffer.from('a,b\n1,2\n"open,x\n')]) {
    await assert.rejects(read(bytes, ['a', 'b']), (error) => {
      assert.ok(error instanceof UnreadableFile);
      assert.deepEqual([error.problem.code, error.problem.row], ['quote_not_closed', 3]);
      return true;
    });
  }
});

test('an error of the source reaches the reader, and stopping early stops the source', async () => {
  async function* failing() {
    yield Buffer.from('a\n1\n');
    throw new Error('disk gone');
  }
  await assert.rejects(async () => {
    for await (const _ of readRows(failing(), common, { columns: ['a'] }));
  }, /disk gone/);

  let stopped = false;
  async function* endless() {
    try {
      for (;;) yield Buffer.from('1\n'.repeat(1_000));
    } finally {
      stopped = true;
    }
  }
  for await (const _ of readRows(endless(), common, { columns: ['a'] })) break;
  assert.ok(stopped);
});

test('batches are bounded and say how far the file is read', async () => {
  const bytes = Buffer.from(`a\n${'1\n'.repeat(2_500)}`);
  const batches: Batch[] = [];
  for await (const batch of readRows(pieces(bytes, 100), common, { columns: ['a'], rows_per_batch: 1_000 }))
    batches.push(batch);
  // A chunk of 100 bytes has 50 rows.
  const sizes = batches.map((batch) => batch.rows.length);
  assert.ok(
    sizes.every((size) => size < 1_050),
    String(sizes),
  );
  assert.equal(
    sizes.reduce((sum, size) => sum + size),
    2_500,
  );
  assert.equal(batches.at(-1)!.bytes_read, bytes.length);
});

test('a file of 200 MB is read with a heap of 48 MB', { timeout: 120_000 }, async () => {
  const program = `
    import { readRows } from ${JSON.stringify(new URL('./read.ts', import.meta.url))};
    const chunk = Buffer.from(('x'.repeat(10_000) + ',' + 'y'.repeat(10_000) + '\\n').repeat(50));
    async function* large() {
      for (let at = 0; at < 200; at++) yield chunk;
    }
    let rows = 0;
    for await (const batch of readRows(large(), ${JSON.stringify({ ...common, header: false })}, { columns: ['a', 'b'] })) rows += batch.rows.length;
    console.log(rows);
  `;
  const { stdout } = await run(process.execPath, ['--max-old-space-size=48', '--input-type=module', '--eval', program]);
  assert.equal(stdout.trim(), '10000');
});

test('a row far below the others is read without a batch that holds none', async () => {
  const bytes = Buffer.from(`a,b\n1,2\n${'\n'.repeat(2_500_000)}3,4\n`);
  const sizes: number[] = [];
  const rows: Row[] = [];
  for await (const batch of readRows(pieces(bytes, 1 << 16), common, { columns: ['a', 'b'] })) {
    sizes.push(batch.rows.length);
    rows.push(...batch.rows);
  }
  assert.ok(!sizes.includes(0), String(sizes));
  assert.deepEqual(
    rows.map(({ number, cells }) => [number, cells]),
    [
      [2, ['1', '2']],
      [2_500_003, ['3', '4']],
    ],
  );
});
