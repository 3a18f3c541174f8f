import type { Row } from './column.ts';
import type { CellPosition } from './range.ts';
import type { Rows } from './rows.ts';

/**
 * A cell and its record. Without one, because nobody has gone there or it is yet to be read, it is the cell of whatever
 * stands at its place.
 */
export interface RecordCell extends CellPosition {
  id: string | undefined;
}

/** The active cell, and the one from which a range was stretched to it. */
export interface CellArea {
  active: RecordCell;
  anchor: RecordCell;
}

export interface Editing<T extends Row> extends CellPosition {
  record: T;
  /** A character began it. */
  typed: boolean;
}

type Places<T extends Row = Row> = Pick<Rows<T>, 'at' | 'placeOf'>;

export const cellIn = (rows: Places, { row, column }: CellPosition): RecordCell => ({
  row,
  column,
  id: rows.at(row)?.id,
});

/**
 * Where the cells are now that rows have come, gone or moved. A range whose records no longer all stand between its
 * ends would take in others: then the active cell alone is left of it.
 */
export function followArea(rows: Places, area: CellArea): CellArea {
  const active = followCell(rows, area.active);
  const anchor = followCell(rows, area.anchor);
  if (active === area.active && anchor === area.anchor) return area;
  const isWhole =
    active.id === area.active.id &&
    anchor.id === area.anchor.id &&
    active.row - area.active.row === anchor.row - area.anchor.row;
  return { active, anchor: isWhole ? anchor : active };
}

/**
 * With its record to another place; from one that has left the list to the one that stands there now. What is not at
 * hand keeps its number.
 */
function followCell(rows: Places, cell: RecordCell): RecordCell {
  if (cell.id === undefined) return cell;
  const row = rows.placeOf(cell.id) ?? cell.row;
  const id = rows.at(row)?.id ?? cell.id;
  return row === cell.row && id === cell.id ? cell : { ...cell, row, id };
}

/** An edit stays with its record, also when that has left the list. */
export function followEditing<T extends Row>(rows: Places<T>, editing: Editing<T>): Editing<T> {
  const row = rows.placeOf(editing.record.id) ?? editing.row;
  const there = rows.at(row);
  const record = there?.id === editing.record.id ? there : editing.record;
  return row === editing.row && record === editing.record ? editing : { ...editing, row, record };
}
