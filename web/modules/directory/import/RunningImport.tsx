import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { GoOnButton } from './GoOnButton.tsx';
import { ImportFrame } from './ImportFrame.tsx';
import { ImportProgress } from './ImportProgress.tsx';
import { type ImportDetail, startImport } from './import.ts';

export function RunningImport({ detail }: { detail: ImportDetail }) {
  const [cancelling, setCancelling] = useState(false);
  const reverting = detail.state === 'reverting';
  return (
    <ImportFrame
      step={4}
      title={t('Import')}
      actions={
        <>
          {!reverting && (
            <Button
              busy={cancelling}
              onClick={async () => {
                setCancelling(true);
                await attempt(() => startImport(detail.id, 'cancellation'));
                setCancelling(false);
              }}
            >
              {t('Cancel')}
            </Button>
          )}
          {detail.stalled && <GoOnButton detail={detail} what={reverting ? 'reversal' : 'runs'} />}
        </>
      }
    >
      <div className="mx-auto flex max-w-2xl flex-col gap-6">
        <header>
          <h2 className="text-20">{reverting ? t('Reverting the import') : t('Importing')}</h2>
          <p role="status" className="mt-1 text-13 text-muted">
            {reverting
              ? t('Records that somebody has changed since then are left unchanged.')
              : t('It continues when you leave this page. You find it again under Import.')}
          </p>
        </header>
        {detail.stalled && <Banner meaning="attention">{t('There has been no progress for a while.')}</Banner>}
        {reverting ? (
          <ProgressBar label={t('Reverting')} value={null} />
        ) : (
          <ImportProgress detail={detail} label={t('Importing')} />
        )}
      </div>
    </ImportFrame>
  );
}
