import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

async function made(path: string, body: object = {}, by = api, method = 'POST') {
  const answer = await by(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const read = async (path: string, by = api) => {
  const answer = await by('GET', `/api/v1/${path}`);
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const listed = async (plural: string, field: string, value: string, by = api) =>
  (await read(`${plural}?filter=${encodeURIComponent(JSON.stringify({ field, op: 'eq', value }))}`, by)).data;
/** What is wrong with a request, by field. */
const refusal = async (path: string, body: object, by = api, method = 'POST') => {
  const answer = await by(method, `/api/v1/${path}`, body);
  return [answer.status, answer.body.errors?.[0]?.field ?? answer.body.code];
};
/** The day of the workspace, and others counted from it. */
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const yearsAfter = (date: string, years: number) => `${Number(date.slice(0, 4)) + years}${date.slice(4)}`;
const family = (name: string, by: Client, more: object = {}) =>
  made('households', { name, status: 'active', ...more }, by);

test('goals have the value of exact parts of the accounts that serve them; what is not known of it is named and is not nothing', async () => {
  const [ann, ben] = [await tenant.as('advisor', 'Ann'), await tenant.as('advisor', 'Ben')];
  const { id: household_id } = await family('Okafor', ann.api);
  const newAccount = async (name: string, currency = 'USD', of = household_id) =>
    (
      await made(
        'financial-accounts',
        { name, household_id: of, registration: 'individual', kind: 'managed', currency },
        ann.api,
      )
    ).id as string;
  const paid = (account_id: string, amount: string) =>
    made('transactions', { account_id, kind: 'deposit', traded_on: day(-9), amount }, ann.api);
  const [cash, empty, foreign, fund] = [
    await newAccount('Cash'),
    await newAccount('Empty'),
    await newAccount('Tokyo', 'JPY'),
    await newAccount('Fund'),
  ];
  await paid(cash, '1000');
  await paid(foreign, '500000');
  const security_id = (
    await made('securities', { name: 'Unpriced fund', asset_class: 'equity', currency: 'USD' }, ann.api)
  ).id;
  await made(
    'transactions',
    { account_id: fund, kind: 'transfer_in', traded_on: day(-9), security_id, quantity: '5' },
    ann.api,
  );
  const goal = { household_id, target_amount: '666.67', currency: 'USD', target_on: day(900) };
  const house = await made('goals', { name: 'House', ...goal }, ann.api);
  const boat = await made('goals', { name: 'Boat', ...goal, target_on: day(90) }, ann.api);
  const serve = (id: string, ...data: object[]) => made(`goals/${id}/accounts`, { data }, ann.api, 'PUT');
  const third = { account_id: cash, share_numerator: 1, share_denominator: 3 };
  await serve(boat.id, third);
  await serve(house.id, { ...third, share_numerator: 2 });
  const progress = async (by = ann.api) => (await read(`households/${household_id}/goal-progress`, by)).data;
  const [first, second] = await progress();
  assert.deepEqual([first.name, first.value, first.progress], ['Boat', '333.33', 0.499998]);
  assert.deepEqual(
    [second.name, second.value, second.progress, second.missing],
    ['House', '666.67', 1, []].with(2, second.progress),
  );
  assert.ok(Math.abs(second.progress - 1) < 1e-5);

  await serve(boat.id, third, { account_id: empty }, { account_id: foreign }, { account_id: fund });
  const [unknown] = await progress();
  assert.deepEqual([unknown.value, unknown.progress, unknown.known_value], [null, null, '333.33']);
  const missing = unknown.missing.map(({ account, why, name }: Record<string, string>) => [account, why, name]);
  assert.deepEqual(missing.sort(), [
    ['Empty', 'nothing_known', null],
    ['Fund', 'no_price', 'Unpriced fund'],
    ['Tokyo', 'no_rate', 'JPY'],
  ]);
  await made('exchange-rates', { currency: 'JPY', in_currency: 'USD', day: day(-3), rate: '0.01' });
  await made('prices', { security_id, day: day(-3), price: '20' });
  await serve(boat.id, third, { account_id: foreign }, { account_id: fund });
  assert.equal((await progress())[0].value, '5433.33');

  assert.deepEqual(
    await refusal(
      'goal-accounts',
      { goal_id: boat.id, account_id: foreign, share_numerator: 1, share_denominator: 9 },
      ann.api,
    ),
    [409, 'account_id'],
  );
  const more = { goal_id: house.id, account_id: foreign, share_numerator: 1, share_denominator: 1_000_000 };
  assert.deepEqual(
    await refusal('goal-accounts', more, ann.api),
    [422, 'share_numerator'],
    'all of it serves another goal',
  );
  const other = await newAccount('Elsewhere', 'USD', (await family('Other', ann.api)).id);
  assert.deepEqual(await refusal('goal-accounts', { ...more, account_id: other }, ann.api), [422, 'account_id']);
  for (const target_amount of [null, '0', '-5'])
    assert.deepEqual(await refusal('goals', { name: 'Nothing', ...goal, target_amount }, ann.api), [
      422,
      'target_amount',
    ]);

  const parts = await listed('goal-accounts', 'goal_id', boat.id, ann.api);
  assert.equal(parts.length, 3);
  assert.deepEqual(
    [
      await listed('goals', 'household_id', household_id, ben.api),
      await listed('goal-accounts', 'goal_id', boat.id, ben.api),
    ],
    [[], []],
  );
  for (const path of [`goals/${boat.id}`, `goal-accounts/${parts[0].id}`, `households/${household_id}/goal-progress`])
    assert.equal((await ben.api('GET', `/api/v1/${path}`)).status, 404, path);
  assert.equal((await ben.api('PATCH', `/api/v1/goals/${boat.id}`, { name: 'Mine' })).status, 404);
  assert.equal((await ben.api('PUT', `/api/v1/goals/${boat.id}/accounts`, { data: [] })).status, 404);
  assert.deepEqual(await refusal('goals', { name: 'Mine', ...goal }, ben.api), [422, 'household_id']);
  assert.equal((await (await tenant.as('member', 'Seller')).api('GET', '/api/v1/goals')).status, 403);
});

test('identity is checked again after 5, 3 or 1 years by the class of risk, and nobody says otherwise', async () => {
  const { id } = await made('contacts', { given_name: 'Rosa' });
  const put = (body: object) => made(`contacts/${id}/client-profile`, body, api, 'PUT');
  const checked = '2024-02-29';
  assert.equal(
    (await put({ kyc_checked_on: checked })).kyc_due_on,
    '2025-02-28',
    'an unknown risk is no lower than a high one',
  );
  for (const [risk_class, due] of [
    ['low', '2029-02-28'],
    ['medium', '2027-02-28'],
    ['high', '2025-02-28'],
  ])
    assert.equal((await put({ risk_class })).kyc_due_on, due, risk_class);
  assert.equal((await put({ kyc_checked_on: null })).kyc_due_on, null);
  const answer = await api('PUT', `/api/v1/contacts/${id}/client-profile`, {
    kyc_checked_on: '2026-05-01',
    risk_class: 'low',
  });
  assert.equal(answer.body.kyc_due_on, '2031-05-01');
  assert.equal((await api('POST', `/api/v1/changes/${answer.headers.get('change-id')}/reversal`)).status, 200);
  const { kyc_due_on, risk_class } = await read(`contacts/${id}/client-profile`);
  assert.deepEqual([kyc_due_on, risk_class], [null, 'high']);
});

test('a review is written down with a note, and the next one is due after the cycle of the household', async () => {
  const [ann, ben] = [await tenant.as('advisor', 'Ann'), await tenant.as('advisor', 'Ben')];
  const { id, next_review_on } = await family('Lindqvist', ann.api, { review_months: 12 });
  assert.equal(next_review_on, yearsAfter(day(0), 1));
  await made(`households/${id}`, { next_review_on: day(40) }, ann.api, 'PATCH');
  const dates = async () => {
    const { last_review_on, next_review_on: next } = await read(`households/${id}`, ann.api);
    return [last_review_on, next];
  };
  assert.deepEqual(await dates(), [null, day(40)]);
  const answer = await ann.api('POST', '/api/v1/client-reviews', {
    household_id: id,
    note: 'Sells the firm next year',
  });
  assert.deepEqual([answer.status, answer.body.held_on, answer.body.author.name], [201, day(0), 'Ann']);
  assert.deepEqual(await dates(), [day(0), yearsAfter(day(0), 1)]);
  assert.equal((await ann.api('POST', `/api/v1/changes/${answer.headers.get('change-id')}/reversal`)).status, 200);
  assert.deepEqual([await dates(), await listed('client-reviews', 'household_id', id, ann.api)], [[null, day(40)], []]);

  const before = await made('client-reviews', { household_id: id, held_on: '2024-03-01' }, ann.api);
  const last = await made('client-reviews', { household_id: id, held_on: '2025-03-01' }, ann.api);
  await made('client-reviews', { household_id: id, held_on: '2023-03-01' }, ann.api);
  assert.deepEqual(await dates(), ['2025-03-01', '2026-03-01'], 'one that is found later is not the last');
  assert.equal((await ann.api('DELETE', `/api/v1/client-reviews/${last.id}`)).status, 204);
  assert.deepEqual(await dates(), ['2024-03-01', '2025-03-01']);
  await made(`households/${id}`, { review_months: 6 }, ann.api, 'PATCH');
  assert.deepEqual(await dates(), ['2024-03-01', '2024-09-01']);
  assert.deepEqual(await refusal('client-reviews', { household_id: id, held_on: day(2) }, ann.api), [422, 'held_on']);

  assert.equal((await ben.api('GET', `/api/v1/client-reviews/${before.id}`)).status, 404);
  assert.equal((await ben.api('DELETE', `/api/v1/client-reviews/${before.id}`)).status, 404);
  assert.deepEqual(await listed('client-reviews', 'household_id', id, ben.api), []);
  assert.deepEqual(await refusal('client-reviews', { household_id: id }, ben.api), [422, 'household_id']);
  assert.deepEqual(await dates(), ['2024-03-01', '2024-09-01']);
});

test('what suits a household or one of its people is said for those who advise it, and for nobody else', async () => {
  const [ann, ben] = [await tenant.as('advisor', 'Ann'), await tenant.as('advisor', 'Ben')];
  const { id: household_id } = await family('Castellanos', ann.api);
  const { id: contact_id } = await made('contacts', { given_name: 'Luis' }, ann.api);
  const suits = {
    household_id,
    objective: 'growth',
    horizon_years: 15,
    risk_tolerance: 'high',
    risk_capacity: 'medium',
    liquidity_needs: 'low',
    experience: 'good',
  };
  assert.deepEqual(
    await refusal('suitability-profiles', { ...suits, contact_id }, ann.api),
    [422, 'contact_id'],
    'not of the household',
  );
  await made('household-members', { household_id, contact_id, role: 'head' }, ann.api);
  await made('suitability-profiles', { ...suits, contact_id, reviewed_on: '2020-01-01' }, ann.api);
  const { id, reviewed_on } = await made('suitability-profiles', suits, ann.api);
  assert.equal(reviewed_on, day(0));
  const found = await listed('suitability-profiles', 'household_id', household_id, ann.api);
  assert.deepEqual(
    found.map(({ contact }: { contact: { name: string } | null }) => contact?.name ?? null),
    [null, 'Luis'],
  );
  assert.deepEqual(await listed('suitability-profiles', 'household_id', household_id, ben.api), []);
  assert.equal((await ben.api('PATCH', `/api/v1/suitability-profiles/${id}`, { objective: 'income' })).status, 404);
  assert.deepEqual(await refusal('suitability-profiles', suits, ben.api), [422, 'household_id']);
});

test('the home of an adviser has what waits in the households that they see, and nothing of others', async () => {
  const own = await app.tenant();
  const [ann, ben, cleo] = [
    await own.as('advisor', 'Ann'),
    await own.as('advisor', 'Ben'),
    await own.as('assistant', 'Cleo'),
  ];
  const [late, soon] = [
    await family('Late', ann.api, { tier: 'gold', next_review_on: day(-4) }),
    await family('Soon', ann.api, { tier: 'gold', next_review_on: day(9) }),
  ];
  await family('Far', ann.api, { next_review_on: day(300) });
  const member = async (given_name: string, household: { id: string }, profile?: object, more: object = {}) => {
    const { id } = await made('contacts', { given_name, ...more }, ann.api);
    await made('household-members', { household_id: household.id, contact_id: id, role: 'other' }, ann.api);
    if (profile) await made(`contacts/${id}/client-profile`, profile, ann.api, 'PUT');
    return id as string;
  };
  await member('Overdue', late, { risk_class: 'high', kyc_checked_on: day(-400) });
  await member('Unchecked', soon, { risk_class: 'low' });
  await member('Fine', soon, { risk_class: 'low', kyc_checked_on: day(-400) });
  await member('Said', late, undefined, { birthday: `--${day(3).slice(5)}` });
  await member('Sealed', late, { date_of_birth: `1960${day(5).slice(4)}`, kyc_checked_on: day(0) });
  await member('Later', late, { date_of_birth: `1960${day(100).slice(4)}`, kyc_checked_on: day(0) });
  await member('Dead', late, { date_of_birth: `1930${day(5).slice(4)}`, died_on: day(-50), kyc_checked_on: day(0) });
  const account = await made(
    'financial-accounts',
    { name: 'Broken', household_id: late.id, registration: 'individual', kind: 'managed', currency: 'USD' },
    ann.api,
  );
  await made('transactions', { account_id: account.id, kind: 'deposit', traded_on: day(-2), amount: '100' }, ann.api);
  await made('positions', { account_id: account.id, day: day(-1), currency: 'USD', quantity: '90' }, ann.api);
  await made('documents', { household_id: late.id, type: 'tax', name: 'Tax return' }, ann.api);

  const home = await read('adviser-home', ann.api);
  const names = (rows: { household: { name: string } | null; contact?: { name: string } }[]) =>
    rows.map(({ household, contact }) => contact?.name ?? household?.name);
  assert.deepEqual([home.reviews.total, home.reviews.overdue, names(home.reviews.data)], [2, 1, ['Late', 'Soon']]);
  assert.deepEqual(
    [home.identity_checks.total, home.identity_checks.overdue, names(home.identity_checks.data)],
    [2, 2, ['Unchecked', 'Overdue']],
  );
  assert.deepEqual(
    home.birthdays.data.map(
      ({ contact, on, turns }: { contact: { name: string }; on: string; turns: number | null }) => [
        contact.name,
        on,
        turns,
      ],
    ),
    [
      ['Said', day(3), null],
      ['Sealed', day(5), null],
    ],
  );
  assert.deepEqual([home.birthdays.total, home.birthdays.not_looked_at], [2, 0]);
  assert.doesNotMatch(JSON.stringify(home), /1960/, 'the year stays sealed');
  assert.deepEqual(
    [home.breaks.total, home.breaks.data[0].household.name, home.breaks.data[0].difference],
    [1, 'Late', '-10'],
  );
  assert.deepEqual([home.documents.total, home.documents.data[0].name], [1, 'Tax return']);
  assert.deepEqual(home.tiers, [
    { tier: 'gold', households: 2 },
    { tier: null, households: 1 },
  ]);

  const none = { total: 0, data: [] };
  const { today: _, ...rest } = await read('adviser-home', ben.api);
  assert.deepEqual(rest, {
    reviews: { ...none, overdue: 0 },
    identity_checks: { ...none, overdue: 0 },
    birthdays: { ...none, not_looked_at: 0 },
    breaks: none,
    documents: none,
    tiers: [],
  });
  await made('household-advisers', { household_id: late.id, user_id: cleo.user_id, role: 'grant' }, ann.api);
  const assistant = await read('adviser-home', cleo.api);
  assert.deepEqual(
    [assistant.identity_checks, names(assistant.birthdays.data), assistant.reviews.total],
    [null, ['Said'], 1],
  );
  assert.equal((await (await own.as('member', 'Seller')).api('GET', '/api/v1/adviser-home')).status, 403);
});

test('deals belong to households by a field of the workspace, and say nothing of a household to those who do not advise it', async () => {
  const [ann, seller] = [await tenant.as('advisor', 'Ann'), await tenant.as('member', 'Seller')];
  await made('custom-fields', { resource: 'deal', key: 'household', label: 'Household', type: 'household' });
  const { id } = await family('Novak', ann.api);
  const { id: deal } = await made('deals', { name: 'Advice', owner_id: seller.user_id, custom: { household: id } });
  const found = async (filter: object, by = api) => {
    const { status, body } = await by('GET', `/api/v1/deals?filter=${encodeURIComponent(JSON.stringify(filter))}`);
    return status === 200 ? body.data.map((one: { id: string }) => one.id) : status;
  };
  const through = { any: 'custom.household', where: { field: 'name', op: 'eq', value: 'Novak' } };
  assert.deepEqual(await found({ field: 'custom.household', op: 'eq', value: id }), [deal]);
  assert.deepEqual(await found(through), [deal]);
  assert.equal((await seller.api('GET', `/api/v1/deals/${deal}`)).status, 200);
  assert.doesNotMatch(JSON.stringify(await read(`deals/${deal}`, seller.api)), /Novak/);
  assert.notDeepEqual(await found(through, seller.api), [deal]);
});
