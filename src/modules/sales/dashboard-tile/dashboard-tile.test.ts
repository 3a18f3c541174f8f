import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { whileChanging } from '../../../../test/harness/identity.ts';

const tile = { figure: 'won_value', grouping: 'owner', chart: 'bar', range: 'this_year', period: 'month' };

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

const made = async (api: Client, path: string, body: object) => {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
};
const refused = async (api: Client, path: string, body: object) => {
  const { status, body: problem } = await api('POST', `/api/v1/${path}`, body);
  assert.equal(status, 422, JSON.stringify(problem));
  return `${problem.errors[0].field} ${problem.errors[0].code}`;
};
const listed = async (api: Client, dashboard: string) => {
  const filter = JSON.stringify({ field: 'dashboard_id', op: 'eq', value: dashboard });
  const { body } = await api('GET', `/api/v1/dashboard-tiles?filter=${encodeURIComponent(filter)}`);
  return body.data.map(({ id }: { id: string }) => id);
};

test('a dashboard and its tiles are seen by their maker alone until they are shared, and changed by nobody else', async () => {
  const ada = await tenant.as('member', 'Ada');
  const bob = await tenant.as('member', 'Bob');
  const mine = await made(ada.api, 'dashboards', { name: 'Mine' });
  const { id } = await made(ada.api, 'dashboard-tiles', {
    dashboard_id: mine.id,
    ...tile,
    title: 'Who won',
    filter: { region: 'Lazio' },
  });
  for (const other of [bob, await tenant.as('admin')]) {
    assert.equal((await other.api('GET', `/api/v1/dashboards/${mine.id}`)).status, 404);
    assert.equal((await other.api('GET', `/api/v1/dashboard-tiles/${id}`)).status, 404);
    assert.equal(
      await refused(other.api, 'dashboard-tiles', { dashboard_id: mine.id, ...tile }),
      'dashboard_id no_such_record',
    );
  }
  assert.equal((await ada.api('PATCH', `/api/v1/dashboards/${mine.id}`, { shared: true })).status, 200);
  const seen = (await bob.api('GET', `/api/v1/dashboard-tiles/${id}`)).body;
  assert.deepEqual([seen.title, seen.filter, seen.position], ['Who won', { region: 'Lazio' }, 1]);
  assert.equal((await bob.api('POST', '/api/v1/dashboard-tiles', { dashboard_id: mine.id, ...tile })).status, 403);
  assert.equal((await bob.api('PATCH', `/api/v1/dashboard-tiles/${id}`, { title: 'Bob' })).status, 403);
  assert.equal((await bob.api('DELETE', `/api/v1/dashboard-tiles/${id}`)).status, 403);
  assert.equal((await bob.api('POST', `/api/v1/dashboards/${mine.id}/arrangement`, { tile_ids: [id] })).status, 403);
  const { api: manager } = await tenant.as('manager');
  assert.equal((await manager('PATCH', `/api/v1/dashboard-tiles/${id}`, { title: 'Won' })).status, 200);
});

test('tiles keep the order they are put into, and what is taken away comes back in its place', async () => {
  const { api } = await tenant.as('member', 'Cleo');
  const { id: dashboard } = await made(api, 'dashboards', { name: 'Order' });
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) ids.push((await made(api, 'dashboard-tiles', { dashboard_id: dashboard, ...tile })).id);
  assert.deepEqual(await listed(api, dashboard), ids);
  const order = [ids[2]!, ids[0]!, ids[1]!];
  const arranged = await api('POST', `/api/v1/dashboards/${dashboard}/arrangement`, { tile_ids: order });
  assert.deepEqual(
    arranged.body.data.map(({ id }: { id: string }) => id),
    order,
  );
  const back = await api('POST', `/api/v1/changes/${arranged.headers.get('change-id')}/reversal`);
  assert.equal(back.status, 200, JSON.stringify(back.body));
  assert.deepEqual(await listed(api, dashboard), ids);
  const other = await api('POST', `/api/v1/dashboards/${dashboard}/arrangement`, { tile_ids: ids.slice(1) });
  assert.deepEqual([other.status, other.body.code], [409, 'conflict']);

  const gone = await api('DELETE', `/api/v1/dashboard-tiles/${ids[1]}`);
  assert.equal((await api('POST', `/api/v1/changes/${gone.headers.get('change-id')}/reversal`)).status, 200);
  assert.deepEqual(await listed(api, dashboard), ids);
  const all = await api('DELETE', `/api/v1/dashboards/${dashboard}`);
  assert.deepEqual(await listed(api, dashboard), []);
  assert.equal((await api('POST', `/api/v1/changes/${all.headers.get('change-id')}/reversal`)).status, 200);
  assert.deepEqual(await listed(api, dashboard), ids, 'with its tiles');
});

