import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { askedByStage } from '../../../platform/query/problem.ts';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { queryClient } from '../../../platform/query/queryClient.ts';
import type { OwnBoardProps } from '../../../platform/record/definition.ts';
import type { Named } from '../../../platform/record/field.ts';
import { useOrder } from '../../../platform/record/layouts/useOrder.ts';
import { useMay } from '../../../platform/session/session.tsx';
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
import { usePipeline, usePipelines } from './pipelines.ts';
import { StageSummary } from './StageSummary.tsx';
import { useBoard } from './useBoard.ts';
import { useRequired } from './useRequired.tsx';

/** The open deals of one pipeline, a column for each stage. */
export default function DealBoard({ empty, ...props }: OwnBoardProps) {
  const pipelines = usePipelines();
  const pipeline = usePipeline();
  if (pipeline) return <Stages {...props} pipeline={pipeline} />;
  if (pipelines.isPending) return <SkeletonRows label={t('Loading the board')} />;
  if (pipelines.isError) return <QueryError title={t('The board could not be read')} query={pipelines} />;
  return empty;
}

function Stages({
  pipeline,
  filter,
  onOpen,
  openId,
  onOrder,
  onCreate,
}: Omit<OwnBoardProps, 'empty'> & { pipeline: Named }) {
  const may = useMay();
  const board = useBoard(pipeline.id, filter);
  useOrder(
    board.columns.flatMap(({ cards }) => cards.map(({ id }) => id)),
    onOrder,
  );
  const required = useRequired();
  const [closing, setClosing] = useState<{ deal: Movable; stage: Stage } | null>(null);
  const columnOf = (card: BoardCard) => board.columns.find(({ cards }) => cards.some(({ id }) => id === card.id));

  const openStages = new Set(board.columns.filter(({ stage }) => stage.kind === 'open').map(({ stage }) => stage.id));

  async function move({ card, columnId, after }: Move<BoardCard>) {
    const from = columnOf(card)?.stage;
    const to = board.columns.find(({ stage }) => stage.id === columnId)?.stage;
    if (!from || !to) return;
    const askWhy = () => setClosing({ deal: inStage(card, from), stage: to });
    if (to.kind !== 'open' && from.kind !== to.kind) {
      askWhy();
      return;
    }
    const putBack = placeCard(card, to.id, after);
    let there = false;
    await attempt(async () => {
      try {
        there = await required.run(card.id, async () => {
          // What waits is laid over the board as it was read.
          if (await placeDeal(card, from, to, after?.id ?? null)) putBack();
        });
      } catch (error) {
        if (!askedByStage(error).includes('close_reason_id')) throw error;
        askWhy();
      }
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
          onAdd: onCreate && (() => onCreate({ pipeline_id: nameOf(pipeline), stage_id: nameOf(column.stage) })),
        }))}
        cardLabel={(card) =>
          `${card.name}, ${card.amount === null ? t('no amount') : formatMoney(card.amount, card.currency, { aligned: true })}`
        }
        renderCard={(card, column) => <DealCard card={card} open={openStages.has(column.id)} />}
        movable={(card) => may('deal', 'update', card.owner?.id ?? null)}
        ordered
        onMove={(to) => void move(to)}
        onOpen={onOpen}
        openId={openId}
      />
      {required.dialog}
      {closing && <CloseDealDialog deal={closing.deal} stage={closing.stage} onClose={() => setClosing(null)} />}
    </>
  );
}

const nameOf = ({ id, name }: Named): Named => ({ id, name });
