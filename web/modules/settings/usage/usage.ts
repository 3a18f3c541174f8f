import { useQuery } from '@tanstack/react-query';
import { api } from '../../../app/api.ts';
import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';

export const periods = ['7', '30', '90'] as const;
export type Period = (typeof periods)[number];

export interface UsageDay {
  from: string;
  people: number;
  requests: number;
  sign_ins: number;
}

export interface Activity {
  people: number;
  days: UsageDay[];
  weeks: UsageDay[];
}

export interface FeatureUse {
  feature: string;
  people: number;
  requests: number;
}

export interface PersonUse {
  user: { id: string; name: string };
  days: number;
  sign_ins: number;
  requests: number;
  last_day: string;
  favourite: string | null;
}

export interface Timing {
  method: string;
  path: string;
  requests: number;
  refused: number;
  failed: number;
  mean_ms: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  max_ms: number;
}

export interface SlowStatement {
  statement: string;
  place: string;
  runs: number;
  mean_ms: number;
  max_ms: number;
}

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
