import type { RawBuilder } from 'kysely';
import { decimalText } from '../contract/decimal.ts';
import { durationText } from '../contract/duration.ts';
import type { FieldMeta } from '../contract/fields.ts';
import type { ListSums, Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import type { TenantFields } from './custom.ts';
import { type ListField, listField } from './list-field.ts';
import { decimalAmount } from './money.ts';

const summed_fields_max = 5;
const numeric: ReadonlySet<string> = new Set(['integer', 'decimal', 'duration']);

type Sql = RawBuilder<unknown>;

interface Summed {
  /** The fields to add up, separated by commas as in requests. */
  names: string;
  fields: TenantFields;
  matching: Sql;
}

export function summedFields(names: string): string[] {
  const wanted = [...new Set(names.split(',').filter(Boolean))];
  if (wanted.length === 0 || wanted.length > summed_fields_max)
    throw invalidField('sums', 'invalid', `Sum 1 to ${summed_fields_max} fields`);
  return wanted;
}

/** Sums over all matching rows (alias `r`), not only those of a page. */
export async function sumsOf(ctx: Context, resource: Resource, summed: Summed): Promise<ListSums> {
  const all = await sumsByGroup(ctx, resource, { ...summed, key: sql`null::text` });
  return all.get(null) ?? sumsOfNothing(resource, summed);
}

/** The sums of no rows: no amounts, and 0 for other numbers. */
export function sumsOfNothing(resource: Resource, { names, fields }: Pick<Summed, 'names' | 'fields'>): ListSums {
  const isMoney = (known: ListField | undefined) => known?.meta.type === 'money' || known?.custom?.type === 'money';
  return Object.fromEntries(
    summedFields(names).map((name) => {
      const known = listField(resource, fields, name);
      return [name, isMoney(known) ? [] : sumText(known?.meta, '0')];
    }),
  );
}

/** A sum in the form of the values of the field. */
function sumText(meta: FieldMeta | undefined, sum: string): string {
  if (meta?.type === 'duration') return durationText(sum);
  return meta?.digits ? decimalText(sum, meta.digits) : sum;
}

/** Sums by the value of a key, as text. Amounts are summed by currency, without conversion. */
export async function sumsByGroup(
  ctx: Context,
  resource: Resource,
  { names, fields, matching, key }: Summed & { key: Sql },
): Promise<Map<string | null, ListSums>> {
  const groups = new Map<string | null, ListSums>();
  const sumsIn = (value: string | null) => {
    const known = groups.get(value) ?? sumsOfNothing(resource, { names, fields });
    groups.set(value, known);
    return known;
  };
  await Promise.all(
    summedFields(names).map(async (name) => {
      for (const { value, currency, sum } of await readSums(ctx, resource, { name, fields, matching, key })) {
        const sums = sumsIn(value);
        if (currency === null) sums[name] = sumText(listField(resource, fields, name)?.meta, sum);
        else {
          const amounts = Array.isArray(sums[name]) ? sums[name] : [];
          sums[name] = [...amounts, { amount: decimalAmount(sum, currency), currency }];
        }
      }
    }),
  );
  return groups;
}

interface Sum {
  value: string | null;
  currency: string | null;
  sum: string;
}

async function readSums(
  ctx: Context,
  resource: Resource,
  { name, fields, matching, key }: { name: string; fields: TenantFields; matching: Sql; key: Sql },
): Promise<Sum[]> {
  const known = listField(resource, fields, name);
  const from = sql`from ${sql.table(resource.table)} r where ${matching}`;
  if (known?.meta.type === 'money') {
    const currency = sql.ref(`r.${known.meta.currencyField}`);
    return ctx.tx.many<Sum>(sql`select (${key})::text as value, ${currency} as currency, sum(${known.column})::text as sum ${from}
      and ${known.column} is not null group by 1, 2 order by 2`);
  }
  if (known?.custom?.type === 'money') {
    const currency = sql`r.custom -> ${known.custom.key}::text ->> 'currency'`;
    // Custom values hold decimals; these sums are in minor units as those of other amounts.
    return ctx.tx.many<Sum>(sql`select (${key})::text as value, ${currency} as currency,
      round(sum(${known.column} * app.currency_factor(${currency})))::text as sum ${from} and ${known.column} is not null group by 1, 2
        order by 2`);
  }
  if (!known || !numeric.has(known.meta.type))
    throw invalidField('sums', 'unknown_field', `"${name}" cannot be summed`);
  return ctx.tx.many<Sum>(
    sql`select (${key})::text as value, null as currency, coalesce(sum(${known.column}), 0)::text as sum ${from} group by 1`,
  );
}
