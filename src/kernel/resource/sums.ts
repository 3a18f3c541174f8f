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

type Sql = RawBuilder<unknown>;

interface Summed {
  /** As requests name them, with commas between. */
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

/** Sums over all rows that match (alias `r`), not over a page of them. */
export async function sumsOf(ctx: Context, resource: Resource, summed: Summed): Promise<ListSums> {
  const all = await sumsByGroup(ctx, resource, { ...summed, key: sql`null::text` });
  const none = summedFields(summed.names).map((name) => [name, isMoney(resource, name) ? [] : '0']);
  return { ...Object.fromEntries(none), ...all.get(null) };
}

const isMoney = (resource: Resource, name: string) => resource.meta.get(name)?.type === 'money';

/** The same by the value of a key, as text. Amounts are summed by currency, for nobody converts them; those of custom fields have one each and are refused. */
export async function sumsByGroup(
  ctx: Context,
  resource: Resource,
  { names, fields, matching, key }: Summed & { key: Sql },
): Promise<Map<string | null, ListSums>> {
  const groups = new Map<string | null, ListSums>();
  const sumsIn = (value: string | null) => {
    const known = groups.get(value) ?? {};
    groups.set(value, known);
    return known;
  };
  await Promise.all(
    summedFields(names).map(async (name) => {
      for (const { value, currency, sum } of await readSums(ctx, resource, { name, fields, matching, key })) {
        const sums = sumsIn(value);
        if (currency === null) sums[name] = sum;
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
  if (!known || !numeric.has(known.meta.type) || known.custom?.type === 'money')
    throw invalidField('sums', 'unknown_field', `"${name}" cannot be summed`);
  return ctx.tx.many<Sum>(
    sql`select (${key})::text as value, null as currency, coalesce(sum(${known.column}), 0)::text as sum ${from} group by 1`,
  );
}
