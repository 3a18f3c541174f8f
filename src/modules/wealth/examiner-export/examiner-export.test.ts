import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import yauzl from 'yauzl';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let manager: Client;
let key: string;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api: manager, key } = await tenant.as('manager', 'Mona'));
});

async function made(path: string, body: object = {}, by = manager) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The archive of an export, by the names of its entries. */
async function archiveOf(household_id: string, sealed: string): Promise<Map<string, Buffer>> {
  const { id } = await made('examiner-exports', { household_id, reason: 'Routine examination', sealed });
  await eventually(async () => {
    const { body } = await manager('GET', `/api/v1/examiner-exports/${id}`);
    assert.notEqual(body.state, 'failed', body.error);
    return body.state === 'done';
  });
  const response = await fetch(`${app.url}/api/v1/examiner-exports/${id}/content`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(response.status, 200, bytes.toString());
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true });
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const parts: Buffer[] = [];
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part);
    entries.set(entry.fileName, Buffer.concat(parts));
  }
  return entries;
}

test("an examiner's export has records, files and a manifest, sealed values as was asked, and the trail says who took them", async () => {
  const { id: household_id } = await made('households', { name: 'Okafor', status: 'active' });
  const { id: contact_id } = await made('contacts', { given_name: 'Ada' });
  await made('household-members', { household_id, contact_id, role: 'head' });
  await manager('PUT', `/api/v1/contacts/${contact_id}/client-profile`, { ssn: '219-09-1234' });
  const account = await made('financial-accounts', {
    household_id,
    name: 'Depot',
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
    account_number: '12345678',
  });
  await made('transactions', {
    account_id: account.id,
    kind: 'deposit',
    traded_on: '2026-01-02',
    amount: '1000',
    currency: 'USD',
  });
  const form = new FormData();
  form.set('file', new Blob(['signed'], { type: 'text/plain' }), 'mandate.txt');
  const { id: file_id } = await made('files', form);
  const paper = await made('documents', { household_id, type: 'agreement', name: 'Mandate', file_id });
  await made('communications', {
    household_id,
    kind: 'call',
    direction: 'incoming',
    subject: 'Call',
    body: 'We sell the house',
  });
  const { id: goal_id } = await made('goals', { household_id, name: 'House', target_amount: '5000', currency: 'USD' });
  const share = { account_id: account.id, share_numerator: 1, share_denominator: 3 };
  assert.equal((await manager('PUT', `/api/v1/goals/${goal_id}/accounts`, { data: [share] })).status, 200);
  await made('suitability-profiles', { household_id, objective: 'growth' });
  await made('client-reviews', { household_id, note: 'All is well' });
  await made('accepted-breaks', {
    account_id: account.id,
    day: '2026-01-02',
    currency: 'USD',
    difference: '1.5',
    note: 'A fee',
  });
  const { id: other } = await made('households', { name: 'Stranger', status: 'active' });
  await made('documents', { household_id: other, type: 'other', name: 'Not theirs' });
  await made('goals', { household_id: other, name: 'Not theirs', target_amount: '5', currency: 'USD' });

  const masked = await archiveOf(household_id, 'masked');
  const records = (entries: Map<string, Buffer>, plural: string) =>
    JSON.parse(entries.get(`records/${plural}.json`)!.toString());
  assert.deepEqual(
    records(masked, 'documents').map(({ name }: { name: string }) => name),
    ['Mandate'],
  );
  assert.equal(records(masked, 'client-profiles')[0].ssn, '•••• 1234');
  assert.equal(records(masked, 'transactions')[0].amount, '1000.000000');
  assert.deepEqual(
    [
      ['goals', 'name'],
      ['goal-accounts', 'share_denominator'],
      ['suitability-profiles', 'objective'],
      ['client-reviews', 'note'],
      ['accepted-breaks', 'note'],
    ].map(([plural, field]) => records(masked, plural!).map((one: Record<string, unknown>) => one[field!])),
    [['House'], [3], ['growth'], ['All is well'], ['A fee']],
  );
  assert.match(masked.get('records/households.csv')!.toString(), /Okafor/);
  assert.equal(masked.get(`files/${paper.id}/1-mandate.txt`)!.toString(), 'signed');
  const manifest = JSON.parse(masked.get('manifest.json')!.toString());
  assert.deepEqual(
    [manifest.sealed_values, manifest.reason, manifest.files.length],
    ['masked', 'Routine examination', masked.size - 1],
  );
  for (const { name, sha256, size_bytes } of manifest.files) {
    const bytes = masked.get(name)!;
    assert.deepEqual([sha256, size_bytes], [createHash('sha256').update(bytes).digest('hex'), bytes.length], name);
  }
  const disclosed = async () =>
    (await manager('GET', `/api/v1/contacts/${contact_id}/disclosures`)).body.data.map(
      (one: { person: { name: string }; action: string; resource: string; field: string }) =>
        [one.person.name, one.action, one.resource, one.field].join(' '),
    );
  assert.ok((await disclosed()).includes('Mona export examiner_export masked'), JSON.stringify(await disclosed()));
  assert.ok(!(await disclosed()).some((line: string) => line.includes('reveal')));

  const open = await archiveOf(household_id, 'revealed');
  assert.deepEqual(
    [
      records(open, 'client-profiles')[0].ssn,
      records(open, 'financial-accounts')[0].account_number,
      records(open, 'communications')[0].body,
    ],
    ['219-09-1234', '12345678', 'We sell the house'],
  );
  const lines = await disclosed();
  for (const line of [
    'Mona export examiner_export revealed',
    'Mona reveal client_profile ssn',
    'Mona reveal communication body',
    'Mona reveal financial_account account_number',
  ])
    assert.equal(lines.filter((one: string) => one === line).length, 1, `${line}: ${JSON.stringify(lines)}`);

  const adviser = (await tenant.as('advisor', 'Ann')).api;
  assert.equal(
    (await adviser('POST', '/api/v1/examiner-exports', { household_id, reason: 'x', sealed: 'masked' })).status,
    403,
  );
  assert.equal(
    (await manager('POST', '/api/v1/examiner-exports', { household_id, reason: ' ', sealed: 'masked' })).status,
    422,
  );
});
