import type { Row } from '../read.ts';

/** Something that somebody corrected in a file, without changing the file itself. */
export interface Fix {
  id: string;
  /** Null: in every row. */
  row: number | null;
  /** Null: the row is left out, or is about a record. */
  column: string | null;
  /** What stands in the cells that a fix of every row is about. */
  was: string | null;
  value: string | null;
  /** The one that the row is about. */
  record_id: string | null;
}

export interface Fixer {
  /** The row as corrected; null when it is left out. */
  apply: (row: Row) => Row | null;
  /** Somebody corrected this very row. */
  isFixed: (row: number) => boolean;
  /** Somebody said of rows whom they are about. */
  namesRecords: boolean;
}

/** Corrects the rows of a file as they are read. What was said of one row goes before what was said of all. */
export function fixerOf(fixes: readonly Fix[], columns: readonly string[]): Fixer {
  const leftOut = new Set<number>();
  const records = new Map<number, string>();
  const ofRow = new Map<number, [at: number, value: string][]>();
  const ofAll = new Map<number, Map<string, string>>();
  for (const { row, column, was, value, record_id } of fixes) {
    const at = column === null ? -1 : columns.indexOf(column);
    if (record_id !== null) records.set(row!, record_id);
    else if (column === null) leftOut.add(row!);
    else if (at === -1) continue;
    else if (row !== null) ofRow.set(row, [...(ofRow.get(row) ?? []), [at, value!]]);
    else ofAll.set(at, (ofAll.get(at) ?? new Map<string, string>()).set(was!, value!));
  }
  const isFixed = (row: number) => leftOut.has(row) || records.has(row) || ofRow.has(row);
  const namesRecords = records.size > 0;
  if (fixes.length === 0) return { apply: (row) => row, isFixed, namesRecords };

  const apply = (given: Row): Row | null => {
    if (leftOut.has(given.number)) return null;
    const record_id = records.get(given.number);
    const row = record_id === undefined ? given : { ...given, record_id };
    const found: [number, string][] = [];
    for (const [at, values] of ofAll) {
      const value = values.get(row.cells[at]!);
      if (value !== undefined) found.push([at, value]);
    }
    found.push(...(ofRow.get(row.number) ?? []));
    if (found.length === 0) return row;
    const cells = [...row.cells];
    for (const [at, value] of found) cells[at] = value;
    const corrected = new Set(found.map(([at]) => columns[at]));
    return { ...row, cells, problems: row.problems.filter(({ column }) => column === null || !corrected.has(column)) };
  };
  return { apply, isFixed, namesRecords };
}
