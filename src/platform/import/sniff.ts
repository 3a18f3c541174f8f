import { fileTypeFromBuffer } from 'file-type';
import type { Dialect } from './dialect.ts';
import { decodeSample, detectEncoding } from './encoding.ts';
import { detectHeader, nameColumns, rowsBeforeHeader } from './header.ts';
import { column_name_characters_max, columns_max, fatal, type ImportProblem, sample_bytes } from './problem.ts';
import { detectSyntax } from './syntax.ts';

export interface Sniff {
  dialect: Dialect;
  /** Names as the import uses them: none empty, none twice. */
  columns: string[];
  /** The first rows below the header, for the page to show. */
  preview: string[][];
  confidence: { encoding: number; delimiter: number; header: number };
  /** In words, in the order of the decisions. */
  reasons: string[];
  /** With a `fatal` one among them the file cannot be imported. */
  problems: ImportProblem[];
}

export interface SniffOptions {
  /** Whether the sample is the whole file. */
  complete: boolean;
  /** Whether a text is a column name that means something here. */
  isKnownName?: (text: string) => boolean;
}

const preview_rows = 20;
const commonDialect: Dialect = { encoding: 'utf-8', delimiter: ',', quote: '"', escape: '"', header: true };

/** Works out how a file is written from its first bytes. The same bytes always give the same answer. */
export async function sniff(sample: Uint8Array, { complete, isKnownName = () => false }: SniffOptions): Promise<Sniff> {
  const encoding = detectEncoding(sample);
  const foreign = encoding.bom || !looksBinary(sample) ? undefined : await fileTypeFromBuffer(sample);
  if (foreign) {
    return hopeless(
      fatal(
        'not_csv',
        `This is a ${foreign.ext.toUpperCase()} file, whatever its name says. Save the table as CSV and import that.`,
      ),
    );
  }
  const text = wholeLines(decodeSample(sample, encoding.encoding, complete), complete);
  if (text.trim() === '') {
    return hopeless(fatal('empty_file', 'The file is empty. Export it again, with its column names in the first row.'));
  }

  const { syntax, records: all, width, ...delimiter } = detectSyntax(text);
  if (all.length === 0) {
    return hopeless(
      fatal(
        'quote_not_closed',
        'The first row never ends: a quote is opened in it and not closed. Close it and import again.',
        1,
      ),
    );
  }
  if (!complete && !/[\r\n]/.test(text)) {
    return hopeless(
      fatal(
        'row_too_long',
        `The first row does not end within ${sample.length} bytes. Check that the file is a table in which each row is a line.`,
        1,
      ),
    );
  }
  // A row before the column names has fewer cells than they are.
  if (all[0]!.length > columns_max) return tooManyColumns(all[0]!.length);
  const narrow = all.map((record) => (record.length > columns_max ? record.slice(0, columns_max + 1) : record));
  const skipped_rows = rowsBeforeHeader(narrow, isKnownName);
  const records = all.slice(skipped_rows);
  if (records[0]!.length > columns_max) return tooManyColumns(records[0]!.length);
  const header = detectHeader(narrow.slice(skipped_rows), isKnownName);
  const cells = Math.max(records[0]!.length, header.header ? 0 : width);
  if (cells > columns_max) return tooManyColumns(cells);
  const long = header.header ? records[0]!.findIndex((cell) => cell.length > column_name_characters_max) : -1;
  if (long !== -1) {
    return hopeless(
      fatal(
        'column_name_too_long',
        `The name of column ${long + 1} has ${records[0]![long]!.length} characters; at most ${column_name_characters_max} can be imported. Shorten it, or check the delimiter.`,
        skipped_rows + 1,
      ),
    );
  }
  const { columns, problems } = nameColumns(header.header ? records[0]! : Array.from({ length: cells }, () => ''));
  const body = header.header ? records.slice(1) : records;
  return {
    dialect: {
      encoding: encoding.encoding,
      ...syntax,
      header: header.header,
      ...(skipped_rows > 0 && { skipped_rows }),
    },
    columns,
    preview: body.slice(0, preview_rows),
    confidence: { encoding: encoding.confidence, delimiter: delimiter.confidence, header: header.confidence },
    reasons: [encoding.reason, delimiter.reason, ...skippedReasons(skipped_rows + 1), header.reason],
    problems: [
      ...(header.header ? problems : []),
      ...(body.length === 0
        ? [fatal('no_rows', 'The file has column names and no rows below them: there is nothing to import.')]
        : []),
      ...raggedRows(body, columns.length),
      ...zeroBytes(text),
    ],
  };
}

const tooManyColumns = (cells: number): Sniff =>
  hopeless(
    fatal(
      'too_many_columns',
      `The file has ${cells} columns; at most ${columns_max} can be imported. Leave out those you do not need.`,
      1,
    ),
  );

function skippedReasons(header_row: number): string[] {
  const found = { reason: `The column names stand in row ${header_row}; the rows before are left out.` };
  return header_row > 1 ? [found.reason] : [];
}

export interface Sample {
  sample: Uint8Array;
  /** Whether it is all there is. */
  complete: boolean;
}

/** The first bytes of a stream, and the whole of it again to read afterwards. */
export async function takeSample(
  source: AsyncIterable<Uint8Array>,
): Promise<Sample & { whole: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length < sample_bytes) {
    const next = await iterator.next();
    if (next.done) {
      ended = true;
      break;
    }
    chunks.push(next.value);
    length += next.value.length;
  }
  async function* whole() {
    yield* chunks;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return {
    sample: Buffer.concat(chunks).subarray(0, sample_bytes),
    complete: ended && length <= sample_bytes,
    whole: whole(),
  };
}

/** File types are told by a few first bytes, which a column name can begin with too: `BMI` is no bitmap. */
function looksBinary(sample: Uint8Array): boolean {
  const start = sample.subarray(0, 4_096);
  return (
    start.some((byte) => byte < 9 || (byte > 13 && byte < 27)) ||
    Buffer.from(start).toString('latin1', 0, 5) === '%PDF-'
  );
}

function hopeless(problem: ImportProblem): Sniff {
  const confidence = { encoding: 0, delimiter: 0, header: 0 };
  return { dialect: commonDialect, columns: [], preview: [], confidence, reasons: [], problems: [problem] };
}

/** The sample may end inside a row. */
function wholeLines(text: string, complete: boolean): string {
  if (complete) return text;
  const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
  return end === -1 ? text : text.slice(0, end + 1);
}

/** Which rows, and whether they go in, is for the reader to say; here it may show that the delimiter is wrong. */
function raggedRows(body: string[][], width: number): ImportProblem[] {
  const ragged = body.filter((record) => record.length !== width).length;
  if (ragged === 0) return [];
  return [
    {
      code: 'ragged_rows',
      severity: 'warning',
      row: null,
      column: null,
      message: `${ragged} of the first ${body.length} rows do not have ${width} cells. Check the delimiter, and quotes around cells that contain it.`,
    },
  ];
}

function zeroBytes(text: string): ImportProblem[] {
  if (!text.includes('\0')) return [];
  return [
    {
      code: 'nul_character',
      severity: 'warning',
      row: null,
      column: null,
      message:
        'The file contains NUL characters; cells that have them will be left empty. The program that wrote the file is at fault.',
    },
  ];
}
