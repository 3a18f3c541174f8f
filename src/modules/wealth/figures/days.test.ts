import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { timeWeightedReturn } from '../performance/index.ts';
import { type DayFigures, readDays } from './queries.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  api = (await tenant.as('admin')).api;
});

async function made(path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}
const day = (n: number) => new Date(Date.UTC(2023, 0, 2 + n)).toISOString().slice(0, 10);
const days_count = 500;

test('of a long time some days are read, each with the figures that it has among all, and the returns are the same', async () => {
  const household = await made('households', { name: 'Long' });
  const account = await made('financial-accounts', {
    household_id: household.id,
    name: 'Depot',
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
  });
  const usd = await made('securities', { name: 'At home', asset_class: 'equity', currency: 'USD' });
  const eur = await made('securities', { name: 'Abroad', asset_class: 'equity', currency: 'EUR' });
  const common = { account_id: account.id, currency: 'USD' };
  await made('transactions/bulk', {
    data: [
      { ...common, kind: 'deposit', traded_on: day(0), amount: '100000' },
      { ...common, kind: 'buy', security_id: usd.id, traded_on: day(0), quantity: '100', amount: '-10000' },
      { ...common, kind: 'buy', security_id: eur.id, traded_on: day(3), quantity: '50', amount: '-6000' },
      { ...common, kind: 'fee', traded_on: day(90), amount: '-120' },
      { ...common, kind: 'deposit', traded_on: day(123), amount: '25000' },
      { ...common, kind: 'sell', security_id: usd.id, traded_on: day(201), quantity: '-40', amount: '4500' },
      { ...common, kind: 'withdrawal', traded_on: day(300), amount: '-9000' },
      { ...common, kind: 'transfer_in', security_id: usd.id, traded_on: day(333), quantity: '7', amount: '0' },
    ],
  });
  const all = Array.from({ length: days_count }, (_, n) => n);
  const price = (security_id: string, n: number, at: number) => ({ security_id, day: day(n), price: at.toFixed(4) });
  const prices = [
    ...all.map((n) => price(usd.id, n, 100 + 20 * Math.sin(n / 17))),
    // A security that is priced on other days than the first.
    ...all.filter((n) => n % 3 === 0).map((n) => price(eur.id, n, 90 + n / 50)),
  ];
  for (let at = 0; at < prices.length; at += 100) await made('prices/bulk', { data: prices.slice(at, at + 100) });
  const rates = all
    .filter((n) => n % 5 === 0)
    .map((n) => ({ currency: 'EUR', in_currency: 'USD', day: day(n), rate: (1.05 + n / 10_000).toFixed(4) }));
  await made('exchange-rates/bulk', { data: rates });

  const start = day(250);
  const read = (points: number) =>
    withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) =>
      readDays(ctx, [account.id], 'USD', { to: day(days_count - 1), starts: [start], points }),
    );
  const [every, some] = [await read(1_000_000), await read(20)];
  assert.equal(every.length, days_count);
  assert.ok(some.length < 50, `${some.length} days`);
  const known = new Map(every.map((one) => [one.day, one]));
  for (const one of some) assert.deepEqual(one, known.get(one.day));
  assert.deepEqual(
    [some[0]!.day, some.at(-1)!.day, some.some((one) => one.day === start)],
    [every[0]!.day, every.at(-1)!.day, true],
  );
  const net = (days: DayFigures[]) =>
    timeWeightedReturn(
      days.map((one) => ({ date: one.day, value: one.worth })),
      days.filter(({ flow }) => flow !== '0').map((one) => ({ date: one.day, amount: Number(one.flow) })),
    )!;
  assert.equal(net(every).gaps.length, 0);
  assert.ok(Math.abs(net(some).total! - net(every).total!) < 1e-12);
  assert.deepEqual([net(some).method, net(every).method], ['daily', 'daily']);
});

test('of some days none is told as stale because others lie between, and one that is, is told', async () => {
  const household = await made('households', { name: 'Weekdays' });
  const account = await made('financial-accounts', {
    household_id: household.id,
    name: 'Depot',
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
  });
  const security = await made('securities', { name: 'On weekdays', asset_class: 'equity', currency: 'USD' });
  const common = { account_id: account.id, currency: 'USD', traded_on: day(0) };
  await made('transactions/bulk', {
    data: [
      { ...common, kind: 'deposit', amount: '1000' },
      { ...common, kind: 'buy', security_id: security.id, quantity: '10', amount: '-1000' },
    ],
  });
  const weekdays = Array.from({ length: 300 }, (_, n) => n).filter((n) => n % 7 < 5);
  const prices = (some: number[]) =>
    made('prices/bulk', { data: some.map((n) => ({ security_id: security.id, day: day(n), price: '100' })) });
  // Two weeks without prices come later.
  const [gap, others] = [weekdays.filter((n) => n > 140 && n < 156), weekdays.filter((n) => !(n > 140 && n < 156))];
  for (let at = 0; at < others.length; at += 100) await prices(others.slice(at, at + 100));
  const staleDays = async () => {
    const days = await withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) =>
      readDays(ctx, [account.id], 'USD', { to: day(weekdays.at(-1)!), starts: [], points: 10 }),
    );
    assert.ok(days.length < 30, `${days.length} days`);
    return days.filter(({ stale }) => stale > 0).map((one) => one.day);
  };
  assert.deepEqual(await staleDays(), [day(140 + 8)]);
  await prices(gap);
  assert.deepEqual(await staleDays(), []);
});
