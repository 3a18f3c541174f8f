import { Mail, MessageSquare, Phone, Plus, StickyNote } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { communication } from '../../../../src/modules/wealth/communication/contract.ts';
import { useRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDate, formatDateTime, formatList } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { SealedValue } from '../contact/SealedValue.tsx';
import { communicationKindText, directionText } from './words.ts';

const CommunicationDialog = lazyPart(() => import('./CommunicationDialog.tsx'));

type Communication = RowOf<typeof communication>;

const icons = { email: Mail, letter: StickyNote, call: Phone, message: MessageSquare } as const;

/** What was said and written between the firm and a household. Nobody changes it; its text is sealed. */
export default function CommunicationsTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [writing, setWriting] = useState(false);
  const filter = { field: 'household_id', op: 'eq', value: record.id } as const;
  const found = useRecords<Communication>('communication', { filter, sort: '-occurred_at' });
  const add = may('household', 'update') && !record.deleted_at && (
    <Button size="small" icon={<Plus size={14} />} onClick={() => setWriting(true)}>
      {t('Log communication')}
    </Button>
  );
  const isEmpty = found.isSuccess && found.rows.length === 0;
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4 p-4">
      {found.isPending && <SkeletonRows label={t('Loading')} />}
      {found.isError && <NotRead />}
      {isEmpty && (
        <EmptyState compact title={t('No communications yet')} action={add}>
          {t('E-mails, letters, calls and messages are kept for six years exactly as they were logged.')}
        </EmptyState>
      )}
      {found.rows.length > 0 && <div className="flex justify-end print:hidden">{add}</div>}
      <ul className="flex flex-col gap-2">
        {found.rows.map((row) => (
          <Line key={row.id} row={row} />
        ))}
        {found.hasNextPage && <MoreRows list={found} />}
      </ul>
      <Suspense>{writing && <CommunicationDialog household={record} onClose={() => setWriting(false)} />}</Suspense>
    </div>
  );
}

function Line({ row }: { row: Communication }) {
  const Icon = icons[row.kind];
  const facts = [
    communicationKindText(row.kind),
    directionText(row.direction),
    row.occurred_at && formatDateTime(row.occurred_at),
    row.author?.name,
  ];
  const about = (row.account ?? row.legal_entity ?? row.contact ?? row.document)?.name;
  return (
    <li className="flex gap-2 rounded-lg border border-line px-3 py-2 text-13">
      <Icon size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">
          <bdi>{row.subject}</bdi>
        </p>
        <p className="text-12 text-muted">{facts.filter(Boolean).join(' · ')}</p>
        {(row.participants.length > 0 || about) && (
          <p className="text-12 break-words text-muted">
            {[row.participants.length > 0 && formatList(row.participants), about].filter(Boolean).join(' · ')}
          </p>
        )}
        <div className="mt-1 break-words whitespace-pre-wrap">
          <SealedValue path={`/communications/${row.id}`} field="body" mask={row.body} label={t('Text')} />
        </div>
        {row.kept_until && (
          <p className="text-12 text-faint">{t('Kept until {date}', { date: formatDate(row.kept_until) })}</p>
        )}
      </div>
    </li>
  );
}
