import type { PendingMutation } from '../../../platform/offline/waiting.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import type { BoardCard, BoardData } from './board.ts';
import { boardWithArrived, withCardAt } from './boardOverlay.ts';

/** The query key of all boards. */
export const boards = ['deal', 'other', 'board'];

/** Puts a card at its new place at once, before the server has answered. Answers how to put it back. */
export function placeCard(card: BoardCard, toStageId: string, after: BoardCard | null): () => void {
  // An answer from before would put it back where it was.
  void queryClient.cancelQueries({ queryKey: boards });
  const before = queryClient.getQueriesData<BoardData>({ queryKey: boards });
  const at = (others: readonly BoardCard[]) => (after ? others.findIndex(({ id }) => id === after.id) + 1 : 0);
  queryClient.setQueriesData<BoardData>(
    { queryKey: boards },
    (board) => board && { ...board, columns: withCardAt(board.columns, card, toStageId, at) },
  );
  return () => {
    for (const [key, board] of before) queryClient.setQueryData(key, board);
  };
}

/** What waited and has arrived stays where it was shown until the boards are read again. */
export function keepOnBoards(entry: PendingMutation): void {
  queryClient.setQueriesData<BoardData>(
    { queryKey: boards },
    (board) => board && { ...board, columns: boardWithArrived(board.columns, entry) },
  );
}
