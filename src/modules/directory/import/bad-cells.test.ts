import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { follow, upload } from '../../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

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
  const done = await follow(api, body.id, 'runs');
  assert.deepEqual(done.files[0]!.counts, { rows: 3, created: 1, updated: 0, unchanged: 0, skipped: 0, errors: 2 });
  const [deal] = (await api('GET', '/api/v1/deals')).body.data;
  assert.equal(deal.closed_on, '2026-12-31');
});
