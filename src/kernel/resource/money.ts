import { decimalsOf } from '../contract/currency.ts';
import type { MoneyAmount } from '../contract/fields.ts';
import { invalidField } from '../errors/problem.ts';

const known = new Set(Intl.supportedValuesOf('currency'));

/** Decimals of a currency by ISO 4217; throws a 422 on `field` for a code that does not exist. */
export function currencyDigits(currency: string, field = 'currency'): number {
  if (!known.has(currency)) throw invalidField(field, 'unknown_currency', `"${currency}" is not an ISO 4217 currency`);
  return decimalsOf(currency);
}

/** `"1054.5"` in USD -> 105450n. Refuses more decimals than the currency has. */
export function minorUnits(amount: string, currency: string, field: string): bigint {
  const decimals = currencyDigits(currency);
  const [whole = '0', fraction = ''] = amount.split('.');
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  if (/[1-9]/.test(fraction.slice(decimals))) {
    throw invalidField(
      field,
      'too_many_decimals',
      `${currency} has ${decimals} decimals; write ${decimals === 0 ? 'a whole number' : `at most ${decimals}`}`,
    );
  }
  return BigInt(whole + kept);
}

/** 105450 in USD -> `"1054.50"`. */
export function decimalAmount(minor: bigint | string | number, currency: string): string {
  const decimals = currencyDigits(currency);
  const value = BigInt(minor);
  const text = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const amount = decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  return value < 0n ? `-${amount}` : amount;
}

/** Sums of minor units by currency, added without ever passing through a float. */
export class MoneySums {
  private readonly sums = new Map<string, bigint>();

  add(minor: bigint | string, currency: string): void {
    const amount = BigInt(minor);
    if (amount !== 0n) this.sums.set(currency, (this.sums.get(currency) ?? 0n) + amount);
  }

  get isEmpty(): boolean {
    return this.sums.size === 0;
  }

  /**
   * One amount per currency, sorted by code; zero of the given currency when there are none. `divisor` undoes a scale;
   * halves are rounded up.
   */
  list(currencyOfNothing: string, divisor = 1n): MoneyAmount[] {
    const sums = this.sums.size > 0 ? [...this.sums].sort() : [[currencyOfNothing, 0n] as const];
    return sums.map(([currency, sum]) => ({ amount: decimalAmount(rounded(sum, divisor), currency), currency }));
  }
}

function rounded(value: bigint, divisor: bigint): bigint {
  const half = value < 0n ? -divisor / 2n : divisor / 2n;
  return (value + half) / divisor;
}
