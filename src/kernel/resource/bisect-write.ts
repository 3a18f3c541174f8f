import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

export type Refusal = 'forbidden' | 'refused';

const integrity_violation = /^23/;
const insufficient_privilege = '42501';

/**
 * Writes rows with one statement. When the database refuses it, each half is tried, until the refused rows are known:
 * these are returned, the others are written.
 */
export async function writeRows<Row>(
  ctx: Context,
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<unknown>,
): Promise<Map<Row, Refusal>> {
  if (rows.length === 0) return new Map();
  await ctx.tx.run(sql`savepoint bisect_write`);
  try {
    await write(rows);
    await ctx.tx.run(sql`release savepoint bisect_write`);
    return new Map();
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    await ctx.tx.run(sql`rollback to savepoint bisect_write`);
    await ctx.tx.run(sql`release savepoint bisect_write`);
    if (rows.length === 1) return new Map([[rows[0]!, refusal]]);
    const half = rows.length >> 1;
    const first = await writeRows(ctx, rows.slice(0, half), write);
    const second = await writeRows(ctx, rows.slice(half), write);
    return new Map([...first, ...second]);
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return undefined;
  if (code === insufficient_privilege) return 'forbidden';
  return integrity_violation.test(code) ? 'refused' : undefined;
}
