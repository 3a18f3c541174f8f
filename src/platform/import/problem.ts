/**
 * What can be wrong with a file. `fatal`: the file cannot be imported; `error`: this row or cell is left out;
 * `warning`: it goes in, but someone should look. Messages say what to do about it.
 */
export interface ImportProblem {
  code: string;
  severity: 'fatal' | 'error' | 'warning';
  /** As a spreadsheet numbers its rows: the header is row 1, a cell with line breaks is still one row. */
  row: number | null;
  column: string | null;
  message: string;
}

/** Something only the person who knows the data can answer. `proposed` is what happens without an answer. */
export interface ImportQuestion {
  code: string;
  column: string;
  message: string;
  options: { value: string; label: string }[];
  proposed: string;
}

export class UnreadableFile extends Error {
  readonly problem: ImportProblem;

  constructor(problem: ImportProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

export function fatal(code: string, message: string, row: number | null = null): ImportProblem {
  return { code, severity: 'fatal', row, column: null, message };
}

export const columns_max = 500;
/** A longer text is a value, or the file is no table. */
export const column_name_characters_max = 500;
export const cell_characters_max = 100_000;
export const record_bytes_max = 1024 * 1024;
export const sample_bytes = 1024 * 1024;
