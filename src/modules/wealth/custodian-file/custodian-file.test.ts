import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { ParseError } from '../../../kernel/parsing/parse-error.ts';
import { dayIn, decimalIn, tradeIn } from './numbers.ts';
import { type ParsedFile, parse } from './parser.ts';

const samples = resolve(import.meta.dirname, '../../../../../shared/data');
const skip = !existsSync(samples) && 'the sample files are not here';
const read = (text: string) => parse({ bytes: Buffer.from(text), day: '2026-01-31' }) as ParsedFile;
// biome-ignore lint/suspicious/noExplicitAny: rows as JSON has them
const rowsOf = (batches: readonly string[]): any[] => batches.flatMap((batch) => JSON.parse(batch));
const transactionsOf = (text: string) => rowsOf(read(text).transactions);

test('each row of every sample is taken, skipped or refused, and says why', { skip }, () => {
  /** Transactions, positions, skipped and refused. */
  const expected: Record<string, string> = {
    'degiro-export.csv': '62 0 12 0',
    'delta-export.csv': '5 0 0 2',
    'directa-export.csv': '23 0 1 1',
    'freetrade-export.csv': '11 0 2 0',
    'hl-inputs-hl-transaction-summary.csv': '5 0 0 0',
    'ibkr-dividends-export.csv': '11 0 0 0',
    'ibkr-trades-export.csv': '8 0 0 3',
    'interactive_brokers-test_basic.csv': '11 0 1 0',
    'rabobank-export.csv': '12 0 0 0',
    'revolut-invest-export.csv': '9 0 3 0',
    'schwab-2023-transactions.csv': '7 0 0 0',
    'schwab-bond_interest-transactions.csv': '5 0 0 0',
    'schwab-export.csv': '119 0 1 0',
    'swissquote-export.csv': '21 0 0 0',
    'traderepublic-export.csv': '9 0 0 0',
    'trading212-export.csv': '10 0 0 3',
    'vanguard-cash_report.csv': '19 0 0 0',
    'xtb-export.csv': '45 0 0 1',
    'fidelity.ofx': '17 7 0 0',
    'tiaacref.ofx': '0 7 0 1',
    'multiple_accounts2.ofx': '0 2 0 0',
    'date_missing.ofx': '0 1 0 3',
    'td_ameritrade.ofx': '0 3 0 0',
    'vanguard401k.ofx': '5 1 0 0',
  };
  const files = globSync(['custodian-csv/**/*.csv', 'ofx/*.ofx'], { cwd: samples });
  assert.equal(files.length, 18 + 24);
  const failed: string[] = [];
  for (const file of files) {
    try {
      const parsed = parse({ bytes: readFileSync(resolve(samples, file)), day: '2026-01-31' });
      assert.ok(!('columns' in parsed), `${file} is not known`);
      const { problems } = parsed;
      const [taken, held] = [rowsOf(parsed.transactions).length, rowsOf(parsed.positions).length];
      const deleted = parsed.corrections.filter(({ deletes }) => deletes).length;
      assert.equal(taken + held + deleted + parsed.repeated.length + problems.length, parsed.rows, file);
      const skipped = problems.filter((one) => one.skipped).length;
      const found = [taken, held, skipped, problems.length - skipped].join(' ');
      if (expected[basename(file)]) assert.equal(found, expected[basename(file)], file);
      assert.ok(problems.every(({ message }) => message.length > 10));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      failed.push(basename(file));
    }
  }
  assert.deepEqual(failed.sort(), ['error_message.ofx', 'signon_fail.ofx']);
});

