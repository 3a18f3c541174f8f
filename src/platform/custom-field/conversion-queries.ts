import type { RawBuilder } from 'kysely';
import type { CustomFieldType } from '../../kernel/contract/custom-field.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { undo_days } from '../undo/contract.ts';
import type { OptionRename } from './contract.ts';
import type { Definition } from './definition.ts';

export interface HeldValue {
  id: string;
  name: string | null;
  /** Null where there is none any more. */
  value: unknown;
  /** What a conversion made of which value, where it did. */
  made?: unknown;
  before?: unknown;
}

type Sql = RawBuilder<unknown>;

const held = (resource: Resource, key: string): Sql =>
  sql`select r.id, ${labelSql(resource)} as name, r.custom -> ${key}::text as value`;

/** A batch of the records that hold a value, those in the trash too. */
export function heldValues(
  ctx: Context,
  resource: Resource,
  key: string,
  after: string,
  rows_max: number,
): Promise<HeldValue[]> {
  return ctx.tx.many(sql`${held(resource, key)} from ${sql.table(resource.table)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id > ${after} and jsonb_exists(r.custom, ${key}) order by r.id limit ${rows_max}`);
}

/** The same with those whose value a conversion left out, beside what it did. */
export function convertedValues(
  ctx: Context,
  resource: Resource,
  { key, conversion_id }: { key: string; conversion_id: string },
  after: string,
  rows_max: number,
): Promise<HeldValue[]> {
  return ctx.tx.many(sql`${held(resource, key)}, c.after as made, c.before from ${sql.table(resource.table)} r
    left join custom_conversion_value c on c.tenant_id = r.tenant_id and c.conversion_id = ${conversion_id} and c.record_id = r.id
    where r.tenant_id = ${ctx.tenant_id} and r.id > ${after} and (jsonb_exists(r.custom, ${key}) or c.record_id is not null)
    order by r.id limit ${rows_max}`);
}

/** How many records hold a value, whoever may see them. */
export async function countHeld(ctx: Context, field_id: string): Promise<number> {
  const { count } = await ctx.tx.one<{
    count: number;
  }>(sql`select count(distinct record_id)::int as count from custom_value
    where tenant_id = ${ctx.tenant_id} and field_id = ${field_id}`);
  return count;
}

export interface NewValue {
  id: string;
  before: unknown;
  /** Null leaves it out. */
  after: unknown;
}

export function putValues(
  ctx: Context,
  { table }: Resource,
  key: string,
  values: readonly NewValue[],
): Promise<number> {
  return ctx.tx.run(sql`update ${sql.table(table)} r
    set custom = case when w.after is null or w.after = 'null' then r.custom - ${key}::text
      else r.custom || jsonb_build_object(${key}::text, w.after) end
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as w (id uuid, after jsonb)
    where r.tenant_id = ${ctx.tenant_id} and r.id = w.id and r.id = any (${values.map(({ id }) => id)})`);
}

export async function rememberValues(ctx: Context, conversion_id: string, values: readonly NewValue[]): Promise<void> {
  await ctx.tx.run(sql`insert into custom_conversion_value (tenant_id, conversion_id, record_id, before, after)
    select ${ctx.tenant_id}, ${conversion_id}, w.id, w.before, nullif(w.after, 'null')
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as w (id uuid, before jsonb, after jsonb)`);
}

/** The parts of a definition that change with the type. */
export type Typed = Pick<Definition, 'type' | 'options' | 'rules' | 'default_value' | 'is_unique'>;

export async function retype(ctx: Context, field_id: string, to: Typed): Promise<void> {
  await ctx.tx.run(sql`update custom_field set type = ${to.type}, options = ${to.options}, rules = ${JSON.stringify(to.rules)},
      default_value = ${to.default_value === null ? null : JSON.stringify(to.default_value)}, is_unique = ${to.is_unique}
    where tenant_id = ${ctx.tenant_id} and id = ${field_id}`);
}

/** In filters of everybody. */
export async function renameInFilters(
  ctx: Context,
  { name }: Resource,
  key: string,
  { from, to }: OptionRename,
): Promise<void> {
  await ctx.tx.run(sql`select app.rename_option(${name}, ${`custom.${key}`}, ${from}, ${to})`);
}

interface NewConversion {
  id: string;
  field_id: string;
  from: Typed;
  to_type: CustomFieldType;
}

export async function insertConversion(ctx: Context, { id, field_id, from, to_type }: NewConversion): Promise<void> {
  await ctx.tx.run(sql`insert into custom_conversion (tenant_id, id, field_id, from_definition, to_type, created_by)
    values (${ctx.tenant_id}, ${id}, ${field_id}, ${JSON.stringify(from)}, ${to_type}, ${ctx.actor.user_id})`);
}

export async function endConversion(
  ctx: Context,
  id: string,
  counts: { converted: number; cleared: number },
): Promise<void> {
  await ctx.tx.run(sql`update custom_conversion set converted = ${counts.converted}, cleared = ${counts.cleared}
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

export interface ConversionRow {
  id: string;
  from_definition: Typed;
  to_type: CustomFieldType;
  converted: number;
  cleared: number;
  created_at: string;
}

/** The last conversion of a field, while it can be taken back. */
export function lastConversion(ctx: Context, field_id: string): Promise<ConversionRow | undefined> {
  return ctx.tx.maybe(sql`select id, from_definition, to_type, converted, cleared, created_at from custom_conversion
    where tenant_id = ${ctx.tenant_id} and field_id = ${field_id} and taken_back_by is null
      and created_at > now() - make_interval(days => ${undo_days})
    order by id desc limit 1`);
}

/**
 * Its values are back where they were; that it was is still known to whoever would take back the change it came with.
 */
export async function closeConversion(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(
    sql`delete from custom_conversion_value where tenant_id = ${ctx.tenant_id} and conversion_id = ${id}`,
  );
  await ctx.tx.run(sql`update custom_conversion set taken_back_by = coalesce(nullif(current_setting('app.request_id', true), ''), '-')
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}
