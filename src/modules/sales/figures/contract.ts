/** The words of figures and tiles. Without schemas, so that the page can have them for little. */

export const periodUnits = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type PeriodUnit = (typeof periodUnits)[number];

/** Days by their name, seen from today where the workspace is. */
export const ranges = [
  'this_week', 'this_month', 'this_quarter', 'this_year', 'last_week', 'last_month', 'last_quarter', 'last_year',
  'last_30_days', 'last_90_days', 'last_12_months', 'all',
] as const; // biome-ignore format: a list of words
export type Range = (typeof ranges)[number];

export const activityFigureKinds = ['calls', 'meetings', 'emails', 'notes', 'tasks_done'] as const;
export type ActivityFigureKind = (typeof activityFigureKinds)[number];

export const tileFigures = [
  'open_value',
  'open_count',
  'weighted_value',
  'won_value',
  'won_count',
  'lost_value',
  'lost_count',
  'win_rate',
  'cycle_days',
  'conversion',
  'activities',
  ...activityFigureKinds,
  'contacts',
  'companies',
] as const;
export type TileFigure = (typeof tileFigures)[number];

/** `source`: of the deal or the contact. `custom`: a custom field of deals that has options. */
export const groupings = [
  'none', 'owner', 'team', 'product', 'region', 'source', 'custom', 'stage', 'period',
] as const; // biome-ignore format: a list of words
export type Grouping = (typeof groupings)[number];

export const charts = ['number', 'bar', 'line', 'funnel', 'table'] as const;
export type ChartForm = (typeof charts)[number];

const parties = ['none', 'owner', 'team', 'product', 'region'] as const;
const closings = [...parties, 'period'] as const;
const fields = ['source', 'custom'] as const;
const ofDeals = [...closings, ...fields] as const;

/** The groupings of each figure. Open deals are grouped into periods by when they are expected to close. */
export const groupingsOf: Record<TileFigure, readonly Grouping[]> = {
  open_value: [...ofDeals, 'stage'],
  open_count: [...ofDeals, 'stage'],
  weighted_value: ofDeals,
  won_value: ofDeals,
  won_count: ofDeals,
  lost_value: ofDeals,
  lost_count: ofDeals,
  win_rate: ofDeals,
  cycle_days: [...parties, ...fields],
  conversion: ['stage'],
  activities: closings,
  calls: closings,
  meetings: closings,
  emails: closings,
  notes: closings,
  tasks_done: closings,
  contacts: ['none', 'source'],
  companies: ['none'],
};

/** Whose region counts: of the company of the deal, or of the teams of who has the deal or did the activity. */
export const regionSources = ['company', 'team'] as const;
export type RegionSource = (typeof regionSources)[number];

/** In which forms each grouping can be drawn. */
export const chartsOf: Record<Grouping, readonly ChartForm[]> = {
  none: ['number'],
  owner: ['bar', 'table'],
  team: ['bar', 'table'],
  product: ['bar', 'table'],
  region: ['bar', 'table'],
  source: ['bar', 'table'],
  custom: ['bar', 'table'],
  stage: ['funnel', 'bar', 'table'],
  period: ['bar', 'line', 'table'],
};

/** What a tile is grouped by, as the figures are asked for by it; undefined when all of them have it. */
export const fieldOf = ({
  grouping,
  custom_key,
}: {
  grouping: Grouping;
  custom_key: string | null;
}): string | undefined =>
  grouping === 'source' ? 'source' : grouping === 'custom' ? `custom.${custom_key}` : undefined;

export const tile_width_max = 4;
export const tile_height_max = 3;
