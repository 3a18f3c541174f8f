import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';

/** The exact sum of amounts, which figures have with two decimals. */
export function sumOf(amounts: readonly string[]): string {
  const cents = amounts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n);
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** "$1,234,568": where cents say nothing. */
export const wholeMoney = (amount: string, currency: string): string =>
  formatNumber(amount, { style: 'currency', currency, maximumFractionDigits: 0, minimumFractionDigits: 0 });

/** "+5.3%" of 0.0532. */
export const formatRate = (rate: number): string =>
  formatNumber(rate, {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });

/** "38.2%" of 0.382. */
export const formatShare = (share: number): string =>
  formatNumber(share, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "World fund, Cash and 3 others" */
export function namesInShort(names: readonly string[]): string {
  const [first, second, third, ...others] = [...new Set(names)];
  const shown = [first, second, third].filter((name) => name !== undefined).join(', ');
  return others.length === 0
    ? shown
    : t('{names} and {count, plural, one {# other} other {# others}}', { names: shown, count: others.length });
}
