import { useQuery } from '@tanstack/react-query';
import { api } from '../../../platform/query/api.ts';
import { useMay } from '../../../platform/session/session.tsx';

interface Feature {
  name: string;
  title: string;
  description: string;
  product: boolean;
  on: boolean;
  locked: boolean;
}

/** What the workspace can do without. */
export function useFeatures() {
  const may = useMay();
  return useQuery({
    queryKey: ['tenant', 'features'],
    enabled: may('tenant', 'read'),
    queryFn: ({ signal }) => api.get<{ data: Feature[] }>('/features', {}, signal),
  });
}
