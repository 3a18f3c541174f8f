import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** Others neither define fields of this noun nor write values of them until the transaction ends. */
export async function lockFields(ctx: Context, resource: string): Promise<void> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(app.custom_fields_lock(${ctx.tenant_id}, ${resource}))`);
}

export interface KnownField {
  id: string;
  key: string;
  label: string;
  position: number;
  retired: boolean;
}

/** The fields of a noun, the retired ones too. */
export function knownFields(ctx: Context, resource: string): Promise<KnownField[]> {
  return ctx.tx.many(sql`select id, key, label, position, retired_at is not null as retired from custom_field
    where tenant_id = ${ctx.tenant_id} and resource = ${resource} order by position, key`);
}

/** A field retired before keeps its time. */
export const retiredFirst = sql`coalesce(retired_at, now())`;

export async function placeFields(ctx: Context, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`update custom_field f set position = o.place - 1 from unnest(${ids}::uuid[]) with ordinality as o (id, place)
    where f.tenant_id = ${ctx.tenant_id} and f.id = o.id and f.position <> o.place - 1`);
}

export async function countRoles(ctx: Context, ids: readonly string[]): Promise<number> {
  const { count } = await ctx.tx.one<{ count: number }>(
    sql`select count(*)::int as count from role where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`,
  );
  return count;
}

/** Values that more than one record has, as they are indexed. */
export async function repeatedValues(ctx: Context, field_id: string, values_max: number): Promise<string[]> {
  const rows = await ctx.tx.many<{ value: string }>(sql`select value from custom_value
    where tenant_id = ${ctx.tenant_id} and field_id = ${field_id} group by value having count(*) > 1 order by value limit ${values_max}`);
  return rows.map(({ value }) => value);
}

/** Which of these options records have as a value. */
export async function optionsInUse(ctx: Context, field_id: string, options: readonly string[]): Promise<string[]> {
  const rows = await ctx.tx.many<{ option: string }>(sql`select o.option from unnest(${options}::text[]) o (option)
    where exists (select from custom_value v where v.tenant_id = ${ctx.tenant_id} and v.field_id = ${field_id} and v.value = o.option)`);
  return rows.map(({ option }) => option);
}

/** Whether some value is longer than the index holds, which is no place to compare whole texts. */
export async function holdsLongTexts(ctx: Context, field_id: string, characters: number): Promise<boolean> {
  const row = await ctx.tx.maybe(sql`select from custom_value
    where tenant_id = ${ctx.tenant_id} and field_id = ${field_id} and length(value) >= ${characters} limit 1`);
  return row !== undefined;
}
