import yauzl from 'yauzl';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import { csvLine, formula_mark } from '../csv/index.ts';
import { type Cell, cellText } from './cell.ts';
import { nothing_scanned, type SheetScan } from './scan.ts';
import { tooLarge } from './workbook-error.ts';

/** Rows looked at to see how many columns a sheet has. */
const width_rows = 200;
const text_characters = 64 * 1024;
/** One more than an import takes, so that it sees that there are too many. */
const cells_max = 501;
const rows_max = 1_048_576;
/** The limit for all sheets as CSV: one text that many cells share may be large. */
const csv_bytes_max = 2 * 1024 ** 3;
const parts_max = 5_000;
/** The limit for a part that is read as a whole: texts, styles, the list of sheets. */
const part_bytes_max = 256 * 1024 ** 2;
/** The limit for a sheet, which is read in pieces. */
const sheet_bytes_max = 2 * 1024 ** 3;

/**
 * A larger part that unpacks to more than so many times its size was made to exhaust memory: real sheets shrink to
 * about a twentieth.
 */
const ratio_max = 200;
const ratio_free_bytes = 8 * 1024 ** 2;

/** Loaded when the first workbook is read, because few processes read one, and loading takes time. */
const xlsxReader = () => import('hucre/xlsx');

/**
 * Checks the sizes that a ZIP archive states for its parts before anything is unpacked: a few kilobytes can become
 * terabytes.
 */
export async function checkParts(bytes: Buffer): Promise<void> {
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true });
  if (zip.entryCount > parts_max) throw tooLarge(`The workbook has ${zip.entryCount} parts.`);
  let isWorkbook = false;
  for await (const { fileName, uncompressedSize, compressedSize } of zip.eachEntry()) {
    isWorkbook ||= fileName === 'xl/workbook.xml';
    const max = fileName.startsWith('xl/worksheets/') ? sheet_bytes_max : part_bytes_max;
    if (uncompressedSize > max) throw tooLarge(`${fileName} of the workbook unpacks to ${uncompressedSize} bytes.`);
    if (uncompressedSize > ratio_free_bytes && uncompressedSize > compressedSize * ratio_max)
      throw tooLarge(`${fileName} of the workbook unpacks to more than ${ratio_max} times its size.`);
  }
  if (!isWorkbook)
    throw new ParseError(
      'not_a_workbook',
      'This ZIP archive is no XLSX workbook. Unpack it, and send the files that are in it.',
    );
}

/** The sheets that people see, by their place. Those that were hidden hold lists for the others. */
export async function visibleSheets(bytes: Buffer): Promise<{ place: number; name: string }[]> {
  const { readXlsx } = await xlsxReader();
  const sheets: { place: number; name: string }[] = [];
  await readXlsx(bytes, {
    sheets: ({ name, hidden, veryHidden }, place) => {
      if (!hidden && !veryHidden) sheets.push({ place, name });
      return false;
    },
  });
  return sheets;
}

/** A sheet as CSV, in pieces. Rows keep their number: an empty one is an empty line. */
export async function* sheetAsCsv(
  bytes: Buffer,
  place: number,
  scan: SheetScan = nothing_scanned,
): AsyncGenerator<string> {
  const first: { index: number; cells: Cell[] }[] = [];
  let text = '';
  let lines = 0;
  let width = 0;
  const write = ({ index, cells }: { index: number; cells: Cell[] }) => {
    if (index >= rows_max)
      throw new ParseError(
        'workbook_damaged',
        `The workbook cannot be read: it has a row ${index + 1}, and sheets have at most ${rows_max}. Open it in a spreadsheet, save it again, and import that.`,
      );
    text += '\r\n'.repeat(index - lines);
    text += csvLine(
      Array.from({ length: Math.max(width, cells.length) }, (_, at) =>
        cellText(cells[at] ?? null, scan.zerosOf(index, at)),
      ),
    );
    lines = index + 1;
  };
  const begin = () => {
    width = Math.max(0, ...first.map(({ cells }) => cells.length));
    for (const row of first.splice(0)) write(row);
  };
  const { streamXlsxRows } = await xlsxReader();
  for await (const { index, values } of streamXlsxRows(bytes, { sheet: place })) {
    const cells = withoutEmptyEnd(withFormulas(values, scan.formulas.get(index))).slice(0, cells_max);
    if (cells.length === 0) continue;
    if (width > 0) write({ index, cells });
    else if (first.push({ index, cells }) === width_rows) begin();
    if (text.length < text_characters) continue;
    yield text;
    text = '';
  }
  begin();
  if (text !== '') yield text;
}

/** Hands texts on until they are too much together, over all sheets of a workbook. */
export function limited(): (texts: AsyncIterable<string>) => AsyncGenerator<string> {
  let bytes = 0;
  return async function* (texts) {
    for await (const text of texts) {
      bytes += Buffer.byteLength(text);
      if (bytes > csv_bytes_max) throw tooLarge('The sheets unpack to more than 2 GiB of text.');
      yield text;
    }
  };
}

/** A formula without a result, or an error, stands in its cell, marked, so that the import can say so. */
function withFormulas(values: Cell[], formulas: ReadonlyMap<number, string> | undefined): Cell[] {
  if (!formulas) return values;
  const cells = [...values];
  for (const [at, formula] of formulas) {
    while (cells.length <= at) cells.push(null);
    cells[at] = `${formula_mark}${formula}`;
  }
  return cells;
}

function withoutEmptyEnd(values: Cell[]): Cell[] {
  let end = values.length;
  while (end > 0 && (values[end - 1] === null || values[end - 1] === '')) end--;
  return values.slice(0, end);
}
