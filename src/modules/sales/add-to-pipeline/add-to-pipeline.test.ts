import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

const run = async (body: object) => {
  const started = await api('POST', '/api/v1/changes', body);
  assert.equal(started.status, 202, JSON.stringify(started.body));
  return eventually(async () => {
    const answer = await api('GET', `/api/v1/changes/${started.body.id}`);
    return answer.body.state === 'done' && answer.body;
  });
};
const deals = async () => (await api('GET', '/api/v1/deals?limit=200&sort=name')).body.data;

test('each contact and each company gets a deal of its own in the pipeline, and all are taken back together', async () => {
  const pipeline = (await api('POST', '/api/v1/pipelines', { name: 'Renewals' })).body;
  const { user_id } = await tenant.as('member');
  const company = (await api('POST', '/api/v1/companies', { name: 'Blue Ltd', owner_id: user_id })).body;
  const people = (
    await api('POST', '/api/v1/contacts/bulk', {
      data: [{ given_name: 'Ada', company_id: company.id }, { given_name: 'Bob' }],
    })
  ).body.data;
  const action = { kind: 'start_deals', pipeline_id: pipeline.id, name: 'Verlängerung'.normalize('NFD') };
  const ids = people.map(({ id }: { id: string }) => id);
  const change = await run({ resource: 'contact', ids, action });
  assert.deepEqual([change.changed, change.skipped], [2, 0]);
  const [ada, bob] = await deals();
  assert.deepEqual(
    [ada.name, ada.contact.name, ada.company.name, ada.pipeline_id],
    ['Ada: Verlängerung', 'Ada', 'Blue Ltd', pipeline.id],
  );
  assert.deepEqual([bob.name, bob.company, bob.status], ['Bob: Verlängerung', null, 'open']);
  await run({ resource: 'company', filter: null, action: { kind: 'start_deals', pipeline_id: pipeline.id } });
  assert.deepEqual(
    (await deals()).map((row: { name: string; owner: { id: string } }) => [row.name, row.owner.id === user_id]),
    [
      ['Ada: Verlängerung', false],
      ['Blue Ltd', true],
      ['Bob: Verlängerung', false],
    ],
  );
  assert.equal((await api('POST', `/api/v1/changes/${change.id}/reversal`)).body.changed, 2);
  assert.deepEqual(
    (await deals()).map((row: { name: string }) => row.name),
    ['Blue Ltd'],
  );
});

test('who lacks what the stage asks for gets no deal, and that is told', async () => {
  const { stages } = (await api('POST', '/api/v1/pipelines', { name: 'Accounts' })).body;
  await api('PATCH', `/api/v1/stages/${stages[0].id}`, { required_fields: ['company_id'] });
  const company = (await api('POST', '/api/v1/companies', { name: 'Green Ltd' })).body;
  const people = [{ given_name: 'Cas', company_id: company.id }, { given_name: 'Dee' }];
  const ids = (await api('POST', '/api/v1/contacts/bulk', { data: people })).body.data.map(
    ({ id }: { id: string }) => id,
  );
  const change = await run({ resource: 'contact', ids, action: { kind: 'start_deals', stage_id: stages[0].id } });
  assert.deepEqual([change.changed, change.skipped], [1, 1]);
  assert.deepEqual(
    change.skipped_samples.map(({ name, reason }: { name: string; reason: string }) => [name, reason]),
    [['Dee', 'company id: A deal needs this to begin in "Qualified".']],
  );
});

test('a pipeline or stage that is not there, and deals of deals, are refused', async () => {
  const filter = null;
  const start = (resource: string, place: object) =>
    api('POST', '/api/v1/changes', { resource, filter, action: { kind: 'start_deals', ...place } });
  const unknown = crypto.randomUUID();
  assert.equal((await start('contact', { pipeline_id: unknown })).body.errors[0].field, 'action.pipeline_id');
  assert.equal((await start('contact', { stage_id: unknown })).body.errors[0].field, 'action.stage_id');
  assert.equal((await start('deal', {})).status, 422);
  const { api: operator } = await tenant.as('operator');
  assert.equal(
    (await operator('POST', '/api/v1/changes', { resource: 'contact', filter, action: { kind: 'start_deals' } }))
      .status,
    403,
  );
});

test('a field that deals need is asked for before anything begins, and given to each of them', async () => {
  const workspace = await app.tenant();
  const { api: admin } = await workspace.as('admin');
  const field = async (key: string, more: object) => {
    const made = await admin('POST', '/api/v1/custom-fields', { resource: 'deal', key, label: key, ...more });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  };
  await field('contract', { type: 'text', required: true, visible_to: [] });
  await field('serial', { type: 'text', is_unique: true });
  const companies = (await admin('POST', '/api/v1/companies/bulk', { data: [{ name: 'A' }, { name: 'B' }] })).body.data;
  const ids = companies.map(({ id }: { id: string }) => id);
  const start = (custom?: object) =>
    admin('POST', '/api/v1/changes', { resource: 'company', ids, action: { kind: 'start_deals', custom } });
  for (const [custom, field, code] of [
    [undefined, 'action.custom.contract', 'required'],
    [{ contract: 'K-1', serial: '1' }, 'action.custom.serial', 'duplicate'],
    [{ contract: 'K-1', other: '1' }, 'action.custom.other', 'unknown_field'],
  ] as const) {
    const { status, body } = await start(custom);
    assert.deepEqual([status, body.errors?.[0].field, body.errors?.[0].code], [422, field, code]);
  }
  const { id } = (await start({ contract: 'K-1' })).body;
  const change = await eventually(async () => {
    const { body } = await admin('GET', `/api/v1/changes/${id}`);
    return body.state === 'done' && body;
  });
  assert.deepEqual([change.changed, change.action.custom], [2, { contract: 'K-1' }]);
  const made = (await admin('GET', '/api/v1/deals')).body.data;
  assert.deepEqual(
    made.map(({ custom }: { custom: object }) => custom),
    [{ contract: 'K-1' }, { contract: 'K-1' }],
  );
  const rights = { company: { read: 'all' }, deal: { read: 'all' }, audit: { read: 'all' } };
  const { body: role } = await admin('POST', '/api/v1/roles', { name: 'Clerk', rights });
  const { api: clerk } = await workspace.as(role.key);
  const { action } = (await clerk('GET', `/api/v1/changes/${id}`)).body;
  assert.deepEqual(action, { kind: 'start_deals', custom: {} }, 'what is hidden in deals is hidden here');
});

test('where deals need a field of which no two may have the same, none is started, and what to do is said at once', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = { resource: 'deal', key: 'number', label: 'Contract number', type: 'text', required: true };
  const made = await api('POST', '/api/v1/custom-fields', { ...field, is_unique: true });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id } = (await api('POST', '/api/v1/companies', { name: 'A' })).body;
  for (const custom of [undefined, { number: 'K-1' }]) {
    const action = { kind: 'start_deals', custom };
    const { status, body } = await api('POST', '/api/v1/changes', { resource: 'company', ids: [id], action });
    assert.deepEqual([status, body.errors], [422, [{
      field: 'action.custom.number',
      code: 'duplicate',
      message: 'Deals need Contract number, and no two may have the same: start them one by one',
    }]]);
  } // biome-ignore format: a table
});
