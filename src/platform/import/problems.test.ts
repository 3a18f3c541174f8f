import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';
import { KeptProblems } from './kept-problems.ts';
import type { ImportProblem } from './problem.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

test('a row that is refused is named however many warnings there are before it', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const doubtful = Array.from({ length: 20_001 }, (_, n) => `C${n},Company ${n},soon`);
  const csv = `Company ID,Company Name,Founded\n${doubtful.join('\n')}\nlast,,1990\n`;
  const { body } = await upload(api, [['companies.csv', csv]]);
  const tried = await follow(api, body.id, 'dry-runs');
  assert.equal(tried.files[0]!.counts.errors, 1);
  const { body: errors } = await api('GET', `/api/v1/imports/${body.id}/errors`);
  assert.match(errors, /\r\nlast,,1990,20003,/);
});

test('the file of refused rows opens in a spreadsheet as the file did: with its delimiter, and marked as UTF-8', async () => {
  const { api, key } = await (await app.tenant()).as('admin');
  const { body } = await upload(api, [['firmen.csv', 'Company ID;Company Name;City\nA;;Köln\nB;Bäcker, Söhne;Köln\n']]);
  await follow(api, body.id, 'dry-runs');
  const answer = await fetch(`${app.url}/api/v1/imports/${body.id}/errors`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const [head, refused] = Buffer.from(await answer.arrayBuffer())
    .toString()
    .split('\r\n');
  assert.equal(head, '\ufeffCompany ID;Company Name;City;Row;Problem');
  assert.match(refused!, /^A;;Köln;2;/);
});

test('where there are too many refused rows to name them all, the file of them and the import say how many more there are', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const done = await importNow(api, [['companies.csv', 'Company ID,Company Name\nA,\nB,\nC,\n']]);
  assert.equal(done.files[0]!.errors_unnamed, 0);
  await asOwner(app, `update import_file set counts = counts || '{"unnamed": 1200}' where import_id = $1`, [done.id]);
  const { body } = await api('GET', `/api/v1/imports/${done.id}`);
  assert.equal(body.files[0].errors_unnamed, 1_200);
  const { body: errors } = await api('GET', `/api/v1/imports/${done.id}/errors`);
  const lines = errors.trim().split('\r\n');
  assert.equal(lines.length, 5);
  assert.match(lines[4], /^,,,.*1200 further rows/);
});

test('errors and warnings have room of their own, and rows of which no error fits are counted', () => {
  const kept = new KeptProblems({ errors_max: 3, warnings_max: 1 });
  const problem = (row: number, severity: 'error' | 'warning'): ImportProblem => ({
    code: 'x',
    severity,
    row,
    column: null,
    message: 'x',
  });
  const first = kept.keep([problem(2, 'warning'), problem(2, 'warning'), problem(3, 'error'), problem(3, 'error')]);
  assert.deepEqual([first.kept.map(({ row }) => row), first.unnamed], [[2, 3, 3], 0]);
  const second = kept.keep([problem(4, 'error'), problem(4, 'error'), problem(5, 'error'), problem(5, 'error')]);
  assert.deepEqual([second.kept.map(({ row }) => row), second.unnamed], [[4], 1]);
});

test('what the database refuses is said at the column of the file that it came from', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const done = await importNow(api, [['tasks.csv', 'Title,Due day\nCall,9999-12-31\n']]);
  assert.deepEqual(
    done.problem_samples.map(({ row, column, message }) => [row, column, message]),
    [[2, 'Due day', 'This value is not valid here']],
  );
  const { body: errors } = await api('GET', `/api/v1/imports/${done.id}/errors`);
  assert.match(errors, /2,Due day: This value is not valid here/);
});
