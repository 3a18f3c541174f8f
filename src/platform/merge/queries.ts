import { fieldAccess } from '../../kernel/access/rights.ts';
import { type Resource, resourceNamed } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { compositesOf, writesComposites } from '../../kernel/resource/composite-names.ts';
import { readCustomFields } from '../../kernel/resource/custom.ts';
import { hasSealableLabel, labelSql } from '../../kernel/resource/label.ts';
import { baseConditions, reaches } from '../../kernel/resource/list.ts';
import { openPersonal, sealsPersonal } from '../../kernel/resource/personal.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import { type AttachedCounts, attached_counted_max } from './contract.ts';
import type { ReferenceColumn } from './references.ts';

/** Of one statement: a family of any size moves within the time a statement has. */
const moved_rows_max = 10_000;
/** The same of rows whose custom values change, which the index of these follows. */
const moved_values_max = 5_000;

export interface Locked {
  id: string;
  name: string;
  may_delete: boolean;
  row: Values;
}

/**
 * Keeps others from changing these records, and from attaching anything to them, until the transaction ends; in one
 * order, so that two merges do not wait crosswise. Those that the caller may not change are not among the answers.
 */
export async function lockForMerge(ctx: Context, resource: Resource, ids: readonly string[]): Promise<Locked[]> {
  const where = sql.join([...baseConditions(ctx, resource), sql`r.id = any (${ids})`], sql` and `);
  const locked = await ctx.tx.many<Locked>(sql`select r.id, ${labelSql(resource)} as name, to_jsonb(r) as row,
      ${reaches(ctx, resource, 'delete')} as may_delete
    from ${sql.table(resource.table)} r where ${where} and ${reaches(ctx, resource, 'update')} order by r.id for update`);
  await ctx.tx.run(sql`select app.lock_subjects(${ids}::uuid[])`);
  // What one record gives to another is sealed for that one.
  await openPersonal(ctx, resource, locked.map(({ row }) => row)); // biome-ignore format: one call
  return locked;
}

/** An external id is one record's alone: whoever gives it to the survivor takes it from the record that has it. */
export async function releaseExternalId(
  ctx: Context,
  { table }: Resource,
  others: readonly string[],
  external_id: string,
): Promise<void> {
  await ctx.tx.run(sql`update ${sql.table(table)} set external_id = null
    where tenant_id = ${ctx.tenant_id} and id = any (${others}) and external_id = ${external_id}`);
}

/**
 * The same for values of custom fields that only one record may have. They are compared in the form that the index
 * holds.
 */
export async function releaseUniqueValues(
  ctx: Context,
  { name, table }: Resource,
  others: readonly string[],
  custom: Values,
): Promise<void> {
  await ctx.tx.run(sql`update ${sql.table(table)} r set custom = r.custom - taken.keys
    from (select v.record_id, array_agg(f.key) as keys from custom_field f
      join jsonb_each(${JSON.stringify(custom)}::jsonb) chosen on chosen.key = f.key
      join custom_value v on v.tenant_id = f.tenant_id and v.field_id = f.id and v.record_id = any (${others})
        and v.value in (select app.sortable_values(f.type, chosen.value))
      where f.tenant_id = ${ctx.tenant_id} and f.resource = ${name} and f.is_unique group by v.record_id) taken
    where r.tenant_id = ${ctx.tenant_id} and r.id = taken.record_id`);
}

/** Values of custom fields that the caller could not choose go to the survivor, where it has none. */
export async function inheritCustom(
  ctx: Context,
  resource: Resource,
  survivor: string,
  others: readonly string[],
): Promise<void> {
  const fields = await readCustomFields(ctx, resource);
  const chosen = [...fields.values()].flatMap(({ key, changeable }) => (changeable ? key : []));
  await ctx.tx.run(
    sql`select app.inherit_custom(${resource.table}, ${survivor}, ${others}::uuid[], ${chosen}::text[])`,
  );
}

/**
 * Before what stood under the others comes to stand under the survivor: where one of the others stands above it, it
 * goes to where the topmost of them stands.
 */
