import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { cutText, restoreFormula } from '../csv/index.ts';
import type { Cell } from './cell.ts';

export type ColumnKind = 'text' | 'number' | 'date' | 'time';

interface WorkbookColumn {
  label: string;
  kind: ColumnKind;
}

const formats: Partial<Record<ColumnKind, string>> = { date: 'yyyy-mm-dd', time: 'yyyy-mm-dd hh:mm' };
/** More figures than a spreadsheet keeps: such a number stays text. */
const figures_max = 15;

/**
 * A workbook as it is being made of the rows of a CSV without a head. Texts are cells of text, which no spreadsheet
 * runs as a formula; what goes beyond the rows of a sheet goes on in the next.
 */
export function workbookOf(name: string, csv: Readable, columns: Promise<WorkbookColumn[]>): Readable {
  async function* bytes() {
    const known = await columns;
    const { writeXlsxStream } = await import('hucre/xlsx');
    const head = known.map(({ label, kind }) => ({
      header: inXml(label),
      ...(formats[kind] && { numFmt: formats[kind] }),
    }));
    yield* writeXlsxStream(rowsOf(csv, known), { name, columns: head, freezePane: { rows: 1 } });
  }
  return Readable.from(bytes(), { objectMode: false });
}

async function* rowsOf(csv: Readable, columns: WorkbookColumn[]): AsyncGenerator<Cell[]> {
  const parser = parse();
  // What goes wrong is told to whoever reads the rows.
  pipeline(csv, parser, () => undefined);
  for await (const record of parser as AsyncIterable<string[]>)
    yield record.map((text, at) => cellOf(text, columns[at]!.kind));
}

/**
 * Excel holds no more in a cell (Microsoft, “Excel specifications and limits”), and calls a workbook damaged that does.
 */
const cell_characters_max = 32_767;
const cut_mark = '… [cut: a cell of a workbook holds no more. An export as CSV has all of it.]';

function cellOf(text: string, kind: ColumnKind): Cell {
  if (text === '') return null;
  if (kind === 'number') return text.replace(/\D/g, '').length > figures_max ? text : Number(text);
  if (kind === 'date') return dateCell(text, `${text}T00:00:00Z`);
  if (kind === 'time') return dateCell(text, text);
  const shown = restoreFormula(text);
  return inXml(
    shown.length > cell_characters_max ? cutText(shown, cell_characters_max - cut_mark.length) + cut_mark : shown,
  );
}

/**
 * Spreadsheets take `_x0041_` for the character of this number, and XML has no place for two characters, with which a
 * workbook counts as damaged.
 */
const inXml = (text: string): string =>
  text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_').replace(/[\ufffe\uffff]/g, '\ufffd');

/**
 * The calendar of spreadsheets begins with 1900, and has a 29 February 1900 that never was: an earlier date would stand
 * there a day off, or as a row of number signs. As a text it can be read.
 */
const first_date = Date.UTC(1900, 2, 1);

function dateCell(text: string, iso: string): Cell {
  const date = new Date(iso);
  return date.getTime() < first_date ? text : date;
}
