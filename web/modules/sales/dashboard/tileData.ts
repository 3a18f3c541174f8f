import type { ActivityFigureKind, TileFigure } from '../../../../src/modules/sales/figures/contract.ts';
import { activityFigureKinds } from '../../../../src/modules/sales/figures/contract.ts';
import type { Money } from '../../../record/Sums.tsx';
import { t } from '../../../text/text.ts';
import { formatMoney, formatNumber } from '../../../ui/format.ts';
import type { Dashboard, Rows } from './dashboard.ts';
import type { TileForm } from './tiles.ts';
import { figureLabels, periodName } from './words.ts';

type Unit = 'money' | 'count' | 'percent' | 'days';

/** A number with the rows behind it. */
export interface Cell {
  /** Null: there is nothing of which it could be told. */
  value: number | null;
  /** Of money, all of it: sums of several currencies are never added. */
  sums: readonly Money[] | null;
  /** How many rows it is of. */
  count: number;
  detail: string | null;
  rows: Rows | null;
}

export interface DataRow extends Cell {
  key: string;
  label: string;
  /** Of a step of the funnel, how many of it went on. */
  share: string | null;
  /** Of activity, each kind by itself. */
  parts: Partial<Record<ActivityFigureKind, Cell>> | null;
}

export interface TileData {
  unit: Unit;
  /** In which amounts are drawn; others stand in the table. */
  currency: string;
  rows: DataRow[];
  /** Nothing to show: no row has any record behind it. */
  empty: boolean;
}

type Outcome = Pick<Dashboard, 'open' | 'won' | 'lost' | 'decided' | 'win_rate_percent' | 'cycle_days' | 'cycles'>;
type Activity = Record<ActivityFigureKind, Dashboard['contacts']>;

const units: Partial<Record<TileFigure, Unit>> = {
  open_value: 'money', weighted_value: 'money', won_value: 'money', lost_value: 'money', win_rate: 'percent', cycle_days: 'days',
}; // biome-ignore format: a list of words
export const unitOf = (figure: TileFigure): Unit => units[figure] ?? 'count';

const isActivity = (figure: TileFigure): figure is ActivityFigureKind | 'activities' =>
  figure === 'activities' || (activityFigureKinds as readonly string[]).includes(figure);

/** What a tile shows of the figures, and the rows behind each number. */
export function dataOf(dashboard: Dashboard, tile: TileForm, usual: string): TileData {
  const unit = unitOf(tile.figure);
  const sums = rawRows(dashboard, tile);
  const present = new Set(
    sums
      .flatMap((row) => (row.sums ?? []).filter(({ amount }) => Number(amount) !== 0))
      .map(({ currency }) => currency),
  );
  const currency = present.has(usual) || present.size === 0 ? usual : [...present].sort()[0]!;
  const rows = sums.map((row) => ({
    ...row,
    value: row.sums ? Number(row.sums.find((sum) => sum.currency === currency)?.amount ?? 0) : row.value,
  }));
  return { unit, currency, rows, empty: rows.every(({ count }) => count === 0) };
}

function rawRows(dashboard: Dashboard, tile: TileForm): DataRow[] {
  const { figure, grouping, period } = tile;
  if (figure === 'contacts' || figure === 'companies')
    return [row('all', figureLabels[figure], counted(dashboard[figure]))];
  if (figure === 'conversion') return conversionRows(dashboard);
  if (isActivity(figure))
    return groupsOf<Activity>(dashboard.activity, tile).map(({ key, label, of }) =>
      activityRow(figure, key, label, of),
    );
  if (grouping === 'stage') return stageRows(dashboard, figure);
  if (grouping === 'period' && ['open_value', 'open_count', 'weighted_value'].includes(figure)) {
    return dashboard.forecast.map(({ from, to, ...open }) =>
      row(from ?? 'none', from ? periodName(from, to!, period) : t('No date'), cellOf(figure, { open } as Outcome)),
    );
  }
  return groupsOf<Outcome>(dashboard, tile).map(({ key, label, of }) => row(key, label, cellOf(figure, of)));
}

const row = (key: string, label: string, cell: Cell): DataRow => ({ key, label, share: null, parts: null, ...cell });
const counted = ({ count, rows }: Dashboard['contacts']): Cell => ({
  value: count,
  sums: null,
  count,
  detail: null,
  rows,
});