export async function liftAbove(
  ctx: Context,
  { table, column }: ReferenceColumn,
  survivor: string,
  others: readonly string[],
): Promise<void> {
  const parent = sql.ref(column);
  await ctx.tx.run(sql`
    with recursive above as (
      select p.id, p.${parent} as parent, 1 as depth from ${sql.table(table)} r
        join ${sql.table(table)} p on p.tenant_id = r.tenant_id and p.id = r.${parent}
      where r.tenant_id = ${ctx.tenant_id} and r.id = ${survivor}
      union all
      select p.id, p.${parent}, a.depth + 1 from above a join ${sql.table(table)} p on p.tenant_id = ${ctx.tenant_id} and p.id = a.parent
      where a.depth < 50
    )
    update ${sql.table(table)} r set ${parent} = topmost.parent
    from (select a.parent from above a where a.id = any (${others}) order by a.depth desc limit 1) topmost
    where r.tenant_id = ${ctx.tenant_id} and r.id = ${survivor}`);
}

/** Makes rows that refer to the others refer to the survivor. */
export async function moveRows(
  ctx: Context,
  { table, column }: ReferenceColumn,
  survivor: string,
  others: readonly string[],
): Promise<void> {
  const named = sql.ref(column);
  const move = () =>
    ctx.tx.run(sql`update ${sql.table(table)} set ${named} = ${survivor} where tenant_id = ${ctx.tenant_id} and id = any (array(
      select x.id from ${sql.table(table)} x where x.tenant_id = ${ctx.tenant_id} and x.${named} = any (${others})
        and x.id <> ${survivor} and x.id <> all (${others}) limit ${moved_rows_max}))`);
  while ((await move()) === moved_rows_max);
}

/** Makes entries that are about the others be about the survivor. */
export async function moveEntries(
  ctx: Context,
  { table }: ReferenceColumn,
  survivor: string,
  others: readonly string[],
): Promise<void> {
  const move = () =>
    ctx.tx.run(sql`update ${sql.table(table)} e set records = app.replaced_records(e.records, ${others}::uuid[], ${survivor}::uuid)
      where e.tenant_id = ${ctx.tenant_id} and e.id = any (array(
        select l.item_id from record_link l join ${sql.table(table)} x on x.tenant_id = l.tenant_id and x.id = l.item_id
        where l.tenant_id = ${ctx.tenant_id} and l.record_id = any (${others}::uuid[]) and l.item_type = ${table}
          limit ${moved_rows_max}))`);
  while ((await move()) === moved_rows_max);
}

/**
 * The same for values of custom fields that the caller may change; the survivor itself loses them, so that it does not
 * name itself.
 */
export async function moveCustomValues(
  ctx: Context,
  { name }: Resource,
  survivor: string,
  others: readonly string[],
): Promise<void> {
  const fields = await ctx.tx.many<{ id: string; resource: string; key: string }>(
    sql`select id, resource, key from custom_field where tenant_id = ${ctx.tenant_id} and type = ${name}`,
  );
  const changeable = fields.filter(({ resource, key }) => fieldAccess(ctx.actor.rights, resource, key) === 'all');
  for (const { id, resource: table, key } of changeable) {
    const move = () =>
      ctx.tx.run(sql`update ${sql.table(table)} set custom = case when id = ${survivor} then custom - ${key}::text
          else custom || jsonb_build_object(${key}::text, ${survivor}::text) end
        where tenant_id = ${ctx.tenant_id} and id = any (array(select v.record_id from custom_value v
          where v.tenant_id = ${ctx.tenant_id} and v.field_id = ${id} and v.value = any (${others}::text[])
            and v.record_id <> all (${others}::uuid[]) limit ${moved_values_max}))`);
    while ((await move()) === moved_values_max);
  }
}

/** Gives the survivor the tags of the others that it has not. */
export async function copyTags(
  ctx: Context,
  { table, column }: ReferenceColumn,
  survivor: string,
  others: readonly string[],
): Promise<void> {
  const named = sql.ref(column);
  await ctx.tx.run(sql`insert into ${sql.table(table)} (tenant_id, tag_id, ${named})
    select distinct t.tenant_id, t.tag_id, ${survivor}::uuid from ${sql.table(table)} t
    where t.tenant_id = ${ctx.tenant_id} and t.${named} = any (${others}) on conflict do nothing`);
}

