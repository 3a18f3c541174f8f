import { useQuery } from '@tanstack/react-query';
import { RotateCcw, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import type { AttachmentVersion } from '../../../../src/platform/attachment/contract.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { address, api } from '../../query/api.ts';
import { attempt } from '../../query/attempt.ts';
import { messageOf } from '../../query/problem.ts';
import { type Attachment, refreshTimelines } from './timeline.ts';

interface FileVersionsProps {
  attachment: Attachment;
  /** Whether one may put a newer one, or an earlier one again. */
  changeable: boolean;
  onClose: () => void;
}

/** What a file was before, to read it or to have it again, and where a newer one takes its place. */
export default function FileVersions({ attachment, changeable, onClose }: FileVersionsProps) {
  const path = `/attachments/${attachment.id}/versions`;
  const versions = useQuery({
    queryKey: ['file-versions', attachment.id],
    queryFn: () => api.get<{ data: AttachmentVersion[] }>(path),
    staleTime: 0,
  });
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  async function change(write: () => Promise<unknown>, said: string) {
    setBusy(true);
    const done = await attempt(async () => {
      await write();
      await Promise.all([versions.refetch(), refreshTimelines()]);
    });
    setBusy(false);
    if (done) toast(said);
  }
  const put = (file: File) =>
    change(async () => {
      const form = new FormData();
      form.set('file', file);
      const { id } = await api.post<{ id: string }>('/files', form);
      await api.post(path, { file_id: id });
    }, t('New version saved'));
  const restore = (number: number) => change(() => api.post(`${path}/${number}/restoration`), t('Version restored'));
  return (
    <Dialog
      open
      title={t('Versions of {name}', { name: attachment.name })}
      size="medium"
      onClose={onClose}
      footer={
        changeable && (
          <>
            <input
              ref={input}
              type="file"
              className="hidden"
              aria-label={t('New version')}
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (file) void put(file);
                target.value = '';
              }}
            />
            <Button emphasis="primary" busy={busy} onClick={() => input.current?.click()}>
              <Upload size={14} />
              {t('New version')}
            </Button>
          </>
        )
      }
    >
      {versions.error && (
        <p role="alert" className="text-13 text-bad-ink">
          {messageOf(versions.error)}
        </p>
      )}
      <ol className="divide-y divide-line text-13">
        {versions.data?.data.map(({ number, name, size_bytes, written_at, author, is_current }) => (
          <li key={number} className="flex min-h-11 items-center gap-2 py-1.5">
            <span className="w-8 shrink-0 text-muted tabular-nums">{number}</span>
            <span className="min-w-0 flex-1">
              <a
                href={address(`${path}/${number}/content`)}
                download={name}
                className="text-accent-ink underline-offset-2 hover:underline"
              >
                <bdi className="wrap-anywhere">{name}</bdi>
              </a>
              <span className="block text-12 text-muted">
                {author && <bdi>{author.name}</bdi>} <DateText value={written_at} /> · {formatBytes(size_bytes)}
              </span>
            </span>
            {is_current ? (
              <Badge meaning="accent">{t('Current')}</Badge>
            ) : (
              changeable && (
                <IconButton
                  label={t('Restore version {number}', { number })}
                  disabled={busy}
                  onClick={() => void restore(number)}
                >
                  <RotateCcw size={14} />
                </IconButton>
              )
            )}
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
