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

const made = async (plural: string, body: object, by = api): Promise<string> => {
  const answer = await by('POST', `/api/v1/${plural}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.id;
};
const positionsOf = async (contact: string, by = api) =>
  (await by('GET', `/api/v1/contacts/${contact}`)).body.positions;
const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};

test('a contact has positions at several companies, each with role and period, those of today first', async () => {
  const [acme, umbrella] = [await made('companies', { name: 'Acme' }), await made('companies', { name: 'Umbrella' })];
  const ada = await made('contacts', { given_name: 'Ada', company_id: acme });
  const path = `/api/v1/contacts/${ada}/positions`;
  const former = { company_id: umbrella, role: 'Clerk', started_on: '2010-01-01', ended_on: '2015-06-30' };
  good(await api('POST', path, former));
  const { body, headers } = good(
    await api('POST', path, { company_id: umbrella, role: 'Board', started_on: '2020-02-01' }),
  );
  const [board, clerk] = body.positions;
  const { id: _, ...shown } = board;
  const company = { id: umbrella, name: 'Umbrella' };
  assert.deepEqual(shown, { company_id: umbrella, company, role: 'Board', started_on: '2020-02-01', ended_on: null });
  assert.deepEqual([clerk.role, clerk.ended_on], ['Clerk', '2015-06-30']);
  assert.equal(headers.get('etag'), `"${body.version}"`);

  const stale = await api('PATCH', `${path}/${board.id}`, { role: 'Chair' }, { 'if-match': '"1"' });
  assert.equal(stale.status, 412);
  const changed = good(await api('PATCH', `${path}/${board.id}`, { role: 'Chair', ended_on: '2021-01-01' }));
  assert.deepEqual(changed.body.positions.map((p: { role: string }) => p.role), ['Chair', 'Clerk']); // biome-ignore format: one call
  const wrong = await api('PATCH', `${path}/${board.id}`, { ended_on: '2019-12-31' });
  assert.deepEqual([wrong.status, wrong.body.errors[0].field], [422, 'ended_on']);
  const unknown = await api('POST', path, { company_id: '01990000-0000-7000-8000-000000000000' });
  assert.deepEqual([unknown.status, unknown.body.errors[0].code], [422, 'no_such_record']);
  const bob = await made('contacts', { given_name: 'Bob' });
  assert.equal((await api('DELETE', `/api/v1/contacts/${bob}/positions/${board.id}`)).status, 404);

  const listed = (await api('GET', '/api/v1/contacts?sort=name')).body.data;
  const own = await Promise.all([ada, bob].map(async (id) => [id, await positionsOf(id)]));
  assert.deepEqual(listed.map((c: { id: string; positions: unknown[] }) => [c.id, c.positions]), own); // biome-ignore format: one call
  assert.deepEqual(own.map(([, positions]) => positions.length), [2, 0]); // biome-ignore format: one call

  const people = async (where: object) => {
    const filter = encodeURIComponent(JSON.stringify({ any: 'positions', where }));
    return (await api('GET', `/api/v1/contacts?filter=${filter}`)).body.data.map((c: { id: string }) => c.id);
  };
  assert.deepEqual(await people({ field: 'company_id', op: 'eq', value: umbrella }), [ada]);
  assert.deepEqual(await people({ field: 'role', op: 'eq', value: 'Board' }), []);
  good(await api('DELETE', `${path}/${clerk.id}`));
  assert.deepEqual((await positionsOf(ada)).map((p: { id: string }) => p.id), [board.id]); // biome-ignore format: one call
});

test('what is done to positions can be taken back, and the trail accounts for it', async () => {
  const acme = await made('companies', { name: 'Acme' });
  const ada = await made('contacts', { given_name: 'Ada' });
  const path = `/api/v1/contacts/${ada}/positions`;
  const undo = async (answer: Answer) => {
    const { body } = good(await api('POST', `/api/v1/changes/${good(answer).headers.get('change-id')}/reversal`));
    assert.deepEqual([body.state, body.skipped], ['done', 0], JSON.stringify(body));
    return positionsOf(ada);
  };
  const added = await api('POST', path, { company_id: acme, role: 'Clerk' });
  const [{ id }] = added.body.positions;
  const [before] = await undo(await api('PATCH', `${path}/${id}`, { role: 'Head', started_on: '2020-01-01' }));
  assert.deepEqual([before.role, before.started_on], ['Clerk', null]);
  assert.deepEqual(await undo(await api('DELETE', `${path}/${id}`)), [before]);
  assert.deepEqual(await undo(added), []);
  assert.deepEqual((await verifyAudit(app.database.ownerUrl)).findings, []);
});

test('positions are seen and changed with their contact, and tell the name of a company only to who may read it', async () => {
  const admin = await tenant.as('admin');
  const member = await tenant.as('member', 'Mia');
  const role = { name: 'Own people', rights: { contact: { read: 'own', update: 'own' } } };
  const role_id = await made('roles', role);
  good(await api('PUT', `/api/v1/users/${member.user_id}/roles`, { role_ids: [role_id] }));
  const secret = await made('companies', { name: 'Secret', owner_id: admin.user_id });
  const mine = await made('contacts', { given_name: 'Mine', owner_id: member.user_id });
  const theirs = await made('contacts', { given_name: 'Theirs', owner_id: admin.user_id });
  for (const contact of [mine, theirs])
    good(await api('POST', `/api/v1/contacts/${contact}/positions`, { company_id: secret, role: 'Spy' }));
  const [{ id, company, role: shown }] = await positionsOf(mine, member.api);
  assert.deepEqual([company, shown], [null, 'Spy']);
  const [other] = await positionsOf(theirs);
  const tried = await member.api('PATCH', `/api/v1/contacts/${theirs}/positions/${other.id}`, { role: 'x' });
  assert.equal(tried.status, 404);
  good(await member.api('PATCH', `/api/v1/contacts/${mine}/positions/${id}`, { role: 'Agent' }));
});

test('with its contact or company a position goes for good', async () => {
  const acme = await made('companies', { name: 'Acme' });
  const ada = await made('contacts', { given_name: 'Ada' });
  good(await api('POST', `/api/v1/contacts/${ada}/positions`, { company_id: acme }));
  await asOwner(app, 'delete from company where id = $1 returning id', [acme]);
  assert.deepEqual(await positionsOf(ada), []);
});
