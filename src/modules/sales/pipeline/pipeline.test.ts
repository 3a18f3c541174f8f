import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Client, startTestApp, type TestApp } from '../../../../test/harness/app.ts';

interface Stage {
  id: string;
  kind: string;
  name: string;
  position: number;
}

suite('pipelines and stages', () => {
  let app: TestApp;
  let api: Client;
  let member: Client;
  let pipelines = 0;
  before(async () => {
    app = await startTestApp();
    const tenant = await app.tenant();
    ({ api } = await tenant.as('manager'));
    ({ api: member } = await tenant.as('member'));
  });
  after(() => app.stop());

  const create = async (): Promise<{ id: string; stages: Stage[] }> =>
    (await api('POST', '/api/v1/pipelines', { name: `Pipeline ${++pipelines}` })).body;
  const stagesOf = async (id: string): Promise<(Stage & { version: number })[]> =>
    (await api('GET', `/api/v1/pipelines/${id}`)).body.stages;
  const withoutVersions = (stages: object[]) => stages.map((stage) => ({ ...stage, version: undefined }));
  const one = (stages: Stage[], kind: string) => stages.find((stage) => stage.kind === kind)!;

  test('a new pipeline has stages of every kind, in order', async () => {
    const { stages } = await create();
    assert.deepEqual(
      stages.map(({ name, kind }) => `${name}: ${kind}`),
      ['Qualified: open', 'Proposal: open', 'Negotiation: open', 'Won: won', 'Lost: lost'],
    );
    assert.deepEqual(
      stages.map((stage) => stage.position),
      [1, 2, 3, 4, 5],
    );
  });

  test('a bulk of pipelines answers each with its own stages', async () => {
    const names = ['East', 'West'];
    const { status, body } = await api('POST', '/api/v1/pipelines/bulk', { data: names.map((name) => ({ name })) });
    assert.equal(status, 201);
    assert.deepEqual(
      body.data.map((row: { name: string }) => row.name),
      names,
    );
    const ids = body.data.flatMap((row: { stages: Stage[] }) => row.stages.map((stage) => stage.id));
    assert.equal(new Set(ids).size, 10);
  });

  test('a stage is added at the end, moved by its position, renamed and removed', async () => {
    const { id } = await create();
    const added = await api('POST', '/api/v1/stages', { pipeline_id: id, name: 'Contract', rotting_days: 14 });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    assert.deepEqual(
      [added.body.position, added.body.kind, added.body.probability_percent, added.body.pipeline.id],
      [6, 'open', 50, id],
    );
    await api('PATCH', `/api/v1/stages/${added.body.id}`, { position: 0, name: 'Contract sent' });
    const [first] = await stagesOf(id);
    const { version } = (await api('GET', `/api/v1/stages/${added.body.id}`)).body;
    assert.deepEqual([first!.name, first!.version], ['Contract sent', version]);
    assert.equal((await api('DELETE', `/api/v1/stages/${added.body.id}`)).status, 204);
    assert.equal((await stagesOf(id)).length, 5);
  });

  test('stages are put in order as a whole, whatever their positions were', async () => {
    const { id, stages } = await create();
    for (const stage of stages) await api('PATCH', `/api/v1/stages/${stage.id}`, { position: 0 });
    const ids = stages.map((stage) => stage.id);
    const order = (ids: string[], by = api) => by('PUT', '/api/v1/stage-order', { pipeline_id: id, ids });
    const now = async () => (await stagesOf(id)).map((stage) => stage.id);
    const wanted = [ids[4]!, ids[2]!, ids[0]!, ids[3]!, ids[1]!];
    const put = await order(wanted);
    assert.equal(put.status, 204, JSON.stringify(put.body));
    assert.deepEqual(await now(), wanted);
    assert.deepEqual(
      (await stagesOf(id)).map((stage) => stage.position),
      [1, 2, 3, 4, 5],
    );
    const some = await order([ids[1]!]);
    assert.deepEqual(await now(), [ids[1], ...wanted.slice(0, 4)], 'those not named stay behind');
    const undone = await api('POST', `/api/v1/changes/${some.headers.get('change-id')}/reversal`);
    assert.deepEqual([undone.status, undone.body.skipped], [200, 0], JSON.stringify(undone.body));
    assert.deepEqual(await now(), wanted);
    const strange = (await create()).stages[0]!.id;
    assert.equal((await order([ids[0]!, strange])).body.errors[0].field, 'ids.1');
    assert.equal((await order([ids[0]!, ids[0]!])).status, 422);
    assert.equal((await order(ids, member)).status, 403);
  });

  test('stages that are added at the same time have places of their own', async () => {
    const { id } = await create();
    const names = ['A', 'B', 'C', 'D', 'E'];
    await Promise.all(names.map((name) => api('POST', '/api/v1/stages', { pipeline_id: id, name })));
    const positions = (await stagesOf(id)).map((stage) => stage.position);
    assert.deepEqual(positions, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('a pipeline takes so many stages that it can be read and put in order, and a workspace as many pipelines', async () => {
    const { api: alone } = await (await app.tenant()).as('manager');
    const names = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `Number ${n}` }));
    const pipelines = await alone('POST', '/api/v1/pipelines/bulk', { data: names(199) });
    assert.equal(pipelines.status, 201, JSON.stringify(pipelines.body));
    const last = (name: string) => alone('POST', '/api/v1/pipelines', { name });
    const answers = await Promise.all([last('Last'), last('Beyond')]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409], 'also at the same time');
    const pipeline_id = pipelines.body.data[0].id;
    const data = names(195).map(({ name }) => ({ name, pipeline_id }));
    assert.equal((await alone('POST', '/api/v1/stages/bulk', { data })).status, 201);
    const more = await alone('POST', '/api/v1/stages', { name: 'Beyond', pipeline_id });
    assert.deepEqual([more.status, more.body.code], [409, 'conflict']);
    assert.match(more.body.detail, /at most 200 stages/);
  });

  test('a stage that becomes of another kind says so of its deals, unless it is told', async () => {
    const { id } = await create();
    const stage = (await api('POST', '/api/v1/stages', { pipeline_id: id, name: 'Signed', probability_percent: 70 }))
      .body;
    const change = async (body: object) =>
      (await api('PATCH', `/api/v1/stages/${stage.id}`, body)).body.probability_percent;
    assert.equal(await change({ kind: 'open', name: 'Nearly signed' }), 70);
    assert.equal(await change({ kind: 'won' }), 100);
    assert.equal(await change({ kind: 'open', probability_percent: 35 }), 35);
    assert.equal(await change({ kind: 'lost' }), 0);
  });

  test('a stage says how likely its deals are by its kind, unless it is told', async () => {
    const { id } = await create();
    for (const [kind, likely] of [['won', 100], ['lost', 0], ['open', 50]] as const) {
      const { body } = await api('POST', '/api/v1/stages', { pipeline_id: id, name: `More ${kind}`, kind });
      assert.equal(body.probability_percent, likely);
    } // biome-ignore format: a table
  });

  test('the last stage of a kind stays, whether it is deleted or made another kind', async () => {
    const { id, stages } = await create();
    for (const kind of ['won', 'lost']) {
      const deleted = await api('DELETE', `/api/v1/stages/${one(stages, kind).id}`);
      assert.deepEqual([deleted.status, deleted.body.code], [409, 'conflict']);
      assert.equal((await api('PATCH', `/api/v1/stages/${one(stages, kind).id}`, { kind: 'open' })).status, 409);
    }
    const open = stages.filter((stage) => stage.kind === 'open');
    // At the same time, so that each could count on the other.
    const answers = await Promise.all(open.map((stage) => api('DELETE', `/api/v1/stages/${stage.id}`)));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 204, 409]);
    assert.deepEqual(
      (await stagesOf(id)).map((stage) => stage.kind),
      ['open', 'won', 'lost'],
    );
  });

  test('a stage with deals, and its pipeline, are in use; so is the kind of the stage', async () => {
    const { id, stages } = await create();
    const deal = (await api('POST', '/api/v1/deals', { name: 'In the way', stage_id: stages[1]!.id })).body;
    for (const [verb, path, body] of [
      ['DELETE', `/api/v1/stages/${stages[1]!.id}`, undefined],
      ['DELETE', `/api/v1/pipelines/${id}`, undefined],
      ['PATCH', `/api/v1/stages/${stages[1]!.id}`, { kind: 'won' }],
    ] as const) {
      const answer = await api(verb, path, body);
      assert.deepEqual([answer.status, answer.body.code], [409, 'in_use'], `${verb} ${path}`);
    }
    // Nobody sees it in the stage any more, and it could come back there.
    assert.equal((await api('DELETE', `/api/v1/deals/${deal.id}`)).status, 204);
    const trashed = await api('DELETE', `/api/v1/stages/${stages[1]!.id}`);
    assert.deepEqual([trashed.status, trashed.body.code], [409, 'in_use']);
    assert.match(trashed.body.detail, /in the trash/);
    const { id: empty } = await create();
    assert.equal((await api('DELETE', `/api/v1/pipelines/${empty}`)).status, 204);
  });

  test('a stage stays in its pipeline, and two of one name do not stand in it', async () => {
    const { id, stages } = await create();
    const other = await create();
    const moved = await api('PATCH', `/api/v1/stages/${stages[0]!.id}`, { pipeline_id: other.id });
    assert.deepEqual([moved.status, moved.body.errors[0].code], [422, 'unknown_field']);
    const twin = await api('POST', '/api/v1/stages', { pipeline_id: id, name: 'Won' });
    assert.deepEqual([twin.status, twin.body.code], [409, 'duplicate']);
    assert.deepEqual([twin.body.errors[0].field, twin.body.detail], ['name', 'There is another record with this name']);
  });

  test('who may only read pipelines changes neither them nor stages nor reasons', async () => {
    const { id, stages } = await create();
    assert.equal((await member('GET', `/api/v1/pipelines/${id}`)).body.stages.length, 5);
    for (const [verb, path, body] of [
      ['POST', '/api/v1/pipelines', { name: 'Mine' }],
      ['PATCH', `/api/v1/stages/${stages[0]!.id}`, { name: 'Mine' }],
      ['DELETE', `/api/v1/stages/${stages[0]!.id}`, undefined],
      ['POST', '/api/v1/close-reasons', { name: 'Mine', outcome: 'won' }],
    ] as const) {
      assert.equal((await member(verb, path, body)).status, 403, `${verb} ${path}`);
    }
  });

  test('what was done to a pipeline, a stage or a reason can be taken back', async () => {
    const takeBack = async (change: string | null) => {
      const answer = await api('POST', `/api/v1/changes/${change}/reversal`);
      assert.deepEqual([answer.status, answer.body.skipped], [200, 0], JSON.stringify(answer.body));
    };
    const { id, stages } = await create();
    const first = stages[0]!;
    const changed = await api('PATCH', `/api/v1/stages/${first.id}`, { name: 'Asked', rotting_days: 9 });
    await takeBack(changed.headers.get('change-id'));
    assert.deepEqual(withoutVersions(await stagesOf(id)), withoutVersions(stages));
    const dropped = await api('DELETE', `/api/v1/stages/${first.id}`);
    await takeBack(dropped.headers.get('change-id'));
    assert.deepEqual(withoutVersions(await stagesOf(id)), withoutVersions(stages));
    const gone = await api('DELETE', `/api/v1/pipelines/${id}`);
    await takeBack(gone.headers.get('change-id'));
    assert.deepEqual(withoutVersions(await stagesOf(id)), withoutVersions(stages), 'with its stages');
    const reason = await api('POST', '/api/v1/close-reasons', { name: 'Price', outcome: 'lost' });
    await takeBack(reason.headers.get('change-id'));
    assert.equal((await api('GET', `/api/v1/close-reasons/${reason.body.id}`)).status, 404);
  });
});
