import { History, Paperclip, Trash2 } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { formatBytes } from '../../../ui/format.ts';
import type { MenuAction } from '../../../ui/Menu.tsx';
import { address } from '../../query/api.ts';
import { attempt } from '../../query/attempt.ts';
import { trashRecord } from '../../query/records.ts';
import { EntryMenu } from './EntryMenu.tsx';
import { type Attachment, refreshTimelines } from './timeline.ts';

const FileVersions = lazyPart(() => import('./FileVersions.tsx'));

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

interface AttachmentListProps {
  attachments: readonly Attachment[];
  /** Whether one may take them off what they hang on. */
  removable: boolean;
}

/** Files on a note or comment: pictures as such, everything by name and size. */
export function AttachmentList({ attachments, removable }: AttachmentListProps) {
  if (attachments.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {attachments.map((attachment) => (
        <li
          key={attachment.id}
          className="flex max-w-full items-end overflow-clip rounded-md border border-line bg-surface text-12 hover:border-line-strong"
        >
          <FileLink attachment={attachment} />
          <FileMenu attachment={attachment} changeable={removable} />
        </li>
      ))}
    </ul>
  );
}

function FileLink({ attachment: { id, name, content_type, size_bytes } }: { attachment: Attachment }) {
  return (
    <a href={address(`/attachments/${id}/content`)} download={name} className="flex min-w-0 flex-col">
      {pictures.has(content_type) && (
        <img
          src={address(`/attachments/${id}/content`, { inline: true })}
          alt=""
          loading="lazy"
          className="max-h-40 max-w-60 self-center object-contain"
        />
      )}
      <span className="flex items-center gap-1.5 px-2 py-1 pointer-coarse:min-h-10">
        <Paperclip size={12} aria-hidden="true" className="shrink-0 text-muted" />
        <bdi className="min-w-0 truncate">{name}</bdi>
        <span className="shrink-0 text-muted">{formatBytes(size_bytes)}</span>
      </span>
    </a>
  );
}

function FileMenu({ attachment, changeable }: { attachment: Attachment; changeable: boolean }) {
  const [comparing, setComparing] = useState(false);
  const remove = () =>
    attempt(() => trashRecord('attachment', attachment, t('File moved to the trash'), refreshTimelines));
  const actions: MenuAction[] = [
    { label: t('Versions'), icon: <History size={14} />, onSelect: () => setComparing(true) },
  ];
  if (changeable)
    actions.push({
      label: t('Delete file'),
      icon: <Trash2 size={14} />,
      danger: true,
      onSelect: () => void remove(),
    });
  return (
    <>
      <EntryMenu label={t('More about {name}', { name: attachment.name })} actions={actions} />
      {comparing && (
        <Suspense>
          <FileVersions attachment={attachment} changeable={changeable} onClose={() => setComparing(false)} />
        </Suspense>
      )}
    </>
  );
}
