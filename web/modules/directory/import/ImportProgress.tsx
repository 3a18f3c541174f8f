import { t } from '../../../text/text.ts';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import type { ImportDetail } from './import.ts';

/** Row by row, file by file. */
export function ImportProgress({ detail, label }: { detail: ImportDetail; label: string }) {
  const files = detail.files.filter((file) => !file.ignored);
  return (
    <ul aria-label={label} className="flex flex-col gap-4">
      {files.map((file) => {
        // Empty rows are read too, and are none of the counted.
        const done = file.counts.rows > 0 ? Math.min(file.rows_done, file.counts.rows) : file.rows_done;
        const share = file.counts.rows > 0 ? (done / file.counts.rows) * 100 : null;
        return (
          <li key={file.id} className="text-13">
            <div className="mb-1.5 flex justify-between gap-4">
              <bdi className="truncate font-medium">{file.name}</bdi>
              <span className="shrink-0 text-muted tabular-nums">
                {file.counts.rows > 0
                  ? t('{done, number} of {count, plural, one {# row} other {# rows}}', {
                      done,
                      count: file.counts.rows,
                    })
                  : t('{count, plural, one {# row} other {# rows}}', { count: done })}
              </span>
            </div>
            <ProgressBar label={`${label} ${file.name}`} value={file.complete ? 100 : share} />
          </li>
        );
      })}
    </ul>
  );
}
