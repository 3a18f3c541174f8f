import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import type { CustomFieldType } from '../contract/custom-field.ts';
import type { FieldMeta, FieldType } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { type FieldError, Problem, problems } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { minorUnits } from './money.ts';

/** A field that the tenant added to a noun. Its values live under its key in the `custom` column. */
export interface CustomField {
  key: string;
  label: string;
  type: CustomFieldType;
  options: string[];
  required: boolean;
}

type Sql = RawBuilder<unknown>;
type Values = Record<string, unknown>;
export type CustomFields = ReadonlyMap<string, CustomField>;

const text_characters_max = 2_000;

/** The fields of a tenant by the name of their noun. */
export type TenantFields = ReadonlyMap<string, CustomFields>;

/** Read with the statements that need them instead of kept: a new field holds on every node at once and costs no round trip. */
export async function readCustomFields(ctx: Context, resource: Resource): Promise<CustomFields> {
  if (!resource.meta.has('custom')) return new Map();
  const fields = await ctx.tx.many<CustomField>(sql`select key, label, type, options, required from custom_field
    where tenant_id = ${ctx.tenant_id} and resource = ${resource.name} and retired_at is null order by position, key`);
  return new Map(fields.map((field) => [field.key, field]));
}

/** Those of every noun: a filter may reach from one to another. */
export async function readTenantFields(ctx: Context): Promise<TenantFields> {
  const fields = await ctx.tx.many<
    CustomField & { resource: string }
  >(sql`select resource, key, label, type, options, required
    from custom_field where tenant_id = ${ctx.tenant_id} and retired_at is null order by position, key`);
  const byResource = Map.groupBy(fields, ({ resource }) => resource);
  return new Map([...byResource].map(([name, own]) => [name, new Map(own.map((field) => [field.key, field]))]));
}

const uuid = z.uuid({ error: 'This is not an id' });
const schemas: Record<CustomFieldType, (field: CustomField) => z.ZodType> = {
  text: () => z.string().trim().min(1, { error: 'Send null to clear the field' }).max(text_characters_max),
  integer: () =>
    z
      .int({ error: 'Write a whole number' })
      .min(-2147483648, { error: 'Write at least -2147483648' })
      .max(2147483647, { error: 'Write at most 2147483647' }),
  decimal: () => z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/, { error: 'Write a decimal number such as "12.5"' }),
  money: () =>
    z.strictObject(
      {
        amount: z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/, { error: 'Write an amount such as "1054.00"' }),
        currency: z.string(),
      },
      { error: 'Write {"amount": "1054.00", "currency": "USD"}' },
    ),
  date: () => z.iso.date({ error: 'Write a date that exists, such as 2026-11-20' }),
  select: (field) => oneOf(field),
  multi_select: (field) => z.array(oneOf(field), { error: 'Write a list of values' }).max(field.options.length),
  user: () => uuid,
  contact: () => uuid,
  company: () => uuid,
  url: () =>
    z.url({ protocol: /^https?$/, error: 'Write an address such as https://example.com' }).max(text_characters_max),
  boolean: () => z.boolean({ error: 'Write true or false' }),
};

const oneOf = (field: CustomField) => z.enum(field.options, { error: `Choose one of ${field.options.join(', ')}` });

const referredTables: Partial<Record<CustomFieldType, string>> = {
  user: 'user_account',
  contact: 'contact',
  company: 'company',
};

/** A record that a request names, and the field that names it. */
export interface Reference {
  field: string;
  table: string;
  id: string;
}

/** Checks the `custom` values of requests; throws a 422 that names `custom.<key>`. Answers the references among them. */
export function checkCustomValues(
  fields: CustomFields,
  inputs: Values[],
  { creating, place }: { creating: boolean; place: (index: number) => string },
): Reference[] {
  const errors: FieldError[] = [];
  const references: Reference[] = [];
  for (const [index, input] of inputs.entries()) {
    const values = (input.custom ?? {}) as Values;
    const path = `${place(index)}custom.`;
    for (const [key, value] of Object.entries(values)) {
      const field = fields.get(key);
      const error = field ? valueError(field, value) : unknownField;
      if (error) errors.push({ field: path + key, ...error });
      else if (value !== null && referredTables[field!.type])
        references.push({
          field: path + key,
          table: referredTables[field!.type]!,
          id: (value as string).toLowerCase(),
        });
    }
    if (!creating) continue;
    for (const field of fields.values()) {
      if (field.required && !Object.hasOwn(values, field.key)) errors.push({ field: path + field.key, ...needed });
    }
  }
  if (errors.length > 0) throw problems.invalid(errors);
  return references;
}

type ValueError = Omit<FieldError, 'field'>;
const needed: ValueError = { code: 'required', message: 'This is needed' };
const unknownField: ValueError = { code: 'unknown_field', message: 'There is no such custom field' };

function valueError(field: CustomField, value: unknown): ValueError | undefined {
  if (value === null) return field.required ? needed : undefined;
  const checked = schemas[field.type](field).safeParse(value);
  if (!checked.success) return { code: 'invalid', message: checked.error.issues[0]!.message };
  if (field.type !== 'money') return undefined;
  const { amount, currency } = value as { amount: string; currency: string };
  try {
    minorUnits(amount, currency, field.key);
  } catch (error) {
    if (error instanceof Problem) return { code: error.errors[0]!.code, message: error.errors[0]!.message };
    throw error;
  }
  return undefined;
}

const metaTypes: Record<CustomFieldType, FieldType> = {
  text: 'text', url: 'url', integer: 'integer', decimal: 'decimal', money: 'decimal', date: 'date', boolean: 'boolean',
  select: 'select', multi_select: 'list', user: 'reference', contact: 'reference', company: 'reference',
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
      return sql`lower(${value})`;
    default:
      return sql`((${value}) collate "und-x-icu")`;
  }
}
