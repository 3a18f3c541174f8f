import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import { asShown, baseConditions } from '../../kernel/resource/list.ts';
import { idIs, sourceSql } from '../../kernel/resource/row.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** A favourite, whether or not its person sees the record now. */
export interface FavouriteRow {
  resource: string;
  id: string;
}

export const readFavourites = (ctx: Context, user_id: string): Promise<FavouriteRow[]> =>
  ctx.tx.many(sql`select resource, record_id as id from favourite
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} order by position, id`);

/** What those of these records are called that the caller sees. */
export function readNames(
  ctx: Context,
  of: Resource,
  ids: readonly string[],
): Promise<{ id: string; name: string | null }[]> {
  const resource = asShown(ctx, of);
  const where = sql.join([...baseConditions(ctx, resource), idIs(ids)], sql` and `);
  return ctx.tx.many(sql`select r.id, ${labelSql(resource)} as name from ${sourceSql(resource)} where ${where}`);
}

/** No two requests change the favourites of a person at once. */
export async function lockFavourites(ctx: Context, user_id: string): Promise<void> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`favourites ${ctx.tenant_id} ${user_id}`}, 0))`);
}

/** Puts a record behind the others, unless it is one of them, perhaps in the trash by now. */
export async function insertFavourite(ctx: Context, user_id: string, { resource, id }: FavouriteRow): Promise<void> {
  await ctx.tx.run(sql`insert into favourite (tenant_id, user_id, resource, record_id, position)
    select ${ctx.tenant_id}, ${user_id}, ${resource}, ${id}, coalesce(max(position), 0) + 1 from favourite
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} on conflict do nothing`);
}

export async function deleteFavourite(ctx: Context, user_id: string, id: string): Promise<void> {
  await ctx.tx.run(
    sql`delete from favourite where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and record_id = ${id}`,
  );
}

/** Gives the favourites of a person these places. */
export async function placeFavourites(ctx: Context, user_id: string, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`update favourite f set position = o.place from unnest(${ids}::uuid[]) with ordinality as o (id, place)
    where f.tenant_id = ${ctx.tenant_id} and f.user_id = ${user_id} and f.record_id = o.id and f.position <> o.place`);
}

/** Those who have one of these records as a favourite have the one that they were merged into as well. */
export async function copyFavourites(ctx: Context, survivor: string, others: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`select app.copy_favourites(${survivor}, ${others}::uuid[])`);
}

/** Has the open pages of a person read their favourites again; nobody else hears of it. */
export async function announceFavourites(ctx: Context, user_id: string): Promise<void> {
  await ctx.tx.run(sql`select app.signal('favourite', array[${user_id}]::uuid[])`);
}
