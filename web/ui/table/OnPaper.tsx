import { t } from '../../text/text.ts';
import { formatNumber } from '../format.ts';
import type { Row } from './column.ts';
import type { DataTableProps } from './DataTableProps.ts';

/** Says below a printed list what of it is not on paper: only rows that were read can be printed. */
export function OnPaper<T extends Row>({ rows, part, hasMore, whole }: DataTableProps<T>) {
  const total = whole?.total ?? part?.length ?? rows.length;
  if (!hasMore && total <= rows.length) return null;
  const first = (part?.before ?? 0) + 1;
  return (
    <p className="px-3 py-2 text-12 text-muted">
      {t('This printout has rows {first} to {last}. An export has all of them.', {
        first: formatNumber(first),
        last: formatNumber(first + rows.length - 1),
      })}
    </p>
  );
}
