import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Dashboard, Rows } from '../../../../src/modules/sales/dashboard/contract.ts';
import type { PeriodUnit, Range, RegionSource } from '../../../../src/modules/sales/figures/contract.ts';
import { api } from '../../../app/api.ts';

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
}

export function useDashboard(query: DashboardQuery, enabled = true) {
  return useQuery({
    queryKey: ['dashboard', 'figures', query],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<Dashboard>('/analytics/dashboard', { ...query }, signal),
  });
}
