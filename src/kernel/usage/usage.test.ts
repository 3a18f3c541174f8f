import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { housekeep } from '../../../test/harness/housekeep.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { sql } from '../database/database.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { runInScope } from './scope.ts';
import { shapeOf } from './shape.ts';

let app: TestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
});
after(() => app.stop());

const today = new Date().toISOString().slice(0, 10);
const period = `from=${today}&to=${today}`;

async function usage(noun: string, client = admin) {
  const { status, body } = await client('GET', `/api/v1/usage/${noun}?${period}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

test('who uses what is counted by person, feature and route', async () => {
  const member = await tenant.as('member');
  for (let i = 0; i < 3; i++) assert.equal((await member.api('GET', '/api/v1/contacts')).status, 200);
  assert.equal((await member.api('POST', '/api/v1/companies', { nonsense: true })).status, 422);
  await tenant.signedIn('viewer');
  const features = (await usage('features')).data;
  assert.deepEqual(
    features.find(({ feature }: { feature: string }) => feature === 'Contacts'),
    { feature: 'Contacts', people: 1, requests: 3 },
  );
  const people = (await usage('people')).data;
  const mine = people.find(({ user }: { user: { id: string } }) => user.id === member.user_id);
  assert.deepEqual(
    [mine.requests, mine.days, mine.favourite, mine.last_day, mine.sign_ins],
    [4, 1, 'Contacts', today, 0],
  );
  const viewer = people.find(({ user }: { user: { name: string } }) => user.name === 'viewer');
  assert.equal(viewer.sign_ins, 1);
  const { days, weeks, people: total } = await usage('activity');
  assert.equal(total, 3);
  assert.deepEqual([days.length, days[0].from, days[0].people, days[0].sign_ins], [1, today, 3, 1]);
  assert.deepEqual([weeks.length, weeks[0].people], [1, 3]);
  const { data: timings } = await usage('timings');
  const list = timings.find(
    (row: { method: string; path: string }) => row.method === 'GET' && row.path === '/api/v1/contacts',
  );
  assert.deepEqual([list.requests, list.refused, list.failed], [3, 0, 0]);
  assert.ok(0 < list.p50_ms && list.p50_ms <= list.p95_ms && list.p95_ms <= list.p99_ms && list.p99_ms <= list.max_ms);
  const refused = timings.find(({ path }: { path: string }) => path === '/api/v1/companies');
  assert.deepEqual([refused.requests, refused.refused], [1, 1]);
});

test('slow statements are named by their shape and by the route that sent them, without a value', async () => {
  const { db } = app.app.services;
  await runInScope({ tenant_id: tenant.tenant_id, operation: 'GET /api/v1/probe' }, () =>
    withContext(db, systemActor(tenant.tenant_id), async ({ tx }) => {
      await tx.many(sql`select pg_sleep(${0.12}), ${'a secret'} as probe, 'quoted secret' as other`);
      await tx.many(sql`select 1 as quick`);
    }),
  );
  const found = await eventually(async () => {
    const { data, slow_ms } = await usage('statements');
    assert.equal(slow_ms, 100);
    return data.find(({ operation }: { operation: string }) => operation === 'GET /api/v1/probe');
  });
  assert.equal(found.statement, "select pg_sleep($1), $2 as probe, '…' as other");
  assert.equal(found.runs, 1);
  assert.ok(found.max_ms >= 110 && found.mean_ms >= 110);
  assert.equal(shapeOf("select 'it''s', $1\n  from t"), "select '…', $1 from t");
});

test('no other workspace’s figures ever show, and only who may administer them sees one’s own', async () => {
  const other = await app.tenant();
  const stranger = (await other.as('admin', 'stranger')).api;
  assert.equal((await stranger('GET', '/api/v1/products')).status, 200);
  const people = (await usage('people')).data.map(({ user }: { user: { name: string } }) => user.name);
  assert.equal(people.includes('stranger'), false);
  assert.deepEqual(
    (await usage('people', stranger)).data.map(({ user }: { user: { name: string } }) => user.name),
    ['stranger'],
  );
  // On a busy machine some of their own are slow, too.
  const operations = (await usage('statements', stranger)).data.map(
    ({ operation }: { operation: string }) => operation,
  );
  assert.equal(operations.includes('GET /api/v1/probe'), false);
  for (const role of ['manager', 'member', 'viewer'])
    for (const noun of ['activity', 'features', 'people', 'timings', 'statements'])
      assert.equal(
        (await (await tenant.as(role)).api('GET', `/api/v1/usage/${noun}?${period}`)).status,
        403,
        `${role} ${noun}`,
      );
});

test('a period has an end, and figures are gone when their time is over', async () => {
  for (const wrong of [
    'from=2026-01-01&to=2027-01-01',
    'from=2026-02-01&to=2026-01-01',
    'from=soon&to=later',
    'from=2026-02-30&to=2026-03-01',
  ])
    assert.equal((await admin('GET', `/api/v1/usage/activity?${wrong}`)).status, 422, wrong);
  const old = new Date(Date.now() - 91 * 86_400_000).toISOString().slice(0, 10);
  await usage('people');
  await asOwner(app, `update usage_activity set day = $1 where tenant_id = $2`, [old, tenant.tenant_id]);
  await housekeep(app);
  assert.deepEqual(
    await asOwner(app, `select 1 from usage_activity where tenant_id = $1 and day < current_date - 90`, [
      tenant.tenant_id,
    ]),
    [],
  );
});

test('two processes add up', async () => {
  const node = await app.secondNode();
  const { key } = await tenant.as('operator');
  for (const url of [app.url, node.address!])
    await fetch(`${url}/api/v1/tags`, { headers: { authorization: `Bearer ${key}` } });
  await node.services.usage.flush();
  const features = (await usage('features')).data;
  assert.equal(features.find(({ feature }: { feature: string }) => feature === 'Tags').requests, 2);
});
