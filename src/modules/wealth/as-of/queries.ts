import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

type Values = Record<string, unknown>;

/**
 * When a day is over in the workspace, whether it has come, and until when the trail of that time lies in an archive,
 * not in the database.
 */
export const readMoment = (ctx: Context, date: string): Promise<{ end: string; is_future: boolean; trail_since: string | null }> =>
  ctx.tx.one(sql`select to_json(d.ends) #>> '{}' as end, ${date}::date > app.today() as is_future,
      (select max(p.end_at) from app.archived_periods() p where p.end_at > d.ends) as trail_since
    from (select app.midnight(${date}::date + 1) as ends) d`); // biome-ignore format: one statement

/**
 * Rows as they are now, in the trash too, without what is sealed, tagged or derived. `column` names their household.
 */
export const rowsNow = (
  ctx: Context,
  { table, meta }: Resource,
  column: string,
  household: string,
): Promise<Values[]> => {
  const kept = [...meta].flatMap(([name, { type, readOnly }]) =>
    type === 'tags' || type === 'secret' || readOnly ? [] : [name],
  );
  const names = ['id', 'created_at', 'deleted_at', ...kept];
  return ctx.tx
    .many<{
      row: Values;
    }>(sql`select (select jsonb_object_agg(v.key, v.value) from jsonb_each(to_jsonb(r)) v where v.key = any (${names})) as row
    from ${sql.table(table)} r where r.tenant_id = ${ctx.tenant_id} and ${sql.ref(`r.${column}`)} = ${household}`)
    .then((rows) => rows.map(({ row }) => row));
};

export interface Later {
  id: string;
  action: 'create' | 'update';
  fields: string[] | null;
  before: Values | null;
}

/** What happened to records after a moment, the last first. */
export const changesSince = (ctx: Context, resource: string, ids: readonly string[], end: string): Promise<Later[]> =>
  ctx.tx.many(sql`select e.record_id as id, e.action, e.fields, e.before from recorded_change e where e.tenant_id = ${ctx.tenant_id}
    and e.resource = ${resource} and e.record_id = any (${ids}::uuid[]) and e.action in ('create', 'update')
    and e.at >= ${end}::timestamptz and e.at <= now() + interval '1 day' order by e.seq desc`);

interface Version {
  document_id: string;
  number: number;
  name: string;
  sha256: string;
  written_at: string;
  author: { id: string; name: string } | null;
}

/** The version of each document that was the newest at a moment. */
export const versionsAt = (ctx: Context, ids: readonly string[], end: string): Promise<Version[]> =>
  ctx.tx.many(sql`select distinct on (v.document_id) v.document_id, v.number, v.name, v.sha256, v.written_at,
      case when u.id is not null then json_build_object('id', u.id, 'name', u.name) end as author
    from document_version v left join user_account u on u.tenant_id = v.tenant_id and u.id = v.author_id
    where v.tenant_id = ${ctx.tenant_id} and v.document_id = any (${ids}::uuid[]) and v.written_at < ${end}::timestamptz
    order by v.document_id, v.number desc`);

export async function namesOfPeople(ctx: Context, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.tx.many<{ id: string; name: string }>(sql`select id, name from user_account
    where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Of communications: said, and written down, before a moment. */
export const saidBefore = (end: string) =>
  sql`r.occurred_at < ${end}::timestamptz and r.created_at < ${end}::timestamptz`;
