import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { salesTarget } from '../../../../src/modules/sales/sales-target/contract.ts';
import type { Money } from '../../../platform/record/money.ts';
import type { TileForm } from './tiles.ts';

export type Target = RowOf<typeof salesTarget>;

const months = { month: 1, quarter: 3, year: 12 };
type Unit = keyof typeof months;
const isUnit = (unit: string): unit is Unit => unit in months;

/** The period that a tile is about as a whole, or one of whose periods it shows each. */
function unitOf({ grouping, range, period }: TileForm): Unit | null {
  if (grouping === 'period') return isUnit(period) ? period : null;
  const named = range.replace(/^(this|last)_/, '');
  return grouping === 'none' && isUnit(named) ? named : null;
}

interface Exchange {
  own: string;
  /** Today's, of other currencies. */
  rates: readonly { currency: string; rate: string }[];
}

interface Aim {
  /** Null: there is none. */
  value: number | null;
  /** Targets in currencies that have no rate. */
  without: readonly Money[];
}

export const noTarget: Aim = { value: null, without: [] };

/**
 * What is to be reached in one period of a tile. Of each currency the target of that length counts, or of a shorter one
 * as often as it fits; together they are one, at today's rates.
 */
export function targetOf(targets: readonly Target[], tile: TileForm, { own, rates }: Exchange): Aim {
  const unit = unitOf(tile);
  const { owner_id, team_id, pipeline_id, product_id, region } = tile.filter;
  if (!unit || pipeline_id || product_id || region || (owner_id && team_id)) return noTarget;
  const fitting = targets
    .filter(
      (target) =>
        target.figure === tile.figure &&
        target.owner_id === (owner_id ?? null) &&
        target.team_id === (team_id ?? null) &&
        months[target.period] <= months[unit],
    )
    .sort((a, b) => months[b.period] - months[a.period]);
  const longest = fitting.filter(
    ({ currency }, place) => fitting.findIndex((one) => one.currency === currency) === place,
  );
  const rateOf = ({ currency, deals }: Target): number =>
    deals !== null || currency === own
      ? 1
      : Number(rates.find((rate) => rate.currency === currency)?.rate ?? Number.NaN);
  const counted = longest.filter((target) => rateOf(target) > 0);
  const left = longest.filter((target) => !counted.includes(target));
  const value = counted.reduce(
    (sum, target) =>
      sum + (Number(target.amount ?? target.deals) * rateOf(target) * months[unit]) / months[target.period],
    0,
  );
  return {
    value: counted.length > 0 ? value : null,
    without: left.map(({ amount, currency }) => ({ amount: amount ?? '0', currency })),
  };
}

/** How much of a period is over: the days from its first to the last that counts, of all its days. */
export function shareOver(from: string, to: string, range: TileForm['range']): number {
  const [which, unit] = range.split('_') as [string, string];
  if (which !== 'this' || !isUnit(unit)) return 1;
  const [year, month] = from.split('-').map(Number) as [number, number];
  const begin = Date.UTC(year, month - 1, 1);
  const end = Date.UTC(year, month - 1 + months[unit], 1);
  return (Date.parse(to) + 86_400_000 - begin) / (end - begin);
}
