import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../../app/api.ts';
import type { Named } from '../../../record/field.ts';
import type { Money } from '../../../record/Sums.tsx';

interface Count {
  count: number;
}

export interface Outcome {
  open: Count & { value: Money[]; weighted_value: Money[] };
  won: Count & { value: Money[] };
  lost: Count & { value: Money[] };
  win_rate_percent: string | null;
  cycle_days: string | null;
}

export interface PeriodFigures {
  from: string;
  to: string;
  won: Count & { value: Money[] };
  lost: Count & { value: Money[] };
  win_rate_percent: string | null;
}

export interface Dashboard extends Outcome {
  contacts: Count;
  companies: Count;
  by_owner: ({ owner_id: string | null; owner: Named | null } & Outcome)[];
  by_product: ({ product_id: string | null; product: Named | null } & Outcome)[];
  by_stage: {
    stage: { id: string; name: string; kind: 'open' | 'won' | 'lost'; probability_percent: number };
    pipeline_id: string;
    count: number;
    value: Money[];
  }[];
  by_period: PeriodFigures[];
}

export interface DashboardQuery {
  from?: string;
  to?: string;
  period?: 'month' | 'quarter';
  pipeline_id?: string;
  owner_id?: string;
}

export function useDashboard(query: DashboardQuery, enabled = true) {
  return useQuery({
    queryKey: ['dashboard', query],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<Dashboard>('/analytics/dashboard', { ...query }, signal),
  });
}

/** The sum in the currency that most of the others are in, for the length of a bar. */
export function sumIn(sums: readonly Money[], currency: string): number {
  return Number(sums.find((sum) => sum.currency === currency)?.amount ?? 0);
}
