import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { ImportReport } from '../../src/platform/import/contract.ts';
import {
  type Answer,
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../harness/app.ts';
import { asOwner } from '../harness/identity.ts';
import { follow, importNow, upload } from '../harness/import.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
  await made('households', { name: 'Holt' });
});

const good = ({ status, body, headers }: Answer): Answer => {
  assert.ok(status < 300, JSON.stringify(body));
  return { status, body, headers };
};
const made = async (path: string, body: object) => good(await api('POST', `/api/v1/${path}`, body)).body;
const accounts = async () => (await api('GET', '/api/v1/financial-accounts?sort=name&limit=50')).body.data;
const shown = async () =>
  (await accounts()).map((one: { name: string; account_number: string | null }) => `${one.name} ${one.account_number}`);
const revealed = async (id: string) =>
  good(await api('POST', `/api/v1/financial-accounts/${id}/reveal`, { field: 'account_number', reason: 'A test' })).body
    .value;
const csv = (...rows: string[]) =>
  `${['Account name,Household,Account number,Registration,Kind,Currency', ...rows].join('\n')}\n`;
const asAccounts = ({ files }: ImportReport) => ({ files: [{ id: files[0]!.id, resource: 'financial_account' }] });
const told = ({ problem_samples }: ImportReport) =>
  problem_samples.map(({ row, column, message }) => [row, column, message].join(' | '));
const counts = ({ files }: ImportReport) => files[0]!.counts;
/** All that the database keeps of imports, as text. */
async function kept(): Promise<string> {
  const tables = [
    'import',
    'import_file',
    'import_row',
    'import_fix',
    'import_problem',
    'import_outcome',
    'job',
    'change',
  ];
  const rows = await Promise.all(
    tables.map((table) =>
      asOwner(app, `select coalesce(string_agg(t::text, ' '), '') as text from ${table} t where tenant_id = $1`, [
        tenant.tenant_id,
      ]),
    ),
  );
  return rows.map(([row]) => (row as { text: string }).text).join('\n');
}

test('an import fills sealed fields, finds records by them, and keeps nothing of them in the clear', async () => {
  const first = csv(
    'Joint,Holt,US 7711-0001,individual,managed,USD',
    'Twice,Holt,us77110001,individual,managed,USD',
    `Long,Holt,${'77110002'.repeat(9)},individual,managed,USD`,
    'Own,Holt,7711-0003,individual,managed,USD',
    'Unsound,Holt,7711-0004,individual,nonsense,USD',
    'Without,Holt,,individual,managed,USD',
  );
  const uploaded = good(await upload(api, [['accounts.csv', first]])).body as ImportReport;
  const number = uploaded.files[0]!.columns.find(({ name }) => name === 'Account number')!;
  assert.deepEqual([number.field, number.kind, number.choices], ['account_number', 'text', null]);
  assert.ok(
    number.samples.includes('•••• 0001') && !JSON.stringify(uploaded).includes('7711'),
    JSON.stringify(uploaded),
  );
  good(await api('PATCH', `/api/v1/imports/${uploaded.id}`, asAccounts(uploaded)));
  const dry = await follow(api, uploaded.id, 'dry-runs');
  assert.deepEqual(counts(dry), { rows: 6, created: 5, updated: 0, unchanged: 0, skipped: 0, errors: 1 });
  const rows = (await api('GET', `/api/v1/imports/${uploaded.id}/rows?only=problems`)).body.data;
  assert.deepEqual(
    rows.map(({ row, cells }: { row: number; cells: string[] }) => [row, cells[2]]),
    [
      [3, '•••• 0001'],
      [4, '•••• 0002'],
      [6, '•••• 0004'],
    ],
  );
  const file_id = dry.files[0]!.id;
  const fix = { row: 4, column: 'Account number', value: '7711-0002' };
  assert.equal((await api('POST', `/api/v1/imports/${uploaded.id}/fixes`, { file_id, fixes: [fix] })).status, 422);
  // A row is checked again with what stands in it, sealed or not.
  const mended = { row: 6, column: 'Kind', value: 'managed' };
  const again = good(await api('POST', `/api/v1/imports/${uploaded.id}/fixes`, { file_id, fixes: [mended] })).body;
  assert.deepEqual([again.checked, again.counts.created, again.counts.errors], [1, 5, 1]);
  const done = await follow(api, uploaded.id, 'runs');
  assert.equal(done.state, 'done', String(done.error));
  assert.deepEqual(told(done), [
    '3 |  | Row 3 is about the same record as row 2: both have the account number “•••• 0001”. Keep one of them.',
    '4 | Account number | Write at most 60 characters.',
  ]);
  assert.deepEqual(await shown(), [
    'Joint •••• 0001',
    'Long null',
    'Own •••• 0003',
    'Unsound •••• 0004',
    'Without null',
  ]);
  assert.equal(await revealed((await accounts())[0].id), 'US 7711-0001');

  const errors = await api('GET', `/api/v1/imports/${uploaded.id}/errors`);
  assert.match(String(errors.body), /Twice,Holt,•••• 0001,/);
  assert.doesNotMatch(String(errors.body), /7711/);
  assert.doesNotMatch(await kept(), /7711/);
  const [event] = await asOwner(
    app,
    `select h.after from audit_event e join record_history h using (tenant_id, seq)
    where e.tenant_id = $1 and e.action = 'search' and e.resource = 'financial_account' order by e.seq desc limit 1`,
    [tenant.tenant_id],
  );
  assert.deepEqual((event as { after: object }).after, { field: 'account_number', import: uploaded.id });
});