test('numbers and days are read as they are written, in hostile ones too', () => {
  for (const [cell, number, decimal] of [
    ['-$1,259.59', '-1259.59', '.'],
    ['1,000', '1000', '.'],
    ['1,8726', '1.8726', ','],
    ['84,2637 ', '84.2637', ','],
    ['1.046,38', '1046.38'],
    ['(12.50)', '-12.5'],
    ['10,799', '10.799'],
    ['-2.637591265E-4', '-0.0002637591265'],
    ['0,76672417', '0.76672417', '.'],
    ['-', null],
    ['n/a', null],
    ['lots', undefined],
    ['1.2.3', undefined],
    ['9'.repeat(40), undefined],
  ] as const)
    assert.equal(decimalIn(cell, decimal), number, cell);
  assert.deepEqual(
    [
      dayIn('07/15/2024 as of 07/12/2024', 'mdy'),
      dayIn('12.04.2024 13:01:45', 'dmy'),
      dayIn('20230623'),
      dayIn('31-02-2024'),
      dayIn('soon'),
    ],
    ['2024-07-12', '2024-04-12', '2023-06-23', null, null],
  );
  assert.deepEqual(tradeIn('Compra 6 ISHARES MSCI WOR A@49,785 EUR (IE00B4L5Y983)'), {
    quantity: '6',
    price: '49.785',
    name: 'ISHARES MSCI WOR A',
    code: 'IE00B4L5Y983',
  });
  assert.throws(
    () => read(`Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n${'"'.repeat(2_000_001)}`),
    ParseError,
  );
  assert.deepEqual(parse({ bytes: Buffer.from('When;What;How much\n2026-01-05;bought;3'), day: '2026-01-31' }), {
    columns: ['When', 'What', 'How much'],
    samples: [['2026-01-05', 'bought', '3']],
  });
});

test('columns go by their names, tables follow each other in one file, and a second table is of positions', () => {
  const [swapped] = transactionsOf(
    'Run Date,Account Number,Action,Symbol,Description,Price ($),Quantity,Commission ($),Fees ($),Amount ($),Settlement Date\n01/05/2026,Z1,YOU BOUGHT,AAPL,APPLE,100,3,1,0.5,-301.5,01/07/2026',
  );
  assert.deepEqual(
    [swapped.quantity, swapped.price, swapped.fees, swapped.settled_on],
    ['3', '100', '1.5', '2026-01-07'],
  );
  const both = read(
    'Account Number,Investment Name,Symbol,Shares,Share Price,Total Value,\n111,Total Stock,VTI,5,200,1000,\n222,Total Stock,VTI,7,200,1400,\n\nAccount Number,Trade Date,Settlement Date,Transaction Type,Transaction Description,Investment Name,Symbol,Shares,Share Price,Principal Amount,Commissions and Fees,Net Amount,Accrued Interest,Account Type,\n111,01/05/2026,01/06/2026,Buy,Buy,Total Stock,VTI,5,200,-1000,0,-1000,0,CASH,\n222,01/05/2026,01/06/2026,Buy,Buy,Total Stock,VTI,5,200,-1000,0,-1000,0,CASH,',
  );
  assert.deepEqual(
    rowsOf(both.positions).map(({ a, quantity, day }) => [a, quantity, day]),
    [
      [0, '5', '2026-01-31'],
      [1, '7', '2026-01-31'],
    ],
  );
  assert.deepEqual(
    rowsOf(both.transactions).map(({ a, occurrence }) => [a, occurrence]),
    [
      [0, 1],
      [1, 1],
    ],
    'equal trades of two accounts',
  );
});

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  api = (await tenant.as('advisor', 'Ann')).api;
});
after(() => app.stop());

async function made(path: string, body: object, by = api) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
async function send(text: string, decisions: object = {}, what = 'imports', by = api) {
  const form = new FormData();
  form.set('decisions', JSON.stringify(decisions));
  form.set('file', new Blob([text]), 'export.csv');
  const answer = await by('POST', `/api/v1/custodian-file-${what}`, form);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const { rows, counts } = answer.body;
  assert.equal(
    Object.values(counts as Record<string, number>).reduce((sum, one) => sum + one, 0),
    rows,
    'every row has one outcome',
  );
  return answer.body;
}
const held = async (plural: string, account_id: string) => {
  const filter = encodeURIComponent(JSON.stringify({ field: 'account_id', op: 'eq', value: account_id }));
  return (await api('GET', `/api/v1/${plural}?limit=200&filter=${filter}`)).body.data;
};

const statement = (
  number: string,
  rows: string,
  positions = '',
) => `<INVSTMTTRNRS><INVSTMTRS><DTASOF>20260131<CURDEF>USD
<INVACCTFROM><BROKERID>broker.example<ACCTID>${number}</INVACCTFROM><INVTRANLIST><DTSTART>20260101<DTEND>20260131${rows}</INVTRANLIST>
<INVPOSLIST>${positions}</INVPOSLIST></INVSTMTRS></INVSTMTTRNRS>`;
const ofx = (...statements: string[]) =>
  `OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><INVSTMTMSGSRSV1>${statements.join('\n')}</INVSTMTMSGSRSV1></OFX>`;
