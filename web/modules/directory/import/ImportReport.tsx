import { Link } from '@tanstack/react-router';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t, translateServerText } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button, buttonClass } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { FileResult } from './FileResult.tsx';
import { GoOnButton } from './GoOnButton.tsx';
import { ImportFrame } from './ImportFrame.tsx';
import { type ImportDetail, startImport, totals } from './import.ts';
import { ProblemList } from './ProblemList.tsx';
import { ReversalReport } from './ReversalReport.tsx';

const titles: Partial<Record<ImportDetail['state'], string>> = {
  done: t('The import is done'),
  failed: t('The import failed'),
  cancelled: t('The import was cancelled'),
  reverted: t('The import was reverted'),
};

/** What became of it, with the way to the rows that were left out and the way back. */
export function ImportReport({ detail }: { detail: ImportDetail }) {
  const [confirming, setConfirming] = useState(false);
  const [busy, setBusy] = useState(false);
  const counts = totals(detail.files);
  const reverted = detail.state === 'reverted';
  const hasMadeNames = detail.files.some(({ matches }) => matches.some(({ created_count }) => created_count > 0));
  const written = counts.created + counts.updated > 0 || hasMadeNames;

  async function revert() {
    setBusy(true);
    await attempt(() => startImport(detail.id, 'reversal'));
    setBusy(false);
    setConfirming(false);
  }

  return (
    <ImportFrame
      step={detail.state === 'done' ? 5 : 4}
      title={t('Import')}
      actions={
        <>
          {!reverted && written && (
            <Button icon={<Undo2 size={14} />} onClick={() => setConfirming(true)}>
              {t('Revert')}
            </Button>
          )}
          {(detail.state === 'failed' || detail.state === 'cancelled') && <GoOnButton detail={detail} what="runs" />}
          <Link to="/imports/new" className={buttonClass('secondary')}>
            {t('Import more')}
          </Link>
        </>
      }
    >
      <div className="mx-auto flex max-w-5xl flex-col gap-6">
        <header className="flex flex-wrap items-end justify-between gap-3">
          <div>
            <h2 className="text-20">{titles[detail.state]}</h2>
            <p className="mt-1 text-13 text-muted tabular-nums">
              {t(
                reverted
                  ? 'It had created {created, number}, updated {updated, number}, and left {unchanged, number} unchanged'
                  : '{created, number} created, {updated, number} updated, {unchanged, number} unchanged',
                { created: counts.created, updated: counts.updated, unchanged: counts.unchanged },
              )}
            </p>
          </div>
        </header>
        {detail.error && <Banner meaning="bad">{translateServerText(detail.error)}</Banner>}
        {detail.reversal && <ReversalReport detail={detail} reversal={detail.reversal} />}
        {reverted && <h3 className="-mb-3 text-14">{t('What the import did')}</h3>}
        {detail.files
          .filter((file) => !file.ignored)
          .map((file) => (
            <FileResult key={file.id} importId={detail.id} file={file} tense="did" reverted={reverted} />
          ))}
        <ProblemList detail={detail} />
      </div>
      <ConfirmDialog
        open={confirming}
        busy={busy}
        title={t('Revert the whole import?')}
        description={t(
          'Records it created are deleted for good, and records it changed get their earlier values back. Anything edited since then is left unchanged, and the report lists it.',
        )}
        action={t('Revert import')}
        danger
        onClose={() => setConfirming(false)}
        onConfirm={() => void revert()}
      />
    </ImportFrame>
  );
}
