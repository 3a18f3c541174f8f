import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';

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
const listed = async (plural: string, filter: object, by = api) => {
  const answer = await by('GET', `/api/v1/${plural}?filter=${encodeURIComponent(JSON.stringify(filter))}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.data;
};
const ofAccount = (value: string) => ({ field: 'account_id', op: 'eq', value });
/** What is wrong with a request, by field. */
const refusal = async (path: string, body: object, method = 'POST') => {
  const answer = await api(method, `/api/v1/${path}`, body);
  return [answer.status, answer.body.errors?.[0]?.field ?? answer.body.code];
};

async function newAccount(by = api, more: object = {}) {
  const household = await made('households', { name: 'Holt family', status: 'active' }, by);
  const account = {
    name: 'Brokerage',
    household_id: household.id,
    registration: 'joint_common',
    kind: 'managed',
    ...more,
  };
  return made('financial-accounts', { currency: 'USD', ...account }, by);
}

test('an account and all that is in it is seen and written by the advisers of its household, and by nobody else', async () => {
  const [ann, ben] = [await tenant.as('advisor', 'Ann'), await tenant.as('advisor', 'Ben')];
  const fund = await made('securities', { name: 'World fund', asset_class: 'equity', currency: 'USD' }, ann.api);
  const bank = await made('custodians', { name: 'Bank of Boston' }, ann.api);
  const account = await newAccount(ann.api, { custodian_id: bank.id, account_number: '4711-0815' });
  assert.deepEqual([account.account_number, account.custodian.name], ['•••• 0815', 'Bank of Boston']);
  const { id: contact_id } = await made('contacts', { given_name: 'Rosa' }, ann.api);
  const owner = { account_id: account.id, contact_id, role: 'owner', share_numerator: 1, share_denominator: 1 };
  const bought = {
    account_id: account.id,
    traded_on: '2026-01-05',
    kind: 'buy',
    security_id: fund.id,
    quantity: '10',
    amount: '-1000.25',
  };
  const parts = {
    'account-owners': owner,
    transactions: bought,
    positions: { account_id: account.id, day: '2026-01-05', security_id: fund.id, quantity: '10' },
  };
  for (const [plural, body] of Object.entries(parts)) {
    const { id } = await made(plural, body, ann.api);
    assert.equal((await listed(plural, ofAccount(account.id), ann.api)).length, 1);
    assert.deepEqual(await listed(plural, ofAccount(account.id), ben.api), []);
    assert.equal((await ben.api('GET', `/api/v1/${plural}/${id}`)).status, 404);
    assert.equal((await ben.api('POST', `/api/v1/${plural}`, body)).status, 422, `${plural} of somebody else's client`);
  }
  assert.equal((await ben.api('GET', `/api/v1/financial-accounts/${account.id}`)).status, 404);
  assert.equal(
    (await listed('securities', { field: 'name', op: 'eq', value: 'World fund' }, ben.api)).length,
    1,
    'no secret',
  );
  const seller = (await tenant.as('member', 'Seller')).api;
  for (const plural of ['financial-accounts', 'transactions', 'positions', 'account-owners', 'securities'])
    assert.equal((await seller('GET', `/api/v1/${plural}`)).status, 403, plural);
  const [bought_again] = await listed('transactions', ofAccount(account.id), ann.api);
  assert.deepEqual(
    [bought_again.quantity, bought_again.amount, bought_again.currency],
    ['10.00000000', '-1000.250000', 'USD'],
  );
  await made(
    'household-advisers',
    { household_id: account.household_id, user_id: ben.user_id, role: 'secondary' },
    ann.api,
  );
  assert.equal((await listed('transactions', ofAccount(account.id), ben.api)).length, 1);
  const people = await ann.api('GET', `/api/v1/financial-accounts/${account.id}/people`);
  assert.equal(people.status, 200, JSON.stringify(people.body));
  const readers = people.body.data
    .filter(({ may_read }: { may_read: boolean }) => may_read)
    .map(({ id }: { id: string }) => id);
  assert.deepEqual(
    [readers.includes(ben.user_id), readers.length],
    [true, 2 + 1],
    'both advisers, and the administrator',
  );
  const other = await newAccount(ann.api);
  assert.equal(
    (await ann.api('PATCH', `/api/v1/financial-accounts/${account.id}`, { household_id: other.household_id })).status,
    200,
  );
  assert.deepEqual(await listed('transactions', ofAccount(account.id), ben.api), [], 'they go with their account');
});