const buy = (id: string, cusip = '037833100', more = '') =>
  `<BUYSTOCK><INVBUY><INVTRAN><FITID>${id}${more}<DTTRADE>20260105<MEMO>Order of 4711-0815-22</INVTRAN><SECID><UNIQUEID>${cusip}<UNIQUEIDTYPE>CUSIP</SECID>
<UNITS>10<UNITPRICE>100<TOTAL>-1000</INVBUY><BUYTYPE>BUY</BUYSTOCK>`;
const held10 = `<POSSTOCK><INVPOS><SECID><UNIQUEID>037833100<UNIQUEIDTYPE>CUSIP</SECID><HELDINACCT>CASH<POSTYPE>LONG<UNITS>10<UNITPRICE>101
<MKTVAL>1010<DTPRICEASOF>20260131</INVPOS></POSSTOCK>`;

test('a file with several accounts: each row in its own, what is unknown waits and blocks nothing, the same file twice changes nothing', async () => {
  const { id: household_id } = await made('households', { name: 'Holt family', status: 'active' });
  const account = { household_id, registration: 'individual', kind: 'managed', currency: 'USD' };
  const first = await made('financial-accounts', { ...account, name: 'First', account_number: '4711-0815-22' });
  const second = await made('financial-accounts', { ...account, name: 'Second' });
  const apple = await made('securities', { name: 'Apple', asset_class: 'equity', cusip: '037833100', currency: 'USD' });
  const file = ofx(
    statement('4711 0815 22', buy('1') + buy('2') + buy('3', '38259P508'), held10),
    statement('9000-1234-77', buy('1') + buy('1')),
    statement('5555-6666-88', buy('1')),
  );
  const preview = await send(file, {}, 'previews');
  assert.deepEqual(preview.counts, { imported: 3, duplicate: 0, waiting: 4, skipped: 0, refused: 0 });
  assert.equal((await held('transactions', first.id)).length, 0, 'a preview changes nothing');
  assert.deepEqual(
    preview.accounts.map(({ number, outcome }: { number: string; outcome: string }) => [number, outcome]),
    [
      ['•••• 1522', 'matched'],
      ['•••• 3477', 'waiting'],
      ['•••• 6688', 'waiting'],
    ],
  );
  const begun = await send(file);
  assert.deepEqual(begun.counts, preview.counts);
  assert.deepEqual((await send(file)).counts, { imported: 0, duplicate: 3, waiting: 4, skipped: 0, refused: 0 });
  const decisions = {
    accounts: [
      { key: 1, account_id: second.id },
      { key: 2, create: { household_id, name: 'Third' } },
    ],
    securities: [{ key: 1, create: true }],
  };
  assert.deepEqual((await send(file, decisions)).counts, {
    imported: 4,
    duplicate: 3,
    waiting: 0,
    skipped: 0,
    refused: 0,
  });
  const again = await send(file);
  assert.deepEqual(
    again.counts,
    { imported: 0, duplicate: 7, waiting: 0, skipped: 0, refused: 0 },
    'what was decided is known from now on',
  );
  const [ofFirst, ofSecond] = [await held('transactions', first.id), await held('transactions', second.id)];
  assert.deepEqual(
    [ofFirst.length, ofSecond.length],
    [3, 2],
    'two equal rows of one file are two; equal trades of two accounts, too',
  );
  assert.deepEqual(ofSecond.map(({ occurrence }: { occurrence: number }) => occurrence).sort(), [1, 2]);
  assert.ok(
    ofFirst.every(({ description }: { description: string }) => description === 'Order of …1522'),
    JSON.stringify(ofFirst[0].description),
  );
  const [position] = await held('positions', first.id);
  assert.deepEqual(
    [position.day, position.quantity, position.value, position.security_id],
    ['2026-01-31', '10.00000000', '1010.000000', apple.id],
  );
  const ben = (await tenant.as('advisor', 'Ben')).api;
  const foreign = await send(file, {}, 'previews', ben);
  assert.equal(foreign.counts.waiting, 7, 'accounts of other advisers are not known to him');
  assert.equal(JSON.stringify(foreign).includes('4711'), false, 'no answer has the number of an account');
});

