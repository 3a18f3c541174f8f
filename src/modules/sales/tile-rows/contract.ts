import type { MoneyAmount } from '../../../kernel/contract/fields.ts';
import type { MoneyTotal } from '../currency/contract.ts';
import type { Dashboard, Rows } from '../dashboard/contract.ts';
import { type ActivityFigureKind, activityFigureKinds, type Grouping, type TileFigure } from '../figures/contract.ts';

/** Without schemas, so that the page can have it for little: it draws what the e-mails list. */

export type Unit = 'money' | 'count' | 'percent' | 'days';

const units: Partial<Record<TileFigure, Unit>> = {
  open_value: 'money',
  weighted_value: 'money',
  won_value: 'money',
  lost_value: 'money',
  win_rate: 'percent',
  cycle_days: 'days',
};

export const unitOf = (figure: TileFigure): Unit => units[figure] ?? 'count';

/** A number with the rows behind it. */
export interface Cell {
  /** Null where there are no rows to compute it from, and for money, which is in `total`. */
  value: number | null;
  /** For money, its sum in the workspace's currency, and the parts of the sum. */
  total: MoneyTotal | null;
  sums: readonly MoneyAmount[] | null;
  /** How many rows the number is made from. */
  count: number;
  rows: Rows | null;
}

export interface TileRow extends Cell {
  key: string;
  /** The name of the person or thing that the row is about; null for rows of nobody, or of somebody unknown. */
  name: string | null;
  /** The pipeline of a stage, where there are stages of several pipelines: they often have the same name. */
  pipeline: string | null;
  /** The first and last day of a period. */
  days: { from: string; to: string } | null;
  /** The two numbers that a rate is computed from. */
  decided: { won: number; lost: number } | null;
  /** How many deals of a step of the funnel went on. */
  advanced: { count: number; percent: string } | null;
  /** For a step of the funnel without a rate, the number of deals of which nobody knows which stages they passed. */
  unknown: number | null;
  /** The activities by kind. */
  parts: Record<ActivityFigureKind, Cell> | null;
}

type Outcome = Pick<Dashboard, 'open' | 'won' | 'lost' | 'decided' | 'win_rate_percent' | 'cycle_days' | 'cycles'>;
type Activity = Record<ActivityFigureKind, Dashboard['contacts']>;
interface Shown {
  figure: TileFigure;
  grouping: Grouping;
}

/** The custom field by which a tile is grouped is retired, has become another type, or is hidden from the reader. */
export const lacksField = ({ by_field }: Dashboard, { grouping }: Shown): boolean =>
  grouping === 'custom' && by_field?.label === null;

const isActivity = (figure: TileFigure): figure is ActivityFigureKind | 'activities' =>
  figure === 'activities' || (activityFigureKinds as readonly string[]).includes(figure);

/** Groupings whose rows are sorted by size, and not by time or by the pipeline. */
const ranked: ReadonlySet<Grouping> = new Set(['owner', 'team', 'product', 'region', 'source', 'custom']);
const sizeOf = ({ total, value }: TileRow) => Number(total?.amount ?? value ?? Number.NEGATIVE_INFINITY);

/** What a tile shows of the figures, and the rows behind each number; of people and things, those with most first. */
export function tileRows(dashboard: Dashboard, shown: Shown): TileRow[] {
  const rows = rowsOf(dashboard, shown);
  if (!ranked.has(shown.grouping)) return rows;
  return rows.toSorted((a, b) => sizeOf(b) - sizeOf(a) || 0);
}

/** Figures of open deals, by the period in which these are expected to close. */
const forecasts: ReadonlySet<TileFigure> = new Set(['open_value', 'open_count', 'weighted_value']);
/** The share of past periods among those that are shown; past periods of open deals are overdue. */
const past_share = { open: 0.25, done: 0.75 };

/** The rows by period that there is room for: those nearest to today, and those without a day. */
export function periodsInRoom<Row extends Pick<TileRow, 'days'>>(
  rows: readonly Row[],
  figure: TileFigure,
  { today, room }: { today: string; room: number },
): Row[] {
  if (rows.length <= room) return [...rows];
  const [dated, undated] = [rows.filter(({ days }) => days), rows.filter(({ days }) => !days)];
  const places = room - undated.length;
  const present = dated.findIndex(({ days }) => days!.to >= today);
  const wanted =
    (present < 0 ? dated.length : present) - Math.floor(places * past_share[forecasts.has(figure) ? 'open' : 'done']);
  const begin = Math.max(0, Math.min(wanted, dated.length - places));
  return [...dated.slice(begin, begin + places), ...undated];
}

function rowsOf(dashboard: Dashboard, { figure, grouping }: Shown): TileRow[] {
  if (figure === 'contacts' && grouping === 'source')
    return (dashboard.by_field?.contacts ?? []).map(({ value, ...of }) => row(aboutValue(value), counted(of)));
  if (figure === 'contacts' || figure === 'companies') return [row({ key: 'all' }, counted(dashboard[figure]))];
  if (figure === 'conversion') return conversionRows(dashboard);
  if (isActivity(figure))
    return groupsOf<Activity>(dashboard.activity, grouping).map(({ of, ...about }) => activityRow(figure, about, of));
  if (grouping === 'stage') return stageRows(dashboard, figure);
  if (grouping === 'period' && forecasts.has(figure)) {
    return dashboard.forecast.map(({ from, to, ...open }) =>
      row({ key: from ?? 'none', days: from && to ? { from, to } : null }, cellOf(figure, { open } as Outcome)),
    );
  }
  return groupsOf<Outcome>(dashboard, grouping).map(({ of, ...about }) => ({
    ...row(about, cellOf(figure, of)),
    ...(figure === 'win_rate' && { decided: { won: of.won.count, lost: of.lost.count } }),
  }));
}

