import type { Factor } from './facts.ts';

const titles: Record<Factor, string> = {
  pipeline: 'Pipeline',
  source: 'Source',
  owner: 'Owner',
  product: 'Product',
  industry: 'Industry',
  country: 'Country',
  weekday: 'Opened on a',
  employees: 'Employees',
  amount: 'First amount',
  won_before: 'Deals won with this company before',
  lost_before: 'Deals lost with this company before',
};

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** A value as people read it. */
export function valueInWords(factor: Factor, value: string, names: ReadonlyMap<string, string>): string {
  if (factor === 'weekday') return weekdays[Number(value) - 1] ?? value;
  return names.get(value) ?? value;
}

/** `Product GTX Pro: +8` */
export function reasonInWords(factor: Factor, values: readonly string[], points: number): string {
  return `${titles[factor]} ${values.length > 0 ? values.join(', ') : 'not known'}: ${signed(points)}`;
}

export const signed = (points: number): string => (points > 0 ? `+${points}` : `−${Math.abs(points)}`);