test('a correction sets off what it corrects, once; what it deletes and is not here is refused', async () => {
  const { id: household_id } = await made('households', { name: 'Berg', status: 'active' });
  const account = await made('financial-accounts', {
    household_id,
    name: 'Depot',
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
    account_number: '777-888-999',
  });
  await send(ofx(statement('777888999', buy('a') + buy('b'))), { create_securities: true });
  const corrected = ofx(
    statement(
      '777888999',
      buy('a2', '037833100', '<CORRECTFITID>a<CORRECTACTION>REPLACE') +
        buy('b2', '037833100', '<CORRECTFITID>b<CORRECTACTION>DELETE') +
        buy('c2', '037833100', '<CORRECTFITID>c<CORRECTACTION>DELETE'),
    ),
  );
  assert.deepEqual((await send(corrected)).counts, { imported: 2, duplicate: 0, waiting: 0, skipped: 0, refused: 1 });
  assert.deepEqual((await send(corrected)).counts, { imported: 0, duplicate: 2, waiting: 0, skipped: 0, refused: 1 });
  const rows = await held('transactions', account.id);
  assert.equal(rows.length, 5, 'two, the replacement, and two reversals');
  assert.equal(
    rows.reduce((sum: number, { quantity }: { quantity: string }) => sum + Number(quantity), 0),
    10,
  );
});

test('a file that nobody knows is read by what somebody says of its columns, and a file without an account goes where it is told', async () => {
  const { id: household_id } = await made('households', { name: 'Own', status: 'active' });
  const account = await made('financial-accounts', {
    household_id,
    name: 'Own',
    registration: 'individual',
    kind: 'managed',
    currency: 'EUR',
  });
  const file =
    'Tag;Was;Kennung;Menge;Betrag\n05.01.2026;gekauft;US0378331005;1,5;-150,25\n06.01.2026;eingezahlt;;;200\n07.01.2026;geschenkt;;;1';
  assert.deepEqual((await send(file)).unknown.columns, ['Tag', 'Was', 'Kennung', 'Menge', 'Betrag']);
  const mapping = {
    columns: { traded_on: 'Tag', kind: 'Was', isin: 'Kennung', quantity: 'Menge', amount: 'Betrag' },
    kinds: { gekauft: 'buy', eingezahlt: 'cash' },
    decimal: ',',
  };
  const waiting = await send(file, { mapping });
  assert.deepEqual([waiting.counts.waiting, waiting.counts.refused, waiting.accounts[0].number], [2, 1, null]);
  const decisions = { mapping, accounts: [{ key: 0, account_id: account.id }], create_securities: true };
  assert.equal((await send(file, decisions)).counts.imported, 2);
  assert.equal((await send(file, decisions)).counts.duplicate, 2);
  const bought = (await held('transactions', account.id)).find(({ kind }: { kind: string }) => kind === 'buy');
  assert.deepEqual(
    [bought.quantity, bought.amount, bought.traded_on, bought.currency],
    ['1.50000000', '-150.250000', '2026-01-05', 'EUR'],
  );
  const form = new FormData();
  form.set('file', new Blob(['hello']), 'x.csv');
  assert.equal((await api('POST', '/api/v1/custodian-file-previews', form)).status, 422);
});

