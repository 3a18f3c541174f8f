import { type Resource, resourceNamed } from '../contract/resource.ts';
import { decimalAmount } from '../resource/money.ts';
import type { Context } from '../tenancy/context.ts';
import type { AuditEvent } from './contract.ts';
import { findUnchanged } from './unchanged.ts';

type Unpriced = Omit<AuditEvent, 'names' | 'currency' | 'derived'>;
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
  const currencies = new Map<string, string | null>();
  for (const [resource, some] of Map.groupBy(unsaid, ({ found }) => found.resource)) {
    const kept = await findUnchanged(ctx, resource, some[0]!.found.field, some.map(({ event }) => event)); // biome-ignore format: one call
    for (const [seq, currency] of kept) currencies.set(seq, currency);
  }
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
