import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { readAll } from '../../../platform/query/api.ts';
import { recordQuery } from '../../../platform/query/records.ts';
import type { NewForm } from '../../../platform/record/definition.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import type { ListSearch } from '../../../platform/record/listSearch.ts';
import type { Values } from '../../../platform/record/values.ts';
import { useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import type { Option } from '../../../ui/Select.tsx';
import { employerOf } from '../../directory/contact/position.ts';
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
  const { board: pipeline } = useSearch({ strict: false }) as ListSearch;
  const { data } = usePipelines();
  return data?.find(({ id }) => id === pipeline) ?? data?.[0];
}

/** What a new deal starts with: the workspace's currency and a pipeline. */
export function useNewDeal(): Values {
  const { tenant } = useSession();
  const into = usePipeline();
  return { currency: tenant.default_currency, ...(into && { pipeline_id: { id: into.id, name: into.name } }) };
}

/**
 * The form of a new deal: it begins in one of the stages of its pipeline, in the first one unless another is chosen,
 * and has what that stage asks for. Products make its amount.
 */
export function useNewDealForm(typed: Values): NewForm {
  const values = useWithEmployer(typed);
  const { data } = usePipelines();
  const pipeline = data?.find(({ id }) => id === idOf(values.pipeline_id)) ?? data?.[0];
  const stages = pipeline?.stages ?? no_stages;
  const stage = stages.find(({ id }) => id === idOf(values.stage_id)) ?? stages.find(({ kind }) => kind === 'open');
  if (!stage) return { values, asked: [], choices: {} };
  const names = stage.required_fields;
  return {
    values: { ...values, stage_id: { id: stage.id, name: stage.name } },
    asked: ['stage_id', ...(names.includes('lines') ? names.filter((name) => name !== 'amount') : names)],
    choices: { stage_id: stages },
  };
}

/** With the company of the contact that was chosen, as long as nobody has said one. */
function useWithEmployer(values: Values): Values {
  const contact = idOf(values.contact_id);
  const { data } = useQuery({
    ...recordQuery<AnyRecord>('contact', contact ?? ''),
    enabled: contact !== undefined && !('company_id' in values),
  });
  const employer = !('company_id' in values) && data?.id === contact && data && employerOf(data);
  return employer ? { ...values, company_id: employer } : values;
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
