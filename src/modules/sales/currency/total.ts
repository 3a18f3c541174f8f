import { Decimal } from 'decimal.js';
import type { MoneyAmount } from '../../../kernel/contract/fields.ts';
import { currencyDigits, MoneySums } from '../../../kernel/resource/money.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { tenantCurrency } from '../../../kernel/tenancy/currency.ts';
import { today } from '../deal/index.ts';
import type { MoneyTotal } from './contract.ts';
import { type RateRow, ratesOf } from './queries.ts';

/** An amount, or a sum of amounts, and the day whose rate counts: that of closing; null for what is open, which counts at today's. */
export interface DatedAmount {
  /** Minor units. */
  amount: string;
  currency: string;
  day: string | null;
}

/** Enough digits for any sum of amounts times a rate: nothing is rounded before the end. */
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });

/** Adds amounts up in the workspace's currency, each at the rate of its day; rounded once, to the cent. */
export async function totalOf(ctx: Context, amounts: readonly DatedAmount[]): Promise<MoneyTotal> {
  const [total] = await totalsOf(ctx, [amounts]);
  return total!;
}

/** The same for several sums at a time, with one look at the rates. */
export async function totalsOf(ctx: Context, sums: readonly (readonly DatedAmount[])[]): Promise<MoneyTotal[]> {
  const own = await tenantCurrency(ctx);
  const foreign = [...new Set(sums.flat().map(({ currency }) => currency))].filter((currency) => currency !== own);
  if (foreign.length === 0) return sums.map((amounts) => addUp(amounts, own, () => undefined));
  const rates = Map.groupBy(await ratesOf(ctx, foreign), ({ currency }) => currency);
  const now = await today(ctx);
  const rateOn = ({ currency, day }: DatedAmount): RateRow | undefined =>
    rates.get(currency)?.find(({ valid_on }) => valid_on <= (day ?? now));
  return sums.map((amounts) => addUp(amounts, own, rateOn));
}

function addUp(
  amounts: readonly DatedAmount[],
  own: string,
  rateOn: (amount: DatedAmount) => RateRow | undefined,
): MoneyTotal {
  const without = new MoneySums();
  let total = new Exact(0);
  for (const dated of amounts) {
    const units = new Exact(dated.amount).div(new Exact(10).pow(currencyDigits(dated.currency)));
    const rate = dated.currency === own ? 1 : rateOn(dated)?.rate;
    if (rate === undefined) without.add(dated.amount, dated.currency);
    else total = total.plus(units.times(rate));
  }
  const without_rate: MoneyAmount[] = without.isEmpty ? [] : without.list(own);
  return { amount: total.toFixed(currencyDigits(own)), currency: own, without_rate };
}
