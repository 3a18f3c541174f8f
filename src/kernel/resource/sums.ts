import type { RawBuilder } from 'kysely';
import type { ListSums, Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import type { TenantFields } from './custom.ts';
import { listField } from './filter.ts';
import { decimalAmount } from './money.ts';

const summed_fields_max = 5;
const numeric: ReadonlySet<string> = new Set(['integer', 'decimal']);

/**
 * Sums over all rows that match (alias `r`), not over a page of them. Amounts are summed by currency, for nobody converts them; values of
 * custom money fields have a currency each and are refused.
 */
export async function sumsOf(
  ctx: Context,
  resource: Resource,
  { names, fields, matching }: { names: string; fields: TenantFields; matching: RawBuilder<unknown> },
): Promise<ListSums> {
  const wanted = [...new Set(names.split(',').filter(Boolean))];
  if (wanted.length === 0 || wanted.length > summed_fields_max)
    throw invalidField('sums', 'invalid', `Sum 1 to ${summed_fields_max} fields`);
  const summed = await Promise.all(
    wanted.map(async (name) => [name, await sumOf(ctx, resource, fields, name, matching)] as const),
  );
  return Object.fromEntries(summed);
}

async function sumOf(
  ctx: Context,
  resource: Resource,
  fields: TenantFields,
  name: string,
  matching: RawBuilder<unknown>,
): Promise<ListSums[string]> {
  const known = listField(resource, fields, name);
  const from = sql`from ${sql.table(resource.table)} r where ${matching}`;
  if (known?.meta.type === 'money') {
    const currency = sql.ref(`r.${known.meta.currencyField}`);
    const rows = await ctx.tx.many<{ currency: string; sum: string }>(
      sql`select ${currency} as currency, sum(${known.column})::text as sum ${from} and ${known.column} is not null group by 1 order by 1`,
    );
    return rows.map(({ currency: code, sum }) => ({ amount: decimalAmount(sum, code), currency: code }));
  }
  if (!known || !numeric.has(known.meta.type) || isCustomMoney(resource, fields, name))
    throw invalidField('sums', 'unknown_field', `"${name}" cannot be summed`);
  const { sum } = await ctx.tx.one<{ sum: string }>(sql`select coalesce(sum(${known.column}), 0)::text as sum ${from}`);
  return sum;
}

function isCustomMoney(resource: Resource, fields: TenantFields, name: string): boolean {
  return fields.get(resource.name)?.get(name.slice('custom.'.length))?.type === 'money' && name.startsWith('custom.');
}
