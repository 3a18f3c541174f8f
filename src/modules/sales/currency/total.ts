import { Decimal } from 'decimal.js';
import { currencyDigits, MoneySums } from '../../../kernel/resource/money.ts';
import type { MoneyTotal } from './contract.ts';
import type { RatedSum } from './queries.ts';

/** Enough digits for any sum of amounts times a rate: nothing is rounded before the end. */
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });

/** Adds amounts up in the workspace's currency; rounded once, to the cent. What has no rate stands apart. */
export class Total {
  /** Minor units of the workspace's currency, and units that others were converted into. */
  private own = 0n;
  private converted = new Exact(0);
  private readonly without = new MoneySums();
  private readonly currency: string;

  constructor(currency: string) {
    this.currency = currency;
  }

  /** `times`: as often as that. */
  add({ currency, amount, converted, unrated }: RatedSum, times = 1n): void {
    if (currency === this.currency) {
      this.own += BigInt(amount) * times;
      return;
    }
    if (unrated !== null) this.without.add(BigInt(unrated) * times, currency);
    if (converted === null) return;
    const units = new Exact(converted).times(times.toString()).div(10 ** currencyDigits(currency));
    this.converted = this.converted.plus(units);
  }

  /** `divisor`: undoes how often the amounts were added. */
  result(divisor = 1n): MoneyTotal {
    const digits = currencyDigits(this.currency);
    const own = new Exact(this.own.toString()).div(10 ** digits);
    return {
      amount: own.plus(this.converted).div(divisor.toString()).toFixed(digits),
      currency: this.currency,
      without_rate: this.without.isEmpty ? [] : this.without.list(this.currency, divisor),
    };
  }
}

export function totalOf(currency: string, sums: readonly RatedSum[]): MoneyTotal {
  const total = new Total(currency);
  for (const sum of sums) total.add(sum);
  return total.result();
}
