import { useQuery } from '@tanstack/react-query';
import { api, type Page } from '../../../app/api.ts';
import { useMay } from '../../../app/session.tsx';
import type { Target } from './targets.ts';

export function useTargets() {
  const may = useMay();
  return useQuery({
    enabled: may('sales_target', 'read'),
    queryKey: ['sales_target'],
    queryFn: async ({ signal }) => (await api.get<Page<Target>>('/sales-targets', { limit: 200 }, signal)).data,
  });
}
