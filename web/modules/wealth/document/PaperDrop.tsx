import { Upload } from 'lucide-react';
import { useId, useState } from 'react';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { useCoarsePointer } from '../../../ui/media.ts';

/** Where papers are dropped, or chosen. */
export function PaperDrop({ onFiles }: { onFiles: (files: File[]) => void }) {
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
        onFiles([...event.dataTransfer.files]);
      }}
      className={cx(
        'flex items-center justify-center gap-2 rounded-lg border border-dashed px-4 py-4 text-center text-13 print:hidden has-focus-visible:outline-2 has-focus-visible:outline-accent',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong bg-canvas hover:border-control',
      )}
    >
      <Upload size={16} aria-hidden="true" className="text-muted" />
      <span className="font-medium">{coarse ? t('Choose files') : t('Drop files here, or choose them')}</span>
      <input
        id={id}
        type="file"
        multiple
        className="sr-only"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </label>
  );
}
