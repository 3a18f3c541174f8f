import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import type { Dashboard } from './contract.ts';

type Money = { amount: string; currency: string }[];
interface Rows {
  resource: string;
  filter: object | null;
}

suite('the dashboard', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let sample: Awaited<ReturnType<typeof filled>>;
  before(async () => {
    app = await startTestApp();
    tenant = await app.tenant();
    sample = await filled(tenant);
  });
  after(() => app.stop());

  const read = async (api: Client, query = ''): Promise<Dashboard> => {
    const { status, body } = await api('GET', `/api/v1/analytics/dashboard${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  /** The list that a figure leads to. */
  const listed = async (api: Client, { resource, filter }: Rows): Promise<{ id: string; amount: string }[]> => {
    const plural = { deal: 'deals', contact: 'contacts', company: 'companies', deal_product: 'deal-products' }[
      resource
    ];
    const query = filter ? `&filter=${encodeURIComponent(JSON.stringify(filter))}` : '';
    const { status, body } = await api('GET', `/api/v1/${plural}?limit=200${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data;
  };
  const add = (sums: Money[]): Money => {
    const all = new Map<string, Decimal>();
    for (const { amount, currency } of sums.flat()) {
      all.set(currency, (all.get(currency) ?? new Decimal(0)).plus(amount));
    }
    const kept = [...all].filter(([, amount]) => !amount.isZero()).sort();
    return kept.map(([currency, amount]) => ({ amount: amount.toFixed(currency === 'JPY' ? 0 : 2), currency }));
  };

  /** Deals in every state, with owners, products and days, drawn once and for all. */
  async function filled(tenant: TestTenant) {
    const { api, user_id: manager } = await tenant.as('manager');
    const { user_id: member } = await tenant.as('member');
    const { body: pipeline } = await api('POST', '/api/v1/pipelines', { name: 'Sales' });
    const products: string[] = [];
    for (const name of ['Pump', 'Hose', 'Valve']) {
      products.push((await api('POST', '/api/v1/products', { name, unit_price: '10.00' })).body.id);
    }
    const drawn = fc.sample(
      fc.record({
        stage: fc.nat(4),
        cents: fc.option(fc.integer({ min: 0, max: 10 ** 8 })),
        yen: fc.boolean(),
        owner: fc.constantFrom(manager, member, null),
        month: fc.integer({ min: 1, max: 12 }),
        days: fc.nat(27),
        products: fc.subarray(products),
      }),
      { numRuns: 40, seed: 7 },
    );
    const data = drawn.map(({ stage, cents, yen, owner, month, days }, i) => {
      const { id: stage_id, kind } = pipeline.stages[stage];
      const day = (n: number) => `2025-${String(month).padStart(2, '0')}-${String(n).padStart(2, '0')}`;
      return {
        name: `Deal ${i}`,
        stage_id,
        owner_id: owner,
        currency: yen ? 'JPY' : 'USD',
        amount: cents === null ? null : yen ? String(cents) : new Decimal(cents).div(100).toFixed(2),
        opened_on: day(1),
        ...(kind !== 'open' && { closed_on: day(1 + days) }),
      };
    });
    const { status, body } = await api('POST', '/api/v1/deals/bulk', { data });
    assert.equal(status, 201, JSON.stringify(body));
    for (const [i, deal] of body.data.entries()) {
      const lines = drawn[i]!.products.map((product_id, n) => ({ product_id, unit_price: String(n * 7 + (i % 3)) }));
      const amount = deal.amount === null ? {} : { amount: deal.amount };
      const put = await api('PUT', `/api/v1/deals/${deal.id}/lines`, { lines, ...amount });
      assert.equal(put.status, 200, JSON.stringify(put.body));
    }
    const settled = await listed(api, { resource: 'deal', filter: null });
    return { api, member, pipeline, products, deals: settled as unknown as Deal[] };
  }
  interface Deal {
    id: string;
    status: string;
    amount: string | null;
    currency: string;
    owner_id: string | null;
    stage_id: string;
    closed_on: string | null;
    opened_on: string;
    lines: { product_id: string }[];
  }
  const value = (deals: Deal[]): Money =>
    add([deals.flatMap(({ amount, currency }) => (amount === null ? [] : [{ amount, currency }]))]);
  const nonZero = (money: Money) => add([money]);

  test('every figure is what its rows add up to', async () => {
    const { api, deals, pipeline } = sample;
    for (const query of ['', '?from=2025-03-10&to=2025-08-20', '?period=quarter&to=2025-06-30']) {
      const board = await read(api, query);
      const outcomes = [board, ...board.by_owner, ...board.by_product];
      for (const outcome of outcomes) {
        for (const kind of ['open', 'won', 'lost'] as const) {
          const rows = await listed(api, outcome[kind].rows);
          assert.equal(outcome[kind].count, rows.length);
        }
      }
      for (const kind of ['open', 'won', 'lost'] as const) {
        const rows = (await listed(api, board[kind].rows)) as unknown as Deal[];
        assert.deepEqual(nonZero(board[kind].value), value(rows), `${kind} ${query}`);
        assert.deepEqual(nonZero(board[kind].value), add(board.by_owner.map((row) => row[kind].value)));
        assert.deepEqual(nonZero(board[kind].value), add(board.by_product.map((row) => row[kind].value)));
        const stages = board.by_stage.filter(({ stage }) => stage.kind === kind);
        assert.deepEqual(nonZero(board[kind].value), add(stages.map((row) => row.value)));
        if (kind !== 'open') {
          assert.deepEqual(nonZero(board[kind].value), add(board.by_period.map((row) => row[kind].value)));
        }
      }
      for (const figure of [...board.by_stage, ...board.by_period.flatMap(({ won, lost }) => [won, lost])]) {
        const rows = (await listed(api, figure.rows)) as unknown as Deal[];
        assert.equal(figure.count, rows.length);
        assert.deepEqual(nonZero(figure.value), value(rows));
      }
      const likely = new Map(
        pipeline.stages.map((s: { id: string; probability_percent: number }) => [s.id, s.probability_percent]),
      );
      const open = deals.filter((deal) => deal.status === 'open' && deal.amount !== null);
      const weighted = new Map<string, Decimal>();
      for (const deal of open) {
        const part = new Decimal(deal.amount!).times(likely.get(deal.stage_id) as number).div(100);
        weighted.set(deal.currency, (weighted.get(deal.currency) ?? new Decimal(0)).plus(part));
      }
      assert.deepEqual(
        board.open.weighted_value,
        [...weighted].sort().map(([currency, sum]) => ({ amount: sum.toFixed(currency === 'JPY' ? 0 : 2), currency })),
      );
    }
  });

  test('rates and days are those of the deals that were closed', async () => {
    const { api, deals } = sample;
    const board = await read(api);
    const won = deals.filter((deal) => deal.status === 'won');
    const lost = deals.filter((deal) => deal.status === 'lost');
    assert.ok(won.length > 3 && lost.length > 3);
    assert.equal(board.win_rate_percent, ((100 * won.length) / (won.length + lost.length)).toFixed(1));
    const days = won.map((deal) => (Date.parse(deal.closed_on!) - Date.parse(deal.opened_on)) / 86_400_000);
    assert.equal(board.cycle_days, (days.reduce((a, b) => a + b) / days.length).toFixed(1));
  });

  test('filters by pipeline, owner, team and product, and by several at once', async () => {
    const { api, deals, pipeline, member, products } = sample;
    await api('POST', '/api/v1/pipelines', { name: 'Other' });
    await api('POST', '/api/v1/deals', {
      name: 'Elsewhere',
      pipeline_id: (await api('GET', '/api/v1/pipelines?sort=-position')).body.data[0].id,
    });
    const total = (board: Dashboard) => board.open.count + board.won.count + board.lost.count;
    assert.equal(total(await read(api, `?pipeline_id=${pipeline.id}`)), deals.length);
    const own = deals.filter((deal) => deal.owner_id === member);
    assert.equal(total(await read(api, `?owner_id=${member}`)), own.length);
    const has = (deal: Deal) => deal.lines.some((line) => line.product_id === products[0]);
    assert.equal(total(await read(api, `?product_id=${products[0]}`)), deals.filter(has).length);
    const both = await read(api, `?product_id=${products[0]}&owner_id=${member}`);
    assert.equal(total(both), own.filter(has).length);
    assert.equal((await listed(api, both.won.rows)).length, both.won.count);
    const nobody = await read(api, '?team_id=01990000-0000-7000-8000-000000000000');
    assert.deepEqual([total(nobody), nobody.contacts.count, (await listed(api, nobody.open.rows)).length], [0, 0, 0]);
  });

  test('a workspace without a deal has zeroes in its own currency and no rates', async () => {
    const { api } = await (await app.tenant()).as('manager');
    const board = await read(api);
    assert.deepEqual(
      [board.open.count, board.won.value, board.win_rate_percent, board.cycle_days, board.by_owner, board.by_period],
      [0, [{ amount: '0.00', currency: 'USD' }], null, null, [], []],
    );
  });

  test('each sees the figures of the records they may read, whoever asked before', async () => {
    const { api } = sample;
    const { api: advisor, user_id } = await tenant.as('advisor');
    await advisor('POST', '/api/v1/deals', { name: 'Own', amount: '12.34' });
    await advisor('POST', '/api/v1/contacts', { given_name: 'Ada' });
    await api('POST', '/api/v1/contacts', { given_name: 'Grace' });
    await eventually(async () => (await read(api)).contacts.count === 2);
    const own = await read(advisor);
    assert.deepEqual(
      [own.open.count, own.open.value, own.won.count, own.contacts.count, own.by_owner.map((row) => row.owner_id)],
      [1, [{ amount: '12.34', currency: 'USD' }], 0, 1, [user_id]],
    );
    const { api: colleague } = await tenant.as('advisor', 'another adviser');
    assert.equal((await read(colleague)).open.count, 0);
    const { api: kiosk } = await tenant.as('kiosk');
    assert.equal((await kiosk('GET', '/api/v1/analytics/dashboard')).status, 403);
  });

  test('a change shows, on other nodes too, long before kept figures would be counted anew', async () => {
    const { api, key } = await (await app.tenant()).as('manager');
    const node = await app.secondNode();
    const there: Client = (method, path) =>
      fetch(node.address + path, { method, headers: { authorization: `Bearer ${key}` } }).then(async (answer) => ({
        status: answer.status,
        headers: answer.headers,
        body: await answer.json(),
      }));
    const { id } = (await api('POST', '/api/v1/deals', { name: 'Pumps', amount: '5.00' })).body;
    for (const client of [api, there]) await eventually(async () => (await read(client)).open.count === 1);
    await eventually(async () => {
      const { hits } = app.app.services.cache.stats();
      await read(api);
      return app.app.services.cache.stats().hits > hits;
    });
    await api('POST', `/api/v1/deals/${id}/closure`, { outcome: 'won' });
    for (const client of [api, there]) {
      const board = await eventually(async () => {
        const now = await read(client);
        return now.won.count === 1 ? now : undefined;
      });
      assert.deepEqual(board.won.value, [{ amount: '5.00', currency: 'USD' }]);
    }
  });

  test('a day far away neither hides the present periods nor is left out', async () => {
    const { api } = await (await app.tenant()).as('manager');
    const { body: pipeline } = await api('POST', '/api/v1/pipelines', { name: 'Sales' });
    const won = pipeline.stages.find(({ kind }: { kind: string }) => kind === 'won').id;
    const today = new Date().toISOString().slice(0, 10);
    const days = ['1970-03-01', today, '2999-12-31', '9999-12-31'];
    for (const closed_on of days) {
      const made = await api('POST', '/api/v1/deals', {
        name: 'Won',
        stage_id: won,
        opened_on: '1970-01-01',
        closed_on,
      });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const call = {
        kind: 'call',
        subject: 'Called',
        records: [{ type: 'deal', id: made.body.id }],
        occurred_at: `${closed_on}T12:00:00Z`,
      };
      const called = await api('POST', '/api/v1/activities', call);
      assert.equal(called.status, 201, JSON.stringify(called.body));
    }
    for (const query of ['?range=all&period=week', '?from=1900-01-01&to=9999-12-31&period=month']) {
      const board = await read(api, query);
      const counts = [
        board.by_period.map((period) => ({ ...period, count: period.won.count, rows: period.won.rows })),
        board.activity.by_period.map((period) => ({ ...period, count: period.calls.count, rows: period.calls.rows })),
      ];
      for (const periods of counts) {
        assert.equal(
          periods.reduce((sum, { count }) => sum + count, 0),
          days.length,
          query,
        );
        const present = periods.find(({ from, to }) => from <= today && today <= to)!;
        assert.equal(present.count, 1);
        assert.ok(Date.parse(present.to) - Date.parse(present.from) < 32 * 86_400_000, `${present.from} ${present.to}`);
      }
      for (const { count, rows } of counts[0]!) if (count > 0) assert.equal((await listed(api, rows)).length, count);
      for (const { count, rows } of counts[1]!) {
        if (count === 0) continue;
        const filter = encodeURIComponent(JSON.stringify(rows.filter));
        assert.equal((await api('GET', `/api/v1/activities?filter=${filter}`)).body.data?.length, count);
      }
    }
  });

  test('activities at the far ends of time have a period, whichever day it is there', async () => {
    for (const time_zone of ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati']) {
      const workspace = await app.tenant();
      const { api: admin } = await workspace.as('admin');
      assert.equal((await admin('PATCH', '/api/v1/tenant', { time_zone })).status, 200);
      const { api } = await workspace.as('manager');
      const { id: contact_id } = (await api('POST', '/api/v1/contacts', { family_name: 'Ann' })).body;
      const times = ['0001-01-01T00:30:00Z', '0001-01-20T12:00:00Z', '9999-12-31T00:30:00Z', '9999-12-31T23:30:00Z'];
      for (const occurred_at of times) {
        const call = { kind: 'call', subject: 'Called', records: [{ type: 'contact', id: contact_id }], occurred_at };
        const { status, body } = await api('POST', '/api/v1/activities', call);
        assert.equal(status, 201, JSON.stringify(body));
      }
      const units = ['day', 'week', 'month', 'quarter', 'year'].map((unit) => `?range=all&period=${unit}`);
      for (const query of [...units, '?from=0001-01-01&to=9999-12-31&period=month']) {
        const { calls, by_period } = (await read(api, query)).activity;
        const filled = by_period.filter((period) => period.calls.count > 0);
        const counts = filled.map((period) => period.calls.count);
        assert.deepEqual([calls.count, counts.reduce((sum, count) => sum + count, 0)], [4, 4], `${time_zone} ${query}`);
        for (const { count, rows } of filled.map((period) => period.calls)) {
          const filter = encodeURIComponent(JSON.stringify(rows.filter));
          assert.equal((await api('GET', `/api/v1/activities?filter=${filter}`)).body.data?.length, count);
        }
      }
    }
  });

  test('a call about several companies counts once for each region, and once for who made it', async () => {
    const { api } = await (await app.tenant()).as('manager');
    const records: { type: string; id: string }[] = [];
    for (const region of ['North', 'North', 'South']) {
      const { status, body } = await api('POST', '/api/v1/companies', { name: 'Acme', region });
      assert.equal(status, 201, JSON.stringify(body));
      records.push({ type: 'company', id: body.id });
    }
    const called = await api('POST', '/api/v1/activities', { kind: 'call', subject: 'Called', records });
    assert.equal(called.status, 201, JSON.stringify(called.body));
    const { calls, by_owner, by_region } = (await read(api)).activity;
    const count = (rows: { calls: { count: number } }[]) => rows.map((row) => row.calls.count);
    assert.deepEqual([calls.count, count(by_owner)], [1, [1]]);
    assert.deepEqual(by_region.map((row) => `${row.region} ${row.calls.count}`).sort(), ['North 1', 'South 1']);
  });

  test('of more groups than are answered, those that come first in any figure are', async () => {
    const { api } = await (await app.tenant()).as('manager');
    const { stages } = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body;
    const regions = Array.from({ length: 210 }, (_, n) => `Region ${n}`);
    const made = async (path: string, data: object[]) => {
      const { status, body } = await api('POST', `/api/v1/${path}/bulk`, { data });
      assert.equal(status, 201, JSON.stringify(body));
      return body.data as { id: string }[];
    };
    const companies = await made('companies', regions.map((region) => ({ name: region, region }))); // biome-ignore format: one call
    const kindOf = (at: number) => ['open', 'lost', 'won'][Math.min(at, 2)];
    // The first has only hopes, the second only losses; all others have won something small.
    const deals = companies.map(({ id }, at) => ({
      name: 'Deal',
      company_id: id,
      stage_id: stages.find(({ kind }: { kind: string }) => kind === kindOf(at)).id,
      amount: at < 2 ? '5000.00' : '1.00',
    }));
    await made('deals', deals);
    const { by_region } = await read(api);
    assert.equal(by_region.length, 200);
    const of = (region: string) => by_region.find((row) => row.region === region);
    assert.deepEqual(of('Region 0')?.open.value, [{ amount: '5000.00', currency: 'USD' }]);
    assert.deepEqual(of('Region 1')?.lost.value, [{ amount: '5000.00', currency: 'USD' }]);
  });

  test('what is taken back of a way through the stages counts for none, and what is done again does', async () => {
    const { api } = await (await app.tenant()).as('manager');
    const { stages } = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body;
    const { id } = (await api('POST', '/api/v1/deals', { name: 'Pumps' })).body;
    const reverse = async (change: string | null) => {
      const answer = await api('POST', `/api/v1/changes/${change}/reversal`);
      assert.deepEqual([answer.status, answer.body.skipped], [200, 0], JSON.stringify(answer.body));
      return answer.headers.get('change-id');
    };
    const way = async () =>
      (await read(api, '?range=all')).conversion.map(({ entered, advanced }) => `${entered.count} ${advanced.count}`);
    const shows = (...steps: string[]) => eventually(async () => isDeepStrictEqual(await way(), steps));
    await shows('1 0', '0 0', '0 0');
    const won = await api('POST', `/api/v1/deals/${id}/closure`, { outcome: 'won' });
    await shows('1 1', '0 0', '0 0');
    await reverse(won.headers.get('change-id'));
    await shows('1 0', '0 0', '0 0');
    const moved = await api('POST', `/api/v1/deals/${id}/moves`, { stage_id: stages[1].id });
    await shows('1 1', '1 0', '0 0');
    const back = await reverse(moved.headers.get('change-id'));
    await shows('1 0', '0 0', '0 0');
    await reverse(back);
    await shows('1 1', '1 0', '0 0');
    // Whoever moves it back by hand was there all the same.
    await api('PATCH', `/api/v1/deals/${id}`, { stage_id: stages[0].id });
    await shows('1 1', '1 0', '0 0');
    const visits = { any: 'stage-visits', where: { field: 'stage_id', op: 'eq', value: stages[1].id } };
    assert.equal((await listed(api, { resource: 'deal', filter: visits })).length, 1);
  });

  test('a deleted stage is still on the way of the deals that came through it, and its deletion is undone as a whole', async () => {
    const { api } = await (await app.tenant()).as('manager');
    const { id: pipeline_id, stages } = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body;
    const [first, second, third] = stages.map((stage: { id: string }) => stage.id);
    const { id } = (await api('POST', '/api/v1/deals', { name: 'Pumps' })).body;
    for (const stage_id of [second, first]) await api('PATCH', `/api/v1/deals/${id}`, { stage_id });
    const hoses = (await api('POST', '/api/v1/deals', { name: 'Hoses', stage_id: second })).body.id;
    assert.equal((await api('POST', `/api/v1/deals/${hoses}/closure`, { outcome: 'won' })).status, 200);
    const way = async () =>
      (await read(api, '?range=all')).conversion.map(
        ({ entered, advanced, unknown }) => `${entered.count} ${advanced.count} ${unknown.count}`,
      );
    const shows = (...steps: string[]) => eventually(async () => isDeepStrictEqual(await way(), steps));
    await shows('1 1 0', '2 1 0', '0 0 0');
    const gone = await api('DELETE', `/api/v1/stages/${second}`);
    assert.equal(gone.status, 204);
    await shows('1 1 0', '0 0 0');
    const [step] = (await read(api, '?range=all')).conversion;
    assert.deepEqual(
      [(await listed(api, step!.advanced.rows)).length, (await listed(api, step!.unknown.rows)).length],
      [1, 0],
    );
    const undone = await api('POST', `/api/v1/changes/${gone.headers.get('change-id')}/reversal`);
    assert.deepEqual([undone.status, undone.body.skipped], [200, 0], JSON.stringify(undone.body));
    await shows('1 1 0', '2 1 0', '0 0 0');
    // It stays behind the stage that it came after, wherever that goes.
    assert.equal((await api('DELETE', `/api/v1/stages/${second}`)).status, 204);
    for (const ids of [
      [third, first],
      [first, third],
    ]) {
      assert.equal((await api('PUT', '/api/v1/stage-order', { pipeline_id, ids })).status, 204);
      await shows(...(ids[0] === first ? ['1 1 0', '0 0 0'] : ['0 0 0', '1 1 0']));
    }
  });

  test('takes the last day that there is for the end, and the first for the beginning', async () => {
    const { api } = await (await app.tenant()).as('manager');
    for (const query of ['to=9999-12-31', 'from=0001-01-01', 'from=9999-12-31&to=9999-12-31'])
      await read(api, `?${query}`);
  });

  test('refuses days that do not exist or stand in the wrong order', async () => {
    const { api } = await (await app.tenant()).as('manager');
    for (const query of [
      'from=2024-02-30',
      'from=2025-02-01&to=2025-01-31',
      'owner_id=me',
      'period=decade',
      'range=all&to=2025-01-31',
      'range=soon',
      'what=1',
    ]) {
      const { status, body } = await api('GET', `/api/v1/analytics/dashboard?${query}`);
      assert.deepEqual([status, body.code], [422, 'validation_failed'], query);
    }
  });
});
