import { sql } from '../../kernel/database/database.ts';
import { baseConditions } from '../../kernel/resource/list.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { subjectColumns } from '../subject.ts';
import { comment } from './contract.ts';

/** A comment that somebody wants to answer, with the record it belongs to. */
export interface Head extends Values {
  id: string;
  parent_id: string | null;
}

const columns = sql.join(subjectColumns.map((column) => sql.ref(`r.${column}`)));

export function findHeads(ctx: Context, ids: readonly string[]): Promise<Head[]> {
  const where = sql.join(baseConditions(ctx, comment), sql` and `);
  return ctx.tx.many(sql`select r.id, r.parent_id, ${columns} from comment r
    where ${where} and r.id = any (${ids})`);
}
