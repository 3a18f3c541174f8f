import { Paperclip, X } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { formatBytes } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import type { ChosenFilesState } from './useFiles.ts';

/** Files that go along with what is being written. */
export function ChosenFiles({ files }: { files: ChosenFilesState }) {
  if (files.chosen.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5 px-3 py-2">
      {files.chosen.map((file) => (
        <li
          key={`${file.name} ${file.size} ${file.lastModified}`}
          className="flex max-w-full items-center gap-1.5 rounded-md border border-line py-0.5 ps-2 pe-0.5 text-12"
        >
          <Paperclip size={12} aria-hidden="true" className="shrink-0 text-muted" />
          <bdi className="min-w-0 truncate">{file.name}</bdi>
          <span className="shrink-0 text-muted">{formatBytes(file.size)}</span>
          <IconButton
            label={t('Leave out {name}', { name: file.name })}
            size="small"
            onClick={() => files.remove(file)}
          >
            <X size={12} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