/** A text that people filled in may be any word, also one that stands for a group without a value. */
const aboutValue = (value: string | null): About => ({ key: value === null ? 'none' : `value ${value}`, name: value });

type About = Pick<TileRow, 'key'> & Partial<Pick<TileRow, 'name' | 'pipeline' | 'days'>>;

const row = (about: About, cell: Cell): TileRow => ({
  name: null, pipeline: null, days: null, decided: null, advanced: null, unknown: null, parts: null, ...about, ...cell,
}); // biome-ignore format: facts
const counted = ({ count, rows }: Dashboard['contacts']): Cell => ({
  value: count,
  total: null,
  sums: null,
  count,
  rows,
});

interface Groups {
  by_owner: { owner_id: string | null; owner: { name: string } | null }[];
  by_team: { team_id: string | null; team: { name: string } | null }[];
  by_product: { product_id: string | null; product: { name: string } | null }[];
  by_region: { region: string | null }[];
  by_field?: { groups: { value: string | null }[] } | null;
  by_period: { from: string; to: string }[];
}

/** Each group with its figures, which are those of all together, or, of a period, those that it has. */
function groupsOf<Of>(all: Of & Groups, grouping: Grouping): (About & { of: Of })[] {
  const group = (key: string | null, name: string | undefined | null, of: object) => ({
    key: key ?? 'none',
    name: name ?? null,
    of: of as Of,
  });
  switch (grouping) {
    case 'owner':
      return all.by_owner.map((of) => group(of.owner_id, of.owner?.name, of));
    case 'team':
      return all.by_team.map((of) => group(of.team_id, of.team?.name, of));
    case 'product':
      return all.by_product.map((of) => group(of.product_id, of.product?.name, of));
    case 'region':
      return all.by_region.map((of) => group(of.region, of.region, of));
    case 'source':
    case 'custom':
      return (all.by_field?.groups ?? []).map((of) => ({ ...aboutValue(of.value), of: of as Of }));
    case 'period':
      return all.by_period.map((of) => ({ ...group(of.from, null, of), days: { from: of.from, to: of.to } }));
    default:
      return [group('all', null, all)];
  }
}

function cellOf(figure: TileFigure, outcome: Outcome): Cell {
  const worth = ({ count, rows, value, total }: Outcome['won']): Cell => ({
    value: null,
    total,
    sums: value,
    count,
    rows,
  });
  switch (figure) {
    case 'open_value':
      return worth(outcome.open);
    case 'weighted_value':
      return worth({
        ...outcome.open,
        value: outcome.open.weighted_value,
        total: outcome.open.weighted_total,
      });
    case 'won_value':
      return worth(outcome.won);
    case 'lost_value':
      return worth(outcome.lost);
    case 'open_count':
      return counted(outcome.open);
    case 'won_count':
      return counted(outcome.won);
    case 'lost_count':
      return counted(outcome.lost);
    case 'win_rate':
      return { ...counted(outcome.decided), value: numberOr(outcome.win_rate_percent) };
    default:
      return { ...counted(outcome.cycles), value: numberOr(outcome.cycle_days) };
  }
}

const numberOr = (text: string | null) => (text === null ? null : Number(text));

/** Figures that a browser keeps for times without a network may be from before they named the pipeline. */
type OfStage = Pick<Dashboard['by_stage'][number], 'stage' | 'pipeline_id'> & {
  pipeline?: Dashboard['by_stage'][number]['pipeline'];
};

/** How stages that stand together are called. */
function aboutStages(all: readonly OfStage[]): (of: OfStage) => About {
  const isOne = new Set(all.map(({ pipeline_id }) => pipeline_id)).size === 1;
  return ({ stage: { id, name }, pipeline }) => ({ key: id, name, pipeline: (!isOne && pipeline?.name) || null });
}

function stageRows({ by_stage }: Dashboard, figure: TileFigure): TileRow[] {
  const open = by_stage.filter(({ stage }) => stage.kind === 'open');
  const about = aboutStages(open);
  return open.map(({ count, value, total, rows, ...of }) => {
    const worth = figure === 'open_value' ? { value: null, total, sums: value } : {};
    return row(about(of), { ...counted({ count, rows }), ...worth });
  });
}

function conversionRows({ conversion }: Dashboard): TileRow[] {
  const about = aboutStages(conversion);
  return conversion.map(({ entered, advanced, unknown, rate_percent, ...of }) => ({
    ...row(about(of), counted(entered)),
    advanced: rate_percent === null ? null : { count: advanced.count, percent: rate_percent },
    unknown: rate_percent === null && unknown.count > 0 ? unknown.count : null,
  }));
}

function activityRow(figure: ActivityFigureKind | 'activities', about: About, of: Activity): TileRow {
  if (figure !== 'activities') return row(about, counted(of[figure]));
  const parts = Object.fromEntries(activityFigureKinds.map((kind) => [kind, counted(of[kind])]));
  const count = activityFigureKinds.reduce((sum, kind) => sum + of[kind].count, 0);
  return {
    ...row(about, { value: count, total: null, sums: null, count, rows: null }),
    parts: parts as TileRow['parts'],
  };
}

/** The amounts without an exchange rate, which are in no total of a figure of money. */
export const withoutRate = (dashboard: Dashboard, figure: TileFigure): readonly MoneyAmount[] =>
  unitOf(figure) === 'money' ? (cellOf(figure, dashboard).total?.without_rate ?? []) : [];