test('of tiles that come at once no more stay than a dashboard takes, each in a place of its own', async () => {
  const { api } = await tenant.as('member', 'Ada');
  const { id: dashboard_id } = await made(api, 'dashboards', { name: 'Full' });
  const data = Array.from({ length: 36 }, () => ({ dashboard_id, ...tile }));
  assert.equal((await api('POST', '/api/v1/dashboard-tiles/bulk', { data })).status, 201);
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => api('POST', '/api/v1/dashboard-tiles', { dashboard_id, ...tile })),
  );
  const added = answers.filter(({ status }) => status === 201).map(({ body }) => body.position as number);
  assert.deepEqual(
    added.sort((a, b) => a - b),
    [37, 38, 39, 40],
  );
  assert.ok(answers.every(({ status }) => status === 201 || status === 422));
});

test('a tile that two change at the same moment is still one that can be shown', async () => {
  const { api } = await tenant.as('member', 'Ada');
  const { id: dashboard_id } = await made(api, 'dashboards', { name: 'Both' });
  const { id } = await made(api, 'dashboard-tiles', { dashboard_id, ...tile });
  const regroup = `update dashboard_tile set grouping = 'stage', figure = 'open_value' where id = $1`;
  const { status, body } = await whileChanging(app, regroup, [id], () =>
    api('PATCH', `/api/v1/dashboard-tiles/${id}`, { figure: 'won_value' }),
  );
  assert.deepEqual([status, body.errors?.[0].code], [422, 'not_of_figure'], JSON.stringify(body));
});

