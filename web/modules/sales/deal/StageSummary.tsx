import type { Filter } from '../../../record/filter/filter.ts';
import { formatNumber } from '../../../ui/format.ts';
import type { StageCards } from './useStageColumns.ts';

export function StageSummary({ column }: { column: StageCards; filter: Filter | null }) {
  return <span>{column.total === null ? '' : `${formatNumber(column.total)}${column.totalIsExact ? '' : '+'}`}</span>;
}
