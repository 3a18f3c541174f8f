import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Answer,
  type Client,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { verifyAudit } from '../../../operations/audit-verify.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

const good = ({ status, body, headers }: Answer): Answer => {
  assert.ok(status < 300, JSON.stringify(body));
  return { status, body, headers };
};
const newContact = async (given_name: string, by = api): Promise<string> =>
  good(await by('POST', '/api/v1/contacts', { given_name })).body.id;
const profile = (contact: string) => `/api/v1/contacts/${contact}/client-profile`;
const withSsn = async (ssn: string, by = api): Promise<{ contact: string; id: string }> => {
  const contact = await newContact('Ada', by);
  return { contact, id: good(await by('PUT', profile(contact), { ssn })).body.id };
};
const found = async (field: string, value: unknown, op = 'eq') => {
  const filter = encodeURIComponent(JSON.stringify({ field, op, value }));
  return (await api('GET', `/api/v1/client-profiles?filter=${filter}`)).body.data.map((one: { id: string }) => one.id);
};

test('a profile is stored sealed, answered masked, and found by its whole number, however that is written', async () => {
  const contact = await newContact('Ada');
  const given = { ssn: '219-09-9871', tax_id: 'DE 8151-2233', date_of_birth: '1961-02-03', risk_class: 'low' };
  assert.equal((await api('GET', profile(contact))).status, 404);
  const { body } = good(await api('PUT', profile(contact), given));
  assert.deepEqual(
    [body.ssn, body.tax_id, body.date_of_birth, body.risk_class, body.contact.name],
    ['•••• 9871', '•••• 2233', '••••', 'low', 'Ada'],
  );
  assert.deepEqual((await api('GET', profile(contact))).body, body);
  const [row] = (await asOwner(app, 'select * from client_profile where id = $1', [body.id])) as [
    { ssn: Buffer; ssn_index: Buffer },
  ];
  assert.ok(Buffer.isBuffer(row.ssn) && row.ssn.includes(row.ssn_index) && row.ssn_index.some((byte) => byte > 0));

  await withSsn('219-09-9872');
  assert.deepEqual(await found('ssn', '219099871'), [body.id]);
  assert.deepEqual(await found('tax_id', 'de81512233'), [body.id]);
  assert.deepEqual(await found('ssn', ['219-09-9871', '000'], 'in'), [body.id]);
  assert.deepEqual(await found('ssn', '219-09-9879'), []);
  const through = encodeURIComponent(
    JSON.stringify({ any: 'client-profiles', where: { field: 'ssn', op: 'eq', value: '219-09-9871' } }),
  );
  const people = await api('GET', `/api/v1/contacts?filter=${through}`);
  assert.deepEqual(people.body.data.map((one: { id: string }) => one.id), [contact], JSON.stringify(people.body)); // biome-ignore format: one call
  const events = (await api('GET', '/api/v1/audit-events?action=search')).body.data;
  assert.ok(events.length >= 5 && !JSON.stringify(events).includes('9871'));

  const changed = good(await api('PUT', profile(contact), { ssn: '219-09-9873' }));
  assert.deepEqual([changed.body.ssn, changed.body.tax_id], ['•••• 9873', '•••• 2233']);
  assert.deepEqual([await found('ssn', '219-09-9871'), await found('ssn', '219-09-9873')], [[], [body.id]]);
  const undone = await api('POST', `/api/v1/changes/${changed.headers.get('change-id')}/reversal`);
  assert.deepEqual([undone.body.state, undone.body.skipped], ['done', 0], JSON.stringify(undone.body));
  assert.deepEqual(await found('ssn', '219-09-9871'), [body.id]);
  assert.equal((await api('GET', profile(contact))).body.ssn, '•••• 9871');
  assert.deepEqual((await verifyAudit(app.database.ownerUrl)).findings, []);
});

