import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Client, startTestApp, type TestApp } from '../../../../test/harness/app.ts';

suite('closing deals', () => {
  let app: TestApp;
  let api: Client;
  let stages: { id: string; kind: string }[];
  before(async () => {
    app = await startTestApp();
    ({ api } = await (await app.tenant()).as('manager'));
    stages = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body.stages;
  });
  after(() => app.stop());

  const create = async (input: object = {}) => (await api('POST', '/api/v1/deals', { name: 'Pumps', ...input })).body;
  const close = (id: string, body: object, headers = {}) => api('POST', `/api/v1/deals/${id}/closure`, body, headers);

  test('a deal is won with reason, note and day, and leads to the won stage', async () => {
    const reason = (await api('POST', '/api/v1/close-reasons', { name: 'Best offer', outcome: 'won' })).body;
    const deal = await create();
    const answer = await close(deal.id, {
      outcome: 'won',
      close_reason_id: reason.id,
      note: 'Élan: they asked for two more'.normalize('NFD'),
      closed_on: '2026-03-31',
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const { status, stage_id, close_reason, close_note, closed_on, version } = answer.body;
    assert.deepEqual(
      { status, stage_id, close_reason, close_note, closed_on },
      {
        status: 'won',
        stage_id: stages.find((stage) => stage.kind === 'won')!.id,
        close_reason: { id: reason.id, name: 'Best offer' },
        close_note: 'Élan: they asked for two more',
        closed_on: '2026-03-31',
      },
    );
    assert.equal(answer.headers.get('etag'), `"${version}"`);
  });

  test('a deal that is won on a day before it was opened took no days, not fewer than none', async () => {
    const { api } = await (await app.tenant()).as('manager');
    const product = (await api('POST', '/api/v1/products', { name: 'Pump', unit_price: '10.00' })).body;
    for (const [opened_on, closed_on] of [['2026-03-20', '2026-03-10'], ['2026-03-01', '2026-03-11']]) {
      const lines = [{ product_id: product.id, quantity: '1' }];
      const { id } = (await api('POST', '/api/v1/deals', { name: 'Pumps', opened_on, lines })).body;
      const answer = await api('POST', `/api/v1/deals/${id}/closure`, { outcome: 'won', closed_on });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    } // biome-ignore format: days in pairs
    const { body } = await api('GET', '/api/v1/analytics/dashboard?range=all');
    assert.deepEqual([body.cycle_days, body.cycles.count], ['5.0', 2]);
    assert.equal(body.by_product[0].cycle_days, '5.0');
  });

  test('opened again, it is back in the stage it came from, with nothing left of the closing', async () => {
    const deal = await create();
    await api('PATCH', `/api/v1/deals/${deal.id}`, { stage_id: stages[1]!.id });
    await close(deal.id, { outcome: 'lost', note: 'No budget' });
    const { status, body } = await api('DELETE', `/api/v1/deals/${deal.id}/closure`);
    assert.equal(status, 200);
    assert.deepEqual(
      [body.status, body.stage_id, body.closed_on, body.close_note],
      ['open', stages[1]!.id, null, null],
    );
  });

  test('a deal that was never open goes to the first open stage', async () => {
    const won = stages.find((stage) => stage.kind === 'won')!;
    const deal = await create({ stage_id: won.id });
    const { body } = await api('DELETE', `/api/v1/deals/${deal.id}/closure`);
    assert.equal(body.stage_id, stages[0]!.id);
  });

  test('only an open deal is closed and only a closed one opened', async () => {
    const deal = await create();
    assert.equal((await api('DELETE', `/api/v1/deals/${deal.id}/closure`)).status, 409);
    await close(deal.id, { outcome: 'won' });
    assert.equal((await close(deal.id, { outcome: 'lost' })).status, 409);
  });

  test('a reason for the other outcome, a day that does not exist and a stale ETag are refused, and change nothing', async () => {
    const reason = (await api('POST', '/api/v1/close-reasons', { name: 'Went elsewhere', outcome: 'lost' })).body;
    const deal = await create();
    const wrong = await close(deal.id, { outcome: 'won', close_reason_id: reason.id });
    assert.deepEqual([wrong.status, wrong.body.errors[0].code], [422, 'other_outcome']);
    assert.equal((await close(deal.id, { outcome: 'won', closed_on: '2024-02-30' })).status, 422);
    await api('PATCH', `/api/v1/deals/${deal.id}`, { name: 'Renamed' });
    assert.equal((await close(deal.id, { outcome: 'won' }, { 'if-match': '"1"' })).status, 412);
    const { body } = await api('GET', `/api/v1/deals/${deal.id}`);
    assert.equal(body.status, 'open');
  });

  test('the same Idempotency-Key closes once and answers twice', async () => {
    const deal = await create();
    const key = { 'idempotency-key': 'close-it-once' };
    const first = await close(deal.id, { outcome: 'won' }, key);
    const second = await close(deal.id, { outcome: 'won' }, key);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.deepEqual(second.body, first.body);
  });
});
