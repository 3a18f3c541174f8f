import { sql } from '../../kernel/database/database.ts';
import { baseConditions } from '../../kernel/resource/list.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { comment } from './contract.ts';

/** A comment that somebody wants to answer, with the record it belongs to. */
export interface Head {
  id: string;
  parent_id: string | null;
  record_id: string;
}

export function findHeads(ctx: Context, ids: readonly string[]): Promise<Head[]> {
  const where = sql.join(baseConditions(ctx, comment), sql` and `);
  return ctx.tx.many(sql`select r.id, r.parent_id, r.record_id from comment r
    where ${where} and r.id = any (${ids})`);
}
