import { CsvError, parse } from 'csv-parse';
import { withoutNameMark } from '../../kernel/database/name-mark.ts';
import { formula_mark, restoreFormula } from '../csv/index.ts';
import { type Dialect, parserOptions } from './dialect.ts';
import { cell_characters_max, fatal, type ImportProblem, UnreadableFile } from './problem.ts';

export interface Row {
  /** As a spreadsheet numbers it. */
  number: number;
  /** As many as there are columns. */
  cells: string[];
  /** Empty for a sound row. With an `error` among them the row must not be loaded. */
  problems: readonly ImportProblem[];
  /** The record that somebody said it is about. */
  record_id?: string;
}

export interface Batch {
  rows: Row[];
  bytes_read: number;
}

export interface ReadOptions {
  /** Names of the columns from the sniffer, for the messages and for how many cells a row has. */
  columns: readonly string[];
  /**
   * A batch ends with the chunk of the source that brings it to this, or to a mebibyte; the first are smaller, so that
   * something is known soon.
   */
  rows_per_batch?: number;
}

const rows_in_first_batch = 500;
const bytes_per_batch_max = 1024 * 1024;
const none: readonly ImportProblem[] = [];

/** Rows of a file of any size, a batch in memory at a time. Ends early by `break`; throws `UnreadableFile`. */
export async function* readRows(
  source: AsyncIterable<Uint8Array>,
  dialect: Dialect,
  { columns, rows_per_batch = rows_in_first_batch }: ReadOptions,
): AsyncGenerator<Batch, void> {
  let rows: Row[] = [];
  let wanted = rows_in_first_batch;
  let pending = (dialect.skipped_rows ?? 0) + Number(dialect.header);
  const records = recordSink(dialect, (record, number) => {
    if (pending > 0) pending--;
    else rows.push(toRow(record, number, columns));
  });
  const decoder = dialect.encoding === 'utf-8' ? null : new TextDecoder(dialect.encoding);
  let bytes_read = 0;
  let bytes_before = 0;
  for await (const chunk of source) {
    bytes_read += chunk.length;
    await records.write(decoder ? decoder.decode(chunk, { stream: true }) : chunk);
    if (rows.length > 0 && (rows.length >= wanted || bytes_read - bytes_before >= bytes_per_batch_max)) {
      yield { rows, bytes_read };
      rows = [];
      bytes_before = bytes_read;
      wanted = Math.min(wanted * 2, rows_per_batch);
    }
  }
  await records.end(decoder?.decode() ?? '');
  if (rows.length > 0) yield { rows, bytes_read };
}

/**
 * The parser without its output stream: records are handed over as they are found, which keeps them from queueing up
 * as objects. It works on UTF-8 and makes U+FFFD of bytes that are not, as the decoders of other encodings do.
 */
function recordSink(dialect: Dialect, onRecord: (record: string[], number: number) => void) {
  const parser = parse({
    ...parserOptions(dialect),
    bom: true,
    on_record: (record: string[], info) => {
      onRecord(record, info.records + info.empty_lines);
      return null;
    },
  });
  // Whoever writes gets the error from that write.
  parser.on('error', () => {});
  const settled = (call: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => call((error) => (error ? reject(explained(error)) : resolve())));
  return {
    write: (chunk: Uint8Array | string) => settled((done) => parser.write(chunk, done)),
    end: (rest: string) => settled((done) => parser.end(rest, done)),
  };
}

function toRow(record: string[], number: number, columns: readonly string[]): Row {
  let problems = none;
  if (record.length !== columns.length) problems = adjustWidth(record, number, columns);
  for (let at = 0; at < record.length; at++) {
    const cell = record[at]!;
    if (cell.length > cell_characters_max || cell.includes('\0') || cell.includes('\uFFFD')) {
      problems = [...problems, cellProblem(cell, number, columns[at]!)];
    }
    if (cell.startsWith(formula_mark)) problems = [...problems, formulaProblem(cell, number, columns[at]!)];
    record[at] = cell.startsWith(formula_mark) ? '' : withoutNameMark(restoreFormula(cell));
  }
  return { number, cells: record, problems };
}

function adjustWidth(record: string[], number: number, columns: readonly string[]): ImportProblem[] {
  const found = record.length;
  if (found < columns.length) {
    while (record.length < columns.length) record.push('');
    return [
      {
        code: 'short_row',
        severity: 'warning',
        row: number,
        column: null,
        message: `Row ${number} has ${found} cells where the file has ${columns.length} columns; the missing ones are taken as empty. Check that no line break or delimiter is missing.`,
      },
    ];
  }
  const surplus = record.splice(columns.length);
  if (surplus.every((cell) => cell === '')) return [];
  return [
    {
      code: 'long_row',
      severity: 'error',
      row: number,
      column: null,
      message: `Row ${number} has ${found} cells where the file has ${columns.length} columns. Put quotes around cells that contain the delimiter.`,
    },
  ];
}

function formulaProblem(cell: string, row: number, column: string): ImportProblem {
  const formula = cell.slice(formula_mark.length);
  if (!formula.startsWith('=')) {
    const message = `“${column}” in row ${row} is the error ${formula}, and is left empty. Put it right in the spreadsheet, save it, and import that.`;
    return { code: 'formula_error', severity: 'warning', row, column, message };
  }
  const message = `“${column}” in row ${row} is the formula ${formula}, and the workbook holds no result of it. Open it in a spreadsheet, save it again, and import that.`;
  return { code: 'formula_without_value', severity: 'warning', row, column, message };
}

function cellProblem(cell: string, row: number, column: string): ImportProblem {
  const at = { severity: 'error' as const, row, column };
  if (cell.includes('\0')) {
    return {
      code: 'nul_character',
      ...at,
      message: `A NUL character is in “${column}”, row ${row}. Remove it and import again.`,
    };
  }
  if (cell.includes('\uFFFD')) {
    return {
      code: 'unreadable_character',
      ...at,
      message: `A character in “${column}”, row ${row}, cannot be read. Choose another encoding, or correct the cell.`,
    };
  }
  return {
    code: 'cell_too_long',
    ...at,
    message: `“${column}” in row ${row} has ${cell.length} characters; at most ${cell_characters_max} can be imported. Shorten it, or attach the text as a file.`,
  };
}

function explained(error: Error): Error {
  if (!(error instanceof CsvError)) return error;
  const row = typeof error.records === 'number' ? error.records + Number(error.empty_lines ?? 0) + 1 : null;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
    return new UnreadableFile(
      fatal(
        'quote_not_closed',
        `Row ${row} never ends: a quote is opened in it and not closed within a megabyte, or it is that long. Close the quote, or choose “no quotes” if quotes are ordinary characters in this file.`,
        row,
      ),
    );
  }
  return new UnreadableFile(fatal('unreadable', `Row ${row} cannot be read: ${error.message}.`, row));
}
