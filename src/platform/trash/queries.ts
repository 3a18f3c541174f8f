import { scopeOf } from '../../kernel/access/rights.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import { labelSql, openLabels, storedLabelSql } from '../../kernel/resource/label.ts';
import { baseConditions, reaches } from '../../kernel/resource/list.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Trashed, type TrashQuery, trash_days } from './contract.ts';

/** What is final takes the right to delete the records of everybody. */
export const mayPurge = ({ actor }: Context, { right }: Resource): boolean =>
  scopeOf(actor.rights, right, 'delete') === 'all';

/** A page of the trash of several nouns, newest first: each gives no more of its index than the page could need. */
export async function readTrash(
  ctx: Context,
  resources: readonly Resource[],
  { limit, cursor, resource: only }: TrashQuery,
): Promise<{ data: Trashed[]; next_cursor: string | null }> {
  const binding = JSON.stringify([ctx.tenant_id, 'trash', only]);
  const after = cursor ? decodeCursor(cursor, binding) : undefined;
  const behind = after ? sql`(r.deleted_at, r.id) < (${after[0]}, ${after[1]})` : sql`true`;
  const branches = resources.map((resource) => {
    const where = sql.join([...baseConditions(ctx, resource, true), behind], sql` and `);
    return sql`(select ${resource.name}::text as resource, r.id, ${storedLabelSql(resource)} as name, r.deleted_at,
        ${resource.merges ? sql`r.merged_into_id` : sql`null::uuid`} as merged_into_id,
        ${reaches(ctx, resource, 'delete')} as may_restore, ${mayPurge(ctx, resource)}::boolean as may_purge
      from ${sql.table(resource.table)} r where ${where} order by r.deleted_at desc, r.id desc limit ${limit + 1})`;
  });
  const rows = await ctx.tx.many<Trashed>(sql`
    select p.resource, p.id, p.name, p.deleted_at, p.deleted_at + make_interval(days => ${trash_days}) as kept_until, p.may_restore
      and s.merged_into is null as may_restore, p.may_purge,
      case when u.id is not null then json_build_object('id', u.id, 'name', u.name) end as deleted_by, s.merged_into
    from (select * from (${sql.join(branches, sql` union all `)}) entries order by deleted_at desc, id desc limit ${limit + 1}) p
    left join lateral (select e.actor_id from recorded_change e where e.tenant_id = ${ctx.tenant_id} and e.record_id = p.id
      and e.resource = p.resource
      and e.at <= now() and e.after ->> 'deleted_at' is not null order by e.at desc, e.seq desc limit 1) d on true
    cross join lateral (select ${survivorSql(ctx, resources)} as merged_into) s
    left join user_account u on u.tenant_id = ${ctx.tenant_id} and u.id = d.actor_id
    order by p.deleted_at desc, p.id desc`);
  const data = rows.slice(0, limit);
  await openLabels(ctx, data);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([last.deleted_at, last.id], binding) : null };
}

/** The record that one of the alias `p` became part of, as a reference. */
function survivorSql({ tenant_id }: Context, resources: readonly Resource[]) {
  const survivors = resources.flatMap((resource) =>
    resource.merges
      ? sql`when p.resource = ${resource.name} then (select json_build_object('id', r.id, 'name', ${labelSql(resource)})
          from ${sql.table(resource.table)} r where r.tenant_id = ${tenant_id} and r.id = p.merged_into_id and r.deleted_at is null)`
      : [],
  );
  return survivors.length > 0 ? sql`case ${sql.join(survivors, sql` `)} end` : sql`null::json`;
}

/** What became part of another record would come back without all that went there. */
const standsAlone = ({ merges, table }: Resource) =>
  merges
    ? sql`not exists (select from ${sql.table(table)} s where s.tenant_id = r.tenant_id and s.id = r.merged_into_id
      and s.deleted_at is null)`
    : sql`true`;

export function restore(ctx: Context, resource: Resource, ids: readonly string[]): Promise<{ id: string }[]> {
  return ctx.tx.many(sql`update ${sql.table(resource.table)} r set deleted_at = null
    where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}) and r.deleted_at is not null
      and ${standsAlone(resource)} and ${reaches(ctx, resource, 'delete')} returning r.id`);
}

export async function purge(ctx: Context, resource: Resource, ids: readonly string[]): Promise<{ id: string }[]> {
  const table = sql.table(resource.table);
  const leaving = await ctx.tx.many<{ id: string }>(sql`select r.id from ${table} r
    where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}) and r.deleted_at is not null
      and ${mayPurge(ctx, resource)}::boolean for update`);
  const gone = leaving.map(({ id }) => id);
  await ctx.tx.run(sql`select app.detach(${resource.table}, ${gone}::uuid[])`);
  return ctx.tx.many(
    sql`delete from ${table} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${gone}) returning r.id`,
  );
}
