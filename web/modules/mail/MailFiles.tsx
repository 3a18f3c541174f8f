import { Download, ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import { readFile } from '../../platform/query/api.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { t } from '../../text/text.ts';
import { formatBytes } from '../../ui/format.ts';
import { saveFile } from '../../ui/saveText.ts';
import { type MessageContent, refreshContent } from './mail.ts';

/** The files of a mail. One that was found to be infected says so, and is refused until a scanner finds it clean. */
export function MailFiles({ content: { id, files } }: { content: MessageContent }) {
  if (files.length === 0) return null;
  return (
    <ul aria-label={t('Files')} className="flex flex-wrap gap-2">
      {files.map((file) => (
        <li key={file.part} className="min-w-0">
          <FileButton message={id} file={file} />
        </li>
      ))}
    </ul>
  );
}

function FileButton({ message, file }: { message: string; file: MessageContent['files'][number] }) {
  const { part, name, size_bytes, found } = file;
  const [isBusy, setIsBusy] = useState(false);
  const save = async () => {
    setIsBusy(true);
    const isSaved = await attempt(async () => saveFile(name, await readFile(`/messages/${message}/files/${part}`)));
    if (!isSaved || found !== null) await refreshContent(message);
    setIsBusy(false);
  };
  const Icon = found === null ? Download : ShieldAlert;
  return (
    <button
      type="button"
      aria-busy={isBusy}
      disabled={isBusy}
      className="inline-flex max-w-full flex-wrap items-center gap-x-2 rounded-md border border-line px-2.5 py-1.5 text-12 hover:bg-hover"
      onClick={() => void save()}
    >
      <Icon size={14} aria-hidden="true" className="shrink-0 text-muted" />
      <bdi className="min-w-0 truncate">{name}</bdi>
      <span className="shrink-0 text-muted">{formatBytes(size_bytes)}</span>
      {found !== null && (
        <span className="min-w-0 text-start wrap-anywhere text-bad-ink">{t('held back: {found}', { found })}</span>
      )}
    </button>
  );
}