test('shares of owners add up to the whole, thirds too; none with survivorship; each rank of beneficiaries by itself', async () => {
  const { id } = await newAccount();
  const people = await Promise.all(
    ['A', 'B', 'C'].map(async (given_name) => (await made('contacts', { given_name })).id),
  );
  const part = (at: number, share_numerator: number | null, share_denominator: number | null, role = 'owner') => ({
    contact_id: people[at],
    role,
    share_numerator,
    share_denominator,
  });
  const put = async (...data: object[]) => api('PUT', `/api/v1/financial-accounts/${id}/owners`, { data });
  const refused = async (...data: object[]) => {
    const { status, body } = await put(...data);
    return [status, body.errors?.[0]?.field];
  };
  const thirds = [part(0, 1, 3), part(1, 1, 3), part(2, 1, 3)];
  const set = await put(...thirds, part(0, 1, 2, 'primary_beneficiary'), part(1, 1, 2, 'primary_beneficiary'));
  assert.equal(set.status, 200, JSON.stringify(set.body));
  assert.equal(set.body.data.length, 5);
  for (const wrong of [
    [part(0, 1, 3), part(1, 1, 3)],
    [...thirds, part(0, 1, 1_000_000_000)],
    [part(0, 1, 1), part(1, null, null)],
    [...thirds, part(0, 1, 3, 'contingent_beneficiary')],
  ])
    assert.deepEqual(await refused(...wrong), [422, 'share_numerator'], JSON.stringify(wrong));
  assert.equal((await listed('account-owners', ofAccount(id))).length, 5, 'what was refused changed nothing');
  assert.deepEqual(await refusal('account-owners', { account_id: id, ...part(0, 1, 9) }), [422, 'share_numerator']);
  assert.deepEqual(await refusal(`financial-accounts/${id}`, { registration: 'joint_survivorship' }, 'PATCH'), [
    422,
    'share_numerator',
  ]);
  assert.equal((await put(part(0, 1, 1))).status, 200);
  assert.equal((await put()).status, 200);
  assert.equal(
    (await api('PATCH', `/api/v1/financial-accounts/${id}`, { registration: 'joint_survivorship' })).status,
    200,
  );
  assert.equal((await put(part(0, null, null), part(1, null, null))).status, 200);
  assert.deepEqual(await refused(part(0, 1, 2), part(1, 1, 2)), [422, 'share_numerator']);
});

test('transactions are only appended and set off by reversals, and a row of a file is there once for each time it stands in it', async () => {
  const account = await newAccount();
  const deposit = {
    account_id: account.id,
    traded_on: '2026-01-05',
    kind: 'deposit',
    amount: '100',
    external_id: 'F1',
  };
  const { id } = await made('transactions', deposit);
  assert.deepEqual(await refusal('transactions', deposit), [409, 'external_id']);
  await made('transactions', { ...deposit, occurrence: 2 });
  assert.deepEqual(await refusal('transactions', { ...deposit, occurrence: 2 }), [409, 'external_id']);
  const back = await made(`transactions/${id}/reversal`);
  assert.deepEqual([back.amount, back.reverses_id, back.kind], ['-100.000000', id, 'deposit']);
  assert.deepEqual(await refusal(`transactions/${id}/reversal`, {}), [409, 'reversed_already']);
  for (const method of ['PATCH', 'DELETE'])
    assert.ok(
      [404, 405].includes(
        (await api(method, `/api/v1/transactions/${id}`, method === 'PATCH' ? { amount: '1' } : undefined)).status,
      ),
    );
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  try {
    for (const statement of ['update account_transaction set amount = 1', 'delete from account_transaction'])
      await assert.rejects(owner.query(statement), { code: '42501' });
  } finally {
    await owner.end();
  }
  assert.equal(
    (await api('DELETE', `/api/v1/financial-accounts/${account.id}`)).status,
    409,
    'kept with its transactions',
  );
  assert.equal((await api('DELETE', `/api/v1/households/${account.household_id}`)).status, 409);
});

