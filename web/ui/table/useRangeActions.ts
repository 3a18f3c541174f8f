import { type ClipboardEvent, useRef } from 'react';
import { t } from '../../text/text.ts';
import { toast } from '../toast.ts';
import { fromTsv, toHtml, toTsv } from './clipboard.ts';
import type { CellWrite, Column, Row, Sheet } from './column.ts';
import { type CellRange, isOne } from './range.ts';
import { type Rows, tooFar } from './rows.ts';

interface RangeActionsOptions<T extends Row> {
  rows: Rows<T>;
  columns: readonly Column<T>[];
  range: CellRange;
  sheet: Sheet<T> | undefined;
}

const rows_written_max = 500;
/** Cells as only these tables take them: spreadsheets do not add up amounts that have a currency beside them. */
const cells_type = 'application/x-holdfast-cells';

/** Copy, cut, paste, fill and clear a range of cells. */
export function useRangeActions<T extends Row>(options: RangeActionsOptions<T>) {
  const latest = useRef(options);
  latest.current = options;

  function write(cells: CellWrite<T>[]) {
    if (new Set(cells.map(({ row }) => row.id)).size > rows_written_max) tooMany();
    else if (cells.length > 0) latest.current.sheet?.write(cells);
  }

  /** The cells of a range, each with what `from` gives it. */
  function each(
    { top, bottom, left, right }: CellRange,
    from: (column: Column<T>, row: T, at: CellOffset) => Given<T>,
  ) {
    const { rows, columns } = latest.current;
    const cells: CellWrite<T>[] = [];
    // One row too many is enough to say so.
    const taken = rows.between(top, Math.min(bottom, top + rows_written_max));
    if (!taken) tooFar();
    for (const [down, row] of (taken ?? []).entries())
      for (const [along, column] of columns.slice(left, right + 1).entries()) {
        const given = from(column, row, { down, along });
        if (given) cells.push({ row, column: column.id, from: given });
      }
    return cells;
  }

  const clear = () => write(each(latest.current.range, ({ edit }) => edit && { text: '' }));

  /** The first row of the range, or else the one above it, goes to all below. */
  function fillDown() {
    const { range } = latest.current;
    const top = range.top === range.bottom ? range.top - 1 : range.top;
    if (top >= 0) fill({ ...range, top: top + 1 }, { ...range, top, bottom: top });
  }

  /** Goes on below the range, over and over. */
  const fillTo = (range: CellRange, row: number) => fill({ ...range, top: range.bottom + 1, bottom: row }, range);

  function fill(target: CellRange, source: CellRange) {
    const height = source.bottom - source.top + 1;
    const { rows } = latest.current;
    write(
      each(target, ({ edit, value }, _, { down }) => {
        const like = rows.at(source.top + (down % height));
        return edit && value && like && { value: value(like), like };
      }),
    );
  }

  function onCopy(event: ClipboardEvent) {
    if (!isCell(event)) return;
    const { rows, columns, range } = latest.current;
    const copied = rows.between(range.top, range.bottom);
    if (!copied) return tooFar();
    const taken = columns.slice(range.left, range.right + 1);
    const texts = copied.map((row) => taken.map(({ text }) => text?.(row) ?? ''));
    event.clipboardData.setData('text/plain', toTsv(texts));
    event.clipboardData.setData('text/html', toHtml(texts));
    const exact = copied.map((row) => taken.map(({ text, textWithCurrency = text }) => textWithCurrency?.(row) ?? ''));
    event.clipboardData.setData(cells_type, toTsv(exact));
    event.preventDefault();
    if (event.type === 'cut') clear();
  }

  function onPaste(event: ClipboardEvent) {
    if (!isCell(event) || !latest.current.sheet) return;
    event.preventDefault();
    const text = event.clipboardData.getData(cells_type) || event.clipboardData.getData('text/plain');
    fromTsv(text, rows_written_max).then(paste, () =>
      toast(t('This could not be read as a table'), {
        kind: 'error',
        description: t(
          'A quotation mark that opens a cell has to be closed. Copy the cells again, or paste into one cell.',
        ),
      }),
    );
  }

  function paste(texts: string[][]) {
    const { rows, columns, range } = latest.current;
    if (texts.length > rows_written_max) return tooMany();
    const single = texts.length === 1 && texts[0]?.length === 1;
    const width = Math.max(0, ...texts.map((cells) => cells.length));
    const target =
      single && !isOne(range)
        ? range
        : { ...range, bottom: range.top + texts.length - 1, right: range.left + width - 1 };
    write(
      each(target, (_, __, { down, along }) => {
        const text = single ? texts[0]?.[0] : texts[down]?.[along];
        return text === undefined ? undefined : { text };
      }),
    );
    if (target.bottom >= rows.length || target.right >= columns.length)
      toast(t('Not everything you copied fits here'), {
        kind: 'error',
        description: t('Cells below the last row or right of the last column were left out.'),
      });
  }

  return { clear, fillDown, fillTo, onCopy, onCut: onCopy, onPaste };
}

type CellOffset = { down: number; along: number };
type Given<T extends Row> = CellWrite<T>['from'] | undefined;

/** Not from within an editor, whose texts are its own. */
const isCell = (event: ClipboardEvent) => (event.target as HTMLElement).dataset?.cell !== undefined;

function tooMany() {
  toast(t('At most {max, number} rows can be changed at once', { max: rows_written_max }), {
    kind: 'error',
    description: t('Nothing was changed. Select fewer rows, or use the actions for selected records or an import.'),
  });
}
