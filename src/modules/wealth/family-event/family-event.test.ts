import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';

type Row = Awaited<ReturnType<Client>>['body'];

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  api = (await tenant.as('advisor', 'Ann')).api;
});

async function made(path: string, body: object, by = api): Promise<Row> {
  const answer = await by('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const listed = async (plural: string, household_id: string, by = api): Promise<Row[]> => {
  const filter = encodeURIComponent(JSON.stringify({ field: 'household_id', op: 'eq', value: household_id }));
  const answer = await by('GET', `/api/v1/${plural}?filter=${filter}&as_of=${day(0)}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.data;
};
const membersOf = async (id: string) =>
  (await listed('household-members', id)).map(({ contact, role }) => `${contact.name} ${role}`).sort();
const happens = (id: string, event: object, by = api) => by('POST', `/api/v1/households/${id}/family-events`, event);
const done = async (id: string, event: object, by = api) => {
  const answer = await happens(id, event, by);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return { body: answer.body as Row, change: answer.headers.get('change-id') };
};
const undo = async (change: string | null) => {
  const answer = await api('POST', `/api/v1/changes/${change}/reversal`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(answer.body.skipped, 0, JSON.stringify(answer.body));
};
const refusal = async (id: string, event: object) => {
  const { status, body } = await happens(id, event);
  return [status, body.errors?.[0]?.field, body.errors?.[0]?.code];
};

/** A household with people in roles, all of them since long. */
async function family(name: string, people: [string, string][], by = api) {
  const { id } = await made('households', { name, status: 'active' }, by);
  const ids: string[] = [];
  for (const [given_name, role] of people) {
    const { id: contact_id } = await made('contacts', { given_name, family_name: name }, by);
    await made('household-members', { household_id: id, contact_id, role, from_on: '2010-01-01' }, by);
    ids.push(contact_id);
  }
  return { id, ids };
} // biome-ignore format: a call a line

test('two marry, have a preview that changes nothing, divorce with a child and an account, and take each step back', async () => {
  const ben = await tenant.as('advisor', 'Ben');
  const holt = await family('Holt', [
    ['Ada', 'head'],
    ['Tim', 'child'],
  ]);
  const sato = await family('Sato', [
    ['Ken', 'head'],
    ['Mia', 'child'],
    ['Leo', 'child'],
  ]);
  const [ada, tim] = holt.ids as [string, string];
  const [ken, mia, leo] = sato.ids as [string, string, string];
  await made('household-advisers', { household_id: holt.id, user_id: ben.user_id, role: 'secondary' });
  const account = await made('financial-accounts', {
    name: 'Savings',
    household_id: sato.id,
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
  });
  await made('account-owners', {
    account_id: account.id,
    contact_id: ken,
    role: 'owner',
    share_numerator: 1,
    share_denominator: 1,
  });
  const marriage = {
    kind: 'marriage',
    on: '2020-06-01',
    contact_id: ada,
    spouse_id: ken,
    from_household_id: sato.id,
    with: [mia],
    account_ids: [account.id],
  };

  const preview = await done(holt.id, { ...marriage, preview: true });
  assert.deepEqual(await membersOf(holt.id), ['Ada Holt head', 'Tim Holt child']);
  assert.deepEqual(
    preview.body.members.map(({ change, household, contact, role }: Row) => [
      change,
      household.name,
      contact.name,
      role,
    ]),
    [
      ['ends', 'Sato', 'Ken Sato', 'head'],
      ['ends', 'Sato', 'Mia Sato', 'child'],
      ['begins', 'Holt', 'Ken Sato', 'spouse'],
      ['begins', 'Holt', 'Mia Sato', 'child'],
    ],
  );
  assert.deepEqual(
    preview.body.relationships.map(({ change, kind, reciprocal, of, to }: Row) => [
      change,
      kind,
      reciprocal,
      of.name,
      to.name,
    ]),
    [['begins', 'spouse', 'spouse', 'Ada Holt', 'Ken Sato']],
  );
  const seen = Object.fromEntries(preview.body.access.map(({ name, before, after }: Row) => [name, [before, after]]));
  assert.deepEqual(seen, {
    'Ken Sato': [['Ann'], ['Ann', 'Ben']],
    'Mia Sato': [['Ann'], ['Ann', 'Ben']],
    Savings: [['Ann'], ['Ann', 'Ben']],
  });
  assert.equal((await ben.api('GET', `/api/v1/contacts/${mia}`)).status, 404);

  const married = await done(holt.id, marriage);
  assert.deepEqual(married.body.words, preview.body.words);
  assert.deepEqual(await membersOf(holt.id), ['Ada Holt head', 'Ken Sato spouse', 'Mia Sato child', 'Tim Holt child']);
  assert.deepEqual(await membersOf(sato.id), ['Leo Sato child']);
  for (const path of [`contacts/${mia}`, `financial-accounts/${account.id}`])
    assert.equal((await ben.api('GET', `/api/v1/${path}`)).status, 200, path);
  assert.equal((await ben.api('GET', `/api/v1/contacts/${leo}`)).status, 404);
  assert.deepEqual(await refusal(holt.id, marriage), [422, 'spouse_id', 'not_a_member']);
  assert.deepEqual(await refusal(holt.id, { kind: 'marriage', contact_id: ada, spouse_id: leo }), [
    422,
    'contact_id',
    'married_already',
  ]);
  await undo(married.change);
  assert.deepEqual(await membersOf(sato.id), ['Ken Sato head', 'Leo Sato child', 'Mia Sato child']);
  assert.equal((await ben.api('GET', `/api/v1/financial-accounts/${account.id}`)).status, 404);
  await done(holt.id, marriage);

  const divorce = {
    kind: 'divorce',
    on: '2024-03-15',
    contact_id: ada,
    spouse_id: ken,
    new_household: { name: 'Ken Sato' },
    with: [mia],
    shared: [tim],
  };
  const parted = await done(holt.id, divorce);
  assert.deepEqual(
    parted.body.decisions.map(({ code, about }: Row) => [code, about.name]),
    [['account_stays', 'Savings']],
  );
  const home = parted.body.new_household.id;
  assert.deepEqual(await membersOf(holt.id), ['Ada Holt head', 'Tim Holt child']);
  assert.deepEqual(await membersOf(home), ['Ken Sato head', 'Mia Sato child', 'Tim Holt child']);
  assert.deepEqual((await listed('household-advisers', home)).map(({ user, role }) => `${user.name} ${role}`).sort(), [
    'Ann primary',
    'Ben secondary',
  ]);
  assert.deepEqual((await listed('relationships', holt.id)).length, 0, 'no longer married');
  assert.deepEqual(await refusal(holt.id, divorce), [422, 'spouse_id', 'not_a_member']);
  await undo(parted.change);
  assert.equal((await api('GET', `/api/v1/households/${home}`)).status, 404);
  assert.deepEqual(await membersOf(holt.id), ['Ada Holt head', 'Ken Sato spouse', 'Mia Sato child', 'Tim Holt child']);
  assert.equal((await listed('relationships', holt.id)).length, 1);
});

test('a death ends memberships and the marriage, and leaves to the adviser what is to be decided', async () => {
  const { id, ids } = await family('Novak', [
    ['Eva', 'head'],
    ['Jan', 'spouse'],
  ]);
  const [eva, jan] = ids as [string, string];
  const marriage = await made('relationships', {
    household_id: id,
    contact_id: eva,
    kind: 'spouse',
    of_contact_id: jan,
    from_on: '2011-01-01',
  });
  const trust = await made('legal-entities', { name: 'Novak Trust', kind: 'trust', household_id: id });
  await made('relationships', {
    household_id: id,
    contact_id: eva,
    kind: 'trustee',
    of_entity_id: trust.id,
    from_on: '2011-01-01',
  });
  const whole = { share_numerator: 1, share_denominator: 1 };
  const account = async (name: string, registration: string, owners: object[]) => {
    const { id: account_id } = await made('financial-accounts', {
      name,
      household_id: id,
      registration,
      kind: 'managed',
      currency: 'USD',
    });
    assert.equal((await api('PUT', `/api/v1/financial-accounts/${account_id}/owners`, { data: owners })).status, 200);
  };
  await account('Own', 'individual', [
    { contact_id: eva, role: 'owner', ...whole },
    { contact_id: jan, role: 'primary_beneficiary', ...whole },
  ]);
  await account('Joint', 'joint_survivorship', [
    { contact_id: eva, role: 'owner' },
    { contact_id: jan, role: 'owner' },
  ]);
  await account('Pension', 'individual', [
    { contact_id: jan, role: 'owner', ...whole },
    { contact_id: eva, role: 'primary_beneficiary', ...whole },
  ]);
  assert.deepEqual(await refusal(id, { kind: 'death', contact_id: eva, on: day(1) }), [422, 'on', 'in_future']);
  assert.deepEqual(await refusal(id, { kind: 'death', contact_id: eva, on: '2009-12-31' }), [
    422,
    'on',
    'before_joining',
  ]);
  const assistant = await tenant.as('assistant', 'Cleo');
  await made('household-advisers', { household_id: id, user_id: assistant.user_id, role: 'grant' });
  assert.equal((await happens(id, { kind: 'death', contact_id: eva }, assistant.api)).status, 403);

  const { body, change } = await done(id, { kind: 'death', contact_id: eva, on: '2025-02-03' });
  assert.deepEqual(body.decisions.map(({ code, about }: Row) => `${about.name}: ${code}`).sort(), [
    'Joint: survivors_own',
    'Novak Trust: trustee',
    'Own: no_other_owner',
    'Pension: beneficiary',
  ]);
  assert.deepEqual(await membersOf(id), ['Jan Novak head']);
  assert.equal((await api('GET', `/api/v1/relationships/${marriage.id}`)).body.until_on, '2025-02-03');
  assert.deepEqual(await refusal(id, { kind: 'marriage', contact_id: jan, spouse_id: eva }), [
    422,
    'spouse_id',
    'dead',
  ]);
  assert.deepEqual(await refusal(id, { kind: 'death', contact_id: eva }), [422, 'contact_id', 'not_a_member']);
  await undo(change);
  assert.deepEqual(await membersOf(id), ['Eva Novak head', 'Jan Novak spouse']);
  assert.equal((await api('GET', `/api/v1/relationships/${marriage.id}`)).body.until_on, null);
  const again = await done(id, { kind: 'death', contact_id: eva, on: '2025-02-04' });
  assert.equal(
    (await api('GET', `/api/v1/contacts/${eva}/client-profile`)).body.died_on,
    '2025-02-04',
    JSON.stringify(again.body),
  );
});

test('a child leaves, a household is split and merged again; nobody merges it with itself or another adviser’s', async () => {
  const { id, ids } = await family('Berg', [
    ['Una', 'head'],
    ['Odd', 'spouse'],
    ['Liv', 'child'],
    ['Nils', 'child'],
  ]);
  const [una, odd, liv, nils] = ids as [string, string, string, string];
  const parent = await made('relationships', {
    household_id: id,
    contact_id: odd,
    kind: 'parent',
    of_contact_id: nils,
    from_on: '2010-01-01',
  });
  const left = await done(id, { kind: 'leaving', contact_id: liv, on: day(0), new_household: { name: 'Liv Berg' } });
  assert.deepEqual(await membersOf(left.body.new_household.id), ['Liv Berg head']);
  assert.deepEqual(left.body.access.find(({ name }: Row) => name === 'Liv Berg')?.after, ['Ann']);
  const apart = await done(id, {
    kind: 'split',
    contact_ids: [odd, nils],
    new_household: { name: 'Odd Berg' },
    on: day(-3),
  });
  const other = apart.body.new_household.id;
  assert.deepEqual(
    [await membersOf(id), await membersOf(other)],
    [['Una Berg head'], ['Nils Berg child', 'Odd Berg head']],
  );
  assert.deepEqual(
    (await listed('relationships', other)).map((row) => row.id),
    [parent.id],
    'what they are of each other goes along',
  );
  assert.deepEqual(await refusal(id, { kind: 'split', contact_ids: [una], new_household: { name: 'All' } }), [
    422,
    'contact_ids',
    'all',
  ]);
  assert.deepEqual(await refusal(id, { kind: 'leaving', contact_id: odd }), [422, 'contact_id', 'not_a_member']);
  assert.deepEqual(await refusal(other, { kind: 'leaving', contact_id: odd, on: day(-9) }), [
    422,
    'on',
    'before_joining',
  ]);
  assert.deepEqual(await refusal(id, { kind: 'merge', household_id: id.toUpperCase() }), [422, 'household_id', 'same']);

  const theirs = await tenant.as('advisor', 'Dan');
  const foreign = await family('Foreign', [['Zoe', 'head']], theirs.api);
  assert.equal((await happens(id, { kind: 'merge', household_id: foreign.id })).status, 404);
  assert.equal((await happens(foreign.id, { kind: 'leaving', contact_id: una })).status, 404);
  assert.deepEqual((await happens(id, { kind: 'marriage', contact_id: una, spouse_id: foreign.ids[0] })).status, 404);

  await made('household-advisers', { household_id: other, user_id: theirs.user_id, role: 'secondary' });
  const merged = await done(id, { kind: 'merge', household_id: other, on: day(0), advisers_join: true });
  assert.deepEqual(await membersOf(id), ['Nils Berg child', 'Odd Berg other', 'Una Berg head']);
  assert.equal((await api('GET', `/api/v1/households/${other}`)).body.status, 'former');
  assert.equal((await theirs.api('GET', `/api/v1/households/${id}`)).status, 200);
  assert.equal((await api('GET', `/api/v1/relationships/${parent.id}`)).body.household_id, id);
  await made('household-members', { household_id: other, contact_id: una, role: 'other', from_on: day(-1) });
  await undo(merged.change);
  assert.equal((await theirs.api('GET', `/api/v1/households/${id}`)).status, 404);
  assert.deepEqual(await membersOf(id), ['Una Berg head']);
  assert.equal((await membersOf(other)).length, 3);
});

test('a household handed over takes its people and open tasks along, and its former adviser sees nothing of it', async () => {
  const [from, to] = [await tenant.as('advisor', 'Fay'), await tenant.as('advisor', 'Gus')];
  const { id, ids } = await family('Lund', [['Pia', 'head']], from.api);
  const task = await made(
    'tasks',
    { title: 'Call Pia', status: 'open', records: [{ type: 'household', id }], assignee_id: from.user_id },
    from.api,
  );
  const account = await made(
    'financial-accounts',
    { name: 'Lund savings', household_id: id, registration: 'individual', kind: 'managed', currency: 'USD' },
    from.api,
  );
  const handOver = (by: Client, more: object = {}) =>
    by('POST', `/api/v1/households/${id}/handover`, { to_user_id: to.user_id, ...more });
  const seen = async (by: Client) => {
    const paths = [`households/${id}`, `contacts/${ids[0]}`, `financial-accounts/${account.id}`, `tasks/${task.id}`];
    return Promise.all(paths.map(async (path) => (await by('GET', `/api/v1/${path}`)).status));
  };
  const preview = await handOver(from.api, { preview: true });
  assert.equal(preview.status, 200, JSON.stringify(preview.body));
  assert.deepEqual([preview.body.contacts[0].name, preview.body.tasks[0].name], ['Pia Lund', 'Call Pia']);
  assert.deepEqual(await seen(from.api), [200, 200, 200, 200]);
  assert.equal((await handOver(to.api)).status, 404);
  assert.equal((await handOver(from.api, { to_user_id: from.user_id })).status, 422);
  assert.equal((await handOver(from.api, { to_user_id: crypto.randomUUID() })).status, 422);
  await made('household-advisers', { household_id: id, user_id: to.user_id, role: 'secondary' }, from.api);
  assert.equal((await handOver(to.api)).status, 403, 'a secondary adviser takes nothing over');
  const done = await handOver(from.api);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.deepEqual(
    [await seen(from.api), await seen(to.api)],
    [
      [404, 404, 404, 404],
      [200, 200, 200, 200],
    ],
  );
  const told = async (by: Client) =>
    (await by('GET', '/api/v1/notifications?view=all')).body.data.map(
      ({ kind, resource }: Row) => `${kind} ${resource}`,
    );
  await eventually(async () => (await told(to.api)).includes('assigned household'));
  const manager = (await tenant.as('manager', 'Max')).api;
  const given = await manager('PATCH', `/api/v1/households/${id}`, { owner_id: from.user_id });
  await eventually(async () => (await told(to.api)).includes('handed_over household'));
  assert.equal((await manager('POST', `/api/v1/changes/${given.headers.get('change-id')}/reversal`)).status, 200);
  assert.equal((await manager('POST', `/api/v1/changes/${done.headers.get('change-id')}/reversal`)).status, 200);
  assert.deepEqual(await seen(from.api), [200, 200, 200, 200]);
});