/** Has those who follow the others follow the survivor, unless they asked not to hear of it. */
export async function copyFollowers(
  ctx: Context,
  { table, column }: ReferenceColumn,
  survivor: string,
  others: readonly string[],
): Promise<void> {
  const named = sql.ref(column);
  await ctx.tx.run(sql`insert into ${sql.table(table)} (tenant_id, user_id, ${named})
    select distinct f.tenant_id, f.user_id, ${survivor}::uuid from ${sql.table(table)} f
    where f.tenant_id = ${ctx.tenant_id} and f.${named} = any (${others}) and not f.muted on conflict do nothing`);
}

/**
 * Tables in which something that the caller cannot change still refers to the others, by columns or by custom fields.
 */
export async function tablesLeft(
  ctx: Context,
  { name }: Resource,
  places: readonly ReferenceColumn[],
  others: readonly string[],
): Promise<string[]> {
  const columns = JSON.stringify(places.map(({ table, column }) => [table, column]));
  const { tables } = await ctx.tx.one<{ tables: string[] }>(
    sql`select app.references_left(${name}, ${columns}::jsonb, ${others}::uuid[]) || app.custom_references_left(${name},
      ${others}::uuid[]) as tables`,
  );
  return [...new Set(tables)];
}

export async function trashMerged(
  ctx: Context,
  { table }: Resource,
  survivor: string,
  others: readonly string[],
): Promise<void> {
  await ctx.tx.run(sql`update ${sql.table(table)} set deleted_at = now(), merged_into_id = ${survivor}
    where tenant_id = ${ctx.tenant_id} and id = any (${others})`);
}

/** The merge as an event of the survivor, for its timeline: nothing else says what became part of it. */
export async function noteMerge(
  ctx: Context,
  resource: Resource,
  survivor: string,
  merged: readonly { id: string; name: string }[],
): Promise<void> {
  const isSealed = hasSealableLabel(resource) && (await sealsPersonal(ctx));
  const [key] = isSealed ? await dataKeys(ctx).sealing(ctx, 'data', [null]) : [];
  const names = key ? compositesOf(ctx, key, merged) : merged.map((each) => each.name);
  const after = JSON.stringify({ merged: merged.map(({ id }, at) => ({ id, name: names[at] })) });
  const event = sql`select app.record_event('merge', ${resource.name}, ${survivor}, null, ${after}::jsonb)`;
  await ctx.tx.run(writesComposites(event));
}

/**
 * How many records that the caller sees would move with a record, by noun; one that refers to it by several fields
 * counts once.
 */
export async function countAttached(
  ctx: Context,
  { name }: Resource,
  places: readonly ReferenceColumn[],
  id: string,
): Promise<AttachedCounts['attached']> {
  const fields = await ctx.tx.many<{ id: string; table: string }>(sql`select id, resource as table from custom_field
    where tenant_id = ${ctx.tenant_id} and type = ${name} and retired_at is null`);
  const byColumn = places.map(({ table, column, handling }) => ({
    table,
    refers:
      handling === 'entry'
        ? sql`x.id = any (array(select l.item_id from record_link l
            where l.tenant_id = ${ctx.tenant_id} and l.record_id = ${id} and l.item_type = ${table} limit ${attached_counted_max}))`
        : sql`${sql.ref(`x.${column}`)} = ${id}`,
  }));
  const byField = fields.map((field) => ({
    table: field.table,
    refers: sql`x.id = any (array(select v.record_id from custom_value v
      where v.tenant_id = ${ctx.tenant_id} and v.field_id = ${field.id} and v.value = ${id}::text limit ${attached_counted_max}))`,
  }));
  const counts = [...Map.groupBy([...byColumn, ...byField], ({ table }) => table)].map(([table, ways]) => {
    const found = ways.map(
      ({ refers }) => sql`(select x.id from ${sql.table(table)} x
        where x.tenant_id = ${ctx.tenant_id} and ${refers} and x.id <> ${id}${outOfTrash(table)} limit ${attached_counted_max})`,
    );
    return sql`select ${table}::text as resource, least(count(*), ${attached_counted_max})::int as count
      from (${sql.join(found, sql` union `)}) counted`;
  });
  return ctx.tx.many(sql`select * from (${sql.join(counts, sql` union all `)}) c where c.count > 0`);
}

/** Some types, products for one, have no trash. */
function outOfTrash(table: string) {
  return resourceNamed(table)!.trash ? sql` and x.deleted_at is null` : sql``;
}
