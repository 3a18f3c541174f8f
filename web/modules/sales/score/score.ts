import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { contactPoints, dealScore, factors, scoreModel } from '../../../../src/modules/sales/scoring/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { dates } from '../../../text/intl.ts';
import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';

export type DealScore = z.output<typeof dealScore>;
export type Reason = DealScore['reasons'][number];
export type ContactPoints = z.output<typeof contactPoints>;
export type ScoreModel = z.output<typeof scoreModel>;
export type Factor = (typeof factors)[number];

export function useScore(dealId: string) {
  return useQuery({
    queryKey: ['deal', 'other', 'score', dealId],
    queryFn: ({ signal }) => api.get<DealScore>(`/deals/${dealId}/score`, {}, signal),
  });
}

export function useContactPoints(contactId: string) {
  return useQuery({
    queryKey: ['contact', 'other', 'score', contactId],
    queryFn: ({ signal }) => api.get<ContactPoints>(`/contacts/${contactId}/score`, {}, signal),
  });
}

export const factorTitles: Record<Factor, string> = {
  pipeline: t('Pipeline'),
  source: t('Source'),
  owner: t('Owner'),
  product: t('Product'),
  industry: t('Industry'),
  country: t('Country'),
  weekday: t('Day it was opened'),
  employees: t('Employees'),
  amount: t('First amount'),
  won_before: t('Won with this company before'),
  lost_before: t('Lost with this company before'),
};

const numeric: ReadonlySet<Factor> = new Set(['employees', 'amount', 'won_before', 'lost_before']);
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** A Monday, for the names of days. */
const some_monday = Date.UTC(2024, 0, 1);
const day_ms = 86_400_000;

/** A value of a factor as it is read here. */
export function shownValue(factor: Factor, value: string): string {
  if (value === '') return t('not known');
  if (numeric.has(factor)) return formatNumber(value);
  if (factor !== 'weekday') return value;
  const day = new Date(some_monday + weekdays.indexOf(value) * day_ms);
  return dates({ weekday: 'long', timeZone: 'UTC' }).format(day);
}

export const signed = (points: number): string => formatNumber(points, { signDisplay: 'exceptZero' });
