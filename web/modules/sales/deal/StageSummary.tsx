import { formatMoney, formatNumber } from '../../../ui/format.ts';
import type { BoardColumnData } from './useBoard.ts';

/** How many deals stand in a stage and what they come to, currency by currency. */
export function StageSummary({ column }: { column: BoardColumnData }) {
  const sums = column.amounts.map(({ amount, currency }) => formatMoney(amount, currency, { compact: true }));
  return (
    <>
      <span>
        {formatNumber(column.count)} {column.count === 1 ? 'deal' : 'deals'}
        {column.rotting_count > 0 && (
          <span className="text-attention-ink">, {formatNumber(column.rotting_count)} too long</span>
        )}
      </span>
      <span className="min-w-0 truncate font-medium text-ink">{sums.join(' + ')}</span>
    </>
  );
}
