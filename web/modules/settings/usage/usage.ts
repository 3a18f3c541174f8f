import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  usageActivity,
  usageFeatures,
  usagePeople,
  usageStatements,
  usageTimings,
} from '../../../../src/kernel/usage/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';

export const periods = ['7', '30', '90'] as const;
export type Period = (typeof periods)[number];

export type Activity = z.output<typeof usageActivity>;
export type UsageDay = Activity['days'][number];
export type FeatureUse = z.output<typeof usageFeatures>['data'][number];
export type PersonUse = z.output<typeof usagePeople>['data'][number];
export type Timing = z.output<typeof usageTimings>['data'][number];
export type SlowStatement = z.output<typeof usageStatements>['data'][number];

const day_ms = 86_400_000;
/** Days are counted in UTC. */
const dayAgo = (days: number) => new Date(Date.now() - days * day_ms).toISOString().slice(0, 10);

export function useUsage<T>(noun: string, period: Period) {
  const query = { from: dayAgo(Number(period) - 1), to: dayAgo(0) };
  return useQuery({
    queryKey: ['usage', noun, query],
    queryFn: ({ signal }) => api.get<T>(`/usage/${noun}`, query, signal),
  });
}

/** "4.2 ms", "310 ms". */
export const formatMs = (ms: number): string =>
  t('{time} ms', { time: formatNumber(ms, { maximumFractionDigits: ms < 10 ? 1 : 0 }) });
