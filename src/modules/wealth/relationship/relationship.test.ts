import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  api = (await tenant.as('admin')).api;
});
after(() => app.stop());

async function made(path: string, body: object = {}, by = api) {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const read = async (path: string, by = api) => {
  const answer = await by('GET', `/api/v1/${path}`);
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const where = (filter: object) => `filter=${encodeURIComponent(JSON.stringify(filter))}`;
const names = ({ data }: { data: { name: string }[] }) => data.map(({ name }) => name);

test('one row says what two are of each other, from both sides', async () => {
  const household_id = (await made('households', { name: 'Novak', status: 'active' })).id;
  const [ada, rosa] = [await made('contacts', { given_name: 'Ada' }), await made('contacts', { given_name: 'Rosa' })];
  const trust = await made('legal-entities', {
    name: 'Novak Trust',
    kind: 'trust',
    household_id,
    jurisdiction: 'Delaware',
  });
  assert.equal(trust.household.name, 'Novak');
  const parent = await made('relationships', {
    household_id,
    contact_id: ada.id,
    kind: 'parent',
    of_contact_id: rosa.id,
  });
  assert.deepEqual(
    [parent.contact.name, parent.kind, parent.of_contact.name, parent.reciprocal],
    ['Ada', 'parent', 'Rosa', 'child'],
  );
  const trustee = await made('relationships', {
    household_id,
    contact_id: ada.id,
    kind: 'trustee',
    of_entity_id: trust.id,
  });
  assert.deepEqual([trustee.of_entity.name, trustee.reciprocal], ['Novak Trust', 'trust']);
  const refused = async (body: object) => {
    const answer = await api('POST', '/api/v1/relationships', { household_id, kind: 'spouse', ...body });
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    return answer.body.errors[0].field;
  };
  assert.equal(await refused({ contact_id: ada.id }), 'of_contact_id');
  assert.equal(await refused({ of_contact_id: ada.id }), 'contact_id');
  assert.equal(await refused({ contact_id: ada.id, of_contact_id: ada.id }), 'of_contact_id');
  assert.equal(await refused({ contact_id: ada.id, of_contact_id: rosa.id, of_entity_id: trust.id }), 'of_entity_id');
  assert.equal(
    await refused({ contact_id: ada.id, of_contact_id: rosa.id, share_numerator: 1, share_denominator: 2 }),
    'share_numerator',
  );
});

test('owners and beneficiaries have exact shares, which together are no more than the whole', async () => {
  const household_id = (await made('households', { name: 'Thirds', status: 'active' })).id;
  const { id: of_entity_id } = await made('legal-entities', { name: 'Thirds LLC', kind: 'llc', household_id });
  const people = await Promise.all(['A', 'B', 'C', 'D'].map((given_name) => made('contacts', { given_name })));
  const owner = (person: number, share_numerator: number, share_denominator: number) => ({
    household_id,
    of_entity_id,
    kind: 'owner',
    contact_id: people[person].id,
    share_numerator,
    share_denominator,
  });
  const first = await made('relationships', owner(0, 1, 3));
  await made('relationships/bulk', { data: [owner(1, 1, 3), owner(2, 1, 3)] });
  const more = await api('POST', '/api/v1/relationships', owner(3, 1, 1_000_000));
  assert.deepEqual([more.status, more.body.errors[0].field], [422, 'share_numerator']);
  const raised = await api('PATCH', `/api/v1/relationships/${first.id}`, { share_numerator: 2, share_denominator: 3 });
  assert.equal(raised.status, 422, 'also by a change');
  assert.equal(
    (await api('PATCH', `/api/v1/relationships/${first.id}`, { share_numerator: 1, share_denominator: 6 })).status,
    200,
  );
  await made('relationships', owner(3, 1, 6));
  const three = { data: [0, 1, 2].map((person) => ({ ...owner(person, 1, 2), kind: 'primary_beneficiary' })) };
  assert.equal((await api('POST', '/api/v1/relationships/bulk', three)).status, 422, 'also among those made together');
});

test('advisers reach the contacts, entities and relationships of their households, and nobody else of theirs', async () => {
  const [ann, ben] = [await tenant.as('advisor', 'Ann'), await tenant.as('advisor', 'Ben')];
  const { id: household_id } = await made('households', { name: 'Okafor', status: 'active' }, ann.api);
  const ada = await made('contacts', { given_name: 'Adaeze' }, ann.api);
  const son = await made('contacts', { given_name: 'Chidi' });
  const trust = await made('legal-entities', { name: 'Okafor Trust', kind: 'trust', household_id }, ann.api);
  await made('relationships', { household_id, contact_id: ada.id, kind: 'grantor', of_entity_id: trust.id }, ann.api);
  await made('household-members', { household_id, contact_id: ada.id, role: 'head' }, ann.api);
  const member = await made('household-members', { household_id, contact_id: son.id, role: 'child' });
  const seen = async (by: Client) => [
    names(await read('contacts', by)).sort(),
    names(await read('legal-entities', by)),
    (await read('relationships', by)).data.length,
    names(await read('search?q=chidi', by)).length + names(await read('search?q=okafor', by)).length,
  ];
  assert.deepEqual(await seen(ann.api), [['Adaeze', 'Chidi'], ['Okafor Trust'], 1, 3]);
  assert.deepEqual(await seen(ben.api), [[], [], 0, 0]);
  const grant = await made('household-advisers', { household_id, user_id: ben.user_id, role: 'secondary' }, ann.api);
  assert.deepEqual(await seen(ben.api), [['Adaeze', 'Chidi'], ['Okafor Trust'], 1, 3]);
  assert.equal((await ben.api('PATCH', `/api/v1/contacts/${ada.id}`, { job_title: 'Founder' })).status, 200);
  assert.equal(
    (await ben.api('POST', '/api/v1/legal-entities', { name: 'His own', kind: 'llc', household_id })).status,
    201,
  );
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await api('PATCH', `/api/v1/household-members/${member.id}`, { from_on: '2001-01-01', until_on: yesterday });
  assert.deepEqual((await seen(ben.api))[0], ['Adaeze'], 'a member who left is theirs no more');
  assert.equal((await ann.api('DELETE', `/api/v1/household-advisers/${grant.id}`)).status, 204);
  assert.deepEqual(await seen(ben.api), [[], [], 0, 0]);
  assert.equal(
    (await ben.api('POST', '/api/v1/legal-entities', { name: 'Not his', kind: 'llc', household_id })).status,
    422,
  );
});

test('households are found through the entities that belong to them', async () => {
  const trusts = { any: 'legal-entities', where: { field: 'kind', op: 'eq', value: 'foundation' } };
  const { id: household_id } = await made('households', { name: 'Givers', status: 'active' });
  await made('legal-entities', { name: 'Givers Foundation', kind: 'foundation', household_id });
  assert.deepEqual(names(await read(`households?${where(trusts)}`)), ['Givers']);
}); // biome-ignore format: a step a line
