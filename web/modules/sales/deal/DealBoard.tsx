import { useState } from 'react';
import { queryClient } from '../../../app/queryClient.ts';
import { attempt, saveRecord } from '../../../app/records.ts';
import { useMay } from '../../../app/session.tsx';
import type { Filter } from '../../../record/filter/filter.ts';
import { Board } from '../../../ui/board/Board.tsx';
import type { Move } from '../../../ui/board/board.ts';
import { formatMoney } from '../../../ui/format.ts';
import { CloseDealDialog } from './CloseDealDialog.tsx';
import { DealCard } from './DealCard.tsx';
import type { Deal, Stage } from './deal.ts';
import { StageSummary } from './StageSummary.tsx';
import { placeCard, useStageColumns } from './useStageColumns.ts';

interface DealBoardProps {
  stages: readonly Stage[];
  filter: Filter | null;
  onOpen: (deal: Deal) => void;
}

export function DealBoard({ stages, filter, onOpen }: DealBoardProps) {
  const may = useMay();
  const [closing, setClosing] = useState<{ deal: Deal; outcome: 'won' | 'lost' } | null>(null);
  const columns = useStageColumns(stages, filter);
  const stageOf = (id: string) => stages.find((stage) => stage.id === id) as Stage;

  async function move({ card, columnId, after, before }: Move<Deal>) {
    const stage = stageOf(columnId);
    if (stage.kind !== 'open' && card.status === 'open') {
      setClosing({ deal: card, outcome: stage.kind });
      return;
    }
    placeCard(card, stage, after);
    const position = between(after?.position, before?.position);
    const moved = await attempt(() =>
      saveRecord(
        'deal',
        card,
        { stage_id: stage.id, position },
        stage.id === card.stage_id
          ? undefined
          : { title: `Moved to ${stage.name}`, previous: { stage_id: card.stage_id, position: card.position } },
      ),
    );
    if (!moved) void queryClient.invalidateQueries({ queryKey: ['deal', 'board'] });
  }

  return (
    <>
      <Board
        label="Deals by stage"
        columns={columns.map((column) => ({
          id: column.stage.id,
          title: column.stage.name,
          summary: <StageSummary column={column} filter={filter} />,
          cards: column.cards,
          loading: column.loading,
          hasMore: column.hasMore,
          onMore: column.more,
        }))}
        cardLabel={(deal) =>
          `${deal.name}, ${deal.amount === null ? 'no amount' : formatMoney(deal.amount, deal.currency)}`
        }
        renderCard={(deal) => <DealCard deal={deal} stage={stageOf(deal.stage_id)} />}
        movable={(deal) => may('deal', 'update', deal.owner_id)}
        onMove={(to) => void move(to)}
        onOpen={onOpen}
      />
      {closing && <CloseDealDialog deal={closing.deal} outcome={closing.outcome} onClose={() => setClosing(null)} />}
    </>
  );
}

/** A position between two neighbours; the ends of a column reach beyond its last card. */
function between(after: number | undefined, before: number | undefined): number {
  if (after === undefined && before === undefined) return Date.now() / 1000;
  if (after === undefined) return (before as number) - 1;
  if (before === undefined) return after + 1;
  return (after + before) / 2;
}
