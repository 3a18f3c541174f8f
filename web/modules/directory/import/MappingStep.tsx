import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ImportFrame } from './ImportFrame.tsx';
import { type ImportDetail, useImportTargets } from './import.ts';
import type { ImportStep } from './importSearch.ts';
import { MappingTable } from './MappingTable.tsx';

/** Which column goes into which field. */
export function MappingStep({ detail, onStep }: { detail: ImportDetail; onStep: (step: ImportStep) => void }) {
  const targets = useImportTargets();
  const files = detail.files.filter((file) => !file.ignored && file.resource !== null);
  return (
    <ImportFrame
      step={2}
      title={t('Import')}
      actions={
        <>
          <Button onClick={() => onStep('found')}>{t('Back')}</Button>
          <Button emphasis="primary" disabled={files.length === 0} onClick={() => onStep('check')}>
            {t('Continue')}
          </Button>
        </>
      }
    >
      <div className="mx-auto flex max-w-5xl flex-col gap-6">
        <header>
          <h2 className="text-20">{t('Columns')}</h2>
          {files.length > 0 && (
            <p className="mt-1 text-13 text-muted">{t('Suggested from the names of the columns and their values.')}</p>
          )}
        </header>
        {files.length === 0 && (
          <EmptyState
            title={t('No file is selected for import')}
            action={<Button onClick={() => onStep('found')}>{t('Back to the files')}</Button>}
          >
            {t('Choose there what the rows of a file are. Its columns then appear here.')}
          </EmptyState>
        )}
        {files.map((file) => (
          <MappingTable
            key={file.id}
            importId={detail.id}
            file={file}
            target={targets.data?.find(({ resource }) => resource === file.resource)}
          />
        ))}
      </div>
    </ImportFrame>
  );
}
