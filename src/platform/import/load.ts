import type { Context } from '../../kernel/tenancy/context.ts';
import type { ImportOptions } from './contract.ts';
import type { ImportProblem } from './problem.ts';

/** A cell that goes into a note of its record. */
export interface NoteEntry {
  /** Null: the cell is the note itself. */
  label: string | null;
  text: string;
}

/** A row on its way into the database. */
export interface LoadRow {
  /** As a spreadsheet numbers it. */
  number: number;
  /** Of the record: a new one until it finds one that is there. */
  id: string;
  /** The record was there before. */
  found: boolean;
  /** By column of the table, or by field where a field fills none; as the database reads them. */
  values: Record<string, string | null>;
  /** The values of sealed fields, as they are: `values` has nothing of them but their blind indexes. */
  secrets?: Readonly<Record<string, string | null>>;
  /** Personal texts that may be sealed, as they are, where `values` has nothing of them. */
  personal?: Record<string, string | null>;
  /**
   * Columns, and custom fields, whose value does not stand in the row, or not in a form that can be read: a record that
   * is there keeps its own.
   */
  unmapped: string[];
  /** Cells that go into a note of the record. */
  notes: NoteEntry[];
  /** The record that somebody said the row is about. */
  record_id?: string;
  /** Records that it may be about, which nobody has said; only while nothing is written. */
  candidates?: readonly string[];
  /** As they stand in the file; only while nothing is written. */
  cells?: readonly string[];
  /** With an error among them the row is left out. */
  problems: ImportProblem[];
}

/** The values of a row, with the personal texts that the stage does not have. */
export const textsOfRow = ({ values, personal }: Pick<LoadRow, 'values' | 'personal'>): LoadRow['values'] =>
  personal ? { ...values, ...personal } : values;

/** What the hooks of a target work with while one batch loads. */
export interface Load {
  ctx: Context;
  import_id: string;
  /** Nothing may be written; what would be made gets an id all the same. */
  dry: boolean;
  /** What becomes of cells that do not fit. */
  bad_cells: ImportOptions['bad_cells'];
  /** Of new records whose rows name none. */
  currency: string;
  /** What the rows of a dry run before these would have made, by its kind: nothing of it is written. */
  pretended: Map<string, unknown[]>;
}

/**
 * The things of a kind that a dry run would have made so far, to be added to; in a run that writes, none: the database
 * has them.
 */
export function pretendedOf<Thing>({ pretended }: Load, kind: string): Thing[] {
  const things = (pretended.get(kind) ?? []) as Thing[];
  pretended.set(kind, things);
  return things;
}

export function refuseRow(row: LoadRow, code: string, message: string, column: string | null = null): void {
  row.problems.push({ code, severity: 'error', row: row.number, column, message });
}

/**
 * Something that a record can do without does not fit: it is left out and said, or its row is, where somebody wants
 * that.
 */
export function leaveOutPart(
  { bad_cells }: Load,
  row: LoadRow,
  problem: { code: string; message: string; label: string; text: string },
): void {
  const { code, message, label, text } = problem;
  const severity = bad_cells === 'leave_out_row' ? 'error' : 'warning';
  row.problems.push({ code, severity, row: row.number, column: null, message });
  if (bad_cells === 'note') row.notes.push({ label, text });
}

export const isRefused = (row: LoadRow): boolean => row.problems.some(({ severity }) => severity === 'error');
