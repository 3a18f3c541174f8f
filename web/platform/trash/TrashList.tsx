import { Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox } from '../../ui/Checkbox.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { attempt } from '../query/attempt.ts';
import { QueryError } from '../query/QueryError.tsx';
import { KindFilter } from './KindFilter.tsx';
import { TrashRow } from './TrashRow.tsx';
import { purgeItems, restoreItems, type Trashed, useTrash } from './trash.ts';

export function TrashList({ kind }: { kind: string | undefined }) {
  const trash = useTrash(kind);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [purging, setPurging] = useState<Trashed[] | null>(null);
  const [busy, setBusy] = useState(false);
  const { rows } = trash;
  const selectable = rows.filter((item) => item.may_restore || item.may_purge);
  const selected = rows.filter(({ id }) => chosen.has(id));

  async function run(change: () => Promise<void>) {
    setBusy(true);
    if (await attempt(change)) setChosen(new Set());
    setBusy(false);
    setPurging(null);
  }

  if (trash.isPending) return <SkeletonRows label={t('Loading the trash')} />;
  if (trash.isError && rows.length === 0) return <QueryError title={t('The trash could not be read')} query={trash} />;
  if (rows.length === 0)
    return (
      <EmptyState
        icon={<Trash2 size={18} />}
        title={kind ? t('Nothing of this type in the trash') : t('The trash is empty')}
        action={kind && <KindFilter kind={kind} />}
      >
        {t('Deleted records stay here for 30 days and can be restored with everything attached to them.')}
      </EmptyState>
    );
  return (
    <>
      <div className="mb-3 flex min-h-9 flex-wrap items-center gap-x-3 gap-y-2 border-s border-transparent ps-4">
        <Checkbox
          label={t('Select all shown')}
          checked={selected.length > 0 && selected.length === selectable.length}
          indeterminate={selected.length > 0 && selected.length < selectable.length}
          onChange={(all) => setChosen(new Set(all ? selectable.map(({ id }) => id) : []))}
        />
        <p className="min-w-0 flex-1 text-13 text-muted" role="status">
          {selected.length > 0
            ? t('{count, number} selected', { count: selected.length })
            : t('Kept for 30 days, then deleted for good')}
        </p>
        {selected.length > 0 && selected.every(({ may_restore }) => may_restore) && (
          <Button
            size="small"
            icon={<Undo2 size={14} />}
            busy={busy}
            onClick={() => void run(() => restoreItems(selected))}
          >
            {t('Restore')}
          </Button>
        )}
        {selected.length > 0 && selected.every(({ may_purge }) => may_purge) && (
          <Button size="small" icon={<Trash2 size={14} />} busy={busy} onClick={() => setPurging(selected)}>
            {t('Delete for good')}
          </Button>
        )}
        {selected.length === 0 && <KindFilter kind={kind} />}
      </div>
      <ul aria-label={t('Trash')} className="divide-y divide-line rounded-lg border border-line">
        {rows.map((item) => (
          <TrashRow
            key={item.id}
            item={item}
            selected={chosen.has(item.id)}
            busy={busy}
            onSelect={(next) =>
              setChosen((kept) => new Set(next ? [...kept, item.id] : [...kept].filter((id) => id !== item.id)))
            }
            onRestore={() => void run(() => restoreItems([item]))}
            onPurge={() => setPurging([item])}
          />
        ))}
      </ul>
      {trash.hasNextPage && (
        <Button className="mt-3" busy={trash.isFetchingNextPage} onClick={() => void trash.fetchNextPage()}>
          {t('Show older')}
        </Button>
      )}
      <ConfirmDialog
        open={purging !== null}
        busy={busy}
        title={
          purging?.length === 1
            ? t('Delete “{name}” for good?', { name: purging[0]?.name })
            : t('{count, plural, one {Delete # record for good?} other {Delete # records for good?}}', {
                count: purging?.length ?? 0,
              })
        }
        description={t('Everything attached to it is deleted too. This cannot be undone.')}
        action={t('Delete for good')}
        danger
        onClose={() => setPurging(null)}
        onConfirm={() => purging && void run(() => purgeItems(purging))}
      />
    </>
  );
}
