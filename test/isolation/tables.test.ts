import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { isOwned, rightNames } from '../../src/kernel/access/rights.ts';
import { recordTypes, tableRules } from '../../src/modules/index.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { seedTenant } from './seed.ts';
import { become, isolationBreaches, type Sides, type TenantTable, tenantTables } from './tables.ts';

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

test('every table of a workspace has a rule that says who reaches its rows, and no rule is of a table that is not there', async () => {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and not relispartition
      order by 1`,
  );
  assert.deepEqual(
    tableRules.map(({ table }) => table).sort(),
    rows.map(({ name }) => name),
    'name each table in tables.ts of its area, then run "npm run generate"',
  );
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
     and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or exists (select from pg_class c where c.relowner = r.oid
     -- Who reaches what through which group is asked as the system, which these views read as (kernel/access/rules-sql.ts).
     and not (r.rolname = 'holdfast_system' and c.relkind = 'v' and c.relnamespace = 'app'::regnamespace)))`,
  );
  assert.deepEqual(roles, []);
  const { rows: partitions } = await client.query(
    `select relname from pg_class where relispartition and relkind = 'r'
      and has_any_column_privilege('holdfast_app', oid, 'select, insert, update')`,
  );
  assert.deepEqual(partitions, []);
  const { rows: unforced } = await client.query(
    `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and relkind in ('r', 'p')
     and not relispartition and not (relrowsecurity and relforcerowsecurity)`,
  );
  assert.deepEqual(unforced, []);
});

test('no table of a caller comes before one that a function means', async () => {
  // In cascades, trigger functions run as the table's owner, with the search_path of whoever caused the cascade.
  const { rows } = await client.query(`
    select p.oid::regprocedure::text as function, (select c from unnest(p.proconfig) c where c like 'search_path=%') as path
    from pg_proc p where p.pronamespace in ('app'::regnamespace, 'public'::regnamespace)
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      and (p.prosecdef or p.prorettype = 'trigger'::regtype or p.proconfig::text like '%search_path=%')`);
  assert.ok(rows.length > 70);
  const open = rows.filter(({ path }) => path !== 'search_path=pg_catalog, public, app, pg_temp');
  assert.deepEqual(open, [], 'write "set search_path = pg_catalog, public, app, pg_temp" (CONTRIBUTING.md, Habits)');
});

test('a trigger on a temporary table does not run with the rights of a function', async () => {
  const role = new URL(app.database.appUrl).username;
  const database = new URL(app.database.ownerUrl).pathname.slice(1);
  const caller = new pg.Client({ connectionString: app.database.appUrl });
  await caller.connect();
  try {
    await assert.rejects(caller.query('create temp table feed_consumer (name text)'), { code: '42501' });
    // Even whoever may make temporary tables.
    await client.query(`grant temporary on database ${database} to ${role}`);
    await caller.query(`
      create temp table seized (by_role text);
      grant all on seized to public;
      create temp table feed_consumer (name text);
      grant all on feed_consumer to public;
      insert into feed_consumer values ('nobody');
      create function pg_temp.seize() returns trigger language plpgsql as
        'begin insert into pg_temp.seized values (current_user); return null; end';
      create trigger seize before insert or delete on feed_consumer for each row execute function pg_temp.seize();
      select app.forget_consumer('nobody')`);
    const { rows } = await caller.query('select by_role from pg_temp.seized');
    assert.deepEqual(rows, []);
  } finally {
    await caller.end();
    await client.query(`revoke temporary on database ${database} from ${role}`);
  }
});

/** Whose a row is, by the resource's table. */
const ownerColumns: Record<string, string> = {
  file: 'created_by',
  import: 'created_by',
  export: 'created_by',
  api_key: 'user_id',
  saved_view: 'owner_id',
  dashboard: 'owner_id',
  ...Object.fromEntries(
    recordTypes.flatMap(({ resource, right }) => (right && resource.owner ? [[resource.table, resource.owner]] : [])),
  ),
};
/** What hangs on a record is shown to those who read the record. */
const readsRecords = 'contact.read=all;company.read=all;deal.read=all;';

