import { useQuery } from '@tanstack/react-query';
import { readAll } from '../../../platform/query/api.ts';
import { useMay } from '../../../platform/session/session.tsx';
import type { Target } from './targets.ts';

export function useTargets() {
  const may = useMay();
  return useQuery({
    enabled: may('sales_target', 'read'),
    queryKey: ['sales_target'],
    queryFn: async ({ signal }) => (await readAll<Target>('/sales-targets', {}, signal)).data,
  });
}
