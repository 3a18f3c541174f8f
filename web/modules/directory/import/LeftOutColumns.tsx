import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatList } from '../../../ui/format.ts';
import { filledPercent, type ImportFile, isEmptyColumn } from './import.ts';

interface LeftOutColumnsProps {
  file: ImportFile;
  /** Offered where the choice can still be changed and a record can have notes. */
  onKeep?: ((columns: readonly string[]) => void) | undefined;
}

const named_max = 8;

/** Columns that have values and go nowhere, so that nothing is lost unseen. */
export function LeftOutColumns({ file, onKeep }: LeftOutColumnsProps) {
  const leftOut = file.columns.filter(({ field, filled }) => field === null && filled > 0);
  if (leftOut.length === 0) return null;
  const names = leftOut
    .slice(0, named_max)
    .map(({ name, filled }) => t('{column} ({percent} filled)', { column: name, percent: filledPercent(filled) }));
  const more = leftOut.length - names.length;
  const all = more > 0 ? [...names, t('{count, number} more', { count: more })] : names;
  const isChosen = leftOut.every(({ name }) => file.answers.columns?.[name] === null);
  return (
    <Banner
      meaning={isChosen ? 'info' : 'attention'}
      action={
        onKeep && (
          <Button size="small" onClick={() => onKeep(leftOut.map(({ name }) => name))}>
            {t('Keep in a note')}
          </Button>
        )
      }
    >
      <span className="wrap-anywhere">
        {t(
          '{count, plural, one {This column has values and is not imported:} other {These columns have values and are not imported:}} {columns}',
          {
            count: leftOut.length,
            columns: formatList(all),
          },
        )}
      </span>
    </Banner>
  );
}

/** Columns without a value and without a field, in one line. Before a check only the first rows are known. */
export function EmptyColumns({ file }: { file: ImportFile }) {
  const empty = file.columns.filter(isEmptyColumn);
  if (empty.length === 0) return null;
  const columns = formatList(empty.map(({ name }) => name));
  return (
    <p className="min-w-0 text-12 text-muted wrap-anywhere">
      {file.counts.rows > 0
        ? t('Empty in this file: {columns}', { columns })
        : t('Empty in the first rows of this file: {columns}', { columns })}
    </p>
  );
}