test('what cannot be is refused: signs, quantities of nothing, wrong check digits, an account of another workspace', async () => {
  const account = await newAccount();
  const fund = await made('securities', {
    name: 'Apple',
    asset_class: 'equity',
    isin: 'us0378331005',
    cusip: '037833100',
  });
  assert.equal(fund.isin, 'US0378331005');
  const row = { account_id: account.id, traded_on: '2026-01-05' };
  for (const [body, field] of [
    [{ kind: 'buy', security_id: fund.id, quantity: '-1', amount: '-5' }, 'quantity'],
    [{ kind: 'sell', security_id: fund.id, quantity: '-1', amount: '-5' }, 'amount'],
    [{ kind: 'deposit', amount: '0' }, 'amount'],
    [{ kind: 'dividend' }, 'amount'],
    [{ kind: 'transfer_in', quantity: '1' }, 'security_id'],
    [{ kind: 'deposit', amount: '1.0000001' }, 'amount'],
    [{ kind: 'deposit', amount: '1', traded_on: '2026-02-30' }, 'traded_on'],
  ] as const)
    assert.deepEqual(await refusal('transactions', { ...row, ...body }), [422, field], JSON.stringify(body));
  // A dividend whose price is 0, and one that is paid back.
  for (const amount of ['0', '-3'])
    await made('transactions', { ...row, kind: 'dividend', security_id: fund.id, amount, price: '0' });
  for (const [key, id] of [
    ['isin', 'US0378331006'],
    ['cusip', '037833101'],
    ['sedol', '0263495'],
    ['figi', 'BBG000BLNNH7'],
  ])
    assert.deepEqual(await refusal('securities', { name: 'X', asset_class: 'equity', [key!]: id }), [422, key]);
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  try {
    const fits = `select app.isin_fits('US0378331005') and app.cusip_fits('38259P508') and app.sedol_fits('B0YBKJ7')
      and app.figi_fits('BBG000BLNNH6')
      and not app.isin_fits('US0378331006') and not app.cusip_fits('38259P509') and not app.sedol_fits('B0YBKJ8')
        and not app.figi_fits('BBG000BLNNH7') as fits`;
    assert.equal((await owner.query(fits)).rows[0].fits, true, 'the database says the same');
  } finally {
    await owner.end();
  }
  const elsewhere = (await (await app.tenant('elsewhere')).as('admin')).api;
  const theirs = await newAccount(elsewhere);
  assert.deepEqual(await refusal('transactions', { ...row, account_id: theirs.id, kind: 'deposit', amount: '1' }), [
    422,
    'account_id',
  ]);
});

