import { parse } from 'csv-parse/sync';
import { type CellSyntax, delimiters, parserOptions } from './dialect.ts';
import { isNumberLike } from './number.ts';

export interface DetectedSyntax {
  syntax: CellSyntax;
  /** The sample's records under this syntax. */
  records: string[][];
  /** Most frequent number of cells. */
  width: number;
  confidence: number;
  reason: string;
}

const records_max = 1_000;
const names = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' } as const;

/**
 * Reads the sample under every plausible syntax with the parser that will read the file, and keeps the one under which
 * it looks most like a table.
 */
export function detectSyntax(text: string): DetectedSyntax {
  const bytes = Buffer.from(text);
  const candidates = quoteSyntaxes(text).flatMap((quotes) =>
    delimiters.map((delimiter) => tryOut(bytes, { delimiter, ...quotes })),
  );
  candidates.sort((a, b) => b.score - a.score);
  const best = candidates[0]!;
  if (best.width < 2) {
    const plain = candidates.toSorted((a, b) => b.covered - a.covered)[0]!;
    return { ...plain, confidence: 0.5, reason: 'No delimiter splits the rows evenly: read as one column.' };
  }
  const rival = candidates.find((candidate) => candidate.syntax.delimiter !== best.syntax.delimiter);
  const percent = Math.floor(best.even * 100);
  return {
    syntax: best.syntax,
    records: best.records,
    width: best.width,
    confidence: Math.min(1, Math.max(0.3, 0.5 + (best.score - (rival?.score ?? 0)))),
    reason: `With the ${names[best.syntax.delimiter]} as delimiter, ${percent}% of rows have ${best.width} cells.`,
  };
}

/** Unusual syntaxes are only tried when the text has a trace of them. */
function quoteSyntaxes(text: string): Omit<CellSyntax, 'delimiter'>[] {
  const double = { quote: '"', escape: '"' } as const;
  const syntaxes: Omit<CellSyntax, 'delimiter'>[] = [double];
  if (text.includes('\\"')) syntaxes.push({ quote: '"', escape: '\\' });
  if (hasApostrophesAround(text)) syntaxes.push({ quote: "'", escape: "'" });
  if (text.includes('"')) syntaxes.push({ quote: null, escape: null });
  return syntaxes;
}

/**
 * Where they only begin cells they keep a spreadsheet from taking these for formulas; what they quote ends with one,
 * too.
 */
function hasApostrophesAround(text: string): boolean {
  const begun = text.match(/(^|[,;\t|\r\n])'/g)?.length ?? 0;
  const ended = text.match(/'(?=$|[,;\t|\r\n])/g)?.length ?? 0;
  return begun > 0 && 2 * ended >= begun;
}

function tryOut(text: Buffer, syntax: CellSyntax) {
  const { records, covered } = readAsFarAsPossible(text, syntax);
  const widths = new Map<number, number>();
  for (const record of records) widths.set(record.length, (widths.get(record.length) ?? 0) + 1);
  const [width, times] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0];
  const even = records.length === 0 ? 0 : times / records.length;
  const cells = records.flat();
  const odd = cells.filter((cell) => looksCutWrong(cell)).length / Math.max(1, cells.length);
  const score = width < 2 ? 0 : covered * even * (1 - odd) + Math.min(width, 20) / 1_000;
  return { syntax, records, width, even, covered, score };
}

/** A quote that never closes ends the reading; the less of the text was read by then, the less the syntax fits. */
function readAsFarAsPossible(text: Buffer, syntax: CellSyntax): { records: string[][]; covered: number } {
  const records: string[][] = [];
  let bytes = 0;
  try {
    parse(text, {
      ...parserOptions(syntax),
      to: records_max,
      on_record: (record: string[], info) => {
        records.push(record);
        bytes = info.bytes;
        return null;
      },
    });
    return { records, covered: 1 };
  } catch {
    return { records, covered: Math.min(1, bytes / text.length) };
  }
}

/**
 * Cells under a wrong syntax keep quotes around them or half a pair, or swallow a delimiter that no number explains.
 */
function looksCutWrong(cell: string): boolean {
  if (/^(["']).*\1$/s.test(cell) && cell.length > 1) return true;
  if (/^["']|"$/.test(cell) && cell.split('"').length % 2 === 0) return true;
  return /[;\t|]|,\S/.test(cell) && !isNumberLike(cell);
}
