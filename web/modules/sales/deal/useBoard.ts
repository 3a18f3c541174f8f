import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useWaiting } from '../../../platform/offline/waiting.ts';
import { api, list_rows_max, type Page } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import type { BoardCard, BoardColumnData, BoardData } from './board.ts';
import { boardWithWaiting } from './boardOverlay.ts';
import { boards } from './boards.ts';
import type { Stage } from './deal.ts';

const cards_min = 30;
const cards_max = 100;
/** Of a longer column the first ones come at once, and the rest again as one scrolls. */
const cards_read_again_max = 1000;

/** The columns of a pipeline. A column grows as one scrolls; read again, it comes as long as it was. */
export function useBoard(pipelineId: string, filter: Filter | null) {
  const key = [...boards, pipelineId, filter];
  const [growing, setGrowing] = useState<ReadonlySet<string>>(new Set());
  const query = useQuery({
    queryKey: key,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const shown = () => queryClient.getQueryData<BoardData>(key)?.columns ?? [];
      const longest = Math.max(cards_min, ...shown().map(({ cards }) => cards.length));
      const board = await api.get<BoardData>(
        `/pipelines/${pipelineId}/board`,
        { filter: filter && JSON.stringify(filter), limit: Math.min(longest, cards_max) },
        signal,
      );
      // Asked each time, because a column may grow while it is read.
      const lengthOf = (id: string) =>
        Math.min(shown().find(({ stage }) => stage.id === id)?.cards.length ?? 0, cards_read_again_max);
      const columns = board.columns.map(async (first) => {
        let column = first;
        for (;;) {
          const missing = lengthOf(column.stage.id) - column.cards.length;
          if (!column.next || missing <= 0) return column;
          column = grow(column, await readOn(column.next, Math.min(list_rows_max, missing), signal));
        }
      });
      return { ...board, columns: await Promise.all(columns) };
    },
  });

  async function more({ stage, next }: BoardColumnData) {
    if (!next || growing.has(stage.id)) return;
    setGrowing((kept) => new Set(kept).add(stage.id));
    await attempt(async () => {
      const page = await readOn(next, cards_max);
      queryClient.setQueryData<BoardData>(
        key,
        (board) => board && changeColumn(board, stage.id, (column) => grow(column, page)),
      );
    });
    setGrowing((kept) => new Set([...kept].filter((id) => id !== stage.id)));
  }

  const waiting = useWaiting();
  const columns = useMemo(() => boardWithWaiting(query.data?.columns ?? [], waiting), [query.data, waiting]);
  return { ...query, columns, growing, more };
}

type CardPage = Page<Omit<BoardCard, 'rotting'>>;

const readOn = (next: NonNullable<BoardColumnData['next']>, limit: number, signal?: AbortSignal) =>
  api.get<CardPage>('/deals', { ...next, limit }, signal);

/** The column with a further page, without what has moved behind its first cards since they were read. */
function grow(column: BoardColumnData, page: CardPage): BoardColumnData {
  const known = new Set(column.cards.map(({ id }) => id));
  const added = page.data.filter(({ id }) => !known.has(id));
  return {
    ...column,
    cards: [
      ...column.cards,
      ...added.map((card) => ({ ...card, rotting: isLate(card.stage_entered_at, column.stage) })),
    ],
    next: column.next && page.next_cursor ? { ...column.next, cursor: page.next_cursor } : null,
  };
}

const day_ms = 86_400_000;

/** What the board says of its first cards, the list of deals leaves to whoever reads on. */
function isLate(since: string, stage: Stage): boolean {
  return (
    stage.kind === 'open' && stage.rotting_days !== null && Date.now() - Date.parse(since) > stage.rotting_days * day_ms
  );
}

function changeColumn(
  board: BoardData,
  stageId: string,
  change: (column: BoardColumnData) => BoardColumnData,
): BoardData {
  return { ...board, columns: board.columns.map((column) => (column.stage.id === stageId ? change(column) : column)) };
}