test('a row finds the account with its number at its custodian; equal numbers change nothing, and it can be taken back', async () => {
  const [one, other] = [
    await made('custodians', { name: 'First Bank' }),
    await made('custodians', { name: 'Other Bank' }),
  ];
  const head = 'Account name,Custodian,Household,Account number,Registration,Kind,Currency';
  const file = (...rows: string[]) => `${[head, ...rows].join('\n')}\n`;
  const first = file(
    'A,First Bank,Holt,8811-0001,individual,managed,USD',
    'B,Other Bank,Holt,8811-0001,individual,managed,USD',
  );
  assert.deepEqual(counts(await importNow(api, [['a.csv', first]], asAccounts)), {
    rows: 2,
    created: 2,
    updated: 0,
    unchanged: 0,
    skipped: 0,
    errors: 0,
  });
  const before = await asOwner(
    app,
    'select account_number, version from financial_account where tenant_id = $1 order by id',
    [tenant.tenant_id],
  );
  assert.equal(counts(await importNow(api, [['a.csv', first]], asAccounts)).unchanged, 2);
  assert.deepEqual(
    await asOwner(app, 'select account_number, version from financial_account where tenant_id = $1 order by id', [
      tenant.tenant_id,
    ]),
    before,
  );

  const renamed = file('A2,First Bank,Holt,88110001,individual,held_away,USD');
  const done = await importNow(api, [['b.csv', renamed]], asAccounts);
  assert.deepEqual(counts(done), { rows: 1, created: 0, updated: 1, unchanged: 0, skipped: 0, errors: 0 });
  const found = (await accounts()).filter(({ custodian }: { custodian: { id: string } | null }) =>
    [one.id, other.id].includes(custodian?.id ?? ''),
  );
  assert.deepEqual(
    found.map(({ name, kind }: { name: string; kind: string }) => [name, kind]),
    [
      ['A2', 'held_away'],
      ['B', 'managed'],
    ],
  );
  assert.equal(await revealed(found[0].id), '88110001');
  assert.equal((await follow(api, done.id, 'reversal')).state, 'reverted');
  assert.equal(await revealed(found[0].id), '8811-0001');

  // While the key of blind indexes is being replaced, records with the old one are found too.
  await asOwner(app, `update data_key set replaced_at = now() where tenant_id = $1 and kind = 'index'`, [
    tenant.tenant_id,
  ]);
  assert.deepEqual(counts(await importNow(api, [['b.csv', renamed]], asAccounts)), {
    rows: 1,
    created: 0,
    updated: 1,
    unchanged: 0,
    skipped: 0,
    errors: 0,
  });
});

test('an export has masks, or for who may reveal and says why the values, each in the trail; masks come back as nothing said', async () => {
  const household = await made('households', { name: 'Reese' });
  const contact = await made('contacts', { given_name: 'Rosa' });
  await made('household-members', { household_id: household.id, contact_id: contact.id, role: 'head' });
  const entity = { name: 'Reese Trust', kind: 'trust', household_id: household.id };
  const { id } = await made('legal-entities', { ...entity, tax_id: '=99-1234567' });
  await made('legal-entities', { ...entity, name: 'Reese LLC', kind: 'llc' });
  const read = async (by: Client, query = '') =>
    by('GET', `/api/v1/legal-entities/export.csv?sort=name&columns=holdfast_id,name,tax_id${query}`);
  const masked = good(await read(api)).body as string;
  assert.match(masked, /^Holdfast id,Name,Tax id\n[^,]+,Reese LLC,\n[^,]+,Reese Trust,•••• 4567\n$/);
  const why = '&reason=Tax%20return';
  assert.match(good(await read(api, why)).body as string, new RegExp(`${id},Reese Trust,'=99-1234567\n$`));
  await asOwner(app, `update role set rights = rights - 'reveal' where tenant_id = $1 and key = 'manager'`, [
    tenant.tenant_id,
  ]);
  const manager = (await tenant.as('manager')).api;
  assert.equal((await read(manager)).status, 200);
  assert.equal((await read(manager, why)).status, 403);

  const asked = { resource: 'legal_entity', columns: ['name', 'tax_id'], format: 'xlsx', reason: 'For the auditor' };
  assert.equal((await manager('POST', '/api/v1/exports', asked)).status, 403);
  const started = good(await api('POST', '/api/v1/exports', { ...asked, format: 'csv' })).body;
  const done = await eventually(async () => {
    const { body } = await api('GET', `/api/v1/exports/${started.id}`);
    return ['done', 'failed'].includes(body.state) && body;
  });
  assert.deepEqual([done.state, done.reason], ['done', 'For the auditor']);
  assert.match((await api('GET', `/api/v1/exports/${started.id}/content`)).body as string, /'=99-1234567/);
  const second = (await tenant.as('admin', 'Second admin')).api;
  assert.equal((await second('GET', `/api/v1/exports/${started.id}/content`)).status, 403);
  const seen = (await api('GET', `/api/v1/contacts/${contact.id}/disclosures`)).body.data;
  assert.deepEqual(
    seen.map(({ action, field, reason, record_id }: Record<string, string>) => [action, field, reason, record_id]),
    [
      ['export', 'tax_id', 'For the auditor', id],
      ['export', 'tax_id', 'Tax return', id],
    ],
  );

  const whole = good(await api('GET', '/api/v1/legal-entities/export.csv?sort=name')).body as string;
  const back = await importNow(api, [['legal-entities.csv', whole]], ({ files }) => ({
    files: [{ id: files[0]!.id, resource: 'legal_entity' }],
  }));
  assert.equal(counts(back).unchanged, 2, JSON.stringify(told(back)));
});
