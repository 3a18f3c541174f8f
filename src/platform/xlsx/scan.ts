import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import { tooLarge } from './workbook-error.ts';

/** Formulas without a result, such as `=A2`, and errors, such as `#REF!`, by row and column, both from 0. */
export type SheetFormulas = ReadonlyMap<number, ReadonlyMap<number, string>>;

/** What a sheet says of its cells beside their values. */
export interface SheetScan {
  formulas: SheetFormulas;
  /** The zeros that a number is shown with, as `00000-0000`, by row and column, both from 0. */
  zerosOf(row: number, column: number): string | undefined;
}

export const nothing_scanned: SheetScan = { formulas: new Map(), zerosOf: () => undefined };

/** A spreadsheet allows 32,767 characters in a cell; signs written as entities take several bytes each. */
const cell_bytes_max = 1024 ** 2;
const formulas_max = 100_000;
const formula_characters_shown = 200;
const rows_max = 1_048_576;

const workbook_part = 'xl/workbook.xml';
const relations_part = 'xl/_rels/workbook.xml.rels';
const styles_part = 'xl/styles.xml';

/**
 * Reads the texts and sheets of a workbook once as a stream before anything is built of them: refuses a cell that no
 * spreadsheet could have written, finds formulas of which the workbook holds no result, and numbers that are shown with
 * zeros before them. Answers these for each sheet, by its place; null for one without rows, such as a chart.
 */
export async function scanSheets(bytes: Buffer): Promise<(SheetScan | null)[]> {
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true, autoClose: false });
  const scanned: yauzl.Entry[] = [];
  const parts = new Map<string, SheetScan>();
  const whole = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    if ([workbook_part, relations_part, styles_part].includes(entry.fileName))
      whole.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
    else if (/^xl\/(worksheets\/[^/]+|sharedStrings)\.xml$/.test(entry.fileName)) scanned.push(entry);
  }
  const zeros = zerosOfStyles(whole.get(styles_part) ?? '');
  for (const entry of scanned) parts.set(entry.fileName, await scanPart(await zip.openReadStreamPromise(entry), zeros));
  const names = sheetParts(whole.get(workbook_part) ?? '', whole.get(relations_part) ?? '');
  return names.map((name) => (name === null ? null : (parts.get(name) ?? nothing_scanned)));
}

/** The formats of nothing but zeros, such as `00000` or `00000-0000`, by the number of a style of cells. */
function zerosOfStyles(styles: string): ReadonlyMap<number, string> {
  const formats = new Map<string, string>();
  for (const tag of tagsOf(styles, /^<(?:\w+:)?numFmt\s/)) {
    const code = unescaped(attribute(tag, 'formatCode')).replace(/\\(.)/g, '$1');
    if (/^0[0 -]*0$/.test(code)) formats.set(attribute(tag, 'numFmtId'), code);
  }
  // Between the tags that begin and end them.
  const [, cells = ''] = styles.split(/<\/?(?:\w+:)?cellXfs\b/);
  const found = new Map<number, string>();
  for (const [at, tag] of tagsOf(cells, /^<(?:\w+:)?xf\s/).entries()) {
    const zeros = formats.get(attribute(tag, 'numFmtId'));
    if (zeros) found.set(at, zeros);
  }
  return found;
}

/** A pattern for the tag itself would try each of them to the end of a text in which none ends. */
const tagsOf = (xml: string, kind: RegExp): string[] => (xml.match(/<[^<>]*>/g) ?? []).filter((tag) => kind.test(tag));

function attribute(tag: string, name: string): string {
  return new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1] ?? '';
}

/** The parts that hold the sheets, in the order of the workbook; null for one that is no table. */
function sheetParts(workbook: string, relations: string): (string | null)[] {
  const targets = new Map(
    tagsOf(relations, /^<(?:\w+:)?Relationship[\s/>]/).map((tag) => [
      attribute(tag, 'Id'),
      {
        target: attribute(tag, 'Target'),
        isTable: attribute(tag, 'Type').endsWith('/worksheet'),
      },
    ]),
  );
  return tagsOf(workbook, /^<(?:\w+:)?sheet[\s/>]/).map((tag) => {
    const id = attribute(tag, '\\w+:id');
    const { target, isTable } = targets.get(id) ?? { target: '', isTable: true };
    if (!isTable) return null;
    return target.startsWith('/') ? target.slice(1) : posix.join('xl', target);
  });
}

