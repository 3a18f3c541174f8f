import { Check, Minus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { t, translateServerText } from '../../../../text/text.ts';
import { cx } from '../../../../ui/cx.ts';
import { formatNumber } from '../../../../ui/format.ts';
import type { CellNote, Column, EditOptions, RowNotes } from '../../../../ui/table/column.ts';
import { CellEditor } from './CellEditor.tsx';
import { type FixRow, isMultiline } from './fixes.ts';
import { placeOf } from './useFixing.ts';

/** Columns are told apart by their place: their names may hold anything. */
export const row_column = 'row';
const idOf = (at: number) => `c${at}`;
export const columnAt = (id: string): number => Number(id.slice(1));

type Open = (row: FixRow) => void;
type Save = (row: FixRow, column: string, value: string, everywhere: boolean) => void;

export function columnsFor(
  shown: readonly string[],
  names: readonly string[],
  act: { onSave: Save; onOpen: Open },
): Column<FixRow>[] {
  const first: Column<FixRow> = {
    id: row_column,
    header: t('Row'),
    width: 120,
    cell: (row) => <RowNumber row={row} />,
    text: ({ row }) => String(row),
  };
  return [first, ...shown.map((name) => columnFor(name, names.indexOf(name), act))];
}

function columnFor(name: string, at: number, { onSave, onOpen }: { onSave: Save; onOpen: Open }): Column<FixRow> {
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
    // One line holds no line break, and what is cut would lose its end. What is typed takes the place of the whole.
    edit: (row, options) =>
      !options.typed && (row.cut.includes(name) || isMultiline(text(row))) ? (
        <EditorElsewhere done={options.done} onOpen={() => onOpen(row)} />
      ) : (
        <CellEditor
          {...options}
          label={name}
          start={text(row)}
          onSave={(value, everywhere) => onSave(row, name, value, everywhere)}
        />
      ),
  };
}

/** Opens the row instead. */
function EditorElsewhere({ done, onOpen }: { done: EditOptions['done']; onOpen: () => void }) {
  const latest = useRef({ done, onOpen });
  useEffect(() => {
    latest.current.done('stay');
    latest.current.onOpen();
  }, []);
  return null;
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
