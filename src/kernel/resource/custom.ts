import type { RawBuilder } from 'kysely';
import { fieldAccess } from '../access/rights.ts';
import type { CustomFieldType, FieldRules } from '../contract/custom-field.ts';
import type { FieldMeta, FieldType } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

/** A field that the tenant added to a noun. Its values live under its key in the `custom` column. */
export interface CustomField {
  id: string;
  key: string;
  label: string;
  type: CustomFieldType;
  options: string[];
  required: boolean;
  rules: FieldRules;
  is_unique: boolean;
  has_default: boolean;
  /** Whether the caller may change its values. */
  changeable: boolean;
}

type Sql = RawBuilder<unknown>;
/** What the keys of custom fields have before them where fields of all kinds are named. */
export const customPrefix = 'custom.';

/** The tables of the records that reference fields name. */
export const referencedTables: Partial<Record<CustomFieldType, string>> = {
  user: 'user_account',
  contact: 'contact',
  company: 'company',
  deal: 'deal',
};

export type CustomFields = ReadonlyMap<string, CustomField>;

/** The fields of a tenant by the name of their noun. */
export type TenantFields = ReadonlyMap<string, CustomFields>;

type Row = Omit<CustomField, 'changeable'> & { resource: string };

const columns = sql`id, resource, key, label, type, options, required, rules, is_unique, default_value is not null as has_default`;

/** Read with the statements that need them instead of kept: a new field holds on every node at once and costs no round trip. */
export async function readCustomFields(ctx: Context, resource: Resource): Promise<CustomFields> {
  if (!resource.meta.has('custom')) return new Map();
  const rows = await ctx.tx.many<Row>(sql`select ${columns} from custom_field
    where tenant_id = ${ctx.tenant_id} and resource = ${resource.name} and retired_at is null order by position, key`);
  return byKey(ctx, rows);
}

/** Those of every noun: a filter may reach from one to another. */
export async function readTenantFields(ctx: Context): Promise<TenantFields> {
  const rows = await ctx.tx.many<Row>(sql`select ${columns} from custom_field
    where tenant_id = ${ctx.tenant_id} and retired_at is null order by position, key`);
  return new Map([...Map.groupBy(rows, ({ resource }) => resource)].map(([name, own]) => [name, byKey(ctx, own)]));
}

/** A field that is out of use, and its values in the records that a request changes, by their ids. */
export interface RetiredField {
  label: string;
  stored: Readonly<Record<string, unknown>>;
}

/** The retired fields that requests name. To be read before the records are changed, for it answers what they hold until then. */
export async function readRetiredFields(
  ctx: Context,
  { name, table }: Resource,
  inputs: readonly Record<string, unknown>[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, RetiredField>> {
  const keys = [...new Set(inputs.flatMap(({ custom }) => Object.keys(custom ?? {})))];
  if (keys.length === 0) return new Map();
  const rows = await ctx.tx.many<RetiredField & { key: string }>(sql`select f.key, f.label, coalesce((
      select jsonb_object_agg(r.id, r.custom -> f.key) from ${sql.table(table)} r where r.tenant_id = f.tenant_id and r.id = any (${ids}::uuid[])), '{}') as stored
    from custom_field f where f.tenant_id = ${ctx.tenant_id} and f.resource = ${name} and f.key = any (${keys}::text[]) and f.retired_at is not null`);
  return new Map(rows.map(({ key, ...field }) => [key, field]));
}

/** Those that the caller may not see, row-level security has left out. */
function byKey({ actor }: Context, rows: Row[]): CustomFields {
  return new Map(
    rows.map((row) => [row.key, { ...row, changeable: fieldAccess(actor.rights, row.resource, row.key) === 'all' }]),
  );
}

const metaTypes: Record<CustomFieldType, FieldType> = {
  text: 'text', url: 'url', integer: 'integer', decimal: 'decimal', money: 'decimal', date: 'date', boolean: 'boolean', select: 'select',
  multi_select: 'list', user: 'reference', contact: 'reference', company: 'reference', deal: 'reference',
}; // biome-ignore format: one line a family

const unsorted: ReadonlySet<FieldType> = new Set(['list', 'reference', 'boolean']);

/** A custom field as lists filter and sort by it. */
export function customFieldMeta(field: CustomField): FieldMeta {
  const type = metaTypes[field.type];
  return {
    type,
    title: field.label,
    sensitivity: 'personal',
    filterable: true,
    sortable: !unsorted.has(type),
    ...(type === 'select' || type === 'list' ? { values: field.options } : {}),
  };
}

/** Its value in a table alias, in a type that compares as people expect; null when absent. */
export function customColumn(field: CustomField, alias: string): Sql {
  const values = sql.ref(`${alias}.custom`);
  const value = sql`${values} ->> ${field.key}::text`;
  switch (field.type) {
    case 'integer':
    case 'decimal':
      return sql`app.to_number(${value})`;
    case 'money':
      return sql`app.to_number(${values} -> ${field.key}::text ->> 'amount')`;
    case 'date':
      return sql`app.to_date(${value})`;
    case 'boolean':
      return sql`coalesce(${values} -> ${field.key}::text = 'true', false)`;
    case 'multi_select':
      return sql`(${values} -> ${field.key}::text)`;
    case 'user':
    case 'contact':
    case 'company':
    case 'deal':
      return sql`lower(${value})`;
    default:
      return sql`((${value}) collate "und-x-icu")`;
  }
}

/** How much of a text the index of values holds, and lists sort by. */
export const indexed_characters = 200;

/** A value as `custom_value` holds it: a text that sorts as the value does. */
export function sortable({ type }: CustomField, value: Sql): Sql {
  if (type === 'integer' || type === 'decimal' || type === 'money')
    return sql`app.sortable_number((${value})::numeric)`;
  if (type === 'date') return sql`to_char((${value})::date, 'YYYY-MM-DD')`;
  return sql`left((${value})::text, ${sql.lit(indexed_characters)})`;
}

/** The index entries of a field that are of a record; one for each value of a list. */
export const entriesOf = ({ id }: CustomField, entry: string, alias: string): Sql =>
  sql`${sql.ref(`${entry}.tenant_id`)} = ${sql.ref(`${alias}.tenant_id`)} and ${sql.ref(`${entry}.record_id`)} = ${sql.ref(`${alias}.id`)}
    and ${sql.ref(`${entry}.field_id`)} = ${id}`;

/** Whether a record has a value that is so, or any at all. */
export const hasValue = (field: CustomField, alias: string, condition: (value: Sql) => Sql = () => sql`true`): Sql =>
  sql`exists (select from custom_value v where ${entriesOf(field, 'v', alias)} and ${condition(sql.ref('v.value'))})`;
