import { resourceOfTable } from '../kernel/contract/resource.ts';
import { sql } from '../kernel/database/database.ts';
import type { Values } from '../kernel/resource/store.ts';
import type { Context } from '../kernel/tenancy/context.ts';
import { ownColumns, sharedColumn } from './subject.ts';

/** A record to which something is attached. */
export interface Subject {
  resource: string;
  id: string;
}

/** The records that a row names, as far as the caller may read them. */
export async function readSubjects(ctx: Context, row: Values): Promise<Subject[]> {
  const own = ownColumns.flatMap(({ column, table }) =>
    row[column] ? { resource: resourceOfTable(table)!.name, id: row[column] as string } : [],
  );
  const id = row[sharedColumn] as string | null | undefined;
  if (!id) return own;
  const found = await ctx.tx.maybe<{ type: string }>(
    sql`select type from attachable_record where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
  return found ? [...own, { resource: found.type, id }] : own;
}
