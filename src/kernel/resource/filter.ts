import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import type { FieldMeta, FieldType } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField, problems } from '../errors/problem.ts';
import { type CustomFields, customColumn, customFieldMeta } from './custom.ts';

const filter_depth_max = 8;
const filter_conditions_max = 50;
const in_values_max = 200;

type Condition = { field: string; op: string; value?: unknown };
export type Filter = Condition | { and: Filter[] } | { or: Filter[] };
type Sql = RawBuilder<unknown>;

const ordered = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'between', 'is_empty', 'not_empty', 'in'];
const textual = ['eq', 'ne', 'in', 'contains', 'starts_with', 'is_empty', 'not_empty'];
const member = ['has', 'has_not', 'is_empty', 'not_empty'];
const discrete = ['eq', 'ne', 'in', 'is_empty', 'not_empty'];

/** Operators by type of field; docs/api.md lists the same. */
export const operators: Partial<Record<FieldType, readonly string[]>> = {
  id: ['eq', 'in'],
  text: textual, email: textual, phone: textual, url: textual, long_text: ['contains', 'is_empty', 'not_empty'],
  integer: ordered, decimal: ordered, money: ordered, date: ordered, time: ordered,
  boolean: ['eq'], select: discrete, reference: discrete, currency: discrete, tags: member, nested: member, list: member,
}; // biome-ignore format: one line a family

const valueSchemas: Partial<Record<FieldType, z.ZodType>> = {
  id: z.uuid(),
  text: z.string().max(1000), email: z.string().max(254), phone: z.string().max(50), url: z.string().max(2000), long_text: z.string().max(1000),
  integer: z.int().min(-2147483648).max(2147483647),
  decimal: z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/),
  money: z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/),
  currency: z.string().length(3), date: z.iso.date(), time: z.iso.datetime({ offset: true }),
  boolean: z.boolean(), select: z.string().max(200), reference: z.uuid(), tags: z.uuid(), nested: z.uuid(), list: z.string().max(200),
}; // biome-ignore format: one line a family

/** System fields every resource can be filtered and sorted by. */
export const systemFields: ReadonlyMap<string, FieldMeta> = new Map(
  Object.entries({
    id: { type: 'id', title: 'Id', sensitivity: 'public', required: true, sortable: true, filterable: true },
    created_at: {
      type: 'time',
      title: 'Created',
      sensitivity: 'public',
      required: true,
      sortable: true,
      filterable: true,
    },
    updated_at: {
      type: 'time',
      title: 'Changed',
      sensitivity: 'public',
      required: true,
      sortable: true,
      filterable: true,
    },
  } satisfies Record<string, FieldMeta>),
);

/** Parses the `filter` parameter; throws a 400 or 422 that says where and what to do. */
export function parseFilter(text: string): Filter {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problems.malformed(
      'The filter is not JSON. Write {"field":"name","op":"contains","value":"…"} and URL-encode it.',
    );
  }
  const seen = { conditions: 0 };
  return checkFilter(value, 1, seen);
}

function checkFilter(value: unknown, depth: number, seen: { conditions: number }): Filter {
  if (depth > filter_depth_max)
    throw invalidField('filter', 'too_deep', `Nest groups at most ${filter_depth_max} deep`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidField(
      'filter',
      'invalid',
      'Each part is a condition {field, op, value} or a group {"and": […]} or {"or": […]}',
    );
  }
  const keys = Object.keys(value);
  const group = keys.length === 1 && (keys[0] === 'and' || keys[0] === 'or') ? keys[0] : undefined;
  if (group) {
    const parts = (value as Record<string, unknown>)[group];
    if (!Array.isArray(parts) || parts.length === 0)
      throw invalidField('filter', 'invalid', `"${group}" needs a list of at least one condition`);
    return { [group]: parts.map((part) => checkFilter(part, depth + 1, seen)) } as Filter;
  }
  if (++seen.conditions > filter_conditions_max)
    throw invalidField('filter', 'too_many', `Write at most ${filter_conditions_max} conditions`);
  const { field, op, ...rest } = value as Record<string, unknown>;
  if (typeof field !== 'string' || typeof op !== 'string' || Object.keys(rest).some((key) => key !== 'value')) {
    throw invalidField('filter', 'invalid', 'A condition has exactly field, op and value');
  }
  return { field, op, value: rest.value };
}

/** Whether a filter or sort, as it was sent, may name custom fields, so that they have to be read first. */
export const namesCustomFields = (...texts: (string | undefined)[]): boolean =>
  texts.some((text) => text?.includes('custom.'));

/** A field that lists know: what it is, and its column in the table alias `r`. */
export interface ListField {
  meta: FieldMeta;
  column: Sql;
}

export function listField(resource: Resource, custom: CustomFields, name: string): ListField | undefined {
  if (name.startsWith('custom.')) {
    const field = custom.get(name.slice('custom.'.length));
    return field && { meta: customFieldMeta(field), column: customColumn(field) };
  }
  const meta = resource.meta.get(name) ?? systemFields.get(name);
  return meta && { meta, column: sql.ref(`r.${name}`) };
}

