import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';

let app: SharedTestApp;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  ({ api } = await (await app.tenant()).as('admin'));
});

const rate = (currency: string, valid_on: string, value: string) =>
  api('POST', '/api/v1/currency-rates', { currency, valid_on, rate: value });
const total = async (filter?: object) =>
  (await api('GET', `/api/v1/deal-totals${filter ? `?filter=${encodeURIComponent(JSON.stringify(filter))}` : ''}`))
    .body;
const deal = async (body: object) => {
  const made = await api('POST', '/api/v1/deals', { name: 'Deal', ...body });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
};

test('sums of several currencies are converted by the rate of the day, to the cent, and what has no rate stands apart', async () => {
  assert.deepEqual(await total(), { amount: '0.00', currency: 'USD', without_rate: [] });
  await deal({ amount: '100.10', currency: 'USD' });
  await deal({ amount: '33.33', currency: 'EUR' });
  await deal({ amount: '1000', currency: 'JPY' });
  assert.deepEqual(await total(), {
    amount: '100.10',
    currency: 'USD',
    without_rate: [
      { amount: '33.33', currency: 'EUR' },
      { amount: '1000', currency: 'JPY' },
    ],
  });
  for (const [currency, day, value] of [
    ['EUR', '2020-01-01', '1.10'],
    ['EUR', '2024-06-01', '1.075'],
    ['EUR', '2999-01-01', '9'],
    ['JPY', '2020-01-01', '0.0066666667'],
  ] as const)
    assert.equal((await rate(currency, day, value)).status, 201);
  // 100.10 + 33.33 × 1.075 + 1000 × 0.0066666667 = 142.596416…; each rounded by itself would be a cent less.
  assert.deepEqual(await total(), { amount: '142.60', currency: 'USD', without_rate: [] });

  const stages = (await api('GET', '/api/v1/stages')).body.data as { id: string; kind: string }[];
  const won = stages.find(({ kind }) => kind === 'won')!.id;
  await deal({ amount: '10.00', currency: 'EUR', stage_id: won, closed_on: '2021-03-01' });
  await deal({ amount: '10.00', currency: 'EUR', stage_id: won, closed_on: '2019-12-31' });
  const closed = { field: 'status', op: 'eq', value: 'won' };
  assert.deepEqual(await total(closed), {
    amount: '11.00',
    currency: 'USD',
    without_rate: [{ amount: '10.00', currency: 'EUR' }],
  });
});

test('the columns of a board come with the same totals', async () => {
  const [pipeline] = (await api('GET', '/api/v1/pipelines')).body.data;
  const board = (await api('GET', `/api/v1/pipelines/${pipeline.id}/board`)).body;
  for (const column of board.columns)
    assert.deepEqual(
      column.total,
      await total({ field: 'stage_id', op: 'eq', value: column.stage.id }),
      column.stage.name,
    );
  assert.equal(board.columns[0].total.amount, '142.60');
  assert.equal(board.columns[0].amounts.length, 3, 'and what they are made of');
});

test('a rate is of a currency that exists, above zero, and one a day', async () => {
  assert.equal((await rate('EUR', '2024-06-01', '1')).status, 409);
  for (const [currency, value] of [
    ['QQQ', '1'],
    ['EUR', '0'],
    ['EUR', '-1'],
    ['EUR', '1.12345678901'],
    ['EUR', 'x'],
    ['USD', '1'],
  ])
    assert.equal((await rate(currency!, '2030-01-01', value!)).status, 422, `${currency} ${value}`);
  const own = await api('POST', '/api/v1/currency-rates/bulk', {
    data: [
      { currency: 'GBP', valid_on: '2031-01-01', rate: '1.3' },
      { currency: 'USD', valid_on: '2031-01-01', rate: '1' },
    ],
  });
  assert.deepEqual([own.status, own.body.errors[0].field], [422, 'data.1.currency']);
  assert.match(own.body.errors[0].message, /currency of the workspace, which needs no rate/);
  const viewer = await (await app.tenant()).as('viewer');
  assert.equal(
    (await viewer.api('POST', '/api/v1/currency-rates', { currency: 'EUR', valid_on: '2030-01-01', rate: '1' })).status,
    403,
  );
});

test('a rate that was set, corrected or removed is taken back', async () => {
  const made = await rate('SEK', '2030-01-01', '0.1');
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const path = `/api/v1/currency-rates/${made.body.id}`;
  const undo = async (answer: Awaited<ReturnType<typeof rate>>) => {
    const undone = await api('POST', `/api/v1/changes/${answer.headers.get('change-id')}/reversal`);
    assert.equal(undone.status, 200, JSON.stringify(undone.body));
    return (await api('GET', path)).body.rate;
  };
  assert.equal(await undo(await api('PATCH', path, { rate: '0.2' })), '0.1');
  assert.equal(await undo(await api('DELETE', path)), '0.1');
  assert.equal(await undo(made), undefined);
});

test('the currency of the workspace stays while there are rates in it, which would count as rates in another', async () => {
  const { api: admin } = await (await app.tenant()).as('admin');
  const into = (currency: string) => admin('PATCH', '/api/v1/tenant', { default_currency: currency });
  const set = await admin('POST', '/api/v1/currency-rates', { currency: 'CHF', valid_on: '2026-01-01', rate: '1.12' });
  assert.equal(set.status, 201, JSON.stringify(set.body));
  const refused = await into('EUR');
  assert.deepEqual([refused.status, refused.body.errors[0].field], [422, 'default_currency']);
  assert.equal((await into('USD')).status, 200, 'the same one');
  assert.equal((await admin('DELETE', `/api/v1/currency-rates/${set.body.id}`)).status, 204);
  assert.equal((await into('EUR')).body.default_currency, 'EUR');
});
