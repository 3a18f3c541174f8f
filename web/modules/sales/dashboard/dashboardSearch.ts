import { t } from '../../../text/text.ts';
import { today } from '../../../ui/format.ts';

export const ranges = ['month', 'quarter', 'year', 'last12', 'all'] as const;
export type Range = (typeof ranges)[number];

export interface DashboardSearch {
  range?: Range;
  pipeline?: string;
  owner?: string;
}

export function dashboardSearch(search: Record<string, unknown>): DashboardSearch {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    range: ranges.find((range) => range === search.range),
    pipeline: text(search.pipeline),
    owner: text(search.owner),
  };
}

export const rangeLabels: Record<Range, string> = {
  month: t('This month'),
  quarter: t('This quarter'),
  year: t('This year'),
  last12: t('Last 12 months'),
  all: t('All time'),
};

const iso = (year: number, month: number, day: number) =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/** First and last day of a range, as of today where the person is. */
export function daysOf(range: Range, now = today()): { from?: string; to?: string } {
  if (range === 'all') return {};
  const [year, month] = now.split('-').map(Number) as [number, number];
  const first = { month: month - 1, quarter: Math.floor((month - 1) / 3) * 3, year: 0, last12: month - 12 }[range];
  return { from: iso(year, first, 1), to: now };
}
