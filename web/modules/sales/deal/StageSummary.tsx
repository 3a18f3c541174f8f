import { Clock } from 'lucide-react';
import { Sums } from '../../../record/Sums.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import type { BoardColumnData } from './useBoard.ts';

/** How many deals stand in a stage, how many for too long, and what they come to. */
export function StageSummary({ column }: { column: BoardColumnData }) {
  const { count, rotting_count } = column;
  const late = `${formatNumber(rotting_count)} in this stage for too long`;
  return (
    <>
      <span className="flex items-center gap-2 whitespace-nowrap">
        {formatNumber(count)} {count === 1 ? 'deal' : 'deals'}
        {rotting_count > 0 && (
          <Tooltip label={late}>
            <span className="flex items-center gap-1 text-attention-ink">
              <Clock size={12} aria-hidden="true" />
              {formatNumber(rotting_count)}
              <span className="sr-only"> for too long</span>
            </span>
          </Tooltip>
        )}
      </span>
      <span className="font-medium text-ink">
        <Sums sums={column.amounts} compact />
      </span>
    </>
  );
}
