import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { tooLarge, WorkbookError } from './workbook-error.ts';

/** Formulas without a result, such as `=A2`, and errors, such as `#REF!`, by row and column, both from 0. */
export type SheetFormulas = ReadonlyMap<number, ReadonlyMap<number, string>>;

/** A spreadsheet allows 32,767 characters in a cell; signs written as entities take several bytes each. */
const cell_bytes_max = 1024 ** 2;
const formulas_max = 100_000;
const formula_characters_shown = 200;

const workbook_part = 'xl/workbook.xml';
const relations_part = 'xl/_rels/workbook.xml.rels';

/**
 * Reads the texts and sheets of a workbook once as a stream before anything is built of them: refuses a cell that no spreadsheet could have
 * written, and finds formulas of which the workbook holds no result. Answers these for each sheet, by its place; null for one without rows, such as a
 * chart.
 */
export async function scanSheets(bytes: Buffer): Promise<(SheetFormulas | null)[]> {
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true, autoClose: false });
  const parts = new Map<string, SheetFormulas>();
  let workbook = '';
  let relations = '';
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    if (fileName === workbook_part) workbook = await text(await zip.openReadStreamPromise(entry));
    else if (fileName === relations_part) relations = await text(await zip.openReadStreamPromise(entry));
    else if (/^xl\/(worksheets\/[^/]+|sharedStrings)\.xml$/.test(fileName))
      parts.set(fileName, await scanPart(await zip.openReadStreamPromise(entry)));
  }
  return sheetParts(workbook, relations).map((name) => (name === null ? null : (parts.get(name) ?? new Map())));
}

/** The parts that hold the sheets, in the order of the workbook; null for one that is no table. */
function sheetParts(workbook: string, relations: string): (string | null)[] {
  const attribute = (tag: string, name: RegExp) =>
    new RegExp(`\\s${name.source}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1] ?? '';
  const targets = new Map(
    [...relations.matchAll(/<(?:\w+:)?Relationship\b[^>]*>/g)].map(([tag]) => [
      attribute(tag, /Id/),
      { target: attribute(tag, /Target/), isTable: attribute(tag, /Type/).endsWith('/worksheet') },
    ]),
  );
  return [...workbook.matchAll(/<(?:\w+:)?sheet\b[^>]*>/g)].map(([tag]) => {
    const { target, isTable } = targets.get(attribute(tag, /\w+:id/)) ?? { target: '', isTable: true };
    if (!isTable) return null;
    return target.startsWith('/') ? target.slice(1) : posix.join('xl', target);
  });
}

async function scanPart(stream: Readable): Promise<SheetFormulas> {
  const found = new Map<number, Map<number, string>>();
  let count = 0;
  let text_bytes = 0;
  let rest = '';
  const decoder = new TextDecoder();
  const note = (cell: string) => {
    const formula = formulaOf(cell);
    if (!formula) return;
    if (++count > formulas_max)
      throw new WorkbookError('formulas_without_values', 'The workbook holds formulas without their results. Open it in a spreadsheet, save it again, and import that.'); // biome-ignore format: one message
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
  return found;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** `cell`: from its own tag up to that of the next. */
function formulaOf(cell: string): { row: number; column: number; text: string } | undefined {
  const error = errorOf(cell);
  if (!error && (!cell.includes('<f') || cell.includes('<v') || cell.includes('<is>'))) return undefined;
  const [, letters = '', digits = ''] = /^c\b[^>]*?\sr=["']([A-Z]{1,3})(\d{1,7})["']/.exec(cell) ?? [];
  if (digits === '') return undefined;
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  const [, formula = ''] = /<f[^>]*>([^<]*)/.exec(cell) ?? [];
  const plain = formula.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name]!);
  return { row: Number(digits) - 1, column, text: error ?? `=${plain.slice(0, formula_characters_shown)}` };
}

/** What a spreadsheet shows where it could not compute. A look-up that found nothing (#N/A) is an empty cell to an import. */
function errorOf(cell: string): string | undefined {
  if (!/^c\b[^>]*?\st=["']e["']/.test(cell)) return undefined;
  const [, error] = /<v>\s*(#[A-Z0-9/_]{2,20}[!?]?)\s*<\/v>/.exec(cell) ?? [];
  return error === '#N/A' ? undefined : error;
}
