import { useQuery } from '@tanstack/react-query';
import type { Rule, RuleCondition, RuleSet } from '../../../../src/platform/duplicate/rule/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import { isPending } from '../jobs/jobNames.ts';

export type { Rule, RuleCondition, RuleSet };

const labels: Record<string, string> = {
  email: t('E-mail address'),
  phone: t('Phone number'),
  name: t('Name'),
  domain: t('Domain'),
  company: t('Company'),
  job_title: t('Job title'),
  city: t('City'),
  postal_code: t('Postal code'),
  country: t('Country'),
};
export const fieldLabel = ({ name, label }: RuleSet['fields'][number]): string => labels[name] ?? label;

export const rulesKey = ['duplicate', 'other', 'rules'];

export const useRuleSets = () =>
  useQuery({
    queryKey: rulesKey,
    queryFn: async ({ signal }) => (await api.get<{ data: RuleSet[] }>('/duplicate-rules', {}, signal)).data,
  });

const poll_ms = 700;

interface CountJob {
  state: string;
  progress: { done: number } | null;
}

/** How many pairs rules would find now; undefined while it is counted, or when it is not. */
export function usePairCount(resource: RuleSet['resource'], rules: readonly Rule[], enabled: boolean) {
  const asked = useQuery({
    queryKey: ['duplicate', 'count', resource, rules],
    enabled,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal: _ }) => api.post<{ job_id: string | null }>(`/duplicate-rules/${resource}/count`, { rules }),
  });
  const id = asked.data?.job_id;
  const job = useQuery({
    queryKey: ['job', 'other', id],
    enabled: Boolean(id),
    queryFn: ({ signal }) => api.get<CountJob>(`/jobs/${id}`, {}, signal),
    refetchInterval: ({ state }) => (state.data && !isPending(state.data.state) ? false : poll_ms),
  });
  return {
    error: asked.error,
    counting: asked.isLoading || job.isLoading || (job.data !== undefined && isPending(job.data.state)),
    pairs: job.data?.state === 'done' ? job.data.progress?.done : undefined,
  };
}
