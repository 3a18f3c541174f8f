import type { RawBuilder } from 'kysely';
import { LRUCache } from 'lru-cache';
import { fieldAccess, rightsText } from '../access/rights.ts';
import {
  type CustomFieldType,
  type CustomValueType,
  type FieldRules,
  isReferenceType,
  isValueType,
} from '../contract/custom-field.ts';
import type { FieldMeta, FieldType } from '../contract/fields.ts';
import { type Resource, resourceNamed } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

/** A field that the tenant added to a record type. Its values are under its key in the `custom` column. */
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
/** The prefix of the keys of custom fields, where they are named beside other fields. */
export const customPrefix = 'custom.';

/** The table of the records whose ids a field holds. */
export function referencedTable(type: CustomFieldType): string | undefined {
  if (type === 'user') return 'user_account';
  return isValueType(type) ? undefined : resourceNamed(type)?.table;
}

export type CustomFields = ReadonlyMap<string, CustomField>;

/** The custom fields of a tenant by record type. */
export type TenantFields = ReadonlyMap<string, CustomFields>;

/** Whether the caller may not see a field, by its name as lists know it; only custom fields can be hidden. */
export const isHiddenField = ({ actor }: Pick<Context, 'actor'>, resource: string, name: string): boolean =>
  name.startsWith(customPrefix) && fieldAccess(actor.rights, resource, name.slice(customPrefix.length)) === 'none';

type Row = Omit<CustomField, 'changeable'> & { resource: string };

const columns = sql`id, resource, key, label, type, options, required, rules, is_unique, default_value is not null as has_default`;

/**
 * Read with each request rather than cached: a new field is valid on every node at once, and reading costs no round
 * trip of its own.
 */
export async function readCustomFields(ctx: Context, resource: Resource): Promise<CustomFields> {
  if (!resource.meta.has('custom')) return new Map();
  const rows = await ctx.tx.many<Row>(sql`select ${columns} from custom_field
    where tenant_id = ${ctx.tenant_id} and resource = ${resource.name} and retired_at is null order by position, key`);
  return byKey(ctx, rows);
}

/**
 * Keeps the definitions of fields as they are until the transaction ends. To be called before they are read to check
 * values: a field that is converted meanwhile would get a value of its old type. And before records are locked, as a
 * conversion locks them behind it. Changes of definitions take the lock alone (app.custom_fields_lock).
 */
export async function keepDefinitions(ctx: Context, ...resources: Resource[]): Promise<void> {
  const names = resources.flatMap(({ name, meta }) => (meta.has('custom') ? name : [])).sort();
  if (names.length === 0) return;
  await ctx.tx.run(sql`select pg_advisory_xact_lock_shared(app.custom_fields_lock(${ctx.tenant_id}, noun))
    from unnest(${names}::text[]) noun`);
}

/** The custom fields of all record types, because filters reach from one to another. */
export async function readTenantFields(ctx: Context): Promise<TenantFields> {
  const rows = await ctx.tx.many<Row>(sql`select ${columns} from custom_field
    where tenant_id = ${ctx.tenant_id} and retired_at is null order by position, key`);
  return new Map([...Map.groupBy(rows, ({ resource }) => resource)].map(([name, own]) => [name, byKey(ctx, own)]));
}

/**
 * How long definitions are used again. As with rights (decision 80), time alone bounds it: no message has to reach a
 * process.
 */
const reused_ms_max = 400;
const reused_max = 200;
/** Fields that were read a moment ago, by workspace and rights, which decide what fields the caller may see. */
const recent = new LRUCache<string, { at: number; fields: TenantFields }>({ max: reused_max });
/** When definitions were last known to change, by workspace. */
const changes = new LRUCache<string, number>({ max: 20_000 });

/** To be called after a commit that changed custom fields: what was read before is not used again here. */
export const customFieldsChanged = (tenant_id: string): void => void changes.set(tenant_id, performance.now());

/**
 * The same for reading records: definitions read a moment ago are used again, because reading them takes a round trip
 * of its own. They are read anew when `texts`, such as a filter and a sort, name a field that is not among them:
 * another process may have made it since.
 */
