import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { scoringRule } from '../../../../src/modules/sales/scoring-rule/contract.ts';
import { api } from '../../../platform/query/api.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';

export type Rule = AnyRecord & Omit<RowOf<typeof scoringRule>, 'filter'> & { filter: Filter; points: number };

interface Preview {
  matches: number;
  total: number;
  is_exact: boolean;
}

/** How many records a rule is about. It stays while the next answer is on its way. */
export function useRulePreview(resource: Rule['resource'], filter: Filter | null) {
  return useQuery({
    queryKey: [resource, 'other', 'rule-preview', filter],
    queryFn: () => api.post<Preview>('/scoring-rules/previews', { resource, filter }),
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