test('impossible numbers, births in the future, masks, and what has no order or would be kept are refused with words', async () => {
  const contact = await newContact('Eve');
  const tomorrow = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  const wrong = [
    ['ssn', '123-45-0000'],
    ['ssn', '000-12-3456'],
    ['ssn', '666-12-3456'],
    ['ssn', '912-12-3456'],
    ['ssn', '123-00-4567'],
    ['ssn', '12'],
    ['ssn', '•••• 9871'],
    ['tax_id', '•••• 2233'],
    ['date_of_birth', tomorrow],
    ['date_of_birth', '1492-01-01'],
  ] as const;
  for (const [field, value] of wrong) {
    const { status, body } = await api('PUT', profile(contact), { [field]: value });
    assert.deepEqual([status, body.errors?.[0].field], [422, field], `${value} ${JSON.stringify(body)}`);
    const { request_id, ...said } = body;
    assert.ok(request_id && !JSON.stringify(said).includes(value), 'the answer repeats the value');
  }
  const sorted = await api('GET', '/api/v1/client-profiles?sort=ssn');
  assert.deepEqual([sorted.status, sorted.body.errors[0].field], [422, 'sort']);
  const filter = JSON.stringify({ field: 'ssn', op: 'eq', value: '219-09-9871' });
  assert.equal((await api('GET', '/api/v1/client-profiles?group=ssn')).status, 422);
  const like = encodeURIComponent(JSON.stringify({ field: 'ssn', op: 'contains', value: '9871' }));
  assert.equal((await api('GET', `/api/v1/client-profiles?filter=${like}`)).status, 422);
  const kept = { resource: 'contact', name: 'Kept', filter: { any: 'client-profiles', where: JSON.parse(filter) } };
  const view = await api('POST', '/api/v1/saved-views', kept);
  assert.deepEqual([view.status, view.body.errors?.[0].code], [422, 'not_allowed'], JSON.stringify(view.body));
});

test('a value is revealed with a right and a reason, for a minute, and whose values were seen is on record', async () => {
  const advisor = (await tenant.as('advisor')).api;
  const { contact, id } = await withSsn('219-09-1234', advisor);
  const path = `/api/v1/client-profiles/${id}/reveal`;
  const shown = good(await advisor('POST', path, { field: 'ssn', reason: 'Tax return' }, { 'idempotency-key': 'see' }));
  assert.equal(shown.body.value, '219-09-1234');
  assert.equal(shown.headers.get('cache-control'), 'no-store');
  const left = Date.parse(shown.body.expires_at) - Date.now();
  assert.ok(left > 0 && left <= 60_000);
  assert.equal((await advisor('POST', path, { field: 'date_of_birth', reason: 'x' })).body.value, null);
  assert.equal((await advisor('POST', path, { field: 'ssn', reason: ' ' })).status, 422);
  assert.equal((await advisor('POST', path, { field: 'risk_class', reason: 'x' })).status, 422);
  assert.equal((await (await tenant.as('member')).api('POST', path, { field: 'ssn', reason: 'x' })).status, 403);
  const other = (await tenant.as('advisor', 'Otto')).api;
  assert.equal((await other('POST', path, { field: 'ssn', reason: 'x' })).status, 404);
  const role = { name: 'Reads', rights: { contact: { read: 'all' }, client_profile: { read: 'all' } } };
  const role_id = good(await api('POST', '/api/v1/roles', role)).body.id;
  const reader = await tenant.as('viewer', 'Rita');
  good(await api('PUT', `/api/v1/users/${reader.user_id}/roles`, { role_ids: [role_id] }));
  const rita = await tenant.signedIn('viewer', 'Rita');
  assert.equal((await rita('GET', `/api/v1/client-profiles/${id}`)).body.ssn, '•••• 1234');
  assert.equal((await rita('POST', path, { field: 'ssn', reason: 'x' })).status, 403);

  const { data, more } = good(await advisor('GET', `/api/v1/contacts/${contact}/disclosures`)).body;
  assert.deepEqual(
    data.map((one: { person: { name: string }; field: string; reason: string; record_id: string }) => [
      one.person.name, one.field, one.reason, one.record_id,
    ]),
    [['advisor', 'ssn', 'Tax return', id]],
  ); // biome-ignore format: one call
  assert.equal(more, false);
  assert.equal((await rita('GET', `/api/v1/contacts/${contact}/disclosures`)).status, 403);
});

