import { History } from 'lucide-react';
import { useState } from 'react';
import { attempt } from '../../../app/attempt.ts';
import { messageOf, requestIdOf } from '../../../app/problem.ts';
import { type Change, cancel, hasEnded, takeBack } from '../../../app/undo.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { useChanges } from './trash.ts';

/** Changes of many records, each to be taken back as a whole. */
export function ChangeList() {
  const changes = useChanges();
  if (changes.isPending) return <SkeletonRows label="Loading the changes" />;
  if (changes.isError && changes.rows.length === 0)
    return (
      <ErrorState
        title="The changes could not be read"
        detail={messageOf(changes.error)}
        reference={requestIdOf(changes.error)}
        onRetry={() => void changes.refetch()}
      />
    );
  if (changes.rows.length === 0)
    return (
      <EmptyState icon={<History size={18} />} title="Nothing was changed many at a time yet">
        Select records in a list to assign, tag, edit or delete them together. Each such change can be taken back here
        for 30 days.
      </EmptyState>
    );
  return (
    <>
      <ul aria-label="Changes of many records" className="divide-y divide-line rounded-lg border border-line">
        {changes.rows.map((change) => (
          <ChangeRow key={change.id} change={change} />
        ))}
      </ul>
      {changes.hasNextPage && (
        <Button className="mt-3" busy={changes.isFetchingNextPage} onClick={() => void changes.fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
}

const verbs: Record<string, string> = {
  update: 'changed',
  tag: 'tagged or untagged',
  delete: 'moved to the trash',
  start_deals: 'put into a pipeline',
};
const plurals: Record<string, [string, string]> = {
  contact: ['contact', 'contacts'],
  company: ['company', 'companies'],
  deal: ['deal', 'deals'],
};
const undo_days = 30;
const day_ms = 86_400_000;

function ChangeRow({ change }: { change: Change }) {
  const [busy, setBusy] = useState(false);
  const [one, many] = plurals[change.resource ?? ''] ?? ['record', 'records'];
  const young = Date.now() - Date.parse(change.created_at) < undo_days * day_ms;
  const undoable = hasEnded(change) && change.changed > 0 && !change.reversal && young;
  async function undo() {
    setBusy(true);
    await attempt(() => takeBack(change.id));
    setBusy(false);
  }
  return (
    <li className="flex min-h-13 items-center gap-3 px-4 py-2.5 text-13">
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 flex-wrap items-center gap-2 font-medium">
          <span className="tabular-nums">
            {formatNumber(change.changed)} {change.changed === 1 ? one : many} {verbs[change.kind] ?? 'changed'}
          </span>
          {change.reversal && <Badge>Taken back</Badge>}
          {!hasEnded(change) && <Badge meaning="accent">Running</Badge>}
          {change.state === 'cancelled' && <Badge>Stopped</Badge>}
          {change.state === 'failed' && <Badge meaning="bad">Failed</Badge>}
        </div>
        <p className="text-12 text-muted tabular-nums">
          <DateText value={change.created_at} />
          {change.created_by && (
            <>
              {' by '}
              <bdi>{change.created_by.name}</bdi>
            </>
          )}
          {!hasEnded(change) && ` · ${formatNumber(change.done)} of ${formatNumber(change.total)}`}
          {change.skipped > 0 && ` · ${formatNumber(change.skipped)} left out`}
        </p>
      </div>
      {!hasEnded(change) && (
        <Button size="small" emphasis="quiet" onClick={() => void attempt(() => cancel(change.id))}>
          Stop
        </Button>
      )}
      {undoable && (
        <Button size="small" emphasis="quiet" busy={busy} onClick={() => void undo()}>
          Undo
        </Button>
      )}
    </li>
  );
}
