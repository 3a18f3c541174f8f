import { Check, Minus } from 'lucide-react';
import { t, translateServerText } from '../../../../text/text.ts';
import { cx } from '../../../../ui/cx.ts';
import { formatNumber } from '../../../../ui/format.ts';
import type { CellNote, Column, RowNotes } from '../../../../ui/table/column.ts';
import { CellEditor } from './CellEditor.tsx';
import type { FixRow } from './fixes.ts';
import { placeOf } from './useFixing.ts';

/** Columns are told apart by their place: their names may hold anything. */
export const row_column = 'row';
const idOf = (at: number) => `c${at}`;
export const columnAt = (id: string): number => Number(id.slice(1));

type Save = (row: FixRow, column: string, value: string, everywhere: boolean) => void;

export function columnsFor(shown: readonly string[], names: readonly string[], onSave: Save): Column<FixRow>[] {
  const first: Column<FixRow> = {
    id: row_column,
    header: t('Row'),
    width: 120,
    cell: (row) => <RowNumber row={row} />,
    text: ({ row }) => String(row),
  };
  return [first, ...shown.map((name) => columnFor(name, names.indexOf(name), onSave))];
}

function columnFor(name: string, at: number, onSave: Save): Column<FixRow> {
  const text = ({ cells }: FixRow) => cells[at] ?? '';
  return {
    id: idOf(at),
    header: name,
    width: 180,
    value: text,
    text,
    cell: (row) => (
      <bdi
        className={cx(
          'truncate',
          row.left_out && 'text-faint line-through',
          name in row.was && 'font-medium text-good-ink',
        )}
        title={name in row.was ? t('In the file: “{text}”', { text: row.was[name] ?? '' }) : undefined}
      >
        {text(row)}
      </bdi>
    ),
    edit: (row, options) => (
      <CellEditor
        {...options}
        label={name}
        start={text(row)}
        onSave={(value, everywhere) => onSave(row, name, value, everywhere)}
      />
    ),
  };
}

function RowNumber({ row }: { row: FixRow }) {
  return (
    <span className="flex items-center gap-2 tabular-nums">
      <span className={cx(row.left_out && 'text-faint line-through')}>{formatNumber(row.row)}</span>
      {row.left_out && <Minus size={14} role="img" aria-label={t('Left out')} className="text-faint" />}
      {!row.left_out && row.problems.length === 0 && (
        <Check size={14} role="img" aria-label={t('Nothing wrong')} className="text-good-ink" />
      )}
    </span>
  );
}

/** What is wrong with cells, and what is on its way to be put right. */
export function notesOf(
  rows: readonly FixRow[],
  names: readonly string[],
  pending: ReadonlyMap<string, string>,
): ReadonlyMap<string, RowNotes> {
  const notes = new Map<string, RowNotes>();
  for (const row of rows) {
    const found: Record<string, CellNote> = {};
    for (const { column, message, severity } of row.problems) {
      const at = column === null ? row_column : idOf(names.indexOf(column));
      const text = column === null ? formatNumber(row.row) : (row.cells[names.indexOf(column)] ?? '');
      const said = translateServerText(message);
      const reason = found[at]?.reason ? `${found[at].reason} ${said}` : said;
      if (!row.left_out) found[at] = { text, reason, draft: undefined, mild: severity === 'warning' };
    }
    for (const [at, name] of names.entries()) {
      const text = pending.get(placeOf(row.row, name));
      if (text !== undefined) found[idOf(at)] = { text, reason: null, draft: undefined };
    }
    if (Object.keys(found).length > 0) notes.set(row.id, found);
  }
  return notes;
}
