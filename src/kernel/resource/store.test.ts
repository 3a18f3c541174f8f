import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { countBlocked, systemClient, whileChanging } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('an amount and a currency that are changed at the same moment are both kept', async (t) => {
  const { api } = await (await app.tenant()).as('admin');
  const money = { annual_revenue: '100.00', currency: 'USD' };
  const { id } = (await api('POST', '/api/v1/companies', { name: 'Both', ...money })).body;
  const other = await systemClient(app);
  t.after(() => other.end());
  for (const [theirs, mine, both] of [
    [`currency = 'EUR'`, { annual_revenue: '250.00' }, ['250.00', 'EUR']],
    [`annual_revenue = 30000`, { currency: 'CHF' }, ['300.00', 'CHF']],
  ] as const) {
    await other.query('begin');
    await other.query(`update company set ${theirs} where id = $1`, [id]);
    const changed = api('PATCH', `/api/v1/companies/${id}`, mine);
    await eventually(async () => (await countBlocked(other)) >= 1);
    await other.query('commit');
    const { status, body } = await changed;
    assert.deepEqual([status, body.annual_revenue, body.currency], [200, ...both]);
  }
});

test('whoever names an old version is refused, and does not wait for somebody who writes tags of the record', async (t) => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const { id: tag_id } = (await api('POST', '/api/v1/tags', { name: 'Held' })).body;
  const { id, version } = (await api('POST', '/api/v1/contacts', { given_name: 'Ann' })).body;
  const other = await systemClient(app);
  t.after(() => other.end());
  await other.query('begin');
  const tagged = 'insert into record_tag (tenant_id, tag_id, record_id) values ($1, $2, $3)';
  await other.query(tagged, [tenant.tenant_id, tag_id, id]);
  let [isAnswered, hasWaited] = [false, false];
  const stale = { 'if-match': `"${version + 1}"` };
  const answer = api('PATCH', `/api/v1/contacts/${id}`, { tags: [tag_id] }, stale).finally(() => {
    isAnswered = true;
  });
  await eventually(async () => {
    hasWaited ||= (await countBlocked(other)) > 0;
    return isAnswered || hasWaited;
  });
  await other.query('rollback');
  assert.deepEqual([(await answer).status, hasWaited], [412, false]);
});

test('companies that are put under each other at the same moment make no circle', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const make = async (name: string): Promise<string> => (await api('POST', '/api/v1/companies', { name })).body.id;
  const [one, two] = [await make('One'), await make('Two')];
  const put = 'update company set parent_id = $2 where id = $1';
  const { status, body } = await whileChanging(app, put, [one, two], () =>
    api('PATCH', `/api/v1/companies/${two}`, { parent_id: one }),
  );
  assert.deepEqual([status, body.errors?.[0].field], [422, 'parent_id'], JSON.stringify(body));
});

test('a reference to what is deleted at the same moment is named by its field', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const pipeline = (await api('POST', '/api/v1/pipelines', { name: 'Short' })).body;
  const { status, body } = await whileChanging(app, 'delete from stage where id = $1', [pipeline.stages[0].id], () =>
    api('POST', '/api/v1/deals', { name: 'Late', pipeline_id: pipeline.id }),
  );
  assert.deepEqual([status, body.errors?.[0].field], [422, 'stage_id'], JSON.stringify(body));
});

test('whoever creates for somebody else what they may not read learns its id, and nothing more', async () => {
  const tenant = await app.tenant();
  const { api: admin } = await tenant.as('admin');
  const { user_id: owner_id } = await tenant.as('member');
  const reads_own = { read: 'own', create: 'all' };
  const all = { read: 'all' };
  const role = { name: 'Intake', rights: { contact: reads_own, deal: reads_own, user: all, pipeline: all } };
  const { key } = (await admin('POST', '/api/v1/roles', role)).body;
  const { api } = await tenant.as(key, 'Ida Intake');
  for (const [path, name] of [['contacts', { given_name: 'Ann' }], ['deals', { name: 'Ship' }]] as const) {
    const input = { ...name, owner_id };
    const made = await api('POST', `/api/v1/${path}`, input);
    assert.deepEqual([made.status, Object.keys(made.body)], [201, ['id']], JSON.stringify(made.body));
    assert.equal((await api('GET', `/api/v1/${path}/${made.body.id}`)).status, 404);
    assert.equal((await admin('GET', `/api/v1/${path}/${made.body.id}`)).body.owner_id, owner_id);
    const many = await api('POST', `/api/v1/${path}/bulk`, { data: [input, name] });
    assert.equal(many.status, 201, JSON.stringify(many.body));
    const [theirs, mine] = many.body.data;
    assert.deepEqual([Object.keys(theirs), mine.version], [['id'], 1]);
  }
}); // biome-ignore format: one record type a line

test('a custom value never names a record that is merged or deleted at the same moment', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const make = async (path: string, body: object) => (await api('POST', `/api/v1/${path}`, body)).body;
  for (const key of ['company', 'deal'])
    await make('custom-fields', { resource: 'contact', key: `own_${key}`, label: `Own ${key}`, type: key });
  const [old, now] = [await make('companies', { name: 'Old' }), await make('companies', { name: 'Now' })];
  const deal = await make('deals', { name: 'Gone' });
  const merged = `update company set deleted_at = now(), merged_into_id = $2 where id = (select id from company where id = $1 for update)`;
  const { status, body } = await whileChanging(app, merged, [old.id, now.id], () =>
    api('POST', '/api/v1/contacts', { given_name: 'Ann', custom: { own_company: old.id } }),
  );
  assert.deepEqual([status, body.errors?.[0].field], [422, 'custom.own_company'], JSON.stringify(body));
  const ben = await make('contacts', { given_name: 'Ben' });
  const late = await whileChanging(app, 'delete from deal where id = $1', [deal.id], () =>
    api('PATCH', `/api/v1/contacts/${ben.id}`, { custom: { own_deal: deal.id } }),
  );
  assert.deepEqual([late.status, late.body.errors?.[0].field], [422, 'custom.own_deal'], JSON.stringify(late.body));
});
