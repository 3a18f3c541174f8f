import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import fc from 'fast-check';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { countBlocked, systemClient } from '../../../../test/harness/identity.ts';
import { sql } from '../../../kernel/database/database.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';

interface Stage {
  id: string;
  kind: string;
}

suite('moving deals on the board', () => {
  let app: TestApp;
  let tenant_id: string;
  let tenant: TestTenant;
  let api: Client;
  let admin: Client;
  let advisor: Client;
  let pipelines = 0;
  before(async () => {
    app = await startTestApp();
    tenant = await app.tenant();
    tenant_id = tenant.tenant_id;
    ({ api } = await tenant.as('manager'));
    ({ api: admin } = await tenant.as('admin'));
    ({ api: advisor } = await tenant.as('advisor'));
  });
  after(() => app.stop());

  const pipeline = async (): Promise<Stage[]> =>
    (await api('POST', '/api/v1/pipelines', { name: `Pipeline ${++pipelines}` })).body.stages;
  /** Made in one statement, so that their places are as close together as they get. */
  const deals = async (count: number, stage_id: string): Promise<string[]> => {
    const data = Array.from({ length: count }, (_, i) => ({ name: `Deal ${i}`, stage_id }));
    const { body } = await api('POST', '/api/v1/deals/bulk', { data });
    return body.data.map((row: { id: string }) => row.id);
  };
  const move = (id: string, body: object, headers = {}) => api('POST', `/api/v1/deals/${id}/moves`, body, headers);
  const column = async (stage: string): Promise<{ id: string; status: string }[]> => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'stage_id', op: 'eq', value: stage }));
    return (await api('GET', `/api/v1/deals?filter=${filter}&sort=position&limit=200`)).body.data;
  };
  const ids = async (stage: string) => (await column(stage)).map((row) => row.id);

  test('the order after any moves is that of a plain list, and status agrees with the stage', async () => {
    const step = fc.record({
      card: fc.nat(11),
      stage: fc.nat(2),
      place: fc.constantFrom('before', 'after', 'first', 'last', 'none'),
      beside: fc.nat(11),
    });
    const holds = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
      const stages = (await pipeline()).filter((_, i) => [0, 1, 3].includes(i));
      const columns = [await deals(9, stages[0]!.id), await deals(3, stages[1]!.id), []];
      const cards = columns.flat();
      for (const { card, stage, place, beside } of steps) {
        const id = cards[card]!;
        for (const cards of columns) if (cards.includes(id)) cards.splice(cards.indexOf(id), 1);
        const target = columns[stage]!;
        const near = target[beside % Math.max(1, target.length)];
        const where = near || place === 'first' || place === 'last' ? place : 'none';
        const at = {
          before: target.indexOf(near!),
          after: target.indexOf(near!) + 1,
          first: 0,
          last: target.length,
          none: target.length,
        }[where];
        const sent = {
          before: { before_id: near },
          after: { after_id: near },
          first: { position: 'first' },
          last: { position: 'last' },
          none: {},
        }[where];
        target.splice(at, 0, id);
        const { status, body } = await move(id, { stage_id: stages[stage]!.id, ...sent });
        assert.equal(status, 200, JSON.stringify(body));
        assert.equal(body.status, stages[stage]!.kind);
      }
      for (const [i, stage] of stages.entries()) {
        const rows = await column(stage.id);
        assert.deepEqual(
          rows.map((row) => row.id),
          columns[i],
        );
        assert.ok(rows.every((row) => row.status === stage.kind));
      }
    });
    await fc.assert(holds, { numRuns: 12 });
  });

  test('a hundred moves into the same gap keep their order, though a double has no room for them', async () => {
    const [stage] = await pipeline();
    const cards = await deals(120, stage!.id);
    const expected = [...cards];
    for (const id of cards.slice(20)) {
      expected.splice(expected.indexOf(id), 1);
      expected.splice(1, 0, id);
      assert.equal((await move(id, { stage_id: stage!.id, after_id: cards[0] })).status, 200);
    }
    assert.deepEqual(await ids(stage!.id), expected);
  });

  test('a new deal comes after the cards that were moved', async () => {
    const [stage] = await pipeline();
    const cards = await deals(3, stage!.id);
    for (const id of [...cards, ...cards]) await move(id, { stage_id: stage!.id, position: 'last' });
    const [last] = await deals(1, stage!.id);
    assert.deepEqual(await ids(stage!.id), [...cards, last]);
  });

  /** Puts all cards of a column at the very same place: only their ids tell them apart. Answers them in order. */
  const crowd = async (stage: string): Promise<string[]> => {
    const together = sql`update deal set position = 7 where tenant_id = ${tenant_id} and stage_id = ${stage}`;
    await withContext(app.app.services.db, systemActor(tenant_id), (ctx) => ctx.tx.run(together));
    return ids(stage);
  };

  test('movers at the same time leave every card in one place, and the ends where they were put', async () => {
    const [stage] = await pipeline();
    await deals(40, stage!.id);
    const [top, ...cards] = await crowd(stage!.id);
    const answers = await Promise.all(cards.slice(1).map((id) => move(id, { stage_id: stage!.id, after_id: top })));
    assert.deepEqual(
      answers.filter(({ status }) => status !== 200),
      [],
    );
    const order = await ids(stage!.id);
    assert.deepEqual([order[0], order.at(-1)], [top, cards[0]]);
    assert.deepEqual(order.toSorted(), [top, ...cards].toSorted());
  });

  test('a move that waited for another change of the deal comes after it', async () => {
    const [first, second, third] = await pipeline();
    const [id] = await deals(1, first!.id);
    const holder = await systemClient(app);
    try {
      await holder.query('begin');
      await holder.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`deal column ${second!.id}`]);
      const moving = move(id!, { stage_id: second!.id });
      await eventually(async () => (await countBlocked(holder)) >= 1);
      const changed = await api('PATCH', `/api/v1/deals/${id}`, { stage_id: third!.id });
      await holder.query('rollback');
      const moved = (await moving).body;
      assert.equal(moved.stage_id, second!.id);
      assert.ok(moved.stage_entered_at >= changed.body.stage_entered_at, 'it came there from the other stage');
    } finally {
      await holder.end();
    }
  });

  test('making room keeps the order of cards that the mover sees and may not change', async () => {
    const [stage] = await pipeline();
    const rights = { deal: { read: 'all', create: 'own', update: 'own' }, pipeline: { read: 'all' } };
    const { body: role } = await admin('POST', '/api/v1/roles', { name: 'Seller', rights });
    const { api: seller } = await tenant.as(role.key);
    await deals(10, stage!.id);
    const { id } = (await seller('POST', '/api/v1/deals', { name: 'Own', stage_id: stage!.id })).body;
    const before = (await crowd(stage!.id)).filter((other) => other !== id);
    const { status, body } = await seller('POST', `/api/v1/deals/${id}/moves`, {
      stage_id: stage!.id,
      after_id: before[4],
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(await ids(stage!.id), before.toSpliced(5, 0, id));
  });

  test('making room does not disturb cards that the mover does not see', async () => {
    const [stage] = await pipeline();
    const others = await deals(10, stage!.id);
    const own: string[] = [];
    for (let i = 0; i < 3; i++) {
      own.push((await advisor('POST', '/api/v1/deals', { name: `Own ${i}`, stage_id: stage!.id })).body.id);
    }
    assert.deepEqual(await crowd(stage!.id), [...others, ...own].toSorted());
    const [a, b, c] = own.toSorted();
    assert.equal((await advisor('POST', `/api/v1/deals/${c}/moves`, { stage_id: stage!.id, after_id: a })).status, 200);
    const order = await ids(stage!.id);
    assert.deepEqual(
      order.filter((id) => others.includes(id)),
      others.toSorted(),
    );
    assert.deepEqual(
      order.filter((id) => own.includes(id)),
      [a, c, b],
    );
  });

  test('says what is wrong with a place', async () => {
    const [one, two] = await pipeline();
    const [a, b] = await deals(2, one!.id);
    const elsewhere = await move(a!, { stage_id: two!.id, before_id: b });
    assert.deepEqual([elsewhere.status, elsewhere.body.errors[0].field], [422, 'before_id']);
    assert.equal((await move(a!, { stage_id: one!.id, after_id: a })).status, 422);
    assert.equal((await move(a!, { stage_id: one!.id, after_id: b, position: 'first' })).status, 422);
    assert.equal((await move(a!, { stage_id: '01990000-0000-7000-8000-000000000000' })).status, 422);
    assert.equal((await move(a!, { stage_id: two!.id }, { 'if-match': '"9"' })).status, 412);
    assert.equal((await advisor('POST', `/api/v1/deals/${a}/moves`, { stage_id: two!.id })).status, 404);
  });
});
