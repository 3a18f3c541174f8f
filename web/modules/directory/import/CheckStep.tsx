import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t, translateServerText } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { useNarrow } from '../../../ui/media.ts';
import { FileResult } from './FileResult.tsx';
import { FixGrid } from './fix/FixGrid.tsx';
import { ImportFrame } from './ImportFrame.tsx';
import { ImportOptionsForm } from './ImportOptionsForm.tsx';
import { ImportProgress } from './ImportProgress.tsx';
import { type ImportDetail, startImport, totals } from './import.ts';
import type { ImportStep } from './importSearch.ts';
import { FileOutcomes } from './outcome/FileOutcomes.tsx';
import { ProblemList } from './ProblemList.tsx';

/** What would happen: counts, and samples of each problem. Nothing is changed yet. */
export function CheckStep({ detail, onStep }: { detail: ImportDetail; onStep: (step: ImportStep) => void }) {
  const [busy, setBusy] = useState(false);
  // There is no room for two numbers in the bar then; that of the created ones stands with its file.
  const narrow = useNarrow();
  const checking = detail.state === 'dry_running';
  const files = detail.files.filter((file) => !file.ignored);
  const checked = !checking && files.length > 0 && files.every((file) => file.complete);
  const counts = totals(detail.files);
  const named = files.flatMap(({ matches }) => matches).reduce((sum, { created_count }) => sum + created_count, 0);
  const changing = counts.created + counts.updated;
  const fatal =
    detail.problem_samples.some(({ severity }) => severity === 'fatal') ||
    files.some((file) => file.problems.some(({ severity }) => severity === 'fatal'));
  // What is wrong with rows stands in the rows.
  const ofFiles = detail.problem_samples.filter(({ row }) => row === null);
  const start = async (what: 'dry-runs' | 'runs') => {
    setBusy(true);
    await attempt(() => startImport(detail.id, what));
    setBusy(false);
  };

  return (
    <ImportFrame
      // Not for what becomes of an option: whoever changes one stays where they are.
      key={checking ? 'checking' : 'asked'}
      step={3}
      title={t('Import')}
      actions={
        <>
          <Button disabled={checking} onClick={() => onStep('columns')}>
            {t('Back')}
          </Button>
          {checked ? (
            <Button
              emphasis="primary"
              busy={busy}
              disabled={fatal || changing === 0}
              onClick={() => void start('runs')}
            >
              {changing === 0
                ? t('Nothing to import')
                : named > 0 && !narrow
                  ? t(
                      '{count, plural, one {Import # row} other {Import # rows}} and create {named, plural, one {# linked record} other {# linked records}}',
                      { count: changing, named },
                    )
                  : t('{count, plural, one {Import # row} other {Import # rows}}', { count: changing })}
            </Button>
          ) : (
            <Button
              emphasis="primary"
              busy={busy || (checking && !detail.stalled)}
              onClick={() => void start('dry-runs')}
            >
              {t('Check')}
            </Button>
          )}
        </>
      }
    >
      <div className="mx-auto flex max-w-5xl flex-col gap-6">
        <header>
          <h2 className="text-20">{checked ? t('This is what would happen') : t('Check')}</h2>
          <p className="mt-1 text-13 text-muted">
            {checked
              ? t('Nothing has been changed yet. The whole import can be reverted later.')
              : t('Every row is read and compared with existing records. Nothing is changed.')}
          </p>
        </header>
        {detail.stalled && <Banner meaning="attention">{t('There has been no progress for a while.')}</Banner>}
        {detail.error && <Banner meaning="bad">{translateServerText(detail.error)}</Banner>}
        {checking ? <ImportProgress detail={detail} label={t('Checking')} /> : <ImportOptionsForm detail={detail} />}
        {checked && (
          <>
            {files.map((file) => (
              <FileResult
                key={file.id}
                importId={detail.id}
                file={file}
                tense="would"
                outcomes={<FileOutcomes importId={detail.id} file={file} />}
              >
                <FixGrid
                  importId={detail.id}
                  file={file}
                  problems={detail.problem_samples.filter(({ file_id }) => file_id === file.id)}
                />
              </FileResult>
            ))}
            <ProblemList detail={{ ...detail, problem_samples: ofFiles }} />
            <div>
              <Button busy={busy} onClick={() => void start('dry-runs')}>
                {t('Check again')}
              </Button>
            </div>
          </>
        )}
      </div>
    </ImportFrame>
  );
}