test('each scope reaches what it says, for a role that has this one right and no other', async () => {
  const wrong: string[] = [];
  await client.query('begin; set local role holdfast_system');
  const [owner] = (
    await client.query('select id from user_account where tenant_id = $1 and name = $2', [sides.own, 'own person'])
  ).rows;
  const others = await client.query(
    `insert into user_account (tenant_id, name) values ($1, 'Mate'), ($1, 'Stranger') returning id`,
    [sides.own],
  );
  const [mate, stranger] = others.rows;
  await client.query(
    `insert into team_member (tenant_id, team_id, user_id) select $1, id, $2 from team where tenant_id = $1`,
    [sides.own, mate.id],
  );
  // Reading these goes by being shared, whatever the scope.
  await client.query('update saved_view set shared = false');
  await client.query('update dashboard set shared = false');
  const attempt = async (statement: string, user_id: string, rights: string): Promise<boolean> => {
    await client.query('savepoint attempt');
    try {
      await become(client, sides.own, { user_id, rights });
      return (await client.query(statement)).rowCount !== 0;
    } catch (error) {
      // A constraint speaks only after row-level security has let the row pass.
      if (!/^23/.test((error as { code: string }).code)) throw error;
      return true;
    } finally {
      await client.query('rollback to savepoint attempt');
    }
  };
  const reached = { own: [owner.id], team: [owner.id, mate.id], all: [owner.id, mate.id, stranger.id] };
  assert.deepEqual(Object.keys(ownerColumns).sort(), rightNames().filter(isOwned).sort());
  for (const [resource, column] of Object.entries(ownerColumns)) {
    const { verbs } = tables.find(({ name }) => name === resource)!;
    const rows = `${resource} where ${column} = '${owner.id}'`;
    const personal = resource === 'saved_view' || resource === 'dashboard';
    const statements = {
      read: `select from ${rows}`,
      update:
        verbs.includes('update') && `update ${resource} set ${column} = ${column} where ${column} = '${owner.id}'`,
      delete: verbs.includes('delete') && `delete from ${rows}`,
    };
    for (const [scope, people] of Object.entries(reached))
      for (const [action, statement] of Object.entries(statements))
        for (const person of statement ? [owner, mate, stranger] : []) {
          const read = action === 'read' ? '' : `${resource}.read=all;`;
          const hangs = ['note', 'comment', 'task', 'activity'].includes(resource) ? readsRecords : '';
          const expected = people.includes(person.id) && (!personal || person === owner);
          if (
            (await attempt(statement as string, person.id, `;${resource}.${action}=${scope};${read}${hangs}`)) !==
            expected
          )
            wrong.push(
              `${resource}.${action}=${scope}: ${person === owner ? 'owner' : person === mate ? 'mate' : 'stranger'}`,
            );
        }
  }
  await client.query('rollback');
  assert.deepEqual(wrong, []);
});

test('who has no right reads nothing that a right is needed for', async () => {
  const wrong: string[] = [];
  let reached = 0;
  await client.query('begin');
  const count = async (table: string, rights: string) => {
    await become(client, sides.own, { rights });
    return (await client.query(`select from ${table}`)).rowCount!;
  };
  for (const { table, right, rows, others } of tableRules) {
    const isAsked = [rows.read, ...others.map(({ holds }) => holds)].some((holds) => holds?.includes(`'${right}'`));
    if (!isAsked || !tables.find(({ name }) => name === table)!.verbs.includes('select')) continue;
    if ((await count(table, '*')) > 0) reached++;
    if ((await count(table, ';')) > 0) wrong.push(table);
  }
  await client.query('rollback');
  assert.deepEqual(wrong, []);
  assert.ok(reached > 50, String(reached));
});

test('every key and every reference of a tenant table carries the tenant', async () => {
  const { rows } = await client.query(`
    select c.conrelid::regclass::text as table, c.conname from pg_constraint c join pg_class r on r.oid = c.conrelid
    join pg_namespace n on n.oid = r.relnamespace
    where n.nspname = 'public' and not r.relispartition and r.relname not in ('tenant', 'feed_consumer', 'feed_router', 'operator_action',
      'alert', 'alert_rule', 'alert_silence', 'alert_receiver', 'alert_message', 'error_report', 'error_occurrence', 'lifecycle_archive',
        'lifecycle_rule', 'orphan_file', 'file_read', 'schedule_pause', 'process', 'storage_sample', 'certificate', 'pseudonymised_copy',
          'tenant_deletion', 'log_line') and c.contype in ('p', 'f')
      and not exists (select from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k
        where a.attname = 'tenant_id')`);
  assert.deepEqual(rows, []);
});
