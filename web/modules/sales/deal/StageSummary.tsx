import { Clock } from 'lucide-react';
import { Sums } from '../../../platform/record/Sums.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import type { BoardColumnData } from './board.ts';

/** How many deals stand in a stage, how many for too long, and what they come to. */
export function StageSummary({ column }: { column: BoardColumnData }) {
  const { count, rotting_count } = column;
  const late = t('{count, number} in this stage for too long', { count: rotting_count });
  return (
    <>
      <span className="flex items-center gap-2 whitespace-nowrap">
        {t('{count, plural, one {# deal} other {# deals}}', { count })}
        {rotting_count > 0 && (
          <Tooltip label={late}>
            <span className="flex items-center gap-1 text-attention-ink">
              <Clock size={12} aria-hidden="true" />
              <T
                text="{count, number}<hidden> for too long</hidden>"
                values={{ count: rotting_count, hidden: (words) => <span className="sr-only">{words}</span> }}
              />
            </span>
          </Tooltip>
        )}
      </span>
      <span className="font-medium text-ink">
        <Sums sums={column.amounts} total={column.total} compact />
      </span>
    </>
  );
}
