import {
  type Range,
  type RegionSource,
  ranges,
  regionSources,
} from '../../../../src/modules/sales/figures/contract.ts';
import { t } from '../../../text/text.ts';

export interface DashboardSearch {
  /** Which dashboard; without it, the overview. */
  board?: string;
  /** The period for all tiles, in place of each tile's own. */
  range?: Range;
  pipeline?: string;
  /** Whose region tiles by region show; without it, that of the company. */
  region_of?: RegionSource;
}

export function dashboardSearch(search: Record<string, unknown>): DashboardSearch {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    board: text(search.board),
    range: ranges.find((range) => range === search.range),
    pipeline: text(search.pipeline),
    region_of: regionSources.find((source) => source === search.region_of),
  };
}

export const regionSourceLabels: Record<RegionSource, string> = {
  company: t('Region of the company'),
  team: t('Region of the team'),
};

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