test('a value that was changed, cut or moved is shown as damaged, and all others are shown', async () => {
  const [one, two, three] = [await withSsn('219-09-5551'), await withSsn('219-09-5552'), await withSsn('219-09-5553')];
  const masks = async () => {
    const { data } = good(await api('GET', '/api/v1/client-profiles?sort=-created_at&limit=3')).body;
    return data.map(({ ssn }: { ssn: string }) => ssn);
  };
  assert.deepEqual(await masks(), ['•••• 5553', '•••• 5552', '•••• 5551']);
  const damage = (by: string, id: string) =>
    asOwner(app, `update client_profile p set ssn = ${by} where p.id = $1`, [id]);
  await damage('set_byte(ssn, 50, get_byte(ssn, 50) # 1)', one.id);
  await damage('substring(ssn for 70)', two.id);
  assert.deepEqual(await masks(), ['•••• 5553', '• damaged', '• damaged']);
  await damage(`(select o.ssn from client_profile o where o.id = '${three.id}')`, two.id);
  assert.deepEqual(await masks(), ['•••• 5553', '• damaged', '• damaged']);
  const revealed = await api('POST', `/api/v1/client-profiles/${two.id}/reveal`, { field: 'ssn', reason: 'x' });
  assert.deepEqual([revealed.status, revealed.body.code], [409, 'value_damaged'], JSON.stringify(revealed.body));
  good(await api('PUT', profile(two.contact), { ssn: '219-09-5552' }));
  assert.deepEqual(await masks(), ['•••• 5553', '•••• 5552', '• damaged']);
});

test('identity documents are sealed too, and one of each workspace opens only there', async () => {
  const contact = await newContact('Ida');
  const document = {
    contact_id: contact,
    kind: 'passport',
    number: 'X12345678',
    country: 'DE',
    expires_on: '2031-01-01',
  };
  const { body } = good(await api('POST', '/api/v1/identity-documents', document));
  assert.deepEqual([body.number, body.country], ['•••• 5678', 'DE']);
  const shown = good(
    await api('POST', `/api/v1/identity-documents/${body.id}/reveal`, { field: 'number', reason: 'x' }),
  );
  assert.equal(shown.body.value, 'X12345678');
  const second = await api('POST', '/api/v1/client-profiles', { contact_id: contact });
  const third = await api('POST', '/api/v1/client-profiles', { contact_id: contact });
  assert.deepEqual([second.status, third.status], [201, 422]);
});

test('a key that does not open hides what it sealed and nothing else, and seals nothing', async () => {
  const [one, two] = [await withSsn('219-09-5561'), await withSsn('219-09-5562')];
  const third = await newContact('Cleo');
  await asOwner(
    app,
    `insert into data_key (tenant_id, id, kind, subject_id, workspace_key_id, wrapped)
     select tenant_id, app.uuid_v7(), kind, $2, workspace_key_id, set_byte(wrapped, 30, get_byte(wrapped, 30) # 1)
     from data_key where subject_id = $1`,
    [one.contact, third],
  );
  await asOwner(
    app,
    `update client_profile set ssn = overlay(ssn placing uuid_send((select id from data_key where subject_id = $2)) from 2 for 16)
     where id = $1`,
    [one.id, third],
  );
  const { data } = good(await api('GET', '/api/v1/client-profiles?sort=-created_at&limit=2')).body;
  assert.deepEqual(data.map(({ ssn }: { ssn: string }) => ssn), ['•••• 5562', '• damaged']); // biome-ignore format: one call
  const { status, body } = await api('PUT', profile(third), { ssn: '219-09-5563' });
  assert.deepEqual([status, body.code], [409, 'key_damaged'], JSON.stringify(body));
  good(await api('PUT', profile(two.contact), { ssn: '219-09-5564' }));
});

test('a country is two letters, nobody sets the next check by hand, and what is wrong is named', async () => {
  const contact_id = await newContact('Ute');
  for (const country of ['ßß', 'de', 'D', 'DEU']) {
    const { status, body } = await api('POST', '/api/v1/identity-documents', { contact_id, kind: 'other', country });
    assert.deepEqual([status, body.errors?.[0].field], [422, 'country'], country);
  }
  const days = { kyc_checked_on: '2026-01-02', kyc_due_on: '2026-01-01' };
  const { status, body } = await api('PUT', profile(contact_id), days);
  assert.deepEqual([status, body.errors?.[0].field], [422, 'kyc_due_on']);
});
