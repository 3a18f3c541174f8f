import { Link } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { address } from '../../../platform/query/api.ts';
import type { ListSearch } from '../../../platform/record/listSearch.ts';
import { findType } from '../../../platform/record/recordTypes.ts';
import { inSentence, t, translateServerText } from '../../../text/text.ts';
import { buttonClass } from '../../../ui/Button.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { CreatedNames } from './CreatedNames.tsx';
import { type FileCounts, type ImportFile, useImportTargets } from './import.ts';
import { EmptyColumns, LeftOutColumns } from './LeftOutColumns.tsx';
import { MatchList } from './MatchList.tsx';
import { UnknownOptions } from './UnknownOptions.tsx';

/** Below a number, in words that go with it. */
const labels: { key: keyof FileCounts; would: (count: number) => string; did: (count: number) => string }[] = [
  {
    key: 'created',
    would: (count) => t('{count, plural, other {would be created}}', { count }),
    did: () => t('created'),
  },
  {
    key: 'updated',
    would: (count) => t('{count, plural, other {would be updated}}', { count }),
    did: () => t('updated'),
  },
  {
    key: 'unchanged',
    would: (count) => t('{count, plural, other {would stay unchanged}}', { count }),
    did: (count) => t('{count, plural, other {unchanged}}', { count }),
  },
  {
    key: 'skipped',
    would: (count) => t('{count, plural, other {would be left out}}', { count }),
    did: () => t('left out'),
  },
  {
    key: 'errors',
    would: (count) => t('{count, plural, one {has a problem} other {have a problem}}', { count }),
    did: (count) => t('{count, plural, other {had a problem}}', { count }),
  },
];

/** The rows that an import made; all, where it made none. Whichever pipeline deals are in, a table has them. */
const rowsOf = (importId: string, { created }: FileCounts): ListSearch => ({
  view: 'all',
  layout: 'table',
  ...(created > 0 && { filter: { field: 'import_id', op: 'eq', value: importId } }),
});

interface FileResultProps {
  importId: string;
  file: ImportFile;
  tense: 'would' | 'did';
  /** Its rows are no longer there to be looked at. */
  reverted?: boolean;
  /** What becomes of single rows. */
  outcomes?: ReactNode;
  children?: ReactNode;
}

/** The rows of a file by what becomes of them. */
export function FileResult({ importId, file, tense, reverted = false, outcomes, children }: FileResultProps) {
  const targets = useImportTargets();
  const target = targets.data?.find(({ resource }) => resource === file.resource);
  const written = file.counts.created + file.counts.updated > 0;
  const list = tense === 'did' && !reverted && written ? findType(file.resource)?.path : undefined;
  return (
    <section aria-label={file.name} className="overflow-clip rounded-lg border border-line">
      <header className="flex min-h-12 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <h3 className="min-w-0 truncate text-14">
          <bdi>{file.name}</bdi>
        </h3>
        <span className="shrink-0 text-12 text-muted tabular-nums">
          {t('{count, plural, one {# row} other {# rows}}', { count: file.counts.rows })}
        </span>
        <span className="flex-1" />
        <div className="-mx-2 flex flex-wrap gap-x-2 empty:hidden">
          {list && target && (
            <Link to={list} search={rowsOf(importId, file.counts)} className={buttonClass('quiet', 'small')}>
              {t(file.counts.created > 0 ? 'Open the new {records}' : 'Open {records}', {
                records: inSentence(translateServerText(target.label)),
              })}
            </Link>
          )}
          {file.counts.errors > 0 && (
            <a
              href={address(`/imports/${importId}/errors`, { file_id: file.id })}
              download
              className={buttonClass('quiet', 'small')}
            >
              <Download size={14} />
              {t('Problem rows as CSV')}
            </a>
          )}
        </div>
      </header>
      {file.errors_unnamed > 0 && (
        <p className="border-b border-line px-4 py-2 text-13 text-attention-ink">
          {t(
            '{count, plural, one {# row with a problem is} other {# rows with a problem are}} not listed, because there are too many. Correct what the others have in common, and check again.',
            { count: file.errors_unnamed },
          )}
        </p>
      )}
      <dl className="grid grid-cols-2 gap-px bg-line sm:grid-cols-5">
        {labels.map(({ key, ...words }) => (
          <div key={key} className="flex flex-col-reverse justify-end bg-surface px-4 py-3 max-sm:last:col-span-2">
            <dt className="text-12 text-muted">{words[tense](file.counts[key])}</dt>
            <dd
              className={`text-20 font-semibold tabular-nums ${key === 'errors' && file.counts[key] > 0 ? 'text-bad-ink' : ''}`}
            >
              {formatNumber(file.counts[key])}
            </dd>
          </div>
        ))}
      </dl>
      {outcomes}
      <div className="flex flex-col gap-2 border-t border-line p-3 empty:hidden">
        <LeftOutColumns file={file} />
        <EmptyColumns file={file} />
      </div>
      <CreatedNames importId={importId} file={file} canChoose={tense === 'would'} />
      {tense === 'would' && <UnknownOptions importId={importId} file={file} />}
      <MatchList matches={file.matches} />
      {children}
    </section>
  );
}
