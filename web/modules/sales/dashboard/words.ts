import type { ChartForm, Grouping, PeriodUnit, TileFigure } from '../../../../src/modules/sales/figures/contract.ts';
import { t } from '../../../text/text.ts';
import { formatDate, formatDays, formatMonth } from '../../../ui/format.ts';
import type { TileForm } from './tiles.ts';

export const figureLabels: Record<TileFigure, string> = {
  open_value: t('Open value'),
  open_count: t('Open deals'),
  weighted_value: t('Weighted forecast'),
  won_value: t('Won value'),
  won_count: t('Won deals'),
  lost_value: t('Lost value'),
  lost_count: t('Lost deals'),
  win_rate: t('Win rate'),
  cycle_days: t('Days to win'),
  conversion: t('Conversion'),
  activities: t('Activity'),
  calls: t('Calls'),
  meetings: t('Meetings'),
  emails: t('E-mails'),
  notes: t('Notes'),
  tasks_done: t('Tasks done'),
  contacts: t('Contacts'),
  companies: t('Companies'),
};

export const groupingLabels: Record<Grouping, string> = {
  none: t('All together'),
  owner: t('Owner'),
  team: t('Team'),
  product: t('Product'),
  region: t('Region'),
  source: t('Source'),
  custom: t('Custom field'),
  stage: t('Stage'),
  period: t('Period'),
};

export const chartLabels: Record<ChartForm, string> = {
  number: t('Number'),
  bar: t('Bars'),
  line: t('Line'),
  funnel: t('Funnel'),
  table: t('Table'),
};

export const periodLabels: Record<PeriodUnit, string> = {
  day: t('Day'),
  week: t('Week'),
  month: t('Month'),
  quarter: t('Quarter'),
  year: t('Year'),
};

const byPeriod: Record<PeriodUnit, (figure: string) => string> = {
  day: (figure) => t('{figure} by day', { figure }),
  week: (figure) => t('{figure} by week', { figure }),
  month: (figure) => t('{figure} by month', { figure }),
  quarter: (figure) => t('{figure} by quarter', { figure }),
  year: (figure) => t('{figure} by year', { figure }),
};
const byGrouping: Record<Exclude<Grouping, 'none' | 'period'>, (figure: string) => string> = {
  owner: (figure) => t('{figure} by owner', { figure }),
  team: (figure) => t('{figure} by team', { figure }),
  product: (figure) => t('{figure} by product', { figure }),
  region: (figure) => t('{figure} by region', { figure }),
  source: (figure) => t('{figure} by source', { figure }),
  custom: (figure) => t('{figure} by custom field', { figure }),
  stage: (figure) => t('{figure} by stage', { figure }),
};

/**
 * The title of a tile, made from its figure when nobody gave it one. `field`: the name of its custom field, where that
 * is known.
 */
export function titleOf({ title, figure, grouping, period }: TileForm, field?: string | null): string {
  if (title) return title;
  const label = figureLabels[figure];
  if (grouping === 'none') return label;
  if (grouping === 'custom' && field) return t('{figure} by {field}', { figure: label, field });
  return grouping === 'period' ? byPeriod[period](label) : byGrouping[grouping](label);
}

/** A period by its days. */
export function periodName(from: string, to: string, unit: PeriodUnit): string {
  const name = nameOfDay(from, unit);
  // Several of them together have no name.
  return name !== null && name === nameOfDay(to, unit) ? name : formatDays(from, to);
}

/** The name of the period that a day is in; weeks have none. */
function nameOfDay(day: string, unit: PeriodUnit): string | null {
  const [year, month] = day.split('-') as [string, string];
  switch (unit) {
    case 'day':
      return formatDate(day);
    case 'week':
      return null;
    case 'month':
      return formatMonth(day, 'short');
    case 'quarter':
      return t('Q{quarter} {year}', { quarter: String(Math.ceil(Number(month) / 3)), year });
    case 'year':
      return year;
  }
}

/** Figures of what is open now; no days narrow them. */
export const isNow = (figure: TileFigure): boolean =>
  ['open_value', 'open_count', 'weighted_value', 'contacts', 'companies'].includes(figure);
