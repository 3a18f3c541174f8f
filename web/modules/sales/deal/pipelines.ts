import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { readAll } from '../../../app/api.ts';
import { useSession } from '../../../app/session.tsx';
import type { Named } from '../../../record/field.ts';
import type { ListSearch } from '../../../record/listSearch.ts';
import type { Values } from '../../../record/useDraft.ts';
import { t } from '../../../text/text.ts';
import type { Option } from '../../../ui/Select.tsx';
import type { Pipeline, Stage } from './deal.ts';

const no_stages: Stage[] = [];

/** All pipelines with their stages, in their order. */
export function usePipelines() {
  return useQuery({
    queryKey: ['pipeline', 'other', 'all'],
    queryFn: async ({ signal }) => (await readAll<Pipeline>('/pipelines', { sort: 'position' }, signal)).data,
  });
}

/** The pipeline that the address names, or the first one. */
export function usePipeline(): Pipeline | undefined {
  const { pipeline } = useSearch({ strict: false }) as ListSearch;
  const { data } = usePipelines();
  return data?.find(({ id }) => id === pipeline) ?? data?.[0];
}

/** What a new deal starts with: the workspace's currency and a pipeline. */
export function useNewDeal(): Values {
  const { tenant } = useSession();
  const into = usePipeline();
  return { currency: tenant.default_currency, ...(into && { pipeline_id: { id: into.id, name: into.name } }) };
}

/** What the stage asks for in which a new deal with these values begins. Products make its amount. */
export function useAskedOfNew({ pipeline_id, stage_id }: Values): readonly string[] {
  const { data } = usePipelines();
  const pipeline = data?.find(({ id }) => id === idOf(pipeline_id)) ?? data?.[0];
  const stage = pipeline?.stages.find(({ id, kind }) => (stage_id ? id === idOf(stage_id) : kind === 'open'));
  const names = stage?.required_fields ?? [];
  return names.includes('lines') ? names.filter((name) => name !== 'amount') : names;
}

const idOf = (value: unknown) => (typeof value === 'string' ? value : (value as Named | null | undefined)?.id);

export function useStages(pipelineId: string): readonly Stage[] {
  const { data } = usePipelines();
  return data?.find(({ id }) => id === pipelineId)?.stages ?? no_stages;
}

/** Stages with the pipeline they belong to, where there is more than one. */
export const stageOptions = (pipelines: readonly Pipeline[] = []): Option[] =>
  pipelines.flatMap(({ name: pipeline, stages }) =>
    stages.map(({ id, name }) => ({
      value: id,
      label: pipelines.length > 1 ? t('{pipeline}: {stage}', { pipeline, stage: name }) : name,
    })),
  );
