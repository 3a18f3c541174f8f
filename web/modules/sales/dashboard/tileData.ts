import type { TileFigure } from '../../../../src/modules/sales/figures/contract.ts';
import {
  type Cell,
  currencyOf,
  type TileRow,
  tileRows,
  type Unit,
  unitOf,
} from '../../../../src/modules/sales/tile-rows/contract.ts';
import { t } from '../../../text/text.ts';
import { formatMoney, formatNumber } from '../../../ui/format.ts';
import type { Dashboard } from './dashboard.ts';
import type { TileForm } from './tiles.ts';
import { figureLabels, periodName } from './words.ts';

export type { Cell };

export interface DataRow extends TileRow {
  label: string;
  detail: string | null;
  /** Of a step of the funnel, how many of it went on. */
  share: string | null;
}

export interface TileData {
  unit: Unit;
  /** In which amounts are drawn; others stand in the table. */
  currency: string;
  rows: DataRow[];
  /** Nothing to show: no row has any record behind it. */
  empty: boolean;
}

/** What a tile shows, in words. */
export function dataOf(dashboard: Dashboard, tile: TileForm, usual: string): TileData {
  const rows = tileRows(dashboard, tile);
  const currency = currencyOf(rows, usual);
  return {
    unit: unitOf(tile.figure),
    currency,
    rows: rows.map((row) => ({
      ...row,
      value: row.sums ? Number(row.sums.find((sum) => sum.currency === currency)?.amount ?? 0) : row.value,
      label: labelOf(row, tile),
      detail: detailOf(row, tile.figure),
      share: row.advanced && formatPercent(row.advanced.percent),
    })),
    empty: rows.every(({ count }) => count === 0),
  };
}

function labelOf({ name, days }: TileRow, { figure, grouping, period }: TileForm): string {
  if (name !== null) return name;
  switch (grouping) {
    case 'none':
      return figureLabels[figure];
    case 'period':
      return days ? periodName(days.from, days.to, period) : t('No date');
    case 'owner':
      return t('No owner');
    case 'team':
      return t('No team');
    case 'product':
      return t('No product');
    default:
      return t('No region');
  }
}

function detailOf({ sums, count, decided, advanced }: TileRow, figure: TileFigure): string | null {
  if (decided) return t('{won, number} won, {lost, number} lost', decided);
  if (advanced)
    return t('{share} went on ({count, number})', { share: formatPercent(advanced.percent), count: advanced.count });
  return sums || figure === 'cycle_days' ? dealsText(count) : null;
}

export const dealsText = (count: number) => t('{count, plural, one {# deal} other {# deals}}', { count });

const formatPercent = (value: number | string) =>
  formatNumber(Number(value) / 100, { style: 'percent', maximumFractionDigits: 1 });

/** A value in words, as short as there is room. */
export function valueText(value: number | null, unit: Unit, currency: string, compact = false): string {
  if (value === null) return '—';
  if (unit === 'money') return formatMoney(String(value), currency, { compact });
  if (unit === 'percent') return formatPercent(value);
  return formatNumber(value, unit === 'days' ? { maximumFractionDigits: 1 } : compact ? { notation: 'compact' } : {});
}
