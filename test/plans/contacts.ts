import '../../src/modules/index.ts';
import pg from 'pg';
import type { Rights } from '../../src/kernel/access/rights.ts';
import { Database } from '../../src/kernel/database/database.ts';
import { type Actor, type Context, withContext } from '../../src/kernel/tenancy/context.ts';
import { createTestDatabase } from '../harness/cluster.ts';

const companies = 20;
/** The first PostgreSQL with functions that forget statistics. */
const clearing_version_min = 180_000;

export interface PlanDatabase {
  /** In a transaction of one of the owners, as the application's role. */
  as<R>(rights: Rights, work: (ctx: Context) => Promise<R>): Promise<R>;
  user_id: string;
  company_id: string;
  contact_id: string;
  ownerUrl: string;
  /**
   * Leaves the planner without figures of any table, as on a fresh installation. False: this PostgreSQL cannot (before
   * 18).
   */
  forgetStatistics(): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * A migrated database with so many contacts, and deals, that the planner has reason to use an index, and the statistics
 * to know it.
 */
export async function contactsForPlans({
  contacts,
  owners,
}: {
  contacts: number;
  owners: number;
}): Promise<PlanDatabase> {
  const database = await createTestDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query(`insert into tenant (name, title) values ('plans', 'Plans') returning id`);
  const tenant_id = rows[0].id as string;
  await owner.query(`select set_config('app.tenant_id', $1, false)`, [tenant_id]);
  const insert = async (text: string) => (await owner.query(text, [tenant_id])).rows[0].id as string;
  const user_id = await insert(`insert into user_account (tenant_id, name, email, status)
    select $1, 'User ' || i, 'user' || i || '@plans.example', 'active' from generate_series(1, ${owners}) i returning id`);
  const company_id = await insert(`insert into company (tenant_id, name, domain)
    select $1, 'Company ' || i, 'c' || i || '.example' from generate_series(1, ${companies}) i returning id`);
  const contact_id =
    await insert(`insert into contact (tenant_id, given_name, family_name, email, lead_status, owner_id, company_id)
    select $1, case when i % 10 = 0 then 'Common' else 'Given' || i % 300 end, 'Family' || i, 'mail' || i || '@plans.example',
      (array['new', 'working', 'qualified', 'unqualified'])[1 + i % 4],
      (select array_agg(id) from user_account where tenant_id = $1)[1 + i % ${owners}],
      (select array_agg(id) from company where tenant_id = $1)[1 + i % ${companies}]
    from generate_series(1, ${contacts}) i returning id`);
  // A number of each contact's own, a word that a quarter of them share, and a rare day.
  await owner.query(
    `insert into custom_field (tenant_id, resource, key, label, type, options) values
    ($1, 'contact', 'number', 'Number', 'integer', '{}'), ($1, 'contact', 'tier', 'Tier', 'select', '{A,B,C,D}'),
      ($1, 'contact', 'since', 'Since', 'date', '{}')`,
    [tenant_id],
  );
  await owner.query(
    `update contact c set custom = jsonb_build_object('number', n.i * 7 % ${contacts}, 'tier', (array['A', 'B', 'C', 'D'])[1 + n.i % 4])
      || case when n.i % 100 = 0 then jsonb_build_object('since', '2020-01-01'::date + n.i::int % 1000) else '{}' end
    from (select id, row_number() over (order by id) as i from contact where tenant_id = $1) n where c.tenant_id = $1 and c.id = n.id`,
    [tenant_id],
  );
  // As many open deals, of which four in five have a score.
  const pipeline_id = await insert(`insert into pipeline (tenant_id, name) values ($1, 'Sales') returning id`);
  await owner.query(
    `with s as (insert into stage (tenant_id, pipeline_id, name) values ($1, $2, 'Open') returning id)
    insert into deal (tenant_id, name, pipeline_id, stage_id, status, score)
    select $1, 'Deal ' || i, $2, s.id, 'open', case when i % 5 > 0 then i % 101 end from s, generate_series(1, ${contacts}) i`,
    [tenant_id, pipeline_id],
  );
  await owner.query(
    `insert into note (tenant_id, records, author_id, body) select $1, array[$2::uuid], $3, 'Report ' || i from generate_series(1, 2000) i`,
    [tenant_id, contact_id, user_id],
  );
  await owner.query('vacuum full analyze');
  await owner.end();
  const db = new Database({
    url: database.appUrl,
    connectionsMax: 2,
    statementTimeoutMs: 30_000,
    applicationName: 'plans',
  });
  return {
    user_id,
    company_id,
    contact_id,
    ownerUrl: database.ownerUrl,
    as: (rights, work) => {
      const actor: Actor = { kind: 'user', tenant_id, user_id, credential_id: null, rights };
      // Not as a read, which may be several transactions: the scans of one are counted.
      return withContext(db, actor, work);
    },
    forgetStatistics: () => forgetStatistics(database.ownerUrl),
    stop: async () => {
      await db.close();
      await database.drop();
    },
  };
}

export async function forgetStatistics(ownerUrl: string): Promise<boolean> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    if (clearing_version_min > Number((await owner.query('show server_version_num')).rows[0].server_version_num))
      return false;
    const { rows } = await owner.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    for (const { relname } of rows) {
      await owner.query(`alter table public.${relname} set (autovacuum_enabled = false)`);
      await owner.query(`select pg_clear_relation_stats('public', '${relname}')`);
    }
    await owner.query(
      `select pg_clear_attribute_stats(schemaname, tablename, attname, inherited) from pg_stats where schemaname = 'public'`,
    );
    return true;
  } finally {
    await owner.end();
  }
}
