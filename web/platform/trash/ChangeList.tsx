import { History } from 'lucide-react';
import { useState } from 'react';
import { changedOf } from '../../../src/platform/notification/work/contract.ts';
import { T } from '../../text/T.tsx';
import { t, translateServerText } from '../../text/text.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { attempt } from '../query/attempt.ts';
import { QueryError } from '../query/QueryError.tsx';
import { type Change, cancel, hasEnded, takeBack } from '../query/undo.ts';
import { countOf } from '../record/recordTypes.ts';
import { ChangeFields } from './ChangeFields.tsx';
import { useChanges } from './trash.ts';

/** Changes of many records, each to be taken back as a whole. */
export function ChangeList() {
  const changes = useChanges();
  if (changes.isPending) return <SkeletonRows label={t('Loading the changes')} />;
  if (changes.isError && changes.rows.length === 0)
    return <QueryError title={t('The changes could not be read')} query={changes} />;
  if (changes.rows.length === 0)
    return (
      <EmptyState icon={<History size={18} />} title={t('No bulk changes yet')}>
        {t(
          'Select records in a list to assign, tag, edit or delete them together. Each of these changes can be undone here for 30 days.',
        )}
      </EmptyState>
    );
  return (
    <>
      <ul aria-label={t('Bulk changes')} className="divide-y divide-line rounded-lg border border-line">
        {changes.rows.map((change) => (
          <ChangeRow key={change.id} change={change} />
        ))}
      </ul>
      {changes.hasNextPage && (
        <Button className="mt-3" busy={changes.isFetchingNextPage} onClick={() => void changes.fetchNextPage()}>
          {t('Show older')}
        </Button>
      )}
    </>
  );
}

const undo_days = 30;
const day_ms = 86_400_000;

function ChangeRow({ change }: { change: Change }) {
  const [busy, setBusy] = useState(false);
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
            {changedOf(change.kind, countOf(change.resource ?? '', change.changed), t)}
          </span>
          {change.reversal && <Badge>{t('Undone')}</Badge>}
          {!hasEnded(change) && <Badge meaning="accent">{t('Running')}</Badge>}
          {change.state === 'cancelled' && <Badge>{t('Stopped')}</Badge>}
          {change.state === 'failed' && <Badge meaning="bad">{t('Failed')}</Badge>}
        </div>
        <ChangeFields change={change} />
        {change.reversal && change.reversal.skipped > 0 && (
          <p className="text-12 text-muted">
            {t('{count, plural, one {# was not undone.} other {# were not undone.}}', {
              count: change.reversal.skipped,
            })}{' '}
            {change.reversal.skip_reasons.map(translateServerText).join(' ')}
          </p>
        )}
        <p className="text-12 text-muted tabular-nums">
          {change.created_by ? (
            <T
              text="<time></time> by <bdi>{name}</bdi>"
              values={{
                name: change.created_by.name,
                time: () => <DateText value={change.created_at} />,
                bdi: (name) => <bdi>{name}</bdi>,
              }}
            />
          ) : (
            <DateText value={change.created_at} />
          )}
          {!hasEnded(change) && t(' · {done, number} of {total, number}', { done: change.done, total: change.total })}
          {change.skipped > 0 && t(' · {count, number} left out', { count: change.skipped })}
        </p>
      </div>
      {!hasEnded(change) && (
        <Button size="small" emphasis="quiet" onClick={() => void attempt(() => cancel(change.id))}>
          {t('Stop')}
        </Button>
      )}
      {undoable && (
        <Button size="small" emphasis="quiet" busy={busy} onClick={() => void undo()}>
          {t('Undo')}
        </Button>
      )}
    </li>
  );
}
