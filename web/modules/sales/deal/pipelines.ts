import { useQuery } from '@tanstack/react-query';
import { api, type Page } from '../../../app/api.ts';
import type { Pipeline, Stage } from './deal.ts';

const no_stages: Stage[] = [];

/** All pipelines with their stages, in their order. */
export function usePipelines() {
  return useQuery({
    queryKey: ['pipeline', 'other', 'all'],
    queryFn: async ({ signal }) => {
      const page = await api.get<Page<Pipeline>>('/pipelines', { limit: 200, sort: 'position' }, signal);
      return page.data;
    },
  });
}

export function useStages(pipelineId: string): readonly Stage[] {
  const { data } = usePipelines();
  return data?.find(({ id }) => id === pipelineId)?.stages ?? no_stages;
}