async function scanPart(stream: Readable, zeros: ReadonlyMap<number, string>): Promise<SheetScan> {
  const styles = new StylesOfCells();
  const found = new Map<number, Map<number, string>>();
  let count = 0;
  let text_bytes = 0;
  let rest = '';
  const decoder = new TextDecoder();
  const note = (cell: string) => {
    if (zeros.size > 0) noteStyle(cell, zeros, styles);
    const formula = formulaOf(cell);
    if (!formula) return;
    if (++count > formulas_max)
      throw new ParseError(
        'formulas_without_values',
        'The workbook holds formulas without their results. Open it in a spreadsheet, save it again, and import that.',
      );
    found.set(formula.row, (found.get(formula.row) ?? new Map<number, string>()).set(formula.column, formula.text));
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const tag = chunk.lastIndexOf('<');
    text_bytes = tag === -1 ? text_bytes + chunk.length : chunk.length - tag;
    if (text_bytes > cell_bytes_max) throw tooLarge('A cell of the workbook has more than a million characters.');
    const cells = (rest + decoder.decode(chunk, { stream: true })).split(/<(?=c[\s>])/);
    rest = cells.pop()!;
    // What comes after the cells of a sheet is long and holds none.
    if (rest.length > 2 * cell_bytes_max) rest = '';
    cells.forEach(note);
  }
  note(rest);
  return { formulas: found, zerosOf: (row, column) => zeros.get(styles.get(row, column)) };
}

/** A cell with a number that is shown with zeros. */
function noteStyle(cell: string, zeros: ReadonlyMap<number, string>, styles: StylesOfCells): void {
  const [, style = ''] = /^c\b[^>]*?\ss=["'](\d{1,5})["']/.exec(cell) ?? [];
  const place = zeros.has(Number(style)) && style !== '' && placeOf(cell);
  if (place) styles.set(place.row, place.column, Number(style));
}

/** The styles of some cells: a row each in an array, because a column of postal codes may have a million. */
class StylesOfCells {
  private readonly columns = new Map<number, Uint16Array>();

  set(row: number, column: number, style: number): void {
    let rows = this.columns.get(column) ?? new Uint16Array(64);
    if (row >= rows.length) {
      if (row >= rows_max) return;
      const longer = new Uint16Array(Math.min(rows_max, Math.max(2 * rows.length, row + 1)));
      longer.set(rows);
      rows = longer;
    }
    // One more, because there is a style 0.
    rows[row] = style + 1;
    this.columns.set(column, rows);
  }

  /** -1 for a cell without one. */
  get(row: number, column: number): number {
    return (this.columns.get(column)?.[row] ?? 0) - 1;
  }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** `cell`: from its own tag up to that of the next. */
function formulaOf(cell: string): { row: number; column: number; text: string } | undefined {
  const error = errorOf(cell);
  if (!error && (!cell.includes('<f') || cell.includes('<v') || cell.includes('<is>'))) return undefined;
  const place = placeOf(cell);
  if (!place) return undefined;
  const [, formula = ''] = /<f[^<>]*>([^<]*)/.exec(cell) ?? [];
  return { ...place, text: error ?? `=${unescaped(formula).slice(0, formula_characters_shown)}` };
}

const unescaped = (xml: string): string =>
  xml.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name]!);

function placeOf(cell: string): { row: number; column: number } | undefined {
  const [, letters = '', digits = ''] = /^c\b[^>]*?\sr=["']([A-Z]{1,3})(\d{1,7})["']/.exec(cell) ?? [];
  if (digits === '') return undefined;
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  return { row: Number(digits) - 1, column };
}

/**
 * What a spreadsheet shows where it could not compute. A look-up that found nothing (#N/A) is an empty cell to an
 * import.
 */
function errorOf(cell: string): string | undefined {
  if (!/^c\b[^>]*?\st=["']e["']/.test(cell)) return undefined;
  const [, error] = /<v>\s*(#[A-Z0-9/_]{2,20}[!?]?)\s*<\/v>/.exec(cell) ?? [];
  return error === '#N/A' ? undefined : error;
}
