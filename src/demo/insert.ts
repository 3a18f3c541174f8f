import { sql } from '../kernel/database/database.ts';
import type { Values } from '../kernel/resource/store.ts';
import type { Context } from '../kernel/tenancy/context.ts';

/** Stores many rows in one statement. The first row names the columns. */
export async function insertRows(ctx: Context, table: string, rows: Values[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = sql.join(Object.keys(rows[0]!).map((name) => sql.ref(name)));
  await ctx.tx.run(sql`insert into ${sql.table(table)} (tenant_id, ${columns})
    select ${ctx.tenant_id}, ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)})`);
}
