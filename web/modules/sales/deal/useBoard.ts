import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { api, type Page } from '../../../app/api.ts';
import { attempt } from '../../../app/attempt.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { useWaiting } from '../../../offline/waiting.ts';
import type { Filter } from '../../../record/filter/filter.ts';
import type { BoardCard, BoardColumnData, BoardData } from './board.ts';
import { boardWithWaiting } from './boardOverlay.ts';
import { boards } from './boards.ts';
import type { Stage } from './deal.ts';

const cards_min = 30;
const cards_max = 100;

/** The columns of a pipeline. A column grows as one scrolls; read again, it comes as long as it was. */
export function useBoard(pipelineId: string, filter: Filter | null) {
  const key = [...boards, pipelineId, filter];
  const longest = useRef(cards_min);
  const [growing, setGrowing] = useState<ReadonlySet<string>>(new Set());
  const query = useQuery({
    queryKey: key,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const limit = Math.min(longest.current, cards_max);
      const board = await api.get<BoardData>(
        `/pipelines/${pipelineId}/board`,
        { filter: filter && JSON.stringify(filter), limit },
        signal,
      );
      return withTails(board, queryClient.getQueryData<BoardData>(key));
    },
  });

  async function more({ stage, next }: BoardColumnData) {
    if (!next || growing.has(stage.id)) return;
    setGrowing((kept) => new Set(kept).add(stage.id));
    await attempt(async () => {
      const page = await api.get<Page<Omit<BoardCard, 'rotting'>>>('/deals', { ...next, limit: cards_max });
      queryClient.setQueryData<BoardData>(
        key,
        (board) => board && changeColumn(board, stage.id, (column) => grow(column, page)),
      );
    });
    setGrowing((kept) => new Set([...kept].filter((id) => id !== stage.id)));
  }

  function grow(column: BoardColumnData, page: Page<Omit<BoardCard, 'rotting'>>): BoardColumnData {
    const cards = [
      ...column.cards,
      ...page.data.map((card) => ({ ...card, rotting: isLate(card.stage_entered_at, column.stage) })),
    ];
    longest.current = Math.max(longest.current, cards.length);
    return {
      ...column,
      cards,
      next: column.next && page.next_cursor ? { ...column.next, cursor: page.next_cursor } : null,
    };
  }

  const waiting = useWaiting();
  const columns = useMemo(() => boardWithWaiting(query.data?.columns ?? [], waiting), [query.data, waiting]);
  return { ...query, columns, growing, more };
}

/** What had been read on below the cards that are read again stays, so that a long column keeps its length. */
function withTails(board: BoardData, before: BoardData | undefined): BoardData {
  const placed = new Set(board.columns.flatMap(({ cards }) => cards.map(({ id }) => id)));
  const columns = board.columns.map((column) => {
    const old = before?.columns.find(({ stage }) => stage.id === column.stage.id);
    const known = new Map(old?.cards.map(({ id }, place) => [id, place]));
    const last = column.cards.findLast(({ id }) => known.has(id));
    if (!old || !last || !column.next) return column;
    const tail = old.cards.slice((known.get(last.id) ?? 0) + 1).filter(({ id }) => !placed.has(id));
    return tail.length === 0 ? column : { ...column, cards: [...column.cards, ...tail], next: old.next };
  });
  return { ...board, columns };
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
