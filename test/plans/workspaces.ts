import '../../src/modules/index.ts';
import pg from 'pg';
import type { Rights } from '../../src/kernel/access/rights.ts';
import { Database } from '../../src/kernel/database/database.ts';
import { type Actor, type Context, withContext } from '../../src/kernel/tenancy/context.ts';
import { createTestDatabase } from '../harness/cluster.ts';

const tables = ['company', 'contact', 'deal', 'custom_value', 'record_tag'];
const statement_ms_max = 60_000;

/** What a workspace has. Records are numbered from `first`, so that a workspace can grow. */
export interface Records {
  first?: number;
  contacts: number;
  companies: number;
}

/** A database of workspaces, by their numbers, that grows step by step. */
export interface Workspaces {
  add(from: number, to: number, records: Records): Promise<void>;
  /** Leaves the tables as they are before their first ANALYZE. */
  forgetStatistics(): Promise<void>;
  analyze(): Promise<void>;
  /** As autovacuum leaves them: analysed, and indexes can answer without the table. */
  vacuum(): Promise<void>;
  /** The id of a record by its kind and number. */
  idOf(workspace: number, kind: 'user' | 'company' | 'contact' | 'tag', number: number): Promise<string>;
  /** In a transaction of user 0, as the application's role. */
  as<Result>(workspace: number, rights: Rights, work: (ctx: Context) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/**
 * Filled as the owner, without triggers, and without the indexes of searches, which take most of the time and no list
 * reads. Most records have no owner, as after an import: then the planner expects the policies to let nearly nothing
 * through.
 */
export async function workspacesForPlans(): Promise<Workspaces> {
  const database = await createTestDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  for (const table of tables) {
    await owner.query(`alter table ${table} disable trigger user`);
    await owner.query(`alter table ${table} set (autovacuum_enabled = off)`);
  }
  // Neither is read by a list, and they take most of the time.
  const { rows: keys } = await owner.query(
    `select conrelid::regclass as table, conname as name from pg_constraint where contype = 'f' and conrelid = any ($1::regclass[])`,
    [tables],
  );
  for (const { table, name } of keys) await owner.query(`alter table ${table} drop constraint ${name}`);
  const { rows: indexes } = await owner.query(
    `select indexrelid::regclass as name, indrelid::regclass as table, pg_get_indexdef(indexrelid) as definition from pg_index
    where indrelid = any ($1::regclass[]) and not indisprimary`,
    [tables],
  );
  for (const { name } of indexes) await owner.query(`drop index ${name}`);
  const listed = indexes.filter(({ definition }) => !/ USING gin | text_pattern_ops/.test(definition));
  await owner.query(`create function pg_temp.id(w int, kind text, n int) returns uuid language sql immutable
    as $$ select overlay(overlay(md5(kind || w || '.' || n) placing '4' from 13) placing '8' from 17)::uuid $$`);
  const idOf = async (workspace: number, kind: string, number: number) => {
    const { rows } = await owner.query('select pg_temp.id($1, $2, $3) as id', [workspace, kind, number]);
    return rows[0].id as string;
  };
  const db = new Database({
    url: database.appUrl,
    connectionsMax: 1,
    statementTimeoutMs: statement_ms_max,
    applicationName: 'plans',
  });
  return {
    async add(from, to, { first = 0, contacts, companies }) {
      if (first === 0) await owner.query(workspaceSql(from, to));
      // Built at once, they take less time.
      const grown = listed.filter(({ table }) => contacts > 0 || table === 'company');
      for (const { name } of grown) await owner.query(`drop index if exists ${name}`);
      await owner.query(recordsSql(from, to, { first, contacts, companies }));
      for (const { definition } of grown) await owner.query(definition);
    },
    async forgetStatistics() {
      for (const table of tables) {
        await owner.query(
          `select pg_clear_relation_stats('public', $1), (select count(pg_clear_attribute_stats('public', $1, attname, false))
          from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped)`,
          [table],
        );
      }
    },
    vacuum: async () => {
      for (const table of tables) await owner.query(`vacuum (analyze) ${table}`);
    },
    analyze: async () => void (await owner.query(`analyze ${tables.join(', ')}`)),
    idOf,
    as: async (workspace, rights, work) => {
      const [tenant_id, user_id] = await Promise.all([idOf(workspace, 'tenant', 0), idOf(workspace, 'user', 0)]);
      const actor: Actor = { kind: 'user', tenant_id, user_id, credential_id: null, rights };
      // Not as a read, which may be several transactions: statements are prepared in one.
      return withContext(db, actor, work);
    },
    stop: async () => {
      await db.close();
      await owner.end();
      await database.drop();
    },
  };
}

const workspaceSql = (from: number, to: number) => `
  insert into tenant (id, name, title) select pg_temp.id(w, 'tenant', 0), 'plans-' || w, 'Plans' from generate_series(${from}, ${to}) w;
  insert into user_account (tenant_id, id, name, email, status)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'user', i), 'User ' || i, 'user' || i || '@plans.example', 'active'
    from generate_series(${from}, ${to}) w, generate_series(0, 9) i;
  insert into team (tenant_id, id, name) select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'team', 0), 'Team'
    from generate_series(${from}, ${to}) w;
  insert into team_member (tenant_id, team_id, user_id) select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'team', 0),
    pg_temp.id(w, 'user', i)
    from generate_series(${from}, ${to}) w, generate_series(0, 1) i;
  insert into tag (tenant_id, id, name)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'tag', i), 'Tag ' || i from generate_series(${from}, ${to}) w, generate_series(0, 1) i;
  insert into custom_field (tenant_id, id, resource, key, label, type)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'number', 0), 'contact', 'number', 'Number', 'integer'
      from generate_series(${from}, ${to}) w;
  insert into pipeline (tenant_id, id, name)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'pipeline', 0), 'Sales' from generate_series(${from}, ${to}) w;
  insert into stage (tenant_id, id, pipeline_id, name)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'stage', 0), pg_temp.id(w, 'pipeline', 0), 'Open'
      from generate_series(${from}, ${to}) w`;

/**
 * One contact in twenty has an owner, one in four a tag, one in two a number, one in ten a deal; one company in a
 * hundred an owner and a rare industry.
 */
const recordsSql = (from: number, to: number, { first, contacts, companies }: Required<Records>) => `
  insert into company (tenant_id, id, name, industry, owner_id, created_at, updated_at)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'company', i), 'Company ' || i * 7919 % ${companies}, case
      when i % 100 = 0 then 'Rare' else 'Common' end,
      case when i % 100 = 0 then pg_temp.id(w, 'user', i / 100 % 10) end, now() - i * interval '1 second',
        now() - i * 7907 % ${companies} * interval '1 second'
    from generate_series(${from}, ${to}) w, generate_series(${first}, ${first + companies - 1}) i;
  insert into contact (tenant_id, id, family_name, lead_status, owner_id, company_id, created_at, updated_at)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'contact', i), 'Family ' || i * 7919 % 1000000,
      (array['new', 'working', 'qualified', 'unqualified'])[1 + i % 4], case when i % 20 = 0 then pg_temp.id(w, 'user', i / 20 % 10) end,
      pg_temp.id(w, 'company', i % ${Math.max(companies, 1)}), now() - i * interval '1 second',
        now() - i * 7907 % 1000000 * interval '1 second'
    from generate_series(${from}, ${to}) w, generate_series(${first}, ${first + contacts - 1}) i;
  insert into custom_value (tenant_id, record_id, field_id, value, is_unique, owner_id)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'contact', i), pg_temp.id(w, 'number', 0), app.sortable_number(i * 7919 % 1000000),
      false,
      case when i % 20 = 0 then pg_temp.id(w, 'user', i / 20 % 10) end
    from generate_series(${from}, ${to}) w, generate_series(${first}, ${first + contacts - 1}, 2) i;
  insert into record_tag (tenant_id, tag_id, record_id)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'tag', case when i % 1000 = 0 then 1 else 0 end), pg_temp.id(w, 'contact', i)
    from generate_series(${from}, ${to}) w, generate_series(${first}, ${first + contacts - 1}, 4) i;
  insert into deal (tenant_id, id, name, pipeline_id, stage_id, status, contact_id, company_id, owner_id, created_at, updated_at)
    select pg_temp.id(w, 'tenant', 0), pg_temp.id(w, 'deal', i), 'Deal ' || i, pg_temp.id(w, 'pipeline', 0), pg_temp.id(w, 'stage', 0),
      'open',
      pg_temp.id(w, 'contact', i), pg_temp.id(w, 'company', i % ${Math.max(companies, 1)}), case
        when i % 20 = 0 then pg_temp.id(w, 'user', i / 20 % 10) end,
      now() - i * interval '1 second', now() - i * 7907 % 1000000 * interval '1 second'
    from generate_series(${from}, ${to}) w, generate_series(${first}, ${first + contacts - 1}, 10) i`;
