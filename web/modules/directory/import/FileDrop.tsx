import { Upload } from 'lucide-react';
import { useId, useState } from 'react';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { useCoarsePointer } from '../../../ui/media.ts';

/** Where files are dropped, or chosen. */
export function FileDrop({ disabled, onFiles }: { disabled: boolean; onFiles: (files: File[]) => void }) {
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
        'flex flex-col items-center gap-2 rounded-lg border border-dashed px-6 py-12 text-center has-focus-visible:outline-2 has-focus-visible:outline-accent',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong bg-canvas hover:border-control',
      )}
    >
      <Upload size={20} aria-hidden="true" className="text-muted" />
      <span className="text-14 font-medium">{coarse ? t('Choose files') : t('Drop files here, or choose them')}</span>
      <span className="text-12 text-muted">{t('CSV in any encoding, XLSX sheet by sheet, or contacts as vCard')}</span>
      <input
        id={id}
        type="file"
        multiple
        accept=".csv,.tsv,.txt,.xlsx,.xlsm,.vcf,.vcard,text/csv"
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
