import { keepPreviousData, notifyManager, type Query, useQuery } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import type { Dashboard, Rows } from '../../../../src/modules/sales/dashboard/contract.ts';
import type { PeriodUnit, Range, RegionSource } from '../../../../src/modules/sales/figures/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { isUndecided } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';

export type { Dashboard, Rows };

export interface Subject {
  pipeline_id?: string;
  owner_id?: string;
  team_id?: string;
  product_id?: string;
  region?: string;
}

export interface DashboardQuery extends Subject {
  range?: Range;
  period?: PeriodUnit;
  region_of?: RegionSource;
  field?: string;
}

const figures = ['dashboard', 'figures'];

export function useDashboard(query: DashboardQuery, enabled = true) {
  return useQuery({
    queryKey: [...figures, query],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<Dashboard>('/analytics/dashboard', { ...query }, signal),
  });
}

/**
 * Figures on screen that the server gave no answer for: several tiles may have the same, and all of them the same
 * reason.
 */
const unanswered = (query: Query) =>
  query.isActive() && query.state.data === undefined && isUndecided(query.state.error);

/** The reason, and the way to read all of them again. */
export function useUnanswered(): { error: unknown; readAgain: () => void } {
  const cache = queryClient.getQueryCache();
  const error = useSyncExternalStore(
    useCallback((listener) => cache.subscribe(notifyManager.batchCalls(listener)), [cache]),
    () => cache.find({ queryKey: figures, exact: false, predicate: unanswered })?.state.error ?? null,
  );
  return { error, readAgain: () => void queryClient.refetchQueries({ queryKey: figures, predicate: unanswered }) };
}
