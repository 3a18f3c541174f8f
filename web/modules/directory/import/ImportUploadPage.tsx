import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { FileText, X } from 'lucide-react';
import { useState } from 'react';
import { NoRightsPage, SwitchedOffPage } from '../../../platform/page/NoRightsPage.tsx';
import { OfflineNote } from '../../../platform/page/OfflineNote.tsx';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { useIsOff, useMay } from '../../../platform/session/session.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { FileDrop } from '../../../ui/FileDrop.tsx';
import { formatBytes, formatList } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { ImportFrame } from './ImportFrame.tsx';
import { changeImport, useImport } from './import.ts';
import type { NewImportSearch } from './importSearch.ts';
import { uploadImport } from './upload.ts';

const files_max = 10;
const left_out_named_max = 5;

/** Of those that are chosen together, two may have the same name: they are from two folders. */
const keyOf = ({ name, size, lastModified }: File): string => JSON.stringify([name, size, lastModified]);

/** The first names, and how many there are besides. */
function namedFirst(names: readonly string[]): string[] {
  const more = names.length - left_out_named_max;
  return more > 0 ? [...names.slice(0, left_out_named_max), t('{count, number} more', { count: more })] : [...names];
}

/** The first step: which files. */
export default function ImportUploadPage() {
  usePageTitle(t('Import'));
  const may = useMay();
  const isOff = useIsOff('imports');
  const navigate = useNavigate();
  const { instead_of } = useSearch({ strict: false }) as NewImportSearch;
  const { data: before } = useImport(instead_of);
  const [files, setFiles] = useState<File[]>([]);
  const [leftOut, setLeftOut] = useState<readonly string[]>([]);
  const [sent, setSent] = useState(0);
  const start = useMutation({
    mutationFn: async () => {
      const made = await uploadImport(files, setSent);
      if (before) await attempt(() => changeImport(made.id, { options: before.options }));
      return made;
    },
    onSuccess: (made) => navigate({ to: '/imports/$id', params: { id: made.id } }),
  });
  if (isOff) return <SwitchedOffPage title={t('Imports are switched off')} />;
  if (!may('import', 'create')) return <NoRightsPage title={t('Your role does not let you import files')} />;

  function add(more: File[]) {
    // One that was there before is an earlier version.
    const others = files.filter(({ name }) => !more.some((file) => file.name === name));
    const all = [...others, ...new Map(more.map((file) => [keyOf(file), file])).values()];
    setFiles(all.slice(0, files_max));
    setLeftOut(all.slice(files_max).map(({ name }) => name));
  }
  return (
    <ImportFrame
      step={0}
      title={t('Import')}
      actions={
        <>
          <Link
            to="/imports"
            activeOptions={{ exact: true }}
            className="rounded-sm text-13 text-muted hover:text-ink max-sm:hidden"
          >
            {t('Earlier imports')}
          </Link>
          <Button
            emphasis="primary"
            disabled={files.length === 0}
            busy={start.isPending}
            onClick={() => start.mutate()}
          >
            {files.length > 1 ? t('Read {count, number} files', { count: files.length }) : t('Read the file')}
          </Button>
        </>
      }
    >
      <div className="mx-auto max-w-2xl">
        <h2 className="text-20">{t('Which files?')}</h2>
        <p className="mt-1 mb-5 text-13 text-muted">
          {t(
            'All CSV files, workbooks and vCards that belong together: companies, contacts, deals, products. Their order and names do not matter; Holdfast works out what each one is. Nothing is changed until you have seen what would happen.',
          )}
        </p>
        {before && (
          <p className="-mt-2 mb-5 text-13 text-muted">
            <T
              text="The import of <link>{name}</link> is waiting as you left it. The choices you made for its check are kept."
              values={{
                name: before.name,
                link: (words) => (
                  <Link to="/imports/$id" params={{ id: before.id }} className="rounded-sm text-ink underline">
                    <bdi>{words}</bdi>
                  </Link>
                ),
              }}
            />
          </p>
        )}
        <OfflineNote className="mb-4" />
        {start.error && (
          <div className="mb-4">
            <Banner meaning="bad">{messageOf(start.error)}</Banner>
          </div>
        )}
        <FileDrop
          disabled={start.isPending}
          accept=".csv,.tsv,.txt,.xlsx,.xlsm,.vcf,.vcard,text/csv"
          hint={t('CSV in any encoding, XLSX sheet by sheet, or contacts as vCard')}
          onFiles={add}
        />
        {start.isPending && (
          <div className="mt-4">
            <ProgressBar label={t('Upload')} value={sent < 1 ? sent * 100 : null} />
          </div>
        )}
        {leftOut.length > 0 && (
          <div className="mt-4">
            <Banner meaning="attention">
              {t(
                'An import takes {max, number} files at once. {count, plural, one {This one was} other {These were}} not added: {names}. Import the others first.',
                { max: files_max, count: leftOut.length, names: formatList(namedFirst(leftOut)) },
              )}
            </Banner>
          </div>
        )}
        {files.length > 0 && (
          <ul aria-label={t('Files to import')} className="mt-4 divide-y divide-line rounded-lg border border-line">
            {files.map((file) => (
              <li key={keyOf(file)} className="flex min-h-12 items-center gap-3 px-4 py-2 text-13">
                <FileText size={16} aria-hidden="true" className="shrink-0 text-muted" />
                <bdi className="min-w-0 flex-1 truncate font-medium">{file.name}</bdi>
                <span className="shrink-0 text-muted tabular-nums">{formatBytes(file.size)}</span>
                <IconButton
                  label={t('Remove {name}', { name: file.name })}
                  size="small"
                  disabled={start.isPending}
                  onClick={() => {
                    setFiles(files.filter((other) => other !== file));
                    setLeftOut([]);
                  }}
                >
                  <X size={14} />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
      </div>
    </ImportFrame>
  );
}
