import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readOfx } from './ofx.ts';
import { OfxError } from './ofx-tree.ts';

const samples = resolve(import.meta.dirname, '../../../../../shared/data/ofx');
const read = (text: string) => readOfx(Buffer.from(text));
/** A statement of a broker with these transactions. */
const broker = (...rows: string[]) =>
  `OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><CURDEF>USD<INVACCTFROM><BROKERID>b<ACCTID>7</INVACCTFROM>
<INVTRANLIST><DTSTART>20260101<DTEND>20260131${rows.join('\n')}</INVTRANLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>`;
const buy = (head: string, rest = '') =>
  `<BUYSTOCK><INVBUY><INVTRAN>${head}<DTTRADE>20260105120000.000[-5:EST]</INVTRAN><SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID>
<UNITS>+0010.500<UNITPRICE>100.25<COMMISSION>4.95<FEES>0.05<TOTAL>1057.63${rest}</INVBUY><BUYTYPE>BUY</BUYSTOCK>`;

test('each row of the sample files is taken or named', {
  skip: !existsSync(samples) && 'the sample files are not here',
}, () => {
  const files = globSync('*.ofx', { cwd: samples });
  assert.equal(files.length, 24);
  const refused: string[] = [];
  for (const file of files) {
    const bytes = readFileSync(resolve(samples, file));
    const raw = bytes.toString('latin1');
    // A bank transaction inside an investment account has no INVTRAN of its own.
    const expected = [...raw.matchAll(/<(?:STMTTRN|INVTRAN|INVPOS)>/g)].length;
    try {
      assert.equal(readOfx(bytes).rows, expected, file);
    } catch (error) {
      if (!(error instanceof OfxError)) throw error;
      refused.push(`${file}: ${error.message}`);
    }
  }
  assert.equal(refused.length, 2, refused.join('\n'));
  for (const said of refused)
    assert.match(said, /^(error_message|signon_fail)\.ofx: The institution answered with an error/);
});

test('fields may be left open or closed, in both versions, and empty ones too', () => {
  const open = '<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260103<TRNAMT>-5,50<FITID>1<NAME><MEMO>Rent &amp; heating</STMTTRN>';
  const closed = open
    .replace(/<(TRNTYPE|DTPOSTED|TRNAMT|FITID|MEMO)>([^<]+)/g, '<$1>$2</$1>')
    .replace('<NAME>', '<NAME></NAME>');
  const statement = (row: string) =>
    `<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>22</BANKACCTFROM><BANKTRANLIST><DTSTART>20260101<DTEND>20260131${row}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`;
  const two = '<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211"?>';
  const found = [open, closed].flatMap((row) => [read(statement(row)), read(two + statement(row))]);
  for (const { statements, problems } of found) {
    assert.deepEqual(problems, []);
    const { external_id, amount, description, kind, traded_on } = statements[0]!.transactions[0]!;
    assert.deepEqual(
      { external_id, amount, description, kind, traded_on },
      { external_id: '1', amount: '-5.5', description: 'Rent & heating', kind: 'withdrawal', traded_on: '2026-01-03' },
    );
  }
});

test('a trade has its numbers exactly, its fees together, and the day as the broker wrote it', () => {
  const { statements } = read(broker(buy('<FITID>a1')));
  const { line: _, ...trade } = statements[0]!.transactions[0]!;
  assert.deepEqual(trade, {
    external_id: 'a1', corrects: null, kind: 'buy', traded_on: '2026-01-05', settled_on: null,
    security: { isin: null, cusip: '037833100', ticker: null, other_id: null, name: null },
    quantity: '10.5', price: '100.25', amount: '-1057.63', fees: '5', taxes: null, currency: 'USD', description: null,
  }); // biome-ignore format: a row on few lines
});

test('a correction names what it corrects, and what a row lacks is said with its line', () => {
  const rows = [
    buy('<FITID>a2<CORRECTFITID>a1<CORRECTACTION>REPLACE'),
    buy('<FITID>a3<CORRECTFITID>a2<CORRECTACTION>DELETE'),
    '<MYSTERY><INVTRAN><FITID>x<DTTRADE>20260105</INVTRAN></MYSTERY>',
    buy('<FITID>a4').replace('1057.63', 'lots'),
  ];
  const { statements, problems, rows: counted } = read(broker(...rows));
  assert.deepEqual(
    statements[0]!.transactions.map(({ corrects }) => corrects),
    [
      { external_id: 'a1', how: 'replace' },
      { external_id: 'a2', how: 'delete' },
    ],
  );
  assert.deepEqual(
    problems.map(({ message }) => message),
    ['This kind of transaction is not known: MYSTERY', '“lots” is not an amount (TOTAL)'],
  );
  assert.ok(problems.every(({ line }) => line > 4));
  assert.equal(counted, 4);
});

test('what is no bank file is refused in words', () => {
  assert.throws(() => read('<!DOCTYPE x [<!ENTITY a "b">]><OFX></OFX>'), /definitions of its own/);
  assert.throws(() => read('Date,Amount\n2026-01-01,5'), /not an OFX file/);
  assert.throws(() => read(`<OFX>${'<A>'.repeat(100)}`), /too deep/);
});

test('a large file is read in time that grows with its size alone', () => {
  const large = broker(...Array.from({ length: 20_000 }, (_, at) => buy(`<FITID>${at}`)));
  assert.equal(read(large).rows, 20_000);
  // Fields that nobody ends, brackets that lead nowhere.
  assert.throws(() => read(`<OFX>${'<'.repeat(200_000)}`), OfxError);
  assert.equal(read(`<OFX>${'</X>'.repeat(200_000)}`).rows, 0);
});
