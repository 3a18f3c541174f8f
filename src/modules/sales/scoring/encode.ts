import { categoryFactors, numberFactors } from './contract.ts';
import { type CategoryFactor, categoriesOf, type DealFacts, type NumberFactor, numberOf } from './facts.ts';
import type { SparseRow } from './logistic.ts';

/** Rarer values of a factor have no column of their own: they count as the average. */
const category_deals_min = 10;
const category_share_min = 0.005;
const categories_max = 40;
/** A number that fewer deals have gets no column. */
const known_min = 30;

/** A column of the design matrix. */
export type Column =
  | { factor: CategoryFactor; kind: 'category'; value: string }
  | { factor: NumberFactor; kind: 'number'; mean: number; deviation: number }
  | { factor: NumberFactor; kind: 'missing' };

/** The columns for the deals that a model is fitted on. Of equally frequent values, the first by name comes first. */
export function columnsFor(deals: readonly DealFacts[]): Column[] {
  return [
    ...categoryFactors.flatMap((factor) => categoryColumns(deals, factor)),
    ...numberFactors.flatMap((factor) => numberColumns(deals, factor)),
  ];
}

function categoryColumns(deals: readonly DealFacts[], factor: CategoryFactor): Column[] {
  const counts = new Map<string, number>();
  for (const deal of deals)
    for (const value of categoriesOf[factor](deal)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const least = Math.max(category_deals_min, category_share_min * deals.length);
  const frequent = [...counts]
    // A value that all deals have distinguishes them as little as a rare one.
    .filter(([, count]) => count >= least && count < deals.length)
    .sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
    .slice(0, categories_max);
  return frequent.map(([value]) => ({ factor, kind: 'category', value }));
}

function numberColumns(deals: readonly DealFacts[], factor: NumberFactor): Column[] {
  const known = deals
    .map(numberOf[factor])
    .filter((value) => value !== null)
    .map(scaled);
  if (known.length < known_min) return [];
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
  const columns: Column[] = deviation > 0 ? [{ factor, kind: 'number', mean, deviation }] : [];
  const missing = deals.length - known.length;
  return missing >= known_min ? [...columns, { factor, kind: 'missing' }] : columns;
}

/** Logarithms, because amounts and numbers of employees count by their order of magnitude. */
const scaled = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));

/**
 * Encodes deals as rows of these columns. A missing number gets the mean, and a column of its own says that it is
 * missing.
 */
export function encoder(columns: readonly Column[]): (facts: DealFacts) => SparseRow {
  const byKey = new Map(columns.map((column, index) => [keyOf(column), { column, index }]));
  return (facts) => {
    const row: SparseRow = { columns: [], values: [] };
    const put = (key: string, entry: (column: Column) => number) => {
      const found = byKey.get(key);
      if (!found) return;
      row.columns.push(found.index);
      row.values.push(entry(found.column));
    };
    for (const factor of categoryFactors) {
      for (const value of categoriesOf[factor](facts)) put(`${factor}=${value}`, () => 1);
    }
    for (const factor of numberFactors) {
      const value = numberOf[factor](facts);
      if (value === null) put(`${factor}?`, () => 1);
      else put(factor, (column) => standardised(column, value));
    }
    return row;
  };
}

function standardised(column: Column, value: number): number {
  return column.kind === 'number' ? (scaled(value) - column.mean) / column.deviation : 0;
}

function keyOf(column: Column): string {
  if (column.kind === 'category') return `${column.factor}=${column.value}`;
  return column.kind === 'missing' ? `${column.factor}?` : column.factor;
}