type Break = {
  security: { id: string } | null;
  difference: string;
  cause: string;
  mend: string | null;
  accepted: { note: string } | null;
  currency: string | null;
};
const breaksOf = async (id: string, by = api) => {
  const answer = await by('GET', `/api/v1/financial-accounts/${id}/breaks`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body as { day: string; compared: number; open: number; data: Break[] };
};

test('positions of the custodian are compared with our transactions: each break has a cause, and is mended or accepted', async () => {
  const { id: household_id } = await made('households', { name: 'Breaks', status: 'active' });
  const { id } = await made('financial-accounts', {
    household_id,
    name: 'Compared',
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
  });
  const names = ['Sound', 'Split', 'Swapped', 'Late', 'Twice', 'Opening', 'Other'];
  const securities = await Promise.all(
    names.map((name) => made('securities', { name: `${name} share`, asset_class: 'equity', currency: 'USD' })),
  );
  const of = Object.fromEntries(names.map((name, at) => [name, securities[at].id as string]));
  const bought = (name: string, quantity: string, more: object = {}) =>
    made('transactions', {
      account_id: id,
      traded_on: '2026-01-05',
      kind: 'buy',
      security_id: of[name],
      quantity,
      amount: '-100',
      ...more,
    });
  await made('transactions', { account_id: id, traded_on: '2026-01-02', kind: 'deposit', amount: '1000' });
  await bought('Sound', '10.00001');
  await bought('Split', '10');
  await bought('Swapped', '25', { price: '4' });
  await bought('Late', '3');
  await bought('Late', '2', { traded_on: '2026-02-02' });
  await bought('Twice', '6');
  await bought('Twice', '6');
  await bought('Other', '10');
  assert.deepEqual(await breaksOf(id), { day: null, compared: 0, open: 0, data: [] }, 'nothing to compare with');
  const said: Record<string, string> = {
    Sound: '10',
    Split: '40',
    Swapped: '4',
    Late: '5',
    Twice: '6',
    Opening: '7',
    Other: '3.3',
  };
  for (const [name, quantity] of Object.entries(said))
    await made('positions', { account_id: id, day: '2026-01-31', security_id: of[name], quantity });
  await made('positions', { account_id: id, day: '2026-01-31', quantity: '390.5', value: '390.5' });
  const found = await breaksOf(id);
  const causes = (breaks: Break[]) =>
    Object.fromEntries(
      breaks.map(({ security, difference, cause, mend }) => [
        names.find((name) => of[name] === security?.id) ?? 'cash',
        [difference, cause, mend],
      ]),
    );
  assert.deepEqual(causes(found.data), {
    Split: ['30', 'missing_split', 'split'],
    Swapped: ['-21', 'swapped', 'swap'],
    Late: ['2', 'timing', null],
    Twice: ['-6', 'doubled', 'reversal'],
    Opening: ['7', 'not_opened', 'transfer'],
    Other: ['-6.7', 'missing_transaction', 'transfer'],
    cash: ['90.5', 'missing_transaction', 'correction'],
  });
  assert.deepEqual([found.day, found.compared, found.open], ['2026-01-31', 8, 7]);
  const all = (await api('GET', '/api/v1/account-breaks')).body.data as { account: { id: string } }[];
  assert.equal(all.filter(({ account }) => account.id === id).length, 7);
  const ben = (await tenant.as('advisor', 'Ben')).api;
  assert.equal((await ben('GET', '/api/v1/account-breaks')).body.open, 0, 'accounts of other advisers are not his');
  assert.equal((await ben('GET', `/api/v1/financial-accounts/${id}/breaks`)).status, 404);
  for (const { security, currency, difference, mend } of found.data) {
    if (!mend || !security) continue;
    const body = { security_id: security.id, currency, difference, mend };
    assert.equal(
      (await api('POST', `/api/v1/financial-accounts/${id}/breaks/mendings`, { ...body, difference: '1' })).status,
      409,
    );
    assert.equal((await api('POST', `/api/v1/financial-accounts/${id}/breaks/mendings`, body)).status, 201, mend);
  }
  const left = { Late: ['2', 'timing', null], cash: ['-9.5', 'missing_transaction', 'correction'] };
  assert.deepEqual(
    causes((await breaksOf(id)).data),
    left,
    'what is mended is no break any more, and what was there twice was paid twice',
  );
  const cash = { security_id: null, currency: 'USD', difference: '-9.5', mend: 'correction' };
  assert.equal((await api('POST', `/api/v1/financial-accounts/${id}/breaks/mendings`, cash)).body.open, 1);
  const accepted = {
    account_id: id,
    day: '2026-01-31',
    security_id: of.Late,
    difference: '2',
    note: 'Settles on Monday',
  };
  await made('accepted-breaks', accepted);
  assert.equal((await ben('POST', '/api/v1/accepted-breaks', accepted)).status, 422);
  const after = (await breaksOf(id)).data.find(({ security }) => security?.id === of.Late);
  assert.equal(after?.accepted?.note, 'Settles on Monday');
  const standing = (await api('GET', '/api/v1/account-breaks')).body;
  const ofAccount = (breaks: { account: { id: string } }[]) => breaks.filter(({ account }) => account.id === id);
  assert.deepEqual(ofAccount(standing.data), [], 'accepted is not open');
  assert.deepEqual(
    ofAccount(standing.accepted).map((one) => (one as unknown as Break).accepted?.note),
    ['Settles on Monday'],
  );
  assert.deepEqual((await ben('GET', '/api/v1/account-breaks')).body.accepted, []);
  await made('positions', { account_id: id, day: '2026-02-03', security_id: of.Late, quantity: '9' });
  const next = (await breaksOf(id)).data.find(({ security }) => security?.id === of.Late);
  assert.deepEqual([next?.difference, next?.accepted], ['4', null], 'another difference is a break anew');
});
