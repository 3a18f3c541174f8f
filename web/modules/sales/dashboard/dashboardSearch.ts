import { type Range, ranges } from '../../../../src/modules/sales/figures/contract.ts';
import { t } from '../../../text/text.ts';

export interface DashboardSearch {
  /** Which dashboard; without it, the overview. */
  board?: string;
  /** In place of what each tile says. */
  range?: Range;
  pipeline?: string;
}

export function dashboardSearch(search: Record<string, unknown>): DashboardSearch {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    board: text(search.board),
    range: ranges.find((range) => range === search.range),
    pipeline: text(search.pipeline),
  };
}

export const rangeLabels: Record<Range, string> = {
  this_week: t('This week'),
  this_month: t('This month'),
  this_quarter: t('This quarter'),
  this_year: t('This year'),
  last_week: t('Last week'),
  last_month: t('Last month'),
  last_quarter: t('Last quarter'),
  last_year: t('Last year'),
  last_30_days: t('Last 30 days'),
  last_90_days: t('Last 90 days'),
  last_12_months: t('Last 12 months'),
  all: t('All time'),
};