test('a dashboard is made with its tiles or not at all, and is taken back with them', async () => {
  const { api } = await tenant.as('member', 'Flo');
  const names = async () =>
    (await api('GET', '/api/v1/dashboards')).body.data.map(({ name }: { name: string }) => name);
  const bad = [tile, { ...tile, figure: 'contacts' }];
  assert.equal(
    await refused(api, 'dashboards/with-tiles', { name: 'Copy', tiles: bad }),
    'tiles.1.grouping not_of_figure',
  );
  assert.equal(
    await refused(api, 'dashboards/with-tiles', { name: 'Copy', tiles: Array(41).fill(tile) }),
    'tiles too_big',
  );
  assert.ok(!(await names()).includes('Copy'));
  const titled = ['One', 'Two'].map((title) => ({ ...tile, title }));
  const answer = await api('POST', '/api/v1/dashboards/with-tiles', { name: 'Copy', shared: true, tiles: titled });
  assert.deepEqual([answer.status, answer.body.name, answer.body.shared], [201, 'Copy', true]);
  const { body } = await api('GET', `/api/v1/dashboard-tiles/${(await listed(api, answer.body.id))[1]}`);
  assert.deepEqual([body.title, body.position], ['Two', 2]);
  const undone = await api('POST', `/api/v1/changes/${answer.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  assert.ok(!(await names()).includes('Copy'));
});

test('a tile shows what can be shown', async () => {
  const { api } = await tenant.as('member', 'Dan');
  const { id: dashboard_id } = await made(api, 'dashboards', { name: 'Rules' });
  const wrong = (more: object) => refused(api, 'dashboard-tiles', { dashboard_id, ...tile, ...more });
  assert.equal(await wrong({ figure: 'contacts' }), 'grouping not_of_figure');
  assert.equal(await wrong({ grouping: 'none' }), 'chart not_of_grouping');
  assert.equal(await wrong({ figure: 'shoe_size' }), 'figure invalid_value');
  assert.equal(await wrong({ width: 5 }), 'width too_big');
  assert.equal(await wrong({ filter: { shoe_size: 1 } }), 'filter.shoe_size unknown_field');
  const gone = '00000000-0000-7000-8000-000000000000';
  for (const field of ['pipeline_id', 'owner_id', 'team_id', 'product_id'])
    assert.equal(await wrong({ filter: { [field]: gone } }), `filter.${field} no_such_record`);
  const { id } = await made(api, 'dashboard-tiles', { dashboard_id, ...tile });
  const refilter = await api('PATCH', `/api/v1/dashboard-tiles/${id}`, { filter: { team_id: gone } });
  assert.deepEqual([refilter.status, refilter.body.errors?.[0].field], [422, 'filter.team_id']);
  assert.equal((await api('PATCH', `/api/v1/dashboard-tiles/${id}`, { chart: 'line' })).status, 422);
  const period = await api('PATCH', `/api/v1/dashboard-tiles/${id}`, { grouping: 'period', chart: 'line' });
  assert.equal(period.status, 200, JSON.stringify(period.body));
});

test('a target is money or deals of one party, set by those who may and read by all', async () => {
  const { api: manager, user_id } = await tenant.as('manager');
  const { api: member } = await tenant.as('member', 'Eva');
  const target = await made(manager, 'sales-targets', {
    owner_id: user_id,
    figure: 'won_value',
    period: 'quarter',
    amount: '120000.00',
  });
  assert.deepEqual(
    [target.amount, target.currency, target.owner.id, target.deals],
    ['120000.00', 'USD', user_id, null],
  );
  await made(manager, 'sales-targets', { figure: 'won_count', period: 'month', deals: 4 });
  assert.equal((await member('GET', '/api/v1/sales-targets')).body.data.length, 2);
  assert.equal(
    (await member('POST', '/api/v1/sales-targets', { figure: 'won_count', period: 'year', deals: 4 })).status,
    403,
  );
  const wrong = (more: object) => refused(manager, 'sales-targets', { figure: 'won_value', period: 'year', ...more });
  assert.equal(await wrong({}), 'amount required');
  assert.equal(await wrong({ amount: '-5.00' }), 'amount too_small');
  assert.equal(await wrong({ amount: '5.00', deals: 3 }), 'deals not_of_figure');
  const { id: team_id } = await made((await tenant.as('admin')).api, 'teams', { name: 'North' });
  assert.equal(await wrong({ amount: '5.00', owner_id: user_id, team_id }), 'team_id two_parties');
  const again = await manager('POST', '/api/v1/sales-targets', { figure: 'won_count', period: 'month', deals: 5 });
  assert.equal(again.status, 409);
  const wish = await manager('POST', '/api/v1/sales-targets', { figure: 'won_count', period: 'year', deals: 50 });
  const undone = await manager('POST', `/api/v1/changes/${wish.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  assert.equal(
    (await manager('GET', `/api/v1/sales-targets/${wish.body.id}`)).status,
    404,
    JSON.stringify(undone.body),
  );
});

test('the audit shows the values of a private dashboard and its tiles to its maker alone', async () => {
  const { api: ada } = await tenant.as('admin', 'Ada the admin');
  const { api: manager } = await tenant.as('manager');
  const mine = await made(ada, 'dashboards', { name: 'Private figures' });
  const { id } = await made(ada, 'dashboard-tiles', { dashboard_id: mine.id, ...tile, title: 'Private tile' });
  const titles = async (api: Client) => {
    const events = [];
    for (const record of [mine.id, id])
      events.push(...(await api('GET', `/api/v1/audit-events?record_id=${record}`)).body.data);
    return events.map(
      ({ action, after, before }) => `${action} ${(after ?? before)?.name ?? (after ?? before)?.title}`,
    );
  };
  assert.deepEqual(await titles(ada), ['create Private figures', 'create Private tile']);
  assert.deepEqual(await titles(manager), ['create undefined', 'create undefined']);
  assert.equal((await ada('DELETE', `/api/v1/dashboards/${mine.id}`)).status, 204);
  assert.equal((await titles(ada)).filter((title) => !title.includes('undefined')).length, 4);
  assert.equal((await titles(manager)).filter((title) => !title.includes('undefined')).length, 0);
});

test('tiles group deals by source and by a custom field with options, and contacts by source, with the rows behind each', async () => {
  const own = await app.tenant();
  const { api } = await own.as('admin');
  const member = await own.as('member');
  const { id: roleless } = await made(api, 'roles', { name: 'Analysts', rights: { deal: { read: 'all' } } });
  const options = ['Gold', 'Silver'];
  const field = await made(api, 'custom-fields', {
    resource: 'deal',
    key: 'tier',
    label: 'Tier',
    type: 'select',
    options,
  });
  await made(api, 'custom-fields', { resource: 'deal', key: 'remark', label: 'Remark', type: 'text' });
  await made(api, 'pipelines', { name: 'Sales' });
  const deals = [
    { amount: '100.00', source: 'Fair', custom: { tier: 'Gold' } },
    { amount: '20.00', source: 'Web', custom: { tier: 'Gold' } },
    { amount: '3.00', source: 'Fair', custom: { tier: 'Silver' } },
    { amount: '4.00' },
  ];
  for (const [at, deal] of deals.entries()) await made(api, 'deals', { name: `Deal ${at}`, ...deal });
  for (const [at, source] of ['Fair', 'Fair', null].entries())
    await made(api, 'contacts', { given_name: `Ann ${at}`, source });

  const figures = async (name: string, reader = api) =>
    (await reader('GET', `/api/v1/analytics/dashboard?field=${name}`)).body.by_field;
  /** Each group's count and amount, which its rows must have too. */
  const groups = async (name: string) => {
    const { groups } = await figures(name);
    const found: Record<string, string> = {};
    for (const { value, open } of groups) {
      const filter = encodeURIComponent(JSON.stringify(open.rows.filter));
      const { data } = (await api('GET', `/api/v1/deals?filter=${filter}`)).body;
      const sum = data.reduce((all: number, { amount }: { amount: string }) => all + Number(amount), 0);
      assert.deepEqual([data.length, sum], [open.count, Number(open.total.amount)], `rows of ${value}`);
      found[value ?? 'none'] = open.total.amount;
    }
    return found;
  };
  assert.deepEqual(await groups('source'), { Fair: '103.00', Web: '20.00', none: '4.00' });
  assert.deepEqual(await groups('custom.tier'), { Gold: '120.00', Silver: '3.00', none: '4.00' });
  const { contacts } = await figures('source');
  assert.deepEqual(
    contacts.map(({ value, count }: { value: string | null; count: number }) => [value, count]),
    [
      ['Fair', 2],
      [null, 1],
    ],
  );
  const behind = encodeURIComponent(JSON.stringify(contacts[0].rows.filter));
  assert.equal((await api('GET', `/api/v1/contacts?filter=${behind}`)).body.data.length, 2);

  const { id: dashboard_id } = await made(api, 'dashboards', { name: 'Fields', shared: true });
  const byTier = { dashboard_id, ...tile, grouping: 'custom', custom_key: 'tier' };
  const { id } = await made(api, 'dashboard-tiles', byTier);
  await made(api, 'dashboard-tiles', { dashboard_id, ...tile, figure: 'contacts', grouping: 'source' });
  const wrong = (more: object) => refused(api, 'dashboard-tiles', { ...byTier, ...more });
  assert.equal(await wrong({ custom_key: null }), 'custom_key required');
  assert.equal(await wrong({ custom_key: 'remark' }), 'custom_key no_such_field');
  assert.equal(await wrong({ grouping: 'owner' }), 'custom_key not_of_grouping');
  assert.equal(await wrong({ figure: 'calls' }), 'grouping not_of_figure');

  const renamed = await api('POST', `/api/v1/custom-fields/${field.id}/option-renames`, { from: 'Gold', to: 'Best' });
  assert.equal(renamed.status, 200, JSON.stringify(renamed.body));
  const has = async (option: string) =>
    (await figures('custom.tier')).groups.some(({ value }: { value: string | null }) => value === option);
  await eventually(() => has('Best'));
  assert.deepEqual(await groups('custom.tier'), { Best: '120.00', Silver: '3.00', none: '4.00' });

  const hidden = await api('PATCH', `/api/v1/custom-fields/${field.id}`, { visible_to: [roleless] });
  assert.equal(hidden.status, 200, JSON.stringify(hidden.body));
  const unseen = await eventually(async () => {
    const found = await figures('custom.tier', member.api);
    return found.label === null && found;
  });
  assert.deepEqual(unseen.groups, [], 'whoever may not see the field gets none of its values');
  assert.equal((await figures('custom.tier')).label, 'Tier');
  assert.equal((await api('DELETE', `/api/v1/custom-fields/${field.id}`)).status, 204);
  await eventually(async () => (await figures('custom.tier')).label === null);
  const kept = await api('PATCH', `/api/v1/dashboard-tiles/${id}`, { title: 'Tiers' });
  assert.deepEqual([kept.status, kept.body.custom_key], [200, 'tier'], 'the tile stays, and can be changed');
  const other = await api('PATCH', `/api/v1/dashboard-tiles/${id}`, { grouping: 'owner' });
  assert.deepEqual([other.status, other.body.custom_key], [200, null], JSON.stringify(other.body));
});
