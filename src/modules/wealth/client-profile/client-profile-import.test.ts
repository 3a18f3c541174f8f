import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';
import { follow, upload } from '../../../../test/harness/import.ts';
import type { ImportReport } from '../../../platform/import/contract.ts';

let app: SharedTestApp;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  ({ api } = await (await app.tenant()).as('admin'));
});

const newContact = async (given_name: string, family_name: string): Promise<string> => {
  const { status, body } = await api('POST', '/api/v1/contacts', { given_name, family_name });
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
};
const profileOf = async (contact: string) => (await api('GET', `/api/v1/contacts/${contact}/client-profile`)).body;
const reveal = async (id: string, field: string): Promise<string> =>
  (await api('POST', `/api/v1/client-profiles/${id}/reveal`, { field, reason: 'A test' })).body.value;

/** Uploads a file that is taken for profiles by its columns alone, and runs it. */
async function importProfiles(csv: string, values: object[] = []): Promise<ImportReport> {
  const { body } = await upload(api, [['clients.csv', csv]]);
  assert.equal(body.files[0].resource, 'client_profile', JSON.stringify(body.files[0]));
  if (values.length > 0) {
    const changed = await api('PATCH', `/api/v1/imports/${body.id}`, { files: [{ id: body.files[0].id, values }] });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
  }
  return follow(api, body.id, 'runs');
}
const countsOf = ({ files }: ImportReport) => {
  const { created, updated, unchanged, errors } = files[0]!.counts;
  return { created, updated, unchanged, errors };
};

test('profiles are imported for the clients that rows name, once, and dates of birth as people write them', async () => {
  const [iris, tom] = [await newContact('Iris', 'Vale'), await newContact('Tom', 'Vale')];
  const csv = `Client name,SSN,DOB,Risk class,Last KYC check
Iris Vale,219-09-4401,3/29/1961,High,2026-01-05
Tom Vale,219094402,12/30/1958,low,
Nobody Known,219-09-4403,1/31/1970,low,
,219-09-4404,1/31/1970,low,
`;
  const report = await importProfiles(csv);
  assert.deepEqual(countsOf(report), { created: 2, updated: 0, unchanged: 0, errors: 2 }, JSON.stringify(report));
  const profile = await profileOf(iris);
  assert.deepEqual(
    [profile.ssn, profile.date_of_birth, profile.risk_class, profile.kyc_checked_on, profile.kyc_due_on],
    ['•••• 4401', '••••', 'high', '2026-01-05', '2027-01-05'],
  );
  assert.deepEqual(
    [await reveal(profile.id, 'ssn'), await reveal(profile.id, 'date_of_birth')],
    ['219-09-4401', '1961-03-29'],
  );
  assert.equal(await reveal((await profileOf(tom)).id, 'date_of_birth'), '1958-12-30');

  assert.deepEqual(countsOf(await importProfiles(csv)), { created: 0, updated: 0, unchanged: 2, errors: 2 });
  const byNumber = 'SSN,Tax id,Risk class\n219-09-4402,DE 99 4405,medium\n219-09-4499,DE 99 4406,medium\n';
  assert.deepEqual(countsOf(await importProfiles(byNumber)), { created: 0, updated: 1, unchanged: 0, errors: 1 });
  const byName = 'Client,Risk class\nTom Vale,high\nIris Vale,high\n';
  assert.deepEqual(countsOf(await importProfiles(byName)), { created: 0, updated: 1, unchanged: 1, errors: 0 });
  const { tax_id, risk_class, ssn } = await profileOf(tom);
  assert.deepEqual([tax_id, risk_class, ssn], ['•••• 4405', 'high', '•••• 4402']);
});

test('what cannot be read of a sealed cell is said without the cell, and so is the question which way days are written', async () => {
  const contact = await newContact('Ada', 'Ward');
  await newContact('Bea', 'Ward');
  await newContact('Cyd', 'Ward');
  const csv = `Client,SSN,Date of birth
Ada Ward,219-09-4411,03/04/1961
Bea Ward,123-45-0000,03/05/1962
Cyd Ward,,31/31/1963
`;
  const { body } = await upload(api, [['clients.csv', csv]]);
  const [question] = body.files[0].questions;
  assert.equal(question.code, 'ambiguous_date');
  assert.deepEqual(question.options.map(({ label }: { label: string }) => label).sort(), ['D/M/YYYY', 'M/D/YYYY']);
  const report = await importProfiles(csv, [{ code: 'ambiguous_date', column: 'Date of birth', value: 'D/M/YYYY' }]);
  assert.deepEqual(
    report.problem_samples.map(({ row, message }) => [row, message]),
    [
      [3, 'No social security number is like this one.'],
      [4, '“Date of birth” cannot be read here. It is sealed, so it is not shown: correct it in the file.'],
    ],
  );
  assert.equal(await reveal((await profileOf(contact)).id, 'date_of_birth'), '1961-04-03');
  assert.doesNotMatch(JSON.stringify([body, report]), /03\/04\/1961|03\/05\/1962|4411(?!")|123-45-0000|31\/31/);
});

test('an import of profiles is taken back as a whole', async () => {
  const contact = await newContact('Una', 'Ward');
  const { id, files } = await importProfiles('Client,SSN,Risk class\nUna Ward,219-09-4421,low\n');
  assert.equal(files[0]!.counts.created, 1);
  const list = await api(
    'GET',
    `/api/v1/client-profiles?filter=${encodeURIComponent(JSON.stringify({ field: 'import_id', op: 'eq', value: id }))}`,
  );
  assert.equal(list.body.data.length, 1, JSON.stringify(list.body));
  const reverted = await follow(api, id, 'reversal');
  assert.equal(reverted.state, 'reverted', JSON.stringify(reverted));
  assert.equal((await api('GET', `/api/v1/contacts/${contact}/client-profile`)).status, 404);
});