const figures = async (path: string) => {
  const answer = await api('GET', `/api/v1/${path}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
};
const near = (actual: number | null | undefined, expected: number, within = 1e-9) =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= within, `${actual} is not ${expected}`);
const move = (account_id: string, traded_on: string, kind: string, amount: string | null, more: object = {}) =>
  made('transactions', { account_id, traded_on, kind, ...(amount !== null && { amount }), ...more });

test('the return of an account follows from its transactions, as in the published example of eight days', async () => {
  const { id } = await newAccount();
  await move(id, '2026-01-01', 'deposit', '10000');
  const gains = ['230', '200', '-234.41', '293.99', '293.99', '195.99', '-882.52', '-1003.85'];
  const moved: Record<number, string> = { 2: '200', 3: '-400', 6: '5400', 7: '-3697.04' };
  for (const [at, gain] of gains.entries()) {
    const day = `2026-01-0${at + 2}`;
    await move(id, day, gain.startsWith('-') ? 'fee' : 'interest', gain);
    const flow = moved[at + 1];
    if (flow) await move(id, day, flow.startsWith('-') ? 'withdrawal' : 'deposit', flow);
  }
  const { net, gross, values, fees, money_weighted } = await figures(
    `financial-accounts/${id}/performance?to=2026-01-09`,
  );
  near(net.total, -0.056182678);
  assert.deepEqual([net.annual, money_weighted.annual, net.method], [null, null, 'daily'], 'nothing is said of a year');
  assert.ok(gross.total > net.total);
  assert.deepEqual([fees, values.length, values.at(-1).value], ['2120.78', 9, '10596.15']);
  const wrong = await move(id, '2026-01-09', 'interest', '500');
  await made(`transactions/${wrong.id}/reversal`);
  near((await figures(`financial-accounts/${id}/performance?to=2026-01-09`)).net.total, -0.056182678);
});

test('a transfer between two accounts of a household is external to each and internal to it', async () => {
  const one = await newAccount();
  const other = await made('financial-accounts', {
    name: 'Second',
    household_id: one.household_id,
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
  });
  await made('financial-accounts', {
    name: 'Elsewhere',
    household_id: one.household_id,
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
  });
  await move(one.id, '2026-01-01', 'deposit', '1000');
  await move(one.id, '2026-01-02', 'transfer_out', '-400', { counter_account_id: other.id });
  await move(other.id, '2026-01-02', 'transfer_in', '400', { counter_account_id: one.id });
  await move(other.id, '2026-01-03', 'interest', '60');
  const to = 'performance?to=2026-01-03';
  const [first, second, both] = [
    await figures(`financial-accounts/${one.id}/${to}`),
    await figures(`financial-accounts/${other.id}/${to}`),
    await figures(`households/${one.household_id}/${to}`),
  ];
  assert.deepEqual([first.flows, second.flows, both.flows], ['-400.00', '0.00', '0.00']);
  near(first.net.total, 0);
  near(second.net.total, 0.15);
  near(both.net.total, 0.06);
  assert.deepEqual(
    both.left_out.map(({ name, why }: { name: string; why: string }) => [name, why]),
    [['Elsewhere', 'no_transactions']],
  );
  // Two days on the way: that loses nothing, and nothing came in.
  await move(one.id, '2026-02-02', 'transfer_out', '-300', { counter_account_id: other.id });
  await move(other.id, '2026-02-04', 'transfer_in', '300', { counter_account_id: one.id });
  const path = `households/${one.household_id}/performance`;
  const [onTheWay, arrived] = [await figures(`${path}?to=2026-02-03`), await figures(`${path}?to=2026-02-04`)];
  assert.deepEqual(
    [onTheWay.flows, onTheWay.values.at(-1).value, arrived.flows, arrived.values.at(-1).value],
    ['-300.00', '760.00', '0.00', '1060.00'],
  );
  near(onTheWay.net.total, 0.06);
  near(arrived.net.total, 0.06);
  const [since] = (await figures(`${path}?to=2026-02-04&starts=2026-01-02`)).periods;
  const alone = await figures(`${path}?to=2026-02-04&from=2026-01-02`);
  assert.deepEqual(
    [since.from, since.net, since.flows],
    [alone.from, alone.net, alone.flows],
    'one request for many periods says the same',
  );
});

test('what came in without a price leaves out its days of the return by name, and is no gain when a price comes', async () => {
  const { id } = await newAccount();
  const fund = await made('securities', { name: 'Unlisted', asset_class: 'alternative', currency: 'USD' });
  await move(id, '2026-01-01', 'deposit', '1000');
  await move(id, '2026-01-05', 'transfer_in', null, { security_id: fund.id, quantity: '10' });
  for (const [day, price] of [
    ['2026-01-10', '50'],
    ['2026-01-12', '55'],
  ])
    await made('prices', { security_id: fund.id, day, price });
  const path = `financial-accounts/${id}/performance`;
  const { net, gross, flows, values, money_weighted } = await figures(`${path}?to=2026-01-12`);
  const gaps = [{ from: '2026-01-01', to: '2026-01-10', why: 'unknown_flow' }];
  near(net.total, 1_550 / 1_500 - 1);
  assert.deepEqual(
    [net.gaps, gross.gaps, flows, money_weighted.total, money_weighted.why],
    [gaps, gaps, null, null, 'unknown_flow'],
  );
  assert.deepEqual(
    values.map(({ value }: { value: string | null }) => value),
    ['1000.00', null, '1500.00', '1550.00'],
  );
  assert.equal((await figures(`${path}?from=2026-01-10&to=2026-01-12`)).flows, '0.00', 'later nothing is unknown');
  // The same of money in a currency whose rate comes later.
  const { id: swiss } = await newAccount();
  await move(swiss, '2026-01-01', 'deposit', '1000');
  await move(swiss, '2026-01-05', 'deposit', '100', { currency: 'JPY' });
  for (const [day, rate] of [
    ['2026-01-10', '0.5'],
    ['2026-01-12', '1'],
  ])
    await made('exchange-rates', { currency: 'JPY', in_currency: 'USD', day, rate });
  const money = await figures(`financial-accounts/${swiss}/performance?to=2026-01-12`);
  near(money.net.total, 1_100 / 1_050 - 1);
  assert.deepEqual([money.net.gaps, money.flows], [gaps, null]);
});

test('values follow prices and splits; what is stale, missing or of unknown cost is named and in no sum', async () => {
  const { id } = await newAccount();
  const [fund, unknown] = [
    await made('securities', { name: 'Growth', asset_class: 'equity', currency: 'USD' }),
    await made('securities', { name: 'Private', asset_class: 'alternative', currency: 'USD' }),
  ];
  for (const [day, price] of [
    ['2026-01-02', '100'],
    ['2026-01-05', '110'],
    ['2026-01-06', '55'],
    ['2026-02-20', '44'],
  ])
    await made('prices', { security_id: fund.id, day, price });
  await move(id, '2026-01-01', 'deposit', '2000');
  await move(id, '2026-01-02', 'buy', '-1000', { security_id: fund.id, quantity: '10' });
  await move(id, '2026-01-06', 'split', null, { security_id: fund.id, quantity: '10' });
  const path = `financial-accounts/${id}/performance`;
  const { values, net } = await figures(`${path}?to=2026-02-20`);
  const of = (rows: { day: string; value: string | null; is_stale: boolean }[]) =>
    rows.map(({ day, value, is_stale }) => [day.slice(5), value, is_stale]);
  assert.deepEqual(of(values), [
    ['01-01', '2000.00', false],
    ['01-02', '2000.00', false],
    ['01-05', '2100.00', false],
    ['01-06', '2100.00', false],
    ['01-14', '2100.00', true],
    ['02-20', '1880.00', false],
  ]);
  near(net.total, -0.06);
  const stale = await figures(`${path}?to=2026-02-10`);
  assert.deepEqual(
    [stale.to, stale.values.at(-1).is_stale],
    ['2026-01-06', true],
    'the return reaches as far as prices are fresh',
  );
  near(stale.net.total, 0.05);
  await move(id, '2026-02-21', 'transfer_in', null, { security_id: unknown.id, quantity: '3' });
  assert.equal((await figures(`${path}?to=2026-02-21`)).values.at(-1).value, null, 'not zero');
  const held = await figures(`financial-accounts/${id}/holdings`);
  const rows = new Map(
    held.data.map((row: { security: { name: string } | null }) => [row.security?.name ?? 'cash', row]),
  );
  const said = (name: string) =>
    (({ quantity, value, cost, gain, is_stale }) => [quantity, value, cost, gain, is_stale])(
      rows.get(name) as Record<string, unknown>,
    );
  assert.deepEqual(said('Growth'), ['20', '880.00', '1000.00', '-120.00', true]);
  assert.deepEqual(said('Private'), ['3', null, null, null, false]);
  assert.deepEqual(said('cash'), ['1000', '1000.00', null, null, false]);
  assert.deepEqual([held.without_value, held.net_worth.total], [1, '1880.00']);
  assert.deepEqual(
    held.allocation.asset_class.map(({ key }: { key: string }) => key),
    ['cash', 'equity'],
  );
  const more = await move(id, '2026-02-22', 'buy', '-44', { security_id: fund.id, quantity: '1' });
  const costs = async () =>
    (await figures(`financial-accounts/${id}/holdings`)).data.find(
      (row: { security: { name: string } | null }) => row.security?.name === 'Growth',
    ).cost;
  const steps = [await costs()];
  for (let last = more.id; steps.length < 4; steps.push(await costs()))
    ({ id: last } = await made(`transactions/${last}/reversal`));
  assert.deepEqual(
    steps,
    ['1044.00', '1000.00', '1044.00', '1000.00'],
    'a reversal of a reversal puts back what was bought',
  );
});

test('a household counts what is held away and what is owed, each account once, in its own currency', async () => {
  const own = await newAccount();
  const more = (name: string, kind: string, currency: string) =>
    made('financial-accounts', { name, kind, currency, household_id: own.household_id, registration: 'individual' });
  const [away, owed, swiss] = [
    await more('Old plan', 'held_away', 'USD'),
    await more('Mortgage', 'liability', 'USD'),
    await more('Zurich', 'managed', 'CHF'),
  ];
  await move(own.id, '2026-01-01', 'deposit', '1000');
  await made('positions', { account_id: away.id, day: '2026-03-31', quantity: '500' });
  await made('positions', { account_id: owed.id, day: '2026-03-31', quantity: '-300.5' });
  await move(swiss.id, '2026-01-01', 'deposit', '100');
  const path = `households/${own.household_id}/holdings`;
  assert.deepEqual(
    await figures(path).then(({ net_worth, without_value }) => [net_worth.total, without_value]),
    ['1199.50', 1],
    'no rate, no value',
  );
  await made('exchange-rates', { currency: 'USD', in_currency: 'CHF', day: '2026-01-01', rate: '0.8' });
  const { net_worth, without_value } = await figures(path);
  assert.deepEqual(net_worth, { managed: '1125.00', held_away: '500.00', liability: '-300.50', total: '1324.50' });
  assert.equal(without_value, 0);
  const stranger = (await tenant.as('advisor', 'Stranger')).api;
  for (const figure of ['holdings', 'performance'])
    for (const record of [`households/${own.household_id}`, `financial-accounts/${own.id}`])
      assert.equal((await stranger('GET', `/api/v1/${record}/${figure}`)).status, 404);
});
