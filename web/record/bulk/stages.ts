import { useQuery } from '@tanstack/react-query';
import { api, type Page } from '../../app/api.ts';
import { t } from '../../text/text.ts';
import type { Option } from '../../ui/Select.tsx';
import type { Named } from '../field.ts';

interface Pipeline extends Named {
  stages: (Named & { kind: 'open' | 'won' | 'lost' })[];
}

/** The pipelines there are, with their stages. */
export function usePipelines(): readonly Pipeline[] {
  const { data } = useQuery({
    queryKey: ['pipeline', 'other', 'stages'],
    queryFn: ({ signal }) => api.get<Page<Pipeline>>('/pipelines', { limit: 200 }, signal),
  });
  return data?.data ?? [];
}

/** Stages with the pipeline they belong to, where there is more than one. */
export const stageOptions = (pipelines: readonly Pipeline[]): Option[] =>
  pipelines.flatMap(({ name: pipeline, stages }) =>
    stages.map(({ id, name }) => ({
      value: id,
      label: pipelines.length > 1 ? t('{pipeline}: {stage}', { pipeline, stage: name }) : name,
    })),
  );
