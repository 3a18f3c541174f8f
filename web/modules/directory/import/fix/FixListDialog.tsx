import { useState } from 'react';
import { attempt } from '../../../../platform/query/attempt.ts';
import { messageOf } from '../../../../platform/query/problem.ts';
import { T } from '../../../../text/T.tsx';
import { t } from '../../../../text/text.ts';
import { Button } from '../../../../ui/Button.tsx';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { ErrorState } from '../../../../ui/ErrorState.tsx';
import { formatNumber } from '../../../../ui/format.ts';
import { SkeletonRows } from '../../../../ui/Skeleton.tsx';
import { type MadeFix, removeFix, useMadeFixes } from './fixes.ts';

interface FixListDialogProps {
  importId: string;
  fileId: string;
  onClose: () => void;
}

/** Everything that was put right in a file, to be taken back one by one. */
export function FixListDialog({ importId, fileId, onClose }: FixListDialogProps) {
  const { fixes, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useMadeFixes(
    importId,
    fileId,
  );
  const [removing, setRemoving] = useState<string | null>(null);
  async function remove({ id }: MadeFix) {
    setRemoving(id);
    await attempt(() => removeFix(importId, id));
    setRemoving(null);
  }
  return (
    <Dialog
      open
      size="medium"
      title={t('Corrections')}
      description={t('They are stored with the import. The file itself is not changed.')}
      onClose={onClose}
    >
      {isPending && <SkeletonRows label={t('Loading the corrections')} />}
      {error && (
        <ErrorState
          title={t('The corrections could not be read')}
          detail={messageOf(error)}
          onRetry={() => void refetch()}
        />
      )}
      {!isPending && !error && fixes.length === 0 && (
        <p className="text-13 text-muted">{t('Nothing is corrected in this file.')}</p>
      )}
      <ul className="divide-y divide-line">
        {fixes.map((fix) => (
          <li key={fix.id} className="flex items-center gap-3 py-2 text-13">
            <span className="min-w-0 flex-1 wrap-anywhere">
              <What fix={fix} />
            </span>
            <Button size="small" busy={removing === fix.id} onClick={() => void remove(fix)}>
              {t('Undo')}
            </Button>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <div className="flex justify-center pt-3">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('Show more')}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function What({ fix: { row, column, was, value, record_id } }: { fix: MadeFix }) {
  const b = (words: unknown) => <bdi className="font-medium">{words as string}</bdi>;
  const number = formatNumber(row ?? 0);
  if (record_id !== null) return <T text="Row {number} is about an existing record" values={{ number }} />;
  if (column === null) return <T text="Row {number} is left out" values={{ number }} />;
  const values = { b, column, value: value || '—' };
  return row === null ? (
    <T text="<b>{column}</b>: “{was}” becomes “{value}” in all rows" values={{ ...values, was: was ?? '' }} />
  ) : (
    <T text="<b>{column}</b> in row {number}: “{value}”" values={{ ...values, number }} />
  );
}
