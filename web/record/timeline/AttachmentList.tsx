import { Paperclip } from 'lucide-react';
import { url } from '../../app/api.ts';
import { formatBytes } from '../../ui/format.ts';
import type { Attachment } from './timeline.ts';

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Files on a note or comment: pictures as such, everything by name and size. */
export function AttachmentList({ attachments }: { attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {attachments.map(({ id, name, content_type, size_bytes }) => (
        <li key={id} className="max-w-full">
          <a
            href={url(`/attachments/${id}/content`)}
            download={name}
            className="flex max-w-full flex-col overflow-clip rounded-md border border-line bg-surface text-12 hover:border-line-strong"
          >
            {pictures.has(content_type) && (
              <img
                src={url(`/attachments/${id}/content`, { inline: true })}
                alt=""
                loading="lazy"
                className="max-h-40 max-w-60 self-center object-contain"
              />
            )}
            <span className="flex items-center gap-1.5 px-2 py-1">
              <Paperclip size={12} aria-hidden="true" className="shrink-0 text-muted" />
              <bdi className="min-w-0 truncate">{name}</bdi>
              <span className="shrink-0 text-muted">{formatBytes(size_bytes)}</span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
