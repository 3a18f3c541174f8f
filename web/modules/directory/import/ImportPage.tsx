import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { t } from '../../../text/text.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { closeToast, toast } from '../../../ui/toast.ts';
import { CheckStep } from './CheckStep.tsx';
import { FoundStep } from './FoundStep.tsx';
import { ImportFrame } from './ImportFrame.tsx';
import { ImportReport } from './ImportReport.tsx';
import { type ImportDetail, startImport, totals, useImport } from './import.ts';
import { type ImportSearch, type ImportStep, importSteps } from './importSearch.ts';
import { MappingStep } from './MappingStep.tsx';
import { RunningImport } from './RunningImport.tsx';

/** An import from its files to its report. Which step one sees, its state decides, and then the address. */
export default function ImportPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const search = useSearch({ strict: false }) as ImportSearch;
  const navigate = useNavigate();
  const query = useImport(id);
  usePageTitle(query.data ? t('Import of {name}', { name: query.data.name }) : t('Import'));
  useUndoOffer(query.data);
  if (!query.data) {
    return (
      <ImportFrame step={null} title={t('Import')}>
        {query.isPending ? (
          <SkeletonRows label={t('Reading the files')} />
        ) : (
          <QueryError title={t('The import could not be read')} query={query} />
        )}
      </ImportFrame>
    );
  }
  const go = (step: ImportStep) => void navigate({ to: '/imports/$id', params: { id }, search: { step } });
  const { state } = query.data;
  if (state === 'running' || state === 'reverting') return <RunningImport detail={query.data} />;
  if (state !== 'ready' && state !== 'dry_running') return <ImportReport detail={query.data} />;
  const step = state === 'dry_running' ? 'check' : (search.step ?? importSteps[0]);
  if (step === 'columns') return <MappingStep detail={query.data} onStep={go} />;
  if (step === 'check') return <CheckStep detail={query.data} onStep={go} />;
  return <FoundStep detail={query.data} onStep={go} />;
}

/** Says that an import one has watched is done, with the way back. */
function useUndoOffer(detail: ImportDetail | undefined) {
  const seen = useRef<ImportDetail['state'] | undefined>(undefined);
  useEffect(() => {
    const before = seen.current;
    seen.current = detail?.state;
    if (!detail) return;
    const id = `import/${detail.id}`;
    // However it was taken back: there is nothing to undo any more.
    if (detail.state === 'reverting' || detail.state === 'reverted') closeToast(id);
    if (before !== 'running' || detail.state !== 'done') return;
    const { created, updated } = totals(detail.files);
    if (created + updated === 0) return;
    toast(
      t('{created, plural, one {# record created} other {# records created}}, {updated, number} updated', {
        created,
        updated,
      }),
      {
        id,
        action: { label: t('Undo'), run: () => void attempt(() => startImport(detail.id, 'reversal')) },
      },
    );
  }, [detail]);
}
