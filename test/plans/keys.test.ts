import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../harness/cluster.ts';

let database: TestDatabase;
let owner: pg.Client;
before(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
after(async () => {
  await owner.end();
  await database.drop();
});

/** As checks of foreign keys ask for a row. A connection keeps the plan that it made of an empty table. */
async function indexOfLookup(table: string, keys: string[]): Promise<string | undefined> {
  const { rows } = await owner.query(`explain (format json) select from only ${table} t where ${keys.join(' and ')}`);
  const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
  return plan['Index Name'];
}

test('rows of tables that are still empty are looked up by their primary key', async () => {
  const { rows } = await owner.query(`select k.conrelid::regclass::text as "table", k.conname as name,
      array_agg(format('t.%I = null::%s', a.attname, format_type(a.atttypid, a.atttypmod)) order by a.attnum) as keys
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
    where k.contype = 'p' and c.relkind = 'r' and not c.relispartition and c.relnamespace = 'public'::regnamespace
    group by 1, 2 order by 1`);
  assert.ok(rows.length > 60, `${rows.length} tables`);
  const otherwise: string[] = [];
  for (const { table, name, keys } of rows) {
    const used = await indexOfLookup(
      table,
      keys.map((key: string) => key.replace(/null::(.*)$/, '(select null::$1)')),
    );
    if (used && used !== name) otherwise.push(`${table}: ${used}`);
  }
  assert.deepEqual(otherwise, [], 'make the primary key after the other indexes of its table');
});

test('deals in one statement look up their own rows by key', async () => {
  const read = async () => {
    const { rows } = await owner.query(
      `select sum(pg_stat_get_xact_tuples_fetched(i.indexrelid) + pg_stat_get_xact_tuples_returned(i.indexrelid))::int as read
       from pg_index i where i.indrelid = 'deal'::regclass`,
    );
    return rows[0].read as number;
  };
  const deals = 2_000;
  await owner.query('begin');
  const tenant = (await owner.query(`insert into tenant (name, title) values ('keys', 'Keys') returning id`)).rows[0]
    .id;
  await owner.query(`select set_config('app.tenant_id', $1, true), set_config('app.actor_kind', 'system', true)`, [
    tenant,
  ]);
  await owner.query('set local role holdfast_system');
  const pipeline = (
    await owner.query(`insert into pipeline (tenant_id, name) values ($1, 'Sales') returning id`, [tenant])
  ).rows[0].id;
  const stage = (
    await owner.query(`insert into stage (tenant_id, pipeline_id, name) values ($1, $2, 'New') returning id`, [
      tenant,
      pipeline,
    ])
  ).rows[0].id;
  const insertDeals = (count: number) =>
    owner.query(
      `insert into deal (tenant_id, name, pipeline_id, stage_id, status) select $1, 'Deal ' || i, $2, $3, 'open'
        from generate_series(1, $4::int) i`,
      [tenant, pipeline, stage, count],
    );
  // With the first few the connection makes the plan that it keeps.
  await insertDeals(10);
  await insertDeals(deals);
  const rows = await read();
  await owner.query('rollback');
  assert.ok(rows <= deals * 10, `${rows} rows of deals read`);
});

test('what names a merged record in a custom field is found in the index of their values', async () => {
  const contacts = 2_000;
  await owner.query('begin');
  const tenant = (await owner.query(`insert into tenant (name, title) values ('values', 'Values') returning id`))
    .rows[0].id;
  await owner.query(`select set_config('app.tenant_id', $1, true), set_config('app.actor_kind', 'system', true)`, [
    tenant,
  ]);
  await owner.query('set local role holdfast_system');
  const [one, other, absent] = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
  await owner.query(
    `insert into custom_field (tenant_id, resource, key, label, type) values ($1, 'contact', 'partner', 'Partner', 'company')`,
    [tenant],
  );
  await owner.query(
    `insert into contact (tenant_id, given_name, custom) select $1, 'C' || i,
      jsonb_build_object('partner', case i when 1 then $2 else $3 end) from generate_series(1, $4::int) i`,
    [tenant, one, other, contacts],
  );
  const read = async () => {
    const { rows } = await owner.query(
      `select sum(pg_stat_get_xact_tuples_fetched(i.indexrelid) + pg_stat_get_xact_tuples_returned(i.indexrelid))::int
         + pg_stat_get_xact_tuples_returned('contact'::regclass)::int as read
       from pg_index i where i.indrelid = 'contact'::regclass`,
    );
    return rows[0].read as number;
  };
  const left = async (id: string) => {
    const { rows } = await owner.query(
      `select app.references_left('company', '[["deal", "company_id"]]', array[$1::uuid]) || app.custom_references_left('company',
        array[$1::uuid]) as tables`,
      [id],
    );
    return [...new Set(rows[0].tables as string[])];
  };
  const before = await read();
  assert.deepEqual([await left(one!), await left(absent!)], [['contact'], []]);
  const rows = (await read()) - before;
  await owner.query('rollback');
  assert.ok(rows <= 10, `${rows} rows of contacts read`);
});

test('who reads a record is found without reading the rights of each person', async () => {
  const people = 500;
  await owner.query('begin');
  const tenant = (await owner.query(`insert into tenant (name, title) values ('people', 'People') returning id`))
    .rows[0].id;
  await owner.query(`select set_config('app.tenant_id', $1, true), set_config('app.actor_kind', 'system', true)`, [
    tenant,
  ]);
  await owner.query('set local role holdfast_system');
  await owner.query(
    `with r as (insert into role (tenant_id, key, name, rights)
      values ($1, 'clerk', 'Clerk', '{"contact": {"read": "all"}, "comment": {"read": "all"}}') returning id),
     u as (insert into user_account (tenant_id, name, email, status) select $1, 'P' || i, 'p' || i || '@x.example', 'active'
       from generate_series(1, $2::int) i returning id)
     insert into user_role (tenant_id, user_id, role_id) select $1, u.id, r.id from u, r`,
    [tenant, people],
  );
  const contact = (
    await owner.query(`insert into contact (tenant_id, given_name) values ($1, 'C') returning id`, [tenant])
  ).rows[0].id;
  const asked = `from app.record_readers('contact', '${contact}', 'comment', null)`;
  const found = await owner.query(`select count(*)::int as count ${asked} where may_read`);
  assert.equal(found.rows[0].count, people);
  const { rows } = await owner.query(`explain (analyze, buffers, timing off, format json) select * ${asked}`);
  const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
  await owner.query('rollback');
  const touched = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  assert.ok(touched < people * 7, `${touched} pages touched`);
});

/** What they refer to is seldom deleted, people above all, or their tables are short. */
const scanned = [
  'attachment.author_id',
  'attachment_version.author_id',
  'change.created_by',
  'communication.author_id',
  'custom_conversion.created_by',
  'dashboard_mailing.owner_id',
  'dashboard_mailing.recipient_id',
  'deal.close_reason_id',
  'document_version.author_id',
  'export.created_by',
  'export.file_id',
  'file.created_by',
  'import.created_by',
  'import_file.file_id',
  'import_fix.created_by',
  'sales_target.team_id',
  'team.manager_id',
];

test('what refers to a row that is deleted is found by an index', async () => {
  // One whose condition says more than that the column has a value does not serve.
  const { rows } = await owner.query(`select k.conrelid::regclass::text || '.' || a.attname as name
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey) and a.attname <> 'tenant_id'
    where k.contype = 'f' and c.relkind = 'r' and not c.relispartition and cardinality(k.conkey) = 2
      and not exists (select from pg_index i where i.indrelid = c.oid and a.attnum in (i.indkey[0], i.indkey[1])
        and (i.indkey[0] = a.attnum or i.indkey[0] = any (k.conkey))
        and coalesce(pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname), true))
    order by 1`);
  assert.deepEqual(
    rows.map(({ name }) => name),
    scanned,
  );
});
