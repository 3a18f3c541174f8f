import { type Database, sql } from '../../../kernel/database/database.ts';
import { type Actor, type Context, withContext } from '../../../kernel/tenancy/context.ts';
import type { DatabaseReport } from './contract.ts';

const tables_max = 40;
const indexes_max = 60;
const statements_max = 25;
const connections_max = 200;
const slots_max = 50;
/** The page is opened when the server is slow; it must not make it slower, nor join those who wait for a lock. */
const read_ms_max = 4_000;
const lock_ms_max = 300;

async function limitTime(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`select set_config('statement_timeout', ${String(read_ms_max)}, true),
    set_config('lock_timeout', ${String(lock_ms_max)}, true)`);
}

const sections = {
  overview: sql`app.operator_database()`,
  connections: sql`app.operator_connections(${connections_max})`,
  statements: sql`app.operator_statements(${statements_max})`,
  tables: sql`app.operator_tables(${tables_max})`,
  indexes: sql`app.operator_indexes(${indexes_max})`,
  replication: sql`app.operator_replication(${slots_max})`,
} satisfies Record<keyof DatabaseReport, unknown>;

/** What ran out of time, or waited for a lock too long. */
const late_codes: ReadonlySet<unknown> = new Set(['57014', '55P03']);

/** Each section by itself, one after the other: one that cannot be read in time is null, and the others are there. */
export async function readDatabase(db: Database, actor: Actor): Promise<DatabaseReport> {
  const report: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(sections))
    report[name] = await withContext(
      db,
      actor,
      async (ctx) => {
        await limitTime(ctx);
        return (await ctx.tx.one<{ section: unknown }>(sql`select ${call} as section`)).section;
      },
      { mode: 'read' },
    ).catch((error: { code?: string }) => {
      if (late_codes.has(error.code)) return null;
      throw error;
    });
  return report as DatabaseReport;
}

/** A statement that holds no value; null when there is none of this id. */
export async function findStatement(ctx: Context, id: string): Promise<string | null> {
  const { statement } = await ctx.tx.one<{ statement: string | null }>(
    sql`select app.operator_statement(${id}::bigint) as statement`,
  );
  return statement;
}

export async function planStatement(ctx: Context, statement: string): Promise<string> {
  await limitTime(ctx);
  const lines = await ctx.tx.many<{ line: string }>(sql`select app.generic_plan(${statement}) as line`);
  return lines.map(({ line }) => line).join('\n');
}

/** Returns whether there is such a table. */
export async function enqueueVacuum(ctx: Context, table: string, reason: string): Promise<boolean> {
  const { known } = await ctx.tx.one<{ known: boolean }>(sql`select app.operator_vacuum(${table}, ${reason}) as known`);
  return known;
}

/** Returns whether the connection was still there. */
export async function endConnection(ctx: Context, id: string, close: boolean, reason: string): Promise<boolean> {
  const { there } = await ctx.tx.one<{ there: boolean }>(
    sql`select app.operator_end(${id}, ${close}, ${reason}) as there`,
  );
  return there;
}
