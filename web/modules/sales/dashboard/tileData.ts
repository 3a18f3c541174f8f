import type { TileFigure } from '../../../../src/modules/sales/figures/contract.ts';
import {
  type Cell,
  lacksField,
  type TileRow,
  tileRows,
  type Unit,
  unitOf,
  withoutRate,
} from '../../../../src/modules/sales/tile-rows/contract.ts';
import type { Money } from '../../../platform/record/money.ts';
import { t } from '../../../text/text.ts';
import { formatMoney, formatNumber, formatPercent } from '../../../ui/format.ts';
import type { Dashboard } from './dashboard.ts';
import type { TileForm } from './tiles.ts';
import { figureLabels, groupingLabels, periodName } from './words.ts';

export type { Cell };

export interface DataRow extends TileRow {
  label: string;
  detail: string | null;
  /** In a funnel, the share of the deals of a step that went on. */
  share: string | null;
}

export interface TileData {
  unit: Unit;
  /** What the rows are grouped by. */
  by: string;
  /** The custom field is not there for the reader. */
  lacksField: boolean;
  /** The workspace's own, in which amounts are. */
  currency: string;
  /** Amounts without an exchange rate, which are in no row. */
  without: readonly Money[];
  rows: DataRow[];
  /** Nothing to show: no row has any record behind it. */
  empty: boolean;
}

/** What a tile shows, in words. */
export function dataOf(dashboard: Dashboard, tile: TileForm, currency: string): TileData {
  const rows = tileRows(dashboard, tile);
  return {
    unit: unitOf(tile.figure),
    by: (tile.grouping === 'custom' && dashboard.by_field?.label) || groupingLabels[tile.grouping],
    lacksField: lacksField(dashboard, tile),
    currency,
    without: withoutRate(dashboard, tile.figure),
    rows: rows.map((row) => ({
      ...row,
      value: row.total ? Number(row.total.amount) : row.value,
      label: labelOf(row, tile),
      detail: detailOf(row, tile.figure),
      share: row.advanced && formatPercent(row.advanced.percent),
    })),
    empty: rows.every(({ count }) => count === 0),
  };
}

function labelOf({ name, pipeline, days }: TileRow, { figure, grouping, period }: TileForm): string {
  if (name !== null) return pipeline === null ? name : t('{pipeline}: {stage}', { pipeline, stage: name });
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
    case 'source':
      return t('No source');
    case 'custom':
      return t('Not set');
    default:
      return t('No region');
  }
}

function detailOf({ total, count, decided, advanced, unknown }: TileRow, figure: TileFigure): string | null {
  if (decided) return t('{won, number} won, {lost, number} lost', decided);
  if (advanced)
    return t('{share} moved on ({count, number})', { share: formatPercent(advanced.percent), count: advanced.count });
  if (unknown)
    return t('Rate unknown: {unknown, plural, one {# deal has} other {# deals have}} no stage history', { unknown });
  return total || figure === 'cycle_days' ? dealsText(count) : null;
}

export const dealsText = (count: number) => t('{count, plural, one {# deal} other {# deals}}', { count });

/** A value in words, as short as there is room. */
export function valueText(value: number | null, unit: Unit, currency: string, compact = false): string {
  if (value === null) return '—';
  if (unit === 'money') return formatMoney(String(value), currency, { compact });
  if (unit === 'percent') return formatPercent(value);
  return formatNumber(value, unit === 'days' ? { maximumFractionDigits: 1 } : compact ? { notation: 'compact' } : {});
}