/** A filter as an SQL condition over the table alias `r`. `custom` are the tenant's fields, when the filter names some. */
export function filterSql(resource: Resource, filter: Filter, custom: CustomFields = new Map()): Sql {
  const parts = (of: Filter[], between: Sql) =>
    sql`(${sql.join(
      of.map((part) => filterSql(resource, part, custom)),
      between,
    )})`;
  if ('and' in filter) return parts(filter.and, sql` and `);
  if ('or' in filter) return parts(filter.or, sql` or `);
  return conditionSql(resource, filter, custom);
}

function conditionSql(resource: Resource, { field, op, value }: Condition, custom: CustomFields): Sql {
  const known = listField(resource, custom, field);
  if (!known?.meta.filterable)
    throw invalidField('filter', 'unknown_field', `There is no field "${field}" to filter by`);
  const { meta } = known;
  const allowed = operators[meta.type] ?? [];
  if (!allowed.includes(op))
    throw invalidField('filter', 'unknown_operator', `"${field}" knows the operators ${allowed.join(', ')}`);
  const operand = (single: unknown) => operandSql(meta, checkValue(field, meta, single));
  const pattern = (before: string) => `${before}${escapeLike(String(checkValue(field, meta, value)))}%`;
  const through = meta.type === 'tags' ? tagLinks(resource) : meta.through;
  if (through) return memberSql(through, op, op.startsWith('has') ? operand(value) : undefined);
  const column = meta.filterColumn ? sql.ref(`r.${meta.filterColumn}`) : known.column;
  switch (op) {
    case 'is_empty':
      return sql`${column} is null`;
    case 'not_empty':
      return sql`${column} is not null`;
    case 'in':
      return inSql(
        column,
        meta,
        listOf(value, 1, in_values_max, op).map((v) => checkValue(field, meta, v)),
      );
    case 'between':
      return sql`${column} between ${sql.join(listOf(value, 2, 2, op).map(operand), sql` and `)}`;
    case 'contains':
      return sql`${column} ilike ${pattern('%')}`;
    case 'starts_with':
      return sql`${column} ilike ${pattern('')}`;
    case 'has':
      return sql`coalesce(jsonb_exists(${column}, ${operand(value)}), false)`;
    case 'has_not':
      return sql`not coalesce(jsonb_exists(${column}, ${operand(value)}), false)`;
    case 'ne':
      return sql`${column} is distinct from ${operand(value)}`;
    default:
      return sql`${column} ${sql.raw(comparisons[op]!)} ${operand(value)}`;
  }
}

/** One array instead of many parameters, so that lists of any length share a prepared statement. */
function inSql(column: Sql, meta: FieldMeta, values: unknown[]): Sql {
  if (meta.type !== 'money') return sql`${column} = any (${values})`;
  return sql`${column} in (${sql.join(values.map((value) => operandSql(meta, value)))})`;
}

function listOf(value: unknown, least: number, most: number, op: string): unknown[] {
  if (Array.isArray(value) && value.length >= least && value.length <= most) return value;
  const count = least === most ? `${most}` : `${least} to ${most}`;
  throw invalidField('filter', 'invalid_value', `"${op}" takes a list of ${count} values`);
}

const comparisons: Record<string, string> = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

function checkValue(field: string, meta: FieldMeta, value: unknown): unknown {
  const checked = valueSchemas[meta.type]!.safeParse(value);
  if (!checked.success)
    throw invalidField(
      'filter',
      'invalid_value',
      `The value for "${field}" does not fit: ${checked.error.issues[0]?.message}`,
    );
  if (meta.values && !meta.values.includes(value as string)) {
    throw invalidField('filter', 'invalid_value', `"${field}" is one of ${meta.values.join(', ')}`);
  }
  if (meta.filterColumn === 'email_key' || meta.type === 'reference') return String(value).toLowerCase();
  return checked.data;
}

/** Amounts are stored in minor units of the row's own currency. */
function operandSql(meta: FieldMeta, value: unknown): Sql {
  if (meta.type !== 'money') return sql`${value}`;
  return sql`${value}::numeric * app.currency_factor(${sql.ref(`r.${meta.currencyField}`)})`;
}

type Links = NonNullable<FieldMeta['through']>;

const tagLinks = (resource: Resource): Links => ({
  table: 'record_tag',
  subject: resource.tagColumn!,
  value: 'tag_id',
});

function memberSql({ table, subject, value }: Links, op: string, wanted: unknown): Sql {
  const narrowed = op.startsWith('has') ? sql`and ${sql.ref(`t.${value}`)} = ${wanted}` : sql``;
  const exists = sql`exists (select from ${sql.table(table)} t where t.tenant_id = r.tenant_id and ${sql.ref(`t.${subject}`)} = r.id ${narrowed})`;
  return op === 'has' || op === 'not_empty' ? exists : sql`not ${exists}`;
}

/** Makes `%`, `_` and `\` mean themselves in LIKE. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (c) => `\\${c}`);
}
