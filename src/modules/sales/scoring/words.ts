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

/** A value for people to read. */
export function valueInWords(factor: Factor, value: string, names: ReadonlyMap<string, string>): string {
  if (factor === 'weekday') return weekdays[Number(value) - 1] ?? value;
  return names.get(value) ?? value;
}

/** The factors that come from the deal's company. */
export const companyFactors: ReadonlySet<Factor> = new Set<Factor>([
  'industry', 'country', 'employees', 'won_before', 'lost_before',
]); // biome-ignore format: a list of words

/** A reason such as `Product GTX Pro: +8`. `values` is null when the reader may not see them. */
export function reasonInWords(factor: Factor, values: readonly string[] | null, points: number): string {
  if (!values) return `${titles[factor]}: ${signed(points)}`;
  return `${titles[factor]} ${values.length > 0 ? values.join(', ') : 'not known'}: ${signed(points)}`;
}

export const signed = (points: number): string => (points > 0 ? `+${points}` : `−${Math.abs(points)}`);
