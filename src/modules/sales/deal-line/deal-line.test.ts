import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';

suite('products on a deal', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let api: Client;
  let pump: string;
  let hose: string;
  before(async () => {
    app = await startTestApp();
    tenant = await app.tenant();
    ({ api } = await tenant.as('manager'));
    const product = async (input: object) => (await api('POST', '/api/v1/products', input)).body.id;
    pump = await product({ name: 'Pump', unit_price: '199.90' });
    hose = await product({ name: 'Hose', unit_price: '1500', currency: 'JPY' });
  });
  after(() => app.stop());

  const create = async (input: object = {}) => (await api('POST', '/api/v1/deals', { name: 'Pumps', ...input })).body;
  const put = (id: string, body: object, headers = {}) => api('PUT', `/api/v1/deals/${id}/lines`, body, headers);
  const refused = (answer: { status: number; body: { errors: { field: string; code: string }[] } }) => {
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    return answer.body.errors.map(({ field, code }) => `${field} ${code}`);
  };

  test('lines take the price of the product, and the amount is their sum', async () => {
    const deal = await create();
    const lines = [
      { product_id: pump, quantity: '2.5', discount_percent: '10' },
      { product_id: pump, unit_price: '0.05' },
    ];
    const { status, body } = await put(deal.id, { lines });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      body.lines.map(({ id: _, ...line }: { id: string }) => line),
      [
        {
          product_id: pump,
          product: { id: pump, name: 'Pump' },
          quantity: '2.5',
          unit_price: '199.90',
          discount_percent: '10',
          total: '449.78',
        },
        {
          product_id: pump,
          product: { id: pump, name: 'Pump' },
          quantity: '1',
          unit_price: '0.05',
          discount_percent: '0',
          total: '0.05',
        },
      ],
    );
    assert.equal(body.amount, '449.83');
    const { body: read } = await api('GET', `/api/v1/deals/${deal.id}`);
    assert.deepEqual(read.lines, body.lines);
  });

  test('whoever may change a deal may replace its products, without the right to delete deals or make them', async () => {
    const { api: admin } = await tenant.as('admin');
    for (const more of [{ create: 'all' }, {}]) {
      const rights = {
        deal: { read: 'all', update: 'all', ...more },
        product: { read: 'all' },
        pipeline: { read: 'all' },
      };
      const role = (await admin('POST', '/api/v1/roles', { name: `Updates ${Object.keys(more)}`, rights })).body;
      const { api: updater } = await tenant.as(role.key);
      const deal = await create();
      await put(deal.id, { lines: [{ product_id: pump }] });
      const saved = await updater('PUT', `/api/v1/deals/${deal.id}/lines`, {
        lines: [{ product_id: pump, quantity: '2' }],
      });
      assert.equal(saved.status, 200, JSON.stringify(saved.body));
      assert.deepEqual([saved.body.lines.length, saved.body.amount], [1, '399.80']);
    }
  });

  test('a given amount stands, and taking the last line away leaves it', async () => {
    const deal = await create();
    assert.equal((await put(deal.id, { lines: [{ product_id: pump }], amount: '150.00' })).body.amount, '150.00');
    const { body } = await put(deal.id, { lines: [] });
    assert.deepEqual([body.lines, body.amount], [[], '150.00']);
  });

  test('money sums exactly', async () => {
    const deal = await create();
    const cents = fc.integer({ min: 0, max: 10 ** 9 });
    const line = fc.record({ quantity: fc.integer({ min: 1, max: 10 ** 8 }), price: cents, discount: fc.nat(100_000) });
    const holds = fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 20 }), async (drawn) => {
      const lines = drawn.map(({ quantity, price, discount }) => ({
        product_id: pump,
        quantity: new Decimal(quantity).div(10_000).toFixed(4),
        unit_price: new Decimal(price).div(100).toFixed(2),
        discount_percent: new Decimal(discount).div(1000).toFixed(3),
      }));
      const { body } = await put(deal.id, { lines });
      const totals = lines.map((l) =>
        new Decimal(l.quantity).times(l.unit_price).times(new Decimal(100).minus(l.discount_percent)).div(100),
      );
      const sum = totals.reduce(
        (all, total) => all.plus(total.toDecimalPlaces(2, Decimal.ROUND_HALF_UP)),
        new Decimal(0),
      );
      assert.equal(body.amount, sum.toFixed(2));
    });
    await fc.assert(holds, { numRuns: 40 });
  });

  test('nobody invents a rate: a product priced in another currency needs a price in the deal’s', async () => {
    const deal = await create({ currency: 'EUR' });
    assert.deepEqual(refused(await put(deal.id, { lines: [{ product_id: hose }] })), [
      'lines.0.unit_price other_currency',
    ]);
    const { body } = await put(deal.id, { lines: [{ product_id: hose, unit_price: '9.10', quantity: '3' }] });
    assert.equal(body.amount, '27.30');
  });

  test('while it has products, a deal keeps its currency', async () => {
    const deal = await create();
    await put(deal.id, { lines: [{ product_id: pump }] });
    const answer = await api('PATCH', `/api/v1/deals/${deal.id}`, { currency: 'JPY' });
    assert.deepEqual(refused(answer), ['currency in_use']);
    await put(deal.id, { lines: [], amount: '12.00' });
    assert.equal((await api('PATCH', `/api/v1/deals/${deal.id}`, { currency: 'JPY' })).body.amount, '12');
  });

  test('says which line is wrong and how', async () => {
    const deal = await create();
    const unknown = '01990000-0000-7000-8000-000000000000';
    for (const [line, refusal] of [
      [{ product_id: unknown }, 'lines.1.product_id no_such_record'],
      [{ product_id: pump, quantity: '0.000' }, 'lines.1.quantity custom'],
      [{ product_id: pump, quantity: '-1' }, 'lines.1.quantity invalid_format'],
      [{ product_id: pump, unit_price: '1.001' }, 'lines.1.unit_price too_many_decimals'],
      [{ product_id: pump, unit_price: '1e400' }, 'lines.1.unit_price invalid_format'],
      [{ product_id: pump, discount_percent: '100.1' }, 'lines.1.discount_percent invalid_format'],
      [{ product_id: pump, total: '1.00' }, 'lines.1.total unknown_field'],
    ] as const) {
      assert.deepEqual(refused(await put(deal.id, { lines: [{ product_id: pump }, line] })), [refusal]);
    }
    const most = { product_id: pump, quantity: '999999999999', unit_price: '999999999999999.99' };
    assert.deepEqual(refused(await put(deal.id, { lines: [most] })), ['lines too_much']);
    assert.deepEqual((await api('GET', `/api/v1/deals/${deal.id}`)).body.lines, []);
  });

  test('a stale ETag is 412, and of two at a time one set of lines remains', async () => {
    const deal = await create();
    await put(deal.id, { lines: [{ product_id: pump }] });
    assert.equal((await put(deal.id, { lines: [] }, { 'if-match': '"1"' })).status, 412);
    const three = Array.from({ length: 3 }, () => ({ product_id: pump }));
    await Promise.all([1, 2, 3, 4].map(() => put(deal.id, { lines: three })));
    const { body } = await api('GET', `/api/v1/deals/${deal.id}`);
    assert.deepEqual([body.lines.length, body.amount], [3, '599.70']);
  });

  test('a product in use is not deleted; deals are found by their products', async () => {
    const product = (await api('POST', '/api/v1/products', { name: 'Valve', unit_price: '5.00' })).body;
    const deal = await create();
    await put(deal.id, { lines: [{ product_id: product.id }] });
    const answer = await api('DELETE', `/api/v1/products/${product.id}`);
    assert.deepEqual([answer.status, answer.body.code], [409, 'in_use']);
    const found = async (filter: object) => {
      const { body } = await api('GET', `/api/v1/deals?filter=${encodeURIComponent(JSON.stringify(filter))}`);
      return body.data.map((row: { id: string }) => row.id);
    };
    assert.deepEqual(await found({ field: 'lines', op: 'has', value: product.id }), [deal.id]);
    assert.ok(!(await found({ field: 'lines', op: 'is_empty' })).includes(deal.id));
  });

  test('a product’s price has the decimals of its currency', async () => {
    const answer = await api('POST', '/api/v1/products', { name: 'Odd', unit_price: '9.99', currency: 'JPY' });
    assert.deepEqual(refused(answer), ['unit_price too_many_decimals']);
  });
});
