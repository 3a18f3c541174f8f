import { Suspense, useState } from 'react';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { QueryError } from '../../query/QueryError.tsx';
import type { Resource } from '../../query/resources.ts';
import { useMay } from '../../session/session.tsx';
import type { AnyRecord, FieldDef } from '../field.ts';
import { Composer } from './Composer.tsx';
import { byMonth } from './months.ts';
import { TimelineItem } from './TimelineItem.tsx';
import { addedKinds, isOwn, useTimeline, writtenKinds } from './timeline.ts';
import { usePointedId } from './usePointed.ts';

const ArchivedChanges = lazyPart(() => import('./ArchivedChanges.tsx'));

const filters = () => [
  { kinds: null, label: t('All') },
  { kinds: 'note', label: t('Notes') },
  { kinds: 'comment', label: t('Comments') },
  { kinds: 'activity', label: t('Activities') },
  ...addedKinds().map(({ kind, label }) => ({ kinds: kind, label })),
  { kinds: 'change', label: t('Changes') },
];

interface TimelinePaneProps {
  resource: Resource;
  record: AnyRecord;
  fields: readonly FieldDef[];
}

/** What was said, done and changed, newest first. */
export function TimelinePane({ resource, record, fields }: TimelinePaneProps) {
  const may = useMay();
  const [kinds, setKinds] = useState<string | null>(null);
  const pointed = usePointedId();
  const [newest, setNewest] = useState(false);
  const timeline = useTimeline(resource, record.id, kinds, kinds === null && !newest ? pointed : null);
  const { entries } = timeline;
  const pinned = entries.filter((entry) => isOwn(entry) && entry.kind === 'note' && entry.note.pinned);
  const rest = entries.filter((entry) => !pinned.includes(entry));
  const writable = !record.deleted_at && writtenKinds().some((type) => may(type, 'create'));

  return (
    <div className="mx-auto max-w-3xl px-4 py-4 md:px-6">
      {writable && <Composer resource={resource} record={record} />}
      <fieldset aria-label={t('Show')} className="mt-4 mb-3 flex flex-wrap gap-0.5 print:hidden">
        {filters().map((filter) => (
          <button
            key={filter.label}
            type="button"
            aria-pressed={filter.kinds === kinds}
            onClick={() => setKinds(filter.kinds)}
            className="h-7 rounded-md px-2 text-12 max-sm:px-1.5 text-muted hover:bg-hover hover:text-ink aria-pressed:bg-pressed aria-pressed:font-medium aria-pressed:text-ink pointer-coarse:h-10"
          >
            {filter.label}
          </button>
        ))}
      </fieldset>
      {timeline.isPending ? (
        <SkeletonRows label={t('Loading the timeline')} count={5} />
      ) : timeline.isError && entries.length === 0 ? (
        <QueryError title={t('The timeline could not be read')} query={timeline} />
      ) : entries.length === 0 ? (
        <EmptyState title={t('Nothing here yet')}>
          {t('Notes, comments, calls, meetings, tasks and changes show up here.')}
        </EmptyState>
      ) : (
        <>
          {timeline.hasNewer && (
            <p className="mb-4 flex flex-wrap items-center gap-2 text-13 text-muted">
              {t('Newer entries are not shown.')}
              <Button onClick={() => setNewest(true)}>{t('Show the newest')}</Button>
            </p>
          )}
          {pinned.length > 0 && (
            <section aria-label={t('Pinned')}>
              <h2 className="mb-2 text-12 font-medium text-muted">{t('Pinned')}</h2>
              <ol>
                {pinned.map((entry) => (
                  <TimelineItem key={entry.id} entry={entry} resource={resource} record={record} fields={fields} />
                ))}
              </ol>
            </section>
          )}
          {byMonth(rest).map((month) => (
            <section key={month.label} aria-label={month.label}>
              <h2 className="mb-2 text-12 font-medium text-muted">{month.label}</h2>
              <ol>
                {month.entries.map((entry) => (
                  <TimelineItem key={entry.id} entry={entry} resource={resource} record={record} fields={fields} />
                ))}
              </ol>
            </section>
          ))}
          {timeline.hasNextPage && (
            <Button busy={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
              {t('Show older')}
            </Button>
          )}
        </>
      )}
      {timeline.data && !timeline.hasNextPage && (kinds === null || kinds === 'change') && (
        <Suspense>
          <ArchivedChanges record={record} />
        </Suspense>
      )}
    </div>
  );
}
