import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCellList, writeCellList } from './cell-list.ts';
import { type CsvDialect, writeCsv } from './csv.ts';
import { neutraliseFormula, restoreFormula } from './formula.ts';

async function written(header: string[], rows: (string | null)[][], dialect?: CsvDialect): Promise<string> {
  let text = '';
  for await (const part of writeCsv(header, rows, dialect)) text += part;
  return text;
}

test('cells, quotes, line breaks and nothing', async () => {
  assert.equal(
    await written(
      ['a', 'b'],
      [
        ['x', null],
        ['say "hi"', 'two\nlines'],
        ['', ' padded '],
      ],
    ),
    'a,b\r\nx,\r\n"say ""hi""","two\nlines"\r\n," padded "\r\n',
  );
  assert.equal(await written(['a', 'b'], [['x,y', 'x;y']], { delimiter: ';', quote: '"' }), 'a;b\r\nx,y;"x;y"\r\n');
  assert.equal(await written(['only'], [[''], [null]]), 'only\r\n""\r\n""\r\n');
});

test('no cell can be run as a formula, numbers stay numbers', () => {
  const cases: [value: string, cell: string][] = [
    ['=1+1', "'=1+1"],
    ['+49 30 123456', "'+49 30 123456"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t'=1"],
    ['\r=1', "'\r'=1"],
    ['x;=1+1', "x;'=1+1"],
    ['x;"=1+1"', 'x;\'"=1+1"'],
    ['x\t@SUM(A1)', "x\t'@SUM(A1)"],
    ['x\r\n+1', "x\r\n'+1"],
    ['x,＝1', "x,'＝1"],
    ["x;'=1", "x;''=1"],
    ['=a;=b;-c', "'=a;'=b;'-c"],
    ['tea; no milk - please', 'tea; no milk - please'],
    ['＝1+1', "'＝1+1"],
    ["'=1", "''=1"],
    ["'tis", "'tis"],
    ['-5', '-5'],
    ['-1054.50', '-1054.50'],
    ['-', "'-"],
    ['a=b', 'a=b'],
    ['', ''],
  ];
  for (const [value, cell] of cases) assert.equal(neutraliseFormula(value), cell);
});

test('taking the apostrophe off again gives back any text exactly', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^'{0,3}[=+\-@\t\r\n]?[-'"\d.=x;,\t\n]{0,9}$/),
  );
  fc.assert(
    fc.property(text, (value) => {
      const cell = neutraliseFormula(value);
      assert.equal(restoreFormula(cell), value);
      assert.ok(!/[,;\t\r\n]"*[=+\-@]/.test(cell), cell);
      assert.ok(!/^[=+@\t\r\n]/.test(cell) && (!cell.startsWith('-') || /^-\d+(\.\d+)?$/.test(cell)), cell);
    }),
    { numRuns: 2_000 },
  );
});

test('a large export comes in pieces as rows arrive', async () => {
  let made = 0;
  function* rows() {
    for (; made < 100_000; made++) yield [`name ${made}`, 'x'.repeat(50)];
  }
  const parts = writeCsv(['a', 'b'], rows());
  const first = await parts.next();
  assert.ok(made < 2_000, String(made));
  assert.ok(first.value!.length < 70_000);
  let length = first.value!.length;
  for await (const part of parts) length += part.length;
  assert.ok(length > 6_000_000);
});

test('a cell of several values gives them back, and one of any form takes no time', () => {
  const value = fc.string({ unit: fc.constantFrom('a', ' ', ';', ',', '"', '\n', 'é') }).filter((text) => text !== '');
  fc.assert(
    fc.property(fc.array(value), (values) => {
      assert.deepEqual(parseCellList(writeCellList(values), ';'), values);
    }),
  );
  assert.deepEqual(parseCellList(' a ;"b; ""c""" ; "d" e;;,f ', ';,'), ['a', 'b; "c"', '"d" e', 'f']);
  const length = 100_000;
  const began = performance.now();
  for (const [start, filling, end] of [['a', ' ', 'b'], ['"a"', ' ', 'b'], ['', '"', 'b'], ['', ' "', 'b']] as const) // biome-ignore format: a table
    assert.equal(parseCellList(start + filling.repeat(length / filling.length) + end, ';').length, 1);
  const ms = performance.now() - began;
  assert.ok(ms < 1_000, `${Math.round(ms)} ms`);
});
