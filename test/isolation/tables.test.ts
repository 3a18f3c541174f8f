import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { seedTenant } from './seed.ts';
import { isolationBreaches, type Sides, type TenantTable, tenantTables } from './tables.ts';

let app: TestApp;
let client: pg.Client;
let tables: TenantTable[];
let sides: Sides;

before(async () => {
  // Without a worker, which would take what is due off its lists.
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
  client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  // The owner made these roles and may therefore become them, here only.
  await client.query('grant holdfast_app to current_user with inherit false, set true');
  const own = (await app.tenant('own')).tenant_id;
  const other = (await app.tenant('other')).tenant_id;
  sides = { own, other };
  await client.query('begin; set local role holdfast_system');
  for (const [label, id] of Object.entries(sides)) await seedTenant(client, id, label);
  await client.query('commit');
  tables = await tenantTables(client);
});
after(async () => {
  await client.end();
  await app.stop();
});

test('no table lets one tenant see, add, change or remove what is another’s', async () => {
  assert.ok(tables.length > 25);
  await client.query('begin');
  const breaches: string[] = [];
  for (const table of tables) breaches.push(...(await isolationBreaches(client, table, sides)));
  await client.query('rollback');
  assert.deepEqual(breaches, []);
});

test('the suite notices when any one policy is dropped, or lets everything pass', async () => {
  const { rows } = await client.query<{ table: string; policy: string; permissive: boolean }>(
    `select tablename as table, policyname as policy from pg_policies where schemaname = 'public' order by 1, 2`,
  );
  const overlooked: string[] = [];
  for (const { table: name, policy } of rows) {
    const table = tables.find((t) => t.name === name);
    if (!table) continue;
    for (const sabotage of [
      `drop policy ${policy} on ${name}`,
      `create policy leak on ${name} using (true) with check (true)`,
    ]) {
      await client.query('begin');
      await client.query(sabotage);
      const breaches = await isolationBreaches(client, table, sides);
      await client.query('rollback');
      if (breaches.length === 0) overlooked.push(sabotage);
    }
  }
  assert.deepEqual(overlooked, []);
});

test('the application owns nothing, passes by nothing, and reaches partitions only through their parent', async () => {
  const { rows: roles } = await client.query(
    `select rolname from pg_roles r where (rolname like 'holdfast_test_app%' or rolname in ('holdfast_app', 'holdfast_system'))
     and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or exists (select from pg_class c where c.relowner = r.oid))`,
  );
  assert.deepEqual(roles, []);
  const { rows: partitions } = await client.query(
    `select relname from pg_class where relispartition and relkind = 'r' and has_any_column_privilege('holdfast_app', oid, 'select, insert, update')`,
  );
  assert.deepEqual(partitions, []);
  const { rows: unforced } = await client.query(
    `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and relkind in ('r', 'p')
     and not relispartition and not (relrowsecurity and relforcerowsecurity)`,
  );
  assert.deepEqual(unforced, []);
});

test('every key and every reference of a tenant table carries the tenant', async () => {
  const { rows } = await client.query(`
    select c.conrelid::regclass::text as table, c.conname from pg_constraint c join pg_class r on r.oid = c.conrelid
    join pg_namespace n on n.oid = r.relnamespace
    where n.nspname = 'public' and not r.relispartition and r.relname not in ('tenant', 'outbox') and c.contype in ('p', 'f')
      and not exists (select from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k where a.attname = 'tenant_id')`);
  assert.deepEqual(rows, []);
});
