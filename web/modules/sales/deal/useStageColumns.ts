import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Page } from '../../../app/api.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { both, type Filter } from '../../../record/filter/filter.ts';
import type { Deal, Stage } from './deal.ts';

const cards_step = 50;
const cards_max = 200;

export interface StageCards {
  stage: Stage;
  cards: Deal[];
  total: number | null;
  totalIsExact: boolean;
  loading: boolean;
  error: unknown;
  hasMore: boolean;
  more: () => void;
}

const keyOf = (stage: Stage, filter: Filter | null) => ['deal', 'board', stage.id, filter];

/** The cards of each stage in their order; a stage shows more of them as one scrolls. */
export function useStageColumns(stages: readonly Stage[], filter: Filter | null): StageCards[] {
  const [limits, setLimits] = useState<Record<string, number>>({});
  const limitOf = (stage: Stage) => limits[stage.id] ?? cards_step;
  const results = useQueries({
    queries: stages.map((stage) => ({
      queryKey: [...keyOf(stage, filter), limitOf(stage)],
      placeholderData: (kept: Page<Deal> | undefined) => kept,
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const wanted = both({ field: 'stage_id', op: 'eq', value: stage.id }, filter);
        const query = { filter: JSON.stringify(wanted), sort: 'position', limit: limitOf(stage), count: true };
        return api.get<Page<Deal>>('/deals', query, signal);
      },
    })),
  });
  return stages.map((stage, index) => {
    const result = results[index];
    return {
      stage,
      cards: result?.data?.data ?? [],
      total: result?.data?.total ?? null,
      totalIsExact: result?.data?.total_is_exact ?? true,
      loading: result?.isFetching ?? true,
      error: result?.error ?? null,
      hasMore: Boolean(result?.data?.next_cursor) && limitOf(stage) < cards_max,
      more: () => setLimits((kept) => ({ ...kept, [stage.id]: Math.min(limitOf(stage) + cards_step, cards_max) })),
    };
  });
}

/** Puts a card at its new place at once, before the server has answered. */
export function placeCard(deal: Deal, to: Stage, after: Deal | null): void {
  queryClient.setQueriesData<Page<Deal>>(
    { queryKey: ['deal', 'board'] },
    (page) => page && { ...page, data: page.data.filter((card) => card.id !== deal.id) },
  );
  queryClient.setQueriesData<Page<Deal>>({ queryKey: ['deal', 'board', to.id] }, (page) => {
    if (!page) return page;
    const at = after ? page.data.findIndex((card) => card.id === after.id) + 1 : 0;
    return {
      ...page,
      data: page.data.toSpliced(at, 0, { ...deal, stage_id: to.id, stage: { id: to.id, name: to.name } }),
    };
  });
}
