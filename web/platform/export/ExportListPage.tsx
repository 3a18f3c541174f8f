import { Download } from 'lucide-react';
import { t, translateServerText } from '../../text/text.ts';
import { Badge, type Meaning } from '../../ui/Badge.tsx';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { NoRightsPage, SwitchedOffPage } from '../page/NoRightsPage.tsx';
import { PageBar } from '../page/PageBar.tsx';
import { usePageTitle } from '../page/usePageTitle.ts';
import { contentUrl, type ExportSummary } from '../query/exports.ts';
import { messageOf } from '../query/problem.ts';
import { useRecords } from '../query/records.ts';
import { NotRead } from '../record/RelatedList.tsx';
import { wordsOf } from '../record/recordTypes.ts';
import { useIsOff, useMay } from '../session/session.tsx';

const states: Record<ExportSummary['state'], { label: string; meaning: Meaning }> = {
  waiting: { label: t('Waiting'), meaning: 'neutral' },
  running: { label: t('Preparing'), meaning: 'info' },
  done: { label: t('Ready'), meaning: 'good' },
  failed: { label: t('Failed'), meaning: 'bad' },
};

/** What was exported, to download again while its file is kept. */
export default function ExportListPage() {
  usePageTitle(t('Exports'));
  const may = useMay();
  const isOff = useIsOff('exports');
  const exports = useRecords<ExportSummary>('export', { sort: '-created_at', enabled: may('export', 'read') });
  if (isOff) return <SwitchedOffPage title={t('Exports are switched off')} />;
  if (!may('export', 'read')) return <NoRightsPage title={t('Your role does not let you see exports')} />;
  return (
    <>
      <PageBar title={<h1>{t('Exports')}</h1>} />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="mx-auto max-w-4xl px-4 py-6 md:px-8">
          {exports.isPending ? (
            <SkeletonRows label={t('Loading exports')} />
          ) : exports.isLoadingError ? (
            <ErrorState
              title={t('The exports could not be read')}
              detail={messageOf(exports.error)}
              onRetry={() => void exports.refetch()}
            />
          ) : exports.rows.length === 0 ? (
            <EmptyState icon={<Download size={18} />} title={t('No exports yet')}>
              {t('Open a list, filter it as you like, and choose Export. Exports are kept here for seven days.')}
            </EmptyState>
          ) : (
            <ul aria-label={t('Exports')} className="divide-y divide-line rounded-lg border border-line">
              {exports.rows.map((each) => (
                <ExportRow key={each.id} each={each} />
              ))}
            </ul>
          )}
          {exports.isFetchNextPageError && <NotRead />}
          {exports.hasNextPage && (
            <Button className="mt-3" busy={exports.isFetchingNextPage} onClick={() => void exports.fetchNextPage()}>
              {t('Show older')}
            </Button>
          )}
        </div>
      </div>
    </>
  );
}

const kinds: Record<ExportSummary['format'], string> = { csv: 'CSV', xlsx: t('Excel workbook'), vcf: 'vCards' };

function ExportRow({ each }: { each: ExportSummary }) {
  const { label, meaning } = states[each.state];
  const name = t('{Types} as {format}', { Types: wordsOf(each.resource).Types, format: kinds[each.format] });
  return (
    <li className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 text-13">
      <span className="min-w-0 flex-1 max-sm:basis-full">
        <span className="font-medium">{name}</span>
        {each.row_count !== null && (
          <span className="text-muted">
            {t('{count, plural, one {, # row} other {, # rows}}', { count: each.row_count })}
          </span>
        )}
        {each.error && <span className="block text-12 text-bad-ink">{translateServerText(each.error)}</span>}
      </span>
      <Badge meaning={meaning}>{label}</Badge>
      <span className="shrink-0 text-muted sm:w-24 sm:text-end">
        <DateText value={each.finished_at ?? each.created_at} />
      </span>
      <span className="shrink-0 text-end max-sm:ms-auto sm:w-36">
        {each.file_id && (
          <a href={contentUrl(each)} download aria-label={t('Download {name}', { name })} className={buttonClass()}>
            <Download size={14} />
            {t('Download')}
          </a>
        )}
      </span>
    </li>
  );
}
