import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { labelSql } from '../../../kernel/resource/label.ts';
import { reaches } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Batch, isOf, type Target } from './event-queries.ts';
import type { ChildKind } from './kinds.ts';

/** The record that rows belong to. */
export interface Parent {
  id: string;
  name: string | null;
  trashed: boolean;
  may_update: boolean;
  /** The change made the record too: its rows go where it goes. */
  made: boolean;
  /** It has rows that the change knows nothing of. */
  others: boolean;
}

/** The record of each row that a change made or deleted. */
export function childParents(
  ctx: Context,
  { parents }: ChildKind,
  { seqs, ids }: Batch,
): Promise<{ id: string; action: 'create' | 'delete'; column: string; parent_id: string }[]> {
  const named = sql.join(
    parents.map(({ column }) => sql`(${column}::text, coalesce(e.after, e.before) ->> ${column})`),
  );
  return ctx.tx.many(sql`select e.record_id as id, e.action, p.name as column, p.id as parent_id
    from audit_event e cross join lateral (values ${named}) p (name, id)
    where e.tenant_id = ${ctx.tenant_id} and e.record_id = any (${ids}) and e.seq = any (${seqs}::bigint[]) and e.at <= now() and e.action <> 'update' and p.id is not null`);
}

export function readParents(
  ctx: Context,
  resource: Resource,
  ids: readonly string[],
  child: { table: string; column: string },
  target: Target,
): Promise<Parent[]> {
  return ctx.tx.many(sql`select r.id, ${labelSql(resource)} as name, r.deleted_at is not null as trashed, ${reaches(ctx, resource, 'update')} as may_update,
      exists (select from audit_event e where ${isOf(ctx, target)} and e.action = 'create' and e.record_id = r.id) as made,
      exists (select from ${sql.table(child.table)} c where c.tenant_id = r.tenant_id and ${sql.ref(`c.${child.column}`)} = r.id
        and not exists (select from audit_event e where ${isOf(ctx, target)} and e.record_id = c.id)) as others
    from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})`);
}

/** Which of these rows are there. */
export function presentRows(ctx: Context, table: string, ids: readonly string[]): Promise<{ id: string }[]> {
  return ctx.tx.many(
    sql`select c.id from ${sql.table(table)} c where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids})`,
  );
}

export async function deleteRows(ctx: Context, table: string, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`delete from ${sql.table(table)} c where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids})`);
}
