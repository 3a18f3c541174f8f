import { Link } from '@tanstack/react-router';
import { t } from '../../../text/text.ts';
import { Button, buttonClass } from '../../../ui/Button.tsx';
import { FoundFile } from './FoundFile.tsx';
import { ImportFrame } from './ImportFrame.tsx';
import type { ImportDetail } from './import.ts';
import type { ImportStep } from './importSearch.ts';

/** What the files turned out to be, and the questions they leave. */
export function FoundStep({ detail, onStep }: { detail: ImportDetail; onStep: (step: ImportStep) => void }) {
  const usable = detail.files.some((file) => !file.ignored && file.resource !== null);
  return (
    <ImportFrame
      step={1}
      title={t('Import')}
      actions={
        <>
          <Link to="/imports/new" search={{ instead_of: detail.id }} className={buttonClass()}>
            {t('Back')}
          </Link>
          <Button emphasis="primary" disabled={!usable} onClick={() => onStep('columns')}>
            {t('Continue')}
          </Button>
        </>
      }
    >
      <div className="mx-auto flex max-w-5xl flex-col gap-6">
        <header>
          <h2 className="text-20">{t('What we found')}</h2>
          <p className="mt-1 text-13 text-muted">
            {t('Check how the files were read. Change what is wrong, and they are read again at once.')}
          </p>
        </header>
        {detail.files.map((file) => (
          <FoundFile key={file.id} importId={detail.id} file={file} />
        ))}
      </div>
    </ImportFrame>
  );
}
