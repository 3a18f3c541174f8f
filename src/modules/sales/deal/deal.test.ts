import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Client, startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { sql } from '../../../kernel/database/database.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';

interface Stage {
  id: string;
  kind: string;
  name: string;
}

suite('deals', () => {
  let app: TestApp;
  let tenant_id: string;
  let api: Client;
  let other: Client;
  before(async () => {
    app = await startTestApp();
    const tenant = await app.tenant();
    tenant_id = tenant.tenant_id;
    ({ api } = await tenant.as('manager'));
    ({ api: other } = await (await app.tenant()).as('manager'));
  });
  after(() => app.stop());

  const create = async (input: object = {}) => {
    const made = await api('POST', '/api/v1/deals', { name: 'Racks for the new hall', ...input });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  const change = (id: string, input: object, headers = {}) => api('PATCH', `/api/v1/deals/${id}`, input, headers);
  const pipeline = async (name: string): Promise<{ id: string; stages: Stage[] }> =>
    (await api('POST', '/api/v1/pipelines', { name })).body;
  const stageOf = (stages: Stage[], kind: string, nth = 0) => stages.filter((stage) => stage.kind === kind)[nth]!.id;
  const refusedField = (answer: { status: number; body: { errors?: { field: string; code: string }[] } }) => {
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    const { field, code } = answer.body.errors![0]!;
    return `${field} ${code}`;
  };

  test('a name is enough: the first deal comes with a pipeline, in its first open stage', async () => {
    const { api: fresh } = await (await app.tenant()).as('member');
    const made = await fresh('POST', '/api/v1/deals', { name: 'First' });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { body: pipelines } = await fresh('GET', '/api/v1/pipelines');
    assert.equal(pipelines.data.length, 1);
    const [sales] = pipelines.data;
    assert.deepEqual(
      {
        pipeline: made.body.pipeline,
        stage: made.body.stage_id,
        status: made.body.status,
        currency: made.body.currency,
      },
      { pipeline: { id: sales.id, name: sales.name }, stage: sales.stages[0].id, status: 'open', currency: 'USD' },
    );
    assert.equal(made.headers.get('etag'), '"1"');
    assert.equal(made.headers.get('location'), `/api/v1/deals/${made.body.id}`);
  });

  test('without a currency, money is in that of the tenant', async () => {
    const tenant = await app.tenant();
    const setCurrency = sql`update tenant set default_currency = 'KWD' where id = ${tenant.tenant_id}`;
    await withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) => ctx.tx.run(setCurrency));
    const { api: there } = await tenant.as('manager');
    const { body } = await there('POST', '/api/v1/deals', { name: 'Pumps', amount: '12.345' });
    assert.deepEqual([body.amount, body.currency], ['12.345', 'KWD']);
  });

  for (const [amount, currency, refusal] of [
    ['10.123', 'USD', 'amount too_many_decimals'],
    ['100.5', 'JPY', 'amount too_many_decimals'],
    ['1e400', 'USD', 'amount invalid_format'],
    ['NaN', 'USD', 'amount invalid_format'],
    ['Infinity', 'USD', 'amount invalid_format'],
    ['1,000.00', 'USD', 'amount invalid_format'],
    ['1'.repeat(16), 'USD', 'amount invalid_format'],
    [12, 'USD', 'amount invalid_type'],
    ['1.00', 'XQZ', 'currency unknown_currency'],
    ['1.00', 'usd', 'currency invalid_format'],
  ] as const) {
    test(`refuses ${amount} ${currency}`, async () => {
      const answer = await api('POST', '/api/v1/deals', { name: 'Odd', amount, currency });
      assert.equal(refusedField(answer), refusal);
    });
  }

  test('keeps amounts to the last digit, in currencies of any kind', async () => {
    for (const [sent, currency, kept] of [
      ['999999999999999.99', 'USD', '999999999999999.99'],
      ['-0.01', 'USD', '-0.01'],
      ['1500', 'JPY', '1500'],
      ['0.1', 'TND', '0.100'],
    ]) {
      const { amount } = await create({ amount: sent, currency });
      assert.equal(amount, kept);
    }
  });

  test('a new currency keeps the figure, and refuses decimals it does not have', async () => {
    const whole = await create({ amount: '1054.00', currency: 'USD' });
    assert.equal((await change(whole.id, { currency: 'JPY' })).body.amount, '1054');
    const cents = await create({ amount: '1054.50', currency: 'USD' });
    assert.equal(refusedField(await change(cents.id, { currency: 'JPY' })), 'amount too_many_decimals');
  });

  test('deals are sorted by their amounts, whatever minor units their currencies have', async () => {
    const { api: manager } = await (await app.tenant()).as('manager');
    const amounts = ['1000.00 EUR', '1000.001 KWD', '1500 JPY', '-1 JPY', '0.99 EUR', ' EUR'];
    for (const each of amounts) {
      const [amount, currency] = each.split(' ');
      const made = await manager('POST', '/api/v1/deals', { name: 'Racks', amount: amount || null, currency });
      assert.equal(made.status, 201, JSON.stringify(made.body));
    }
    const sorted = async (sort: string) => {
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = await manager('GET', `/api/v1/deals?sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`);
        assert.equal(page.status, 200, JSON.stringify(page.body));
        for (const deal of page.body.data) found.push(`${deal.amount ?? ''} ${deal.currency}`);
        cursor = page.body.next_cursor;
      }
      return found;
    };
    const rising = ['-1 JPY', '0.99 EUR', '1000.00 EUR', '1000.001 KWD', '1500 JPY'];
    assert.deepEqual(await sorted('amount'), [...rising, ' EUR']);
    assert.deepEqual(await sorted('-amount'), [...rising.toReversed(), ' EUR']);
    assert.deepEqual(await sorted('status,-amount'), [...rising.toReversed(), ' EUR']);
  });

  test('a closed deal that goes to another pipeline stays closed, with all that was said of it', async () => {
    const [from, to] = [await pipeline('From here'), await pipeline('To there')];
    for (const outcome of ['won', 'lost']) {
      const reason = (await api('POST', '/api/v1/close-reasons', { name: `Why ${outcome}`, outcome })).body;
      const closing = { closed_on: '2026-03-01', close_reason_id: reason.id, close_note: 'As agreed' };
      const deal = await create({ pipeline_id: from.id, stage_id: stageOf(from.stages, outcome), ...closing });
      const { body } = await change(deal.id, { pipeline_id: to.id });
      assert.deepEqual([body.status, body.stage_id], [outcome, stageOf(to.stages, outcome)]);
      assert.deepEqual([body.closed_on, body.close_reason_id, body.close_note], Object.values(closing));
    }
  });

  test('status follows the stage; closing sets the day, and opening takes away what was said of it', async () => {
    const { id: pipeline_id, stages } = await pipeline('Renewals');
    const deal = await create({ pipeline_id });
    assert.equal(deal.stage_id, stageOf(stages, 'open'));
    const won = await change(deal.id, {
      stage_id: stageOf(stages, 'won'),
      close_note: 'Signed on the day of the visit',
    });
    assert.equal(won.body.status, 'won');
    assert.equal(won.body.closed_on, new Date().toISOString().slice(0, 10));
    const open = await change(deal.id, { stage_id: stageOf(stages, 'open', 1) });
    assert.deepEqual(
      [open.body.status, open.body.closed_on, open.body.close_note, open.body.close_reason_id],
      ['open', null, null, null],
    );
    assert.notEqual(open.body.stage_entered_at, deal.stage_entered_at);
  });

  test('a deal that is made closed on an earlier day was not opened today', async () => {
    const { id, stages } = await pipeline('Archive');
    const won = stageOf(stages, 'won');
    const opened = async (input: object) => (await create({ stage_id: won, ...input })).opened_on;
    const today = new Date().toISOString().slice(0, 10);
    assert.equal(await opened({ closed_on: '2024-01-15' }), null);
    assert.equal(await opened({ closed_on: '2024-01-15', opened_on: '2023-12-01' }), '2023-12-01');
    assert.deepEqual([await opened({}), await opened({ closed_on: today })], [today, today]);
    // (45 + 0 + 0) / 3; of the first nobody knows.
    const { body } = await api('GET', `/api/v1/analytics/dashboard?pipeline_id=${id}`);
    assert.deepEqual([body.cycle_days, body.cycles.count, body.won.count], ['15.0', 3, 4]);
  });

  test('another pipeline means its first open stage', async () => {
    const { id: pipeline_id, stages } = await pipeline('Projects');
    const deal = await create();
    const { body } = await change(deal.id, { pipeline_id });
    assert.deepEqual([body.pipeline_id, body.stage_id, body.status], [pipeline_id, stageOf(stages, 'open'), 'open']);
  });

  test('a stage of another pipeline than the one named is refused', async () => {
    const [one, two] = [await pipeline('North'), await pipeline('South')];
    const answer = await api('POST', '/api/v1/deals', { name: 'X', pipeline_id: one.id, stage_id: two.stages[0]!.id });
    assert.equal(refusedField(answer), 'stage_id other_pipeline');
  });

  test('an open deal has no closing day, and a reason fits the outcome', async () => {
    const deal = await create();
    assert.equal(refusedField(await change(deal.id, { closed_on: '2026-01-02' })), 'closed_on not_closed');
    const lost = await api('POST', '/api/v1/close-reasons', { name: 'Too dear', outcome: 'lost' });
    const { body: list } = await api('GET', '/api/v1/pipelines?sort=position');
    const won = await create({ stage_id: stageOf(list.data[0].stages, 'won') });
    const answer = await change(won.id, { close_reason_id: lost.body.id });
    assert.equal(refusedField(answer), 'close_reason_id other_outcome');
  });

  test('a bulk is all or nothing and names the place of the mistake', async () => {
    const { body: before } = await api('GET', '/api/v1/deals?count=true&limit=1');
    const data = [{ name: 'Good' }, { name: 'Bad', stage_id: '01990000-0000-7000-8000-000000000000' }];
    const answer = await api('POST', '/api/v1/deals/bulk', { data });
    assert.equal(refusedField(answer), 'data.1.stage_id no_such_record');
    const { body: after } = await api('GET', '/api/v1/deals?count=true&limit=1');
    assert.equal(after.total, before.total);
  });

  test('what only the program sets cannot be sent', async () => {
    const deal = await create();
    for (const [field, value] of Object.entries({ status: 'won', position: 1, lines: [], stage_entered_at: null })) {
      assert.equal(refusedField(await change(deal.id, { [field]: value })), `${field} unknown_field`);
    }
  });

  test('a stale ETag is 412 with the current record', async () => {
    const deal = await create();
    await change(deal.id, { name: 'Renamed' });
    const stale = await change(deal.id, { name: 'Again' }, { 'if-match': '"1"' });
    assert.deepEqual([stale.status, stale.body.code, stale.body.current.name], [412, 'stale', 'Renamed']);
  });

  test("another tenant's deals, stages and contacts do not exist", async () => {
    const deal = await create();
    for (const [verb, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'Mine now' }],
      ['DELETE', '', undefined],
      ['PUT', '/lines', { lines: [] }],
      ['POST', '/moves', { stage_id: deal.stage_id }],
      ['POST', '/closure', { outcome: 'won' }],
      ['DELETE', '/closure', undefined],
    ] as const) {
      assert.equal((await other(verb, `/api/v1/deals/${deal.id}${path}`, body)).status, 404, `${verb} ${path}`);
    }
    const answer = await other('POST', '/api/v1/deals', { name: 'X', stage_id: deal.stage_id });
    assert.equal(refusedField(answer), 'stage_id no_such_record');
  });

  test('its timeline tells what was noted and how it moved', async () => {
    const { id: pipeline_id, stages } = await pipeline('Told');
    const deal = await create({ pipeline_id });
    await api('POST', '/api/v1/notes', {
      body: '<p>They want it by May</p>',
      records: [{ type: 'deal', id: deal.id }],
    });
    await change(deal.id, { stage_id: stageOf(stages, 'open', 1) });
    const { status, body } = await api('GET', `/api/v1/deals/${deal.id}/timeline`);
    assert.equal(status, 200, JSON.stringify(body));
    const [moved, noted, made] = body.data;
    const stageChange = moved.change.changes.find((entry: { field: string }) => entry.field === 'stage_id');
    assert.deepEqual([stageChange.before.name, stageChange.after.name], ['Qualified', 'Proposal']);
    assert.deepEqual([noted.note.body, made.change.action], ['<p>They want it by May</p>', 'create']);
  });

  test('the database itself keeps status and stage in agreement', async () => {
    const deal = await create();
    const forged = sql`update deal set status = 'won' where tenant_id = ${tenant_id} and id = ${deal.id}`;
    const attempt = withContext(app.app.services.db, systemActor(tenant_id), (ctx) => ctx.tx.run(forged));
    await assert.rejects(attempt, { code: '23503' });
  });
});
