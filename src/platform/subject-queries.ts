import { sql } from '../kernel/database/database.ts';
import type { Context } from '../kernel/tenancy/context.ts';
import type { RecordName } from './subject.ts';

/** The types of records by their ids, as far as the caller may attach something to them. */
export async function findTypes(ctx: Context, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await ctx.tx.many<RecordName>(
    sql`select id, type from attachable_record where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`,
  );
  return new Map(found.map(({ id, type }) => [id, type]));
}
