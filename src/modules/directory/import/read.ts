import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, type Info, parse } from 'csv-parse';
import { restoreFormula } from '../export/formula.ts';
import { type Dialect, parserOptions } from './dialect.ts';
import { cell_characters_max, fatal, type ImportProblem, UnreadableFile } from './problem.ts';

export interface Row {
  /** As a spreadsheet numbers it. */
  number: number;
  /** As many as there are columns. */
  cells: string[];
  /** Empty for a sound row. With an `error` among them the row must not be loaded. */
  problems: readonly ImportProblem[];
}

export interface Batch {
  rows: Row[];
  bytes_read: number;
}

export interface ReadOptions {
  /** Names of the columns from the sniffer, for the messages and for how many cells a row has. */
  columns: readonly string[];
  rows_per_batch?: number;
}

const rows_per_batch_default = 1_000;
const bytes_per_batch_max = 1024 * 1024;
const none: readonly ImportProblem[] = [];

/** Rows of a file of any size, a batch in memory at a time. Ends early by `break`; throws `UnreadableFile`. */
export async function* readRows(
  source: AsyncIterable<Uint8Array>,
  dialect: Dialect,
  { columns, rows_per_batch = rows_per_batch_default }: ReadOptions,
): AsyncGenerator<Batch, void> {
  const progress = { bytes_read: 0 };
  const { records, close } = openRecords(utf8(source, dialect.encoding, progress), dialect);
  let rows: Row[] = [];
  let batchStart = 0;
  let headerPending = dialect.header;
  try {
    for await (const { record, info } of records) {
      if (headerPending) {
        headerPending = false;
        continue;
      }
      rows.push(toRow(record, info.records + info.empty_lines, columns));
      if (rows.length === rows_per_batch || info.bytes - batchStart > bytes_per_batch_max) {
        yield { rows, ...progress };
        rows = [];
        batchStart = info.bytes;
      }
    }
  } catch (error) {
    throw explained(error);
  } finally {
    await close();
  }
  if (rows.length > 0) yield { rows, ...progress };
}

function openRecords(source: AsyncIterable<Uint8Array>, dialect: Dialect) {
  const parser = parse({ ...parserOptions(dialect), info: true });
  // A failure of the source destroys the parser with it, so the loop over the records is where it surfaces.
  const finished = pipeline(Readable.from(source, { objectMode: false }), parser).catch(() => {});
  const close = async () => {
    parser.destroy();
    await finished;
  };
  return { records: parser as AsyncIterable<{ record: string[]; info: Info }>, close };
}

/** The parser works on UTF-8. Whatever cannot be decoded arrives there as U+FFFD, also what was broken UTF-8. */
async function* utf8(source: AsyncIterable<Uint8Array>, encoding: string, progress: { bytes_read: number }) {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) {
    progress.bytes_read += chunk.length;
    yield Buffer.from(decoder.decode(chunk, { stream: true }));
  }
  yield Buffer.from(decoder.decode());
}

function toRow(record: string[], number: number, columns: readonly string[]): Row {
  let problems = none;
  if (record.length !== columns.length) problems = adjustWidth(record, number, columns);
  for (let at = 0; at < record.length; at++) {
    const cell = record[at]!;
    if (cell.length > cell_characters_max || cell.includes('\0') || cell.includes('\uFFFD')) {
      problems = [...problems, cellProblem(cell, number, columns[at]!)];
    }
    record[at] = restoreFormula(cell);
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

function explained(error: unknown): unknown {
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
