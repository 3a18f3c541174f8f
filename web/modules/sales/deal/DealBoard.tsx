import { useState } from 'react';
import { attempt } from '../../../app/attempt.ts';
import { QueryError } from '../../../app/QueryError.tsx';
import { queryClient } from '../../../app/queryClient.ts';
import { useMay } from '../../../app/session.tsx';
import type { Filter } from '../../../record/filter/filter.ts';
import { t } from '../../../text/text.ts';
import { Board } from '../../../ui/board/Board.tsx';
import type { Move } from '../../../ui/board/board.ts';
import { formatMoney } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import type { BoardCard } from './board.ts';
import { placeCard } from './boards.ts';
import { CloseDealDialog } from './CloseDealDialog.tsx';
import { DealCard } from './DealCard.tsx';
import type { Stage } from './deal.ts';
import { inStage, type Movable, placeDeal } from './dealActions.ts';
import { StageSummary } from './StageSummary.tsx';
import { useBoard } from './useBoard.ts';
import { useRequired } from './useRequired.tsx';

interface DealBoardProps {
  pipelineId: string;
  filter: Filter | null;
  onOpen: (deal: { id: string }) => void;
}

export function DealBoard({ pipelineId, filter, onOpen }: DealBoardProps) {
  const may = useMay();
  const board = useBoard(pipelineId, filter);
  const required = useRequired();
  const [closing, setClosing] = useState<{ deal: Movable; stage: Stage } | null>(null);
  const columnOf = (card: BoardCard) => board.columns.find(({ cards }) => cards.some(({ id }) => id === card.id));

  const openStages = new Set(board.columns.filter(({ stage }) => stage.kind === 'open').map(({ stage }) => stage.id));

  async function move({ card, columnId, after }: Move<BoardCard>) {
    const from = columnOf(card)?.stage;
    const to = board.columns.find(({ stage }) => stage.id === columnId)?.stage;
    if (!from || !to) return;
    if (to.kind !== 'open' && from.kind === 'open') {
      setClosing({ deal: inStage(card, from), stage: to });
      return;
    }
    const putBack = placeCard(card, to.id, after);
    let there = false;
    await attempt(async () => {
      there = await required.run(card.id, async () => {
        // What waits is laid over the board as it was read.
        if (await placeDeal(card, from, to, after?.id ?? null)) putBack();
      });
    });
    if (!there) void queryClient.invalidateQueries({ queryKey: ['deal', 'other'] });
  }

  if (board.isPending) return <SkeletonRows label={t('Loading the board')} />;
  if (board.isError && board.columns.length === 0) {
    return <QueryError title={t('The board could not be read')} query={board} />;
  }
  return (
    <>
      <Board
        label={t('Deals by stage')}
        columns={board.columns.map((column) => ({
          id: column.stage.id,
          title: column.stage.name,
          summary: <StageSummary column={column} />,
          cards: column.cards,
          loading: board.growing.has(column.stage.id),
          hasMore: column.next !== null,
          onMore: () => void board.more(column),
        }))}
        cardLabel={(card) =>
          `${card.name}, ${card.amount === null ? t('no amount') : formatMoney(card.amount, card.currency)}`
        }
        renderCard={(card, column) => <DealCard card={card} open={openStages.has(column.id)} />}
        movable={(card) => may('deal', 'update', card.owner?.id ?? null)}
        onMove={(to) => void move(to)}
        onOpen={onOpen}
      />
      {required.dialog}
      {closing && <CloseDealDialog deal={closing.deal} stage={closing.stage} onClose={() => setClosing(null)} />}
    </>
  );
}
