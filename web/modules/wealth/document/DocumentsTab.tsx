import { useMutation, useQuery } from '@tanstack/react-query';
import { Download, FileText, History, Upload } from 'lucide-react';
import { Suspense, useId, useState } from 'react';
import type { z } from 'zod';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { document as contract, documentVersion } from '../../../../src/modules/wealth/document/contract.ts';
import { address, api, changing } from '../../../platform/query/api.ts';
import { messageInForm } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { FileDrop } from '../../../ui/FileDrop.tsx';
import { formatBytes, formatDate, formatDateTime, formatNumber } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { toast } from '../../../ui/toast.ts';
import { SealedValue } from '../contact/SealedValue.tsx';
import { ageText, documentTypeText } from './words.ts';

const DocumentDialog = lazyPart(() => import('./DocumentDialog.tsx'));

type Document = RowOf<typeof contract>;
type Version = z.infer<typeof documentVersion>;

/** The papers of a household, with their versions and how long they are kept. */
export default function DocumentsTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [files, setFiles] = useState<readonly File[]>([]);
  const filter = { field: 'household_id', op: 'eq', value: record.id } as const;
  const documents = useRecords<Document>('document', { filter, sort: '-dated_on' });
  const editable = may('household', 'update') && !record.deleted_at;
  const [file, ...rest] = files;
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4 p-4">
      {editable && <FileDrop onFiles={setFiles} />}
      {documents.isPending && <SkeletonRows label={t('Loading')} />}
      {documents.isError && <NotRead />}
      {documents.isSuccess && documents.rows.length === 0 && (
        <EmptyState compact title={t('No documents yet')}>
          {t('Statements, agreements, deeds and the like, each kept as long as its type asks.')}
        </EmptyState>
      )}
      <ul className="flex flex-col gap-2">
        {documents.rows.map((row) => (
          <DocumentLine key={row.id} row={row} editable={editable} />
        ))}
        {documents.hasNextPage && <MoreRows list={documents} />}
      </ul>
      <Suspense>
        {file && (
          <DocumentDialog
            key={`${file.name} ${files.length}`}
            file={file}
            household={record}
            onClose={() => setFiles(rest)}
          />
        )}
      </Suspense>
    </div>
  );
}

function DocumentLine({ row, editable }: { row: Document; editable: boolean }) {
  const [open, setOpen] = useState(false);
  const about = (row.account ?? row.legal_entity ?? row.contact)?.name;
  const kept = row.kept_until
    ? t('Kept until {date}', { date: formatDate(row.kept_until) })
    : t('Kept while the account is open, and six years after');
  const facts = [documentTypeText(row.type), row.dated_on && formatDate(row.dated_on), about, kept];
  return (
    <li className="rounded-lg border border-line px-3 py-2 text-13">
      <div className="flex items-center gap-2">
        <FileText size={16} aria-hidden="true" className="shrink-0 text-muted" />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">
            <bdi>{row.name}</bdi>
          </p>
          <p className="text-12 text-muted">{facts.filter(Boolean).join(' · ')}</p>
        </div>
        {row.tier !== 'hot' && <Badge className="max-sm:hidden">{ageText(row.tier)}</Badge>}
        {editable && <NewVersion row={row} />}
        <IconButton size="small" label={t('Versions of {name}', { name: row.name })} onClick={() => setOpen(!open)}>
          <History size={14} />
        </IconButton>
        {row.file_name && <Fetch path={`/documents/${row.id}/content`} name={row.file_name} />}
      </div>
      {open && <Versions row={row} />}
    </li>
  );
}

const Fetch = ({ path, name }: { path: string; name: string }) => (
  <a
    href={address(path)}
    download={name}
    aria-label={t('Download {name}', { name })}
    className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
  >
    <Download size={14} aria-hidden="true" />
  </a>
);

function NewVersion({ row }: { row: Document }) {
  const id = useId();
  const save = useMutation({
    mutationFn: async (file: File) => {
      const form = new FormData();
      form.set('file', file);
      const { id: file_id } = await api.post<{ id: string }>('/files', form);
      return changing.patch(`/documents/${row.id}`, { file_id }, row.version);
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['document'] });
      toast(t('New version saved'));
    },
    onError: (error) => toast(messageInForm(error), { kind: 'error' }),
  });
  const label = t('New version of {name}', { name: row.name });
  return (
    <label
      htmlFor={id}
      title={label}
      className="inline-flex size-7 shrink-0 cursor-pointer items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
    >
      <Upload size={14} aria-hidden="true" />
      <span className="sr-only">{label}</span>
      <input
        id={id}
        type="file"
        className="sr-only"
        disabled={save.isPending}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) save.mutate(file);
          event.target.value = '';
        }}
      />
    </label>
  );
}

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The versions of a document, the newest first, with its hash; a picture is shown. */
function Versions({ row }: { row: Document }) {
  const found = useQuery({
    queryKey: ['document', 'versions', row.id, row.number],
    queryFn: ({ signal }) => api.get<{ data: Version[] }>(`/documents/${row.id}/versions`, {}, signal),
  });
  return (
    <div className="mt-2 flex flex-col gap-2 border-t border-line pt-2">
      {pictures.has(row.content_type ?? '') && (
        <img
          src={address(`/documents/${row.id}/content`, { inline: 'true' })}
          alt={row.name}
          className="max-h-80 max-w-full self-start rounded-md border border-line"
        />
      )}
      {found.isPending && <SkeletonRows label={t('Loading')} />}
      {found.isError && <NotRead />}
      {found.data?.data.length === 0 && <p className="text-12 text-muted">{t('No file yet')}</p>}
      <ol className="flex flex-col divide-y divide-line">
        {found.data?.data.map((one) => (
          <li key={one.number} className="flex items-center gap-2 py-1.5">
            <span className="min-w-0 flex-1">
              <span className="block truncate">
                {t('Version {number}: {name}', { number: formatNumber(one.number), name: one.name })}
              </span>
              <span className="block text-12 text-muted">
                {[one.author?.name, formatDateTime(one.written_at), formatBytes(one.size_bytes)]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <span className="block truncate font-mono text-12 text-faint" title={one.sha256}>
                {t('SHA-256 {hash}', { hash: one.sha256 })}
              </span>
            </span>
            <Fetch path={`/documents/${row.id}/versions/${one.number}/content`} name={one.name} />
          </li>
        ))}
      </ol>
      {row.storage_path && (
        <div className="flex flex-wrap items-center gap-2 text-12 text-muted">
          {t('Storage path')}
          <SealedValue
            path={`/documents/${row.id}`}
            field="storage_path"
            mask={row.storage_path}
            label={t('Storage path')}
          />
        </div>
      )}
    </div>
  );
}
