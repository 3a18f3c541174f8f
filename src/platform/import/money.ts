import { lazy } from '../../kernel/lazy.ts';
import { currencyDigits } from '../../kernel/resource/money.ts';
import { multiply, type NumberFormat, parseNumber } from './number.ts';
import { type Refusal, refuse, shown } from './refusal.ts';

export interface Money {
  /** With as many decimals as the currency has: `1054.00`, but `1054` yen. */
  amount: string;
  currency: string;
}

export interface MoneyFormat extends NumberFormat {
  /** What a figure in the file stands for: `1000000` when the column is in millions. */
  multiplier?: string;
}

const whole_digits_max = 15;

/** The currencies of each sign. */
const signs = lazy(() => {
  const known = new Map<string, Set<string>>();
  for (const currency of Intl.supportedValuesOf('currency')) {
    for (const currencyDisplay of ['symbol', 'narrowSymbol', 'code'] as const) {
      const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay });
      const sign = format.formatToParts(0).find((part) => part.type === 'currency')!.value;
      if (!known.has(sign)) known.set(sign, new Set());
      known.get(sign)!.add(currency);
    }
  }
  return known;
});

const amountWithSign =
  /^(\(?[-+\u2212]?)\s*(\D*?)\s*([-+\u2212]?[\d.,][\d.,'’\s\u00a0\u202f]*?)\s*([^\d.,\s)]*)\s*(\)?)$/;

/** No amount is longer; of a text that is, the pattern would try each way to part its spaces. */
const amount_characters_max = 100;

/** Takes `$1,054`, `1.054,00 €`, `USD 1054`, `-5`, `(5.00)` apart into the number and the currency sign. */
export function splitMoney(text: string): { number: string; sign: string } | null {
  const amount = text.trim();
  const match = amount.length <= amount_characters_max && amountWithSign.exec(amount);
  if (!match) return null;
  const [, before = '', leading = '', digits = '', trailing = '', after = ''] = match;
  if (leading !== '' && trailing !== '') return null;
  const bracketed = before.startsWith('(');
  if (bracketed !== (after === ')')) return null;
  const minus = before.replace('(', '');
  if (minus !== '' && (bracketed || /^[-+\u2212]/.test(digits))) return null;
  return { number: `${bracketed ? '-' : minus}${digits}`, sign: leading + trailing };
}

/** The currencies a sign can stand for: `€` for one, `$` for many, `kg` for none. */
export function currenciesOf(sign: string): ReadonlySet<string> {
  return signs().get(sign) ?? signs().get(sign.toUpperCase()) ?? new Set();
}

/** The currency a column name gives away: `Amount (EUR)`, `revenue_usd`, `Betrag in €`. */
export function currencyInName(name: string): string | null {
  for (const part of name.split(/[\s()[\]_,/-]+/)) {
    const currencies = part === part.toUpperCase() || /_[a-z]{3}$/.test(name) ? currenciesOf(part) : new Set<string>();
    if (currencies.size === 1) return [...currencies][0]!;
  }
  return null;
}

export function parseMoney(text: string, currency: string, format: MoneyFormat): Money | Refusal {
  if (!signs().get(currency)?.has(currency))
    return refuse('unknown_currency', `${shown(currency)} is not the code of a currency.`);
  const parts = splitMoney(text);
  if (!parts) return refuse('not_an_amount', `${shown(text)} is not an amount of money.`);
  if (parts.sign !== '' && !currenciesOf(parts.sign).has(currency)) {
    return refuse(
      'other_currency',
      `${shown(text)} is not in ${currency}, which its row, its column or the import says. Correct one of them.`,
    );
  }
  const number = parseNumber(parts.number, format);
  if (typeof number !== 'string') return number;
  return toMoney(format.multiplier ? multiply(number, format.multiplier) : number, currency, text);
}

function toMoney(number: string, currency: string, text: string): Money | Refusal {
  const places = currencyDigits(currency);
  const [whole = '', fraction = ''] = number.split('.');
  // Zeros beyond the decimals of the currency say nothing, and a workbook writes them.
  if (/[1-9]/.test(fraction.slice(places))) {
    return refuse('too_many_decimals', `${shown(text)} has ${fraction.length} decimals; ${currency} has ${places}.`);
  }
  if (whole.replace('-', '').length > whole_digits_max) {
    return refuse('amount_too_large', `${shown(text)} is larger than an amount can be.`);
  }
  const decimals = fraction.slice(0, places).padEnd(places, '0');
  return { amount: places === 0 ? whole : `${whole}.${decimals}`, currency };
}
