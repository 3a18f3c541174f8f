import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { Database, sql } from '../../src/kernel/database/database.ts';
import { type Context, systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import * as suspects from '../../src/modules/directory/duplicate/check-queries.ts';
import * as notices from '../../src/modules/directory/notification/dispatch-queries.ts';
import * as scores from '../../src/modules/sales/scoring/queries.ts';
import { createTestDatabase, type TestDatabase } from '../harness/cluster.ts';

const long = 20_000;
const taken_max = notices.changes_max;

let database: TestDatabase;
let db: Database;
let tenant_id: string;
before(async () => {
  database = await createTestDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query(`insert into tenant (name, title) values ('plans', 'Plans') returning id`);
  tenant_id = rows[0].id;
  // PostgreSQL knows that the lists are empty, as they mostly are.
  await owner.query('vacuum analyze');
  await owner.end();
  db = new Database({ url: database.appUrl, connectionsMax: 1, statementTimeoutMs: 60_000, applicationName: 'plans' });
});
after(async () => {
  await db.close();
  await database.drop();
});

const lists: [
  list: string,
  fill: (ctx: Context, rows: number) => ReturnType<typeof sql>,
  take: (ctx: Context) => Promise<unknown[]>,
][] = [
  [
    'score_due',
    (ctx, rows) =>
      sql`insert into score_due (tenant_id, deal_id) select ${ctx.tenant_id}, gen_random_uuid() from generate_series(1, ${rows}::int)`,
    (ctx) => scores.dequeueDeals(ctx, taken_max),
  ],
  [
    'suspect_due',
    (ctx, rows) => sql`insert into suspect_due (tenant_id, resource, record_id)
      select ${ctx.tenant_id}, 'contact', gen_random_uuid() from generate_series(1, ${rows}::int)`,
    (ctx) => suspects.dequeueSuspects(ctx, taken_max),
  ],
  [
    'notice_due',
    (ctx, rows) =>
      sql`insert into notice_due (tenant_id, request_id) select ${ctx.tenant_id}, 'made ' || i from generate_series(1, ${rows}::int) i`,
    (ctx) => notices.dequeueChanges(ctx),
  ],
];

/** PostgreSQL counts what a transaction has read, by scans and by indexes. */
async function rowsRead(ctx: Context, list: string): Promise<number> {
  const row = await ctx.tx.one<{ read: number }>(
    sql`select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = ${list}`,
  );
  return row.read;
}

const lengthOf = async (ctx: Context, list: string) =>
  (await ctx.tx.one<{ length: number }>(sql`select count(*)::int as length from ${sql.table(list)}`)).length;

for (const [list, fill, take] of lists)
  test(`taking from ${list} goes through the list once at most, also by a plan made when it was short`, () =>
    withContext(db, systemActor(tenant_id), async (ctx) => {
      // From the sixth time on PostgreSQL keeps a plan for whatever is asked.
      for (let n = 0; n < 6; n++) {
        await ctx.tx.run(fill(ctx, 1));
        await take(ctx);
      }
      await ctx.tx.run(fill(ctx, long));
      const length = await lengthOf(ctx, list);
      const before = await rowsRead(ctx, list);
      const taken = await take(ctx);
      const read = (await rowsRead(ctx, list)) - before;
      assert.equal(taken.length, taken_max);
      assert.ok(read <= length + 2 * taken_max, `${read} rows read of ${length}`);
      assert.equal(await lengthOf(ctx, list), length - taken_max);
    }));
