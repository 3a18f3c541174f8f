import { digits, type Figure, withSpread } from './figure.ts';
import { spreadOf } from './statistics.ts';

/** An absolute limit, without a reference. */
export interface Limit {
  id: string;
  what: string;
  unit: string;
  /** One value a round, or the only one. */
  values: readonly number[];
  max?: number;
  min?: number;
}

export function limitFigure({ id, what, unit, values, max, min }: Limit): Figure {
  const spread = spreadOf(values);
  const bars = [
    max === undefined ? '' : `<= ${digits(max)} ${unit}`,
    min === undefined ? '' : `>= ${digits(min)} ${unit}`,
  ];
  return {
    id,
    what,
    holdfast: values.length > 1 ? withSpread(spread, unit) : `${digits(spread.median)} ${unit}`,
    reference: null,
    ratio: null,
    bar: bars.filter(Boolean).join(', '),
    met: spread.median <= (max ?? Number.POSITIVE_INFINITY) && spread.median >= (min ?? Number.NEGATIVE_INFINITY),
  };
}
