import { type Resource, resourceNamed } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { decimalAmount } from '../resource/money.ts';
import type { Context } from '../tenancy/context.ts';
import type { AuditEvent } from './contract.ts';

type Unpriced = Omit<AuditEvent, 'names' | 'currency'>;
type Values = AuditEvent['before'];
interface Priced {
  resource: Resource;
  amounts: string[];
  /** The field with their currency. */
  field: string;
}

/** Amounts as decimals with their currency, as everywhere else: a change of an amount alone holds neither. */
export async function priceAmounts<E extends Unpriced>(
  ctx: Context,
  events: readonly E[],
): Promise<(E & Pick<AuditEvent, 'currency'>)[]> {
  const priced = events.map(pricedIn);
  const unsaid = events.flatMap((event, at) => {
    const found = priced[at];
    return found && !(event.after ?? event.before)?.[found.field] ? [{ event, found }] : [];
  });
  const currencies = new Map<string, string>();
  for (const [resource, some] of Map.groupBy(unsaid, ({ found }) => found.resource))
    for (const { seq, currency } of await findCurrencies(ctx, resource, some)) currencies.set(seq, currency);
  return events.map((event, at) => {
    const found = priced[at];
    if (!found) return { ...event, currency: null };
    const known = currencies.get(event.seq) ?? null;
    const of = (values: Values) => (values?.[found.field] as string | undefined) ?? known;
    const inDecimals = (values: Values): Values => {
      const currency = of(values);
      if (!values || !currency) return values;
      const amounts = found.amounts.filter((field) => typeof values[field] === 'number');
      return {
        ...values,
        ...Object.fromEntries(amounts.map((field) => [field, decimalAmount(values[field] as number, currency)])),
      };
    };
    return {
      ...event,
      before: inDecimals(event.before),
      after: inDecimals(event.after),
      currency: of(event.after) ?? of(event.before),
    };
  });
}

/** The amounts among the values of an event, where there are any. */
function pricedIn({ resource: name, before, after }: Unpriced): Priced | undefined {
  const resource = resourceNamed(name);
  const amounts = [...(resource?.meta ?? [])].filter(
    ([field, { type }]) => type === 'money' && (before?.[field] ?? after?.[field] ?? null) !== null,
  );
  const field = amounts[0]?.[1].currencyField;
  return resource && field ? { resource, amounts: amounts.map(([amount]) => amount), field } : undefined;
}

/** What the amounts of a record were in when an event changed them: the next change of its currency tells, else the record. */
function findCurrencies(
  ctx: Context,
  { name, table }: Resource,
  unsaid: readonly { event: Unpriced; found: Priced }[],
): Promise<{ seq: string; currency: string }[]> {
  const field = unsaid[0]!.found.field;
  const asked = unsaid.map(({ event: { seq, at, record_id } }) => ({ seq, at, record_id }));
  return ctx.tx.many(sql`select * from (
      select i.seq::text, coalesce(
        (select n.before ->> ${field} from recorded_change n where n.tenant_id = ${ctx.tenant_id} and n.record_id = i.record_id
          and n.resource = ${name} and n.at >= i.at and n.at <= now() and n.seq > i.seq and ${field} = any (n.fields) order by n.seq limit 1),
        (select r.${sql.ref(field)} from ${sql.table(table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = i.record_id)) as currency
      from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as i (seq bigint, at timestamptz, record_id uuid)) found
    where currency is not null`);
}
