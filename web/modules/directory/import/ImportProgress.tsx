import { t } from '../../../text/text.ts';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import type { ImportDetail, ImportFile } from './import.ts';

/** File by file; how many rows one has nobody knows before its end, so the bars go by bytes. */
export function ImportProgress({ detail, label }: { detail: ImportDetail; label: string }) {
  const files = detail.files.filter((file) => !file.ignored && file.resource !== null);
  const current = files.find((file) => !file.complete);
  return (
    <ul aria-label={label} className="flex flex-col gap-4">
      {files.map((file) => (
        <li key={file.id} className="text-13">
          <div className="mb-1.5 flex justify-between gap-4">
            <bdi className="truncate font-medium">{file.name}</bdi>
            <span className="shrink-0 text-muted tabular-nums">{placeOf(file, file === current)}</span>
          </div>
          <ProgressBar label={`${label} ${file.name}`} value={shareOf(file, file === current)} />
        </li>
      ))}
    </ul>
  );
}

function placeOf(file: ImportFile, current: boolean): string {
  if (file.complete) return t('{count, plural, one {# row} other {# rows}}', { count: file.counts.rows });
  if (file.linking) return t('Linking its records');
  if (file.rows_done > 0) return t('{count, plural, one {# row} other {# rows}} so far', { count: file.rows_done });
  return current ? t('Reading the first rows') : t('Queued');
}

function shareOf({ complete, bytes_done, size_bytes }: ImportFile, current: boolean): number | null {
  if (complete) return 100;
  if (bytes_done === 0) return current ? null : 0;
  return Math.min(100, (bytes_done / size_bytes) * 100);
}
