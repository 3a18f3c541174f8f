import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { attempt } from '../../../../platform/query/attempt.ts';
import { messageOf } from '../../../../platform/query/problem.ts';
import { t } from '../../../../text/text.ts';
import { ErrorState } from '../../../../ui/ErrorState.tsx';
import { formatNumber } from '../../../../ui/format.ts';
import { IconButton } from '../../../../ui/IconButton.tsx';
import { makeFixes, refreshImport } from '../fix/fixes.ts';
import { inOrder } from '../import.ts';
import { type ImportOutcome, type OutcomeKind, outcomes_per_page, useOutcomes } from './outcomes.ts';

interface OutcomeListProps {
  importId: string;
  fileId: string;
  kind: OutcomeKind;
  title: (count: number) => string;
  help?: string;
  icon?: ReactNode;
  /** Rows beside each other where there is room. */
  compact?: boolean;
  renderRow: (outcome: ImportOutcome, say: (record_id: string | null) => Promise<void>) => ReactNode;
}

/** Ten rows at a time of what the check says of a file; nothing where there are none. */
export function OutcomeList({ importId, fileId, kind, title, help, icon, compact, renderRow }: OutcomeListProps) {
  const headId = useId();
  const [asked, setAsked] = useState(0);
  const { pages, total, error, refetch, isFetching, fetchNextPage } = useOutcomes(importId, fileId, kind);
  // What somebody says of rows takes them away from here, and with the last one its page.
  const at = Math.max(0, Math.min(asked, pages.length - 1, Math.ceil(total / outcomes_per_page) - 1));
  const rows = pages[at]?.data ?? [];
  const last = at * outcomes_per_page + rows.length;

  async function turn(to: number) {
    if (to >= pages.length) await fetchNextPage();
    setAsked(to);
  }
  const say = (row: number) => async (record_id: string | null) => {
    await attempt(() => inOrder(() => makeFixes(importId, fileId, [{ row, record_id }])));
    await refreshImport();
  };

  if (error)
    return (
      <div className="border-t border-line p-4">
        <ErrorState
          title={t('The preview could not be loaded')}
          detail={messageOf(error)}
          onRetry={() => void refetch()}
        />
      </div>
    );
  if (total === 0) return null;
  return (
    <section aria-labelledby={headId} className="border-t border-line">
      <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
        <div className="min-w-0 flex-1 basis-60">
          <h4 id={headId} className="flex items-center gap-2 text-13 font-medium">
            {icon}
            {title(total)}
          </h4>
          {help && <p className="text-12 text-muted">{help}</p>}
        </div>
        {total > outcomes_per_page && (
          <div className="flex items-center gap-1">
            <span role="status" className="text-12 text-muted tabular-nums">
              {t('{from} to {to} of {total}', {
                from: formatNumber(at * outcomes_per_page + 1),
                to: formatNumber(last),
                total: formatNumber(total),
              })}
            </span>
            <IconButton label={t('Previous ten')} disabled={at === 0 || isFetching} onClick={() => void turn(at - 1)}>
              <ChevronLeft size={16} className="rtl:-scale-x-100" />
            </IconButton>
            <IconButton label={t('Next ten')} disabled={last >= total || isFetching} onClick={() => void turn(at + 1)}>
              <ChevronRight size={16} className="rtl:-scale-x-100" />
            </IconButton>
          </div>
        )}
      </header>
      <ul
        className={
          compact
            ? 'grid grid-cols-1 gap-x-6 px-4 pb-3 text-13 sm:grid-cols-2'
            : 'divide-y divide-line border-t border-line text-13'
        }
      >
        {rows.map((outcome) => (
          <li key={outcome.row} className={compact ? 'flex min-w-0 items-baseline gap-3 py-1' : 'px-4 py-2.5'}>
            {renderRow(outcome, say(outcome.row))}
          </li>
        ))}
      </ul>
    </section>
  );
}
