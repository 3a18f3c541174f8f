import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../test/harness/app.ts';
import { commandIn } from '../../test/harness/command.ts';

let app: SharedTestApp;
let api: Client;
const holdfast = (...args: string[]) => commandIn(app, ...args);
before(async () => {
  app = await sharedTestApp();
  ({ api } = await (await app.tenant('custodian-files')).as('admin'));
});

const made = async (path: string, body: object): Promise<string> => {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.id;
};
/** What a command says that fails. */
const failureOf = (run: Promise<string>) =>
  run.then(
    () => assert.fail('it did not fail'),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

test('files of custodians are taken in by the command line, once, and what waits is said with exit code 1', async (t) => {
  const household_id = await made('households', { name: 'By command', status: 'active' });
  const account = { household_id, name: 'Depot', registration: 'individual', kind: 'managed', currency: 'USD' };
  const account_id = await made('financial-accounts', account);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-custodian-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'own.csv');
  writeFileSync(file, 'When,Shares,Cash,Paper\n05.01.2026,3,-300.50,US0378331005\n06.01.2026,2,-201,US0378331005\n');
  const mapping = { columns: { traded_on: 'When', quantity: 'Shares', amount: 'Cash', isin: 'Paper' } };
  const decided = (decisions: object) => {
    const path = join(folder, 'decisions.json');
    writeFileSync(path, JSON.stringify(decisions));
    return path;
  };
  const run = (...args: string[]) => holdfast('custodian-file', '--tenant', 'custodian-files', ...args, file);
  const count = async () => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'account_id', op: 'eq', value: account_id }));
    return (await api('GET', `/api/v1/transactions?filter=${filter}`)).body.data.length;
  };

  assert.match((await failureOf(run())).stdout, /own\.csv: nobody knows this kind of file.*When, Shares, Cash, Paper/);
  const waiting = await failureOf(run('--decisions', decided({ mapping })));
  assert.equal(waiting.code, 1);
  assert.match(
    waiting.stdout,
    /2 rows: 2 waiting\.\n {2}Waits for a decision about account 0 \(without a number\), security 0/,
  );
  const decisions = decided({ mapping, accounts: [{ key: 0, account_id }] });
  const all = ['--decisions', decisions, '--create-securities'];
  assert.match(await run('--dry-run', ...all), /2 rows: 2 imported\.\nNothing was written\./);
  assert.equal(await count(), 0);
  assert.match(await run(...all), /2 rows: 2 imported\./);
  const [again] = JSON.parse(await run('--json', ...all));
  assert.deepEqual([again.counts.imported, again.counts.duplicate, await count()], [0, 2, 2]);

  assert.match(
    (await failureOf(holdfast('custodian-file', '--tenant', 'custodian-files', `${file}.none`))).stderr,
    /There is no file/,
  );
  const wrong = await failureOf(run('--decisions', decided({ accounts: 1 })));
  assert.match(wrong.stderr, /accounts/);
});

test('a file that cannot be read is named, and the others are taken in all the same', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-custodian-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = {
    'first.csv': 'When,Shares,Cash,Paper\n05.01.2026,3,-300.50,US0378331005\n',
    'bad.csv': 'When,Shares\n05.01.2026,3\n',
    'last.csv': 'Day,Units,Sum,Name\n05.01.2026,3,-300.50,US0378331005\n',
  };
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
  const run = (...args: string[]) =>
    failureOf(holdfast('custodian-file', '--tenant', 'custodian-files', ...args, ...paths));
  const { code, stdout } = await run();
  assert.equal(code, 1);
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, 3, stdout);
  assert.match(lines[0]!, /^first\.csv: nobody knows.*When, Shares/);
  assert.match(lines[1]!, /^bad\.csv: This file is no table/);
  assert.match(lines[2]!, /^last\.csv: nobody knows.*Day, Units/);
  const [first, bad, last] = JSON.parse((await run('--json')).stdout);
  assert.deepEqual([first.unknown.columns[0], last.unknown.columns[0]], ['When', 'Day']);
  assert.deepEqual([bad.file, Object.keys(bad).toSorted()], [paths[1], ['error', 'file']]);
});
