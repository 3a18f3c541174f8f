import { useQuery } from '@tanstack/react-query';
import { api, type Page } from '../../../app/api.ts';
import type { Pipeline, Stage } from './deal.ts';

const byPosition = (a: { position: number }, b: { position: number }) => a.position - b.position;

/** All pipelines, in their order. */
export function usePipelines() {
  return useQuery({
    queryKey: ['pipeline', 'other', 'all'],
    queryFn: async ({ signal }) => {
      const page = await api.get<Page<Pipeline>>('/pipelines', { limit: 200 }, signal);
      return page.data.sort(byPosition);
    },
  });
}

/** The stages of one pipeline, in their order. */
export function useStages(pipelineId: string | undefined) {
  return useQuery({
    queryKey: ['stage', 'other', 'of', pipelineId],
    enabled: pipelineId !== undefined,
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify({ field: 'pipeline_id', op: 'eq', value: pipelineId });
      const page = await api.get<Page<Stage>>('/stages', { filter, limit: 200 }, signal);
      return page.data.sort(byPosition);
    },
  });
}
