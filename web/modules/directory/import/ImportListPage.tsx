import { Link } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import { NoRightsPage, SwitchedOffPage } from '../../../platform/page/NoRightsPage.tsx';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useIsOff, useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button, buttonClass } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { type ImportSummary, stateLabels } from './import.ts';

export default function ImportListPage() {
  usePageTitle(t('Imports'));
  const may = useMay();
  const isOff = useIsOff('imports');
  const imports = useRecords<ImportSummary>('import', { sort: '-created_at', enabled: may('import', 'read') });
  if (isOff) return <SwitchedOffPage title={t('Imports are switched off')} />;
  if (!may('import', 'read')) return <NoRightsPage title={t('Your role does not let you see imports')} />;
  const fresh = may('import', 'create') && (
    <Link to="/imports/new" className={buttonClass('primary')}>
      <Upload size={14} />
      {t('Import files')}
    </Link>
  );
  return (
    <>
      <PageBar title={<h1>{t('Imports')}</h1>} actions={fresh} />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="mx-auto max-w-4xl px-4 py-6 md:px-8">
          {imports.isPending ? (
            <SkeletonRows label={t('Loading imports')} />
          ) : imports.isLoadingError ? (
            <ErrorState
              title={t('The imports could not be read')}
              detail={messageOf(imports.error)}
              onRetry={() => void imports.refetch()}
            />
          ) : imports.rows.length === 0 ? (
            <EmptyState icon={<Upload size={18} />} title={t('No imports yet')} action={fresh}>
              {t(
                'Bring the files of your current system. You see what would happen before it does, and can revert it afterwards.',
              )}
            </EmptyState>
          ) : (
            <ul aria-label={t('Imports')} className="divide-y divide-line rounded-lg border border-line">
              {imports.rows.map((each) => (
                <li key={each.id}>
                  <Link
                    to="/imports/$id"
                    params={{ id: each.id }}
                    className="flex min-h-13 items-center gap-x-3 gap-y-1 px-4 py-2.5 text-13 hover:bg-hover max-sm:flex-wrap"
                  >
                    <bdi className="min-w-0 flex-1 font-medium max-sm:basis-full max-sm:wrap-anywhere sm:truncate">
                      {each.name}
                    </bdi>
                    <Badge meaning={stateLabels[each.state].meaning}>{stateLabels[each.state].label}</Badge>
                    <span className="shrink-0 text-end text-muted sm:w-24">
                      <DateText value={each.finished_at ?? each.created_at} />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )}
          {imports.isFetchNextPageError && <NotRead />}
          {imports.hasNextPage && (
            <Button className="mt-3" busy={imports.isFetchingNextPage} onClick={() => void imports.fetchNextPage()}>
              {t('Show older')}
            </Button>
          )}
        </div>
      </div>
    </>
  );
}