export async function recentTenantFields(
  ctx: Context,
  texts: readonly (string | null | undefined)[],
): Promise<TenantFields> {
  const key = `${ctx.tenant_id} ${rightsText(ctx.actor.rights)}`;
  const known = recent.get(key);
  const at = performance.now();
  if (
    known &&
    at - known.at < reused_ms_max &&
    known.at > (changes.get(ctx.tenant_id) ?? 0) &&
    namedIn(texts).every((name) => hasField(known.fields, name))
  )
    return known.fields;
  const fields = await readTenantFields(ctx);
  recent.set(key, { at, fields });
  return fields;
}

const namedIn = (texts: readonly (string | null | undefined)[]): string[] =>
  texts.flatMap((text) => [...(text ?? '').matchAll(/custom\.([a-z0-9_]+)/g)].map(([, name]) => name!));

const hasField = (fields: TenantFields, key: string): boolean => fields.values().some((own) => own.has(key));

/** A retired field, and its value in the record that a request changes. */
export interface RetiredField {
  label: string;
  stored: unknown;
}

/**
 * The retired fields that requests name. To be called before the record is changed, because it reads their present
 * values.
 */
export async function readRetiredFields(
  ctx: Context,
  { name, table }: Resource,
  inputs: readonly Record<string, unknown>[],
  id: string | undefined,
): Promise<ReadonlyMap<string, RetiredField>> {
  const keys = [...new Set(inputs.flatMap(({ custom }) => Object.keys(custom ?? {})))];
  if (keys.length === 0) return new Map();
  const rows = await ctx.tx.many<RetiredField & { key: string }>(sql`select f.key, f.label,
      (select r.custom -> f.key from ${sql.table(table)} r where r.tenant_id = f.tenant_id and r.id = ${id ?? null}) as stored
    from custom_field f where f.tenant_id = ${ctx.tenant_id} and f.resource = ${name} and f.key = any (${keys}::text[])
      and f.retired_at is not null`);
  return new Map(rows.map(({ key, ...field }) => [key, field]));
}

/** Row-level security has left out fields that the caller may not see. */
function byKey({ actor }: Context, rows: Row[]): CustomFields {
  return new Map(
    rows.map((row) => [row.key, { ...row, changeable: fieldAccess(actor.rights, row.resource, row.key) === 'all' }]),
  );
}

const metaTypes: Record<CustomValueType, FieldType> = {
  text: 'text',
  url: 'url',
  integer: 'integer',
  decimal: 'decimal',
  money: 'decimal',
  date: 'date',
  boolean: 'boolean',
  select: 'select',
  multi_select: 'list',
  user: 'reference',
};

const unsorted: ReadonlySet<FieldType> = new Set(['list', 'reference', 'boolean']);

/** A custom field as lists filter and sort by it. */
export function customFieldMeta(field: CustomField): FieldMeta {
  const type = isValueType(field.type) ? metaTypes[field.type] : 'reference';
  return {
    type,
    title: field.label,
    sensitivity: 'personal',
    filterable: true,
    sortable: !unsorted.has(type),
    ...(type === 'select' || type === 'list' ? { values: field.options } : {}),
  };
}

/** Its value as SQL over a table alias, in a type that compares as people expect; null when absent. */
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
    default:
      return isReferenceType(field.type) ? sql`lower(${value})` : sql`((${value}) collate "und-x-icu")`;
  }
}

/** How many characters of a text the index of custom values holds and lists sort by. */
export const indexed_characters = 200;

/** A value in the form of `custom_value`: a text that sorts as the value does. */
export function sortable({ type }: CustomField, value: Sql): Sql {
  if (type === 'integer' || type === 'decimal' || type === 'money')
    return sql`app.sortable_number((${value})::numeric)`;
  if (type === 'date') return sql`to_char((${value})::date, 'YYYY-MM-DD')`;
  return sql`left((${value})::text, ${sql.lit(indexed_characters)})`;
}

/** The index entries of a field for a record; one for each value of a list. */
export const entriesOf = ({ id }: CustomField, entry: string, alias: string): Sql =>
  sql`${sql.ref(`${entry}.tenant_id`)} = ${sql.ref(`${alias}.tenant_id`)} and ${sql.ref(`${entry}.record_id`)} = ${sql.ref(`${alias}.id`)}
    and ${sql.ref(`${entry}.field_id`)} = ${id}`;

/** The condition that a record has a value that meets `condition`, or any value. */
export const hasValue = (field: CustomField, alias: string, condition: (value: Sql) => Sql = () => sql`true`): Sql =>
  sql`exists (select from custom_value v where ${entriesOf(field, 'v', alias)} and ${condition(sql.ref('v.value'))})`;
