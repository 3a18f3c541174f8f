import { Upload } from 'lucide-react';
import { useId, useState } from 'react';
import { t } from '../text/text.ts';
import { cx } from './cx.ts';
import { useCoarsePointer } from './media.ts';

interface FileDropProps {
  onFiles: (files: File[]) => void;
  disabled?: boolean;
  /** As of an input for files; by default all. */
  accept?: string;
  /** Which files are taken. Where nothing is said, it is one line high. */
  hint?: string;
}

/** Where files are dropped, or chosen. */
export function FileDrop({ onFiles, disabled = false, accept, hint }: FileDropProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const coarse = useCoarsePointer();
  return (
    <label
      htmlFor={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!disabled) onFiles([...event.dataTransfer.files]);
      }}
      className={cx(
        'flex items-center gap-2 rounded-lg border border-dashed text-center print:hidden has-focus-visible:outline-2 has-focus-visible:outline-accent',
        hint ? 'flex-col px-6 py-12 text-14' : 'justify-center px-4 py-4 text-13',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong bg-canvas hover:border-control',
      )}
    >
      <Upload size={hint ? 20 : 16} aria-hidden="true" className="text-muted" />
      <span className="font-medium">{coarse ? t('Choose files') : t('Drop files here, or choose them')}</span>
      {hint && <span className="text-12 text-muted">{hint}</span>}
      <input
        id={id}
        type="file"
        multiple
        accept={accept}
        disabled={disabled}
        className="sr-only"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </label>
  );
}
