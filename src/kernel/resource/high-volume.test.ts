import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type KitApp, startKitApp } from '../../../test/fixtures/kit/app.ts';
import { reading } from '../../../test/fixtures/kit/contract.ts';
import type { Client, TestTenant } from '../../../test/harness/app.ts';
import { explained } from '../../../test/harness/explain.ts';
import { listQuery } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { type Context, systemActor, withContext } from '../tenancy/context.ts';
import { listRows } from './list.ts';

let app: KitApp;
let tenant: TestTenant;
let api: Client;
/** The program's own routes. */
let own: Client;
before(async () => {
  app = await startKitApp();
  tenant = await app.tenant();
  const admin = await tenant.as('admin');
  own = admin.api;
  api = app.kit(admin.key);
});
after(() => app.stop());

let count = 0;
async function newLease(): Promise<string> {
  const { body } = await api('POST', '/api/v1/leases', {
    name: 'Lease',
    room: `h${++count}`,
    valid_from: '2026-01-01',
  });
  return body.id;
}
const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();
const asProgram = <Result>(work: (ctx: Context) => Promise<Result>) =>
  withContext(app.app.services.db, systemActor(tenant.tenant_id), work);
const load = (lease_id: string, rows: number) =>
  asProgram((ctx) =>
    ctx.tx.run(sql`insert into reading (tenant_id, lease_id, read_at, meter, figure)
      select ${tenant.tenant_id}, ${lease_id}, '2026-01-01Z'::timestamptz + n * interval '1 minute', 'm', n
        from generate_series(1, ${rows}::int) n`),
  );
interface Event {
  action: string;
  record_id: string | null;
  after: unknown;
}
const events = async () =>
  ((await own('GET', '/api/v1/audit-events?resource=reading&limit=200')).body.data as Event[]).map(
    ({ action, record_id, after }) => [action, record_id, after],
  );

test('the trail has one event for each statement, with the number of rows, and history no copy of them', async () => {
  const lease_id = await newLease();
  const seen = (await events()).length;
  await load(lease_id, 5_000);
  const data = [1, 2, 3].map((n) => ({ lease_id, read_at: at(n), meter: 'n', figure: n }));
  const made = await api('POST', '/api/v1/readings/bulk', { data });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { id } = made.body.data[0];
  assert.equal((await api('PATCH', `/api/v1/readings/${id}`, { figure: 9 })).status, 200);
  assert.equal((await api('DELETE', `/api/v1/readings/${id}`)).status, 204);
  await asProgram((ctx) => ctx.tx.run(sql`delete from reading where meter = 'nobody'`));
  const rows = (n: number) => ({ rows: n });
  assert.deepEqual((await events()).slice(0, -seen || undefined), [
    ['delete', null, rows(1)], ['update', null, rows(1)], ['create', null, rows(3)], ['create', null, rows(5_000)],
  ]); // biome-ignore format: one list
  const { kept } = await asProgram((ctx) =>
    ctx.tx.one<{ kept: number }>(sql`select count(*)::int as kept from record_history where resource = 'reading'`),
  );
  assert.equal(kept, (await events()).length);
});

test('the number is committed to, and gone rows of a record that goes are counted too', async () => {
  const lease_id = await newLease();
  await load(lease_id, 20);
  await asProgram((ctx) => ctx.tx.run(sql`delete from lease where id = ${lease_id}`));
  assert.deepEqual((await events())[0], ['delete', null, { rows: 20 }]);
  const { holds } = await asProgram((ctx) =>
    ctx.tx.one<{
      holds: boolean;
    }>(sql`select bool_and(e.commitment = app.commitment(h.salt, h.before, h.after)) and count(*) > 1 as holds
      from audit_event e join record_history h on h.tenant_id = e.tenant_id and h.seq = e.seq where e.resource = 'reading'`),
  );
  assert.equal(holds, true);
});

test('undo leaves them, and says so', async () => {
  const lease_id = await newLease();
  const made = await api('POST', '/api/v1/readings', { lease_id, read_at: at(1), meter: 'n' });
  const undone = await api('POST', `/api/v1/changes/${made.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 404);
  assert.equal((await api('GET', `/api/v1/readings/${made.body.id}`)).status, 200);
});

test('those of one record come in the order of their index, page by page, without a look at the others', async () => {
  const [lease_id, other] = [await newLease(), await newLease()];
  for (const lease of [lease_id, other]) await load(lease, 3_000);
  const filter = JSON.stringify({ field: 'lease_id', op: 'eq', value: lease_id });
  const plans: string[] = [];
  const rights = { product: { read: 'all' } } as const;
  const first = await withContext(app.app.services.db, { ...systemActor(tenant.tenant_id), rights }, async (ctx) => {
    const many: Context['tx']['many'] = async (statement) => {
      plans.push(JSON.stringify(await ctx.tx.many(explained(statement))));
      return ctx.tx.many(statement);
    };
    return listRows({ ...ctx, tx: { ...ctx.tx, many } }, reading, listQuery.parse({ filter, limit: 10 }));
  });
  assert.equal(plans.length, 1);
  assert.match(plans[0]!, /"Index Name":"reading_lease"/);
  assert.doesNotMatch(plans[0]!, /"Node Type":"(Incremental )?Sort"/);
  const figures = (page: { data: { figure: number }[] }) => page.data.map(({ figure }) => figure);
  const down = (from: number) => Array.from({ length: 10 }, (_, n) => from - n);
  assert.deepEqual(figures(first as never), down(3_000));
  const query = `filter=${encodeURIComponent(filter)}&limit=10`;
  const { body } = await api('GET', `/api/v1/readings?${query}`);
  const next = await api('GET', `/api/v1/readings?${query}&cursor=${body.next_cursor}`);
  assert.deepEqual(figures(next.body), down(2_990));
});

test('who may not read the record may neither read its rows nor write any', async () => {
  const lease_id = await newLease();
  await load(lease_id, 3);
  const stranger = app.kit((await (await app.tenant('elsewhere')).as('admin')).key);
  const filter = encodeURIComponent(JSON.stringify({ field: 'lease_id', op: 'eq', value: lease_id }));
  assert.deepEqual((await stranger('GET', `/api/v1/readings?filter=${filter}`)).body.data, []);
  const written = await stranger('POST', '/api/v1/readings', { lease_id, read_at: at(1), meter: 'n' });
  assert.deepEqual([written.status, written.body.errors?.[0].field], [422, 'lease_id']);
});