interface Groups {
  by_owner: { owner_id: string | null; owner: { name: string } | null }[];
  by_team: { team_id: string | null; team: { name: string } | null }[];
  by_product: { product_id: string | null; product: { name: string } | null }[];
  by_region: { region: string | null }[];
  by_period: { from: string; to: string }[];
}

/** Each group with its figures, which are those of all together, or, of a period, those that it has. */
function groupsOf<Of>(all: Of & Groups, { grouping, period }: TileForm): { key: string; label: string; of: Of }[] {
  const group = (key: string | null, label: string, of: object) => ({ key: key ?? 'none', label, of: of as Of });
  switch (grouping) {
    case 'owner':
      return all.by_owner.map((of) => group(of.owner_id, of.owner?.name ?? t('No owner'), of));
    case 'team':
      return all.by_team.map((of) => group(of.team_id, of.team?.name ?? t('No team'), of));
    case 'product':
      return all.by_product.map((of) => group(of.product_id, of.product?.name ?? t('No product'), of));
    case 'region':
      return all.by_region.map((of) => group(of.region, of.region ?? t('No region'), of));
    case 'period':
      return all.by_period.map((of) => group(of.from, periodName(of.from, of.to, period), of));
    default:
      return [group('all', t('All together'), all)];
  }
}

function cellOf(figure: TileFigure, outcome: Outcome): Cell {
  const worth = ({ count, rows }: Outcome['won'], sums: readonly Money[]): Cell => ({
    value: null,
    sums,
    count,
    rows,
    detail: dealsText(count),
  });
  switch (figure) {
    case 'open_value':
      return worth(outcome.open, outcome.open.value);
    case 'weighted_value':
      return worth(outcome.open, outcome.open.weighted_value);
    case 'won_value':
      return worth(outcome.won, outcome.won.value);
    case 'lost_value':
      return worth(outcome.lost, outcome.lost.value);
    case 'open_count':
      return counted(outcome.open);
    case 'won_count':
      return counted(outcome.won);
    case 'lost_count':
      return counted(outcome.lost);
    case 'win_rate': {
      const { decided, won, lost, win_rate_percent } = outcome;
      const detail = t('{won, number} won, {lost, number} lost', { won: won.count, lost: lost.count });
      return { ...counted(decided), value: numberOr(win_rate_percent), detail };
    }
    default:
      return {
        ...counted(outcome.cycles),
        value: numberOr(outcome.cycle_days),
        detail: dealsText(outcome.cycles.count),
      };
  }
}

const numberOr = (text: string | null) => (text === null ? null : Number(text));
export const dealsText = (count: number) => t('{count, plural, one {# deal} other {# deals}}', { count });

function stageRows({ by_stage }: Dashboard, figure: TileFigure): DataRow[] {
  const open = by_stage.filter(({ stage }) => stage.kind === 'open');
  return open.map(({ stage, count, value, rows }) =>
    row(stage.id, stage.name, {
      value: count,
      sums: figure === 'open_value' ? value : null,
      count,
      rows,
      detail: dealsText(count),
    }),
  );
}

function conversionRows({ conversion }: Dashboard): DataRow[] {
  return conversion.map(({ stage, entered, advanced, rate_percent }) => {
    const share = rate_percent === null ? null : formatPercent(rate_percent);
    const detail = share === null ? null : t('{share} went on ({count, number})', { share, count: advanced.count });
    return { ...row(stage.id, stage.name, counted(entered)), share, detail };
  });
}

function activityRow(figure: ActivityFigureKind | 'activities', key: string, label: string, of: Activity): DataRow {
  if (figure !== 'activities') return row(key, label, counted(of[figure]));
  const parts = Object.fromEntries(activityFigureKinds.map((kind) => [kind, counted(of[kind])])) as Record<
    ActivityFigureKind,
    Cell
  >;
  const count = activityFigureKinds.reduce((sum, kind) => sum + of[kind].count, 0);
  return { key, label, share: null, value: count, sums: null, count, detail: null, rows: null, parts };
}

const formatPercent = (value: number | string) =>
  formatNumber(Number(value) / 100, { style: 'percent', maximumFractionDigits: 1 });

/** A value in words, as short as there is room. */
export function valueText(value: number | null, unit: Unit, currency: string, compact = false): string {
  if (value === null) return '—';
  if (unit === 'money') return formatMoney(String(value), currency, { compact });
  if (unit === 'percent') return formatPercent(value);
  return formatNumber(value, unit === 'days' ? { maximumFractionDigits: 1 } : compact ? { notation: 'compact' } : {});
}
