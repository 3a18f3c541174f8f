import { trimmedText } from '../../kernel/contract/names.ts';
import { cutText } from '../csv/index.ts';
import { column_name_characters_max, type ImportProblem } from './problem.ts';

export interface HeaderDecision {
  header: boolean;
  confidence: number;
  reason: string;
}

type ShapeTest = (text: string) => boolean;

/** Things a value can be and a column name hardly ever is. None of them is long. */
const valueShapes: ShapeTest[] = shortOnly([
  (text) => /^[-+(]?[\d\s.,'’]*\d[\d\s.,'’]*[)%]?$/.test(text),
  (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text),
  (text) => /^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}/.test(text),
  (text) => /^(https?:\/\/|www\.)\S+$/i.test(text),
  (text) => /^(true|false|yes|no)$/i.test(text),
]);

function shortOnly(tests: ShapeTest[]): ShapeTest[] {
  return tests.map((hasShape) => (text) => text.length <= column_name_characters_max && hasShape(text));
}

const rows_before_header_max = 20;
const columns_min = 3;

/** How many rows stand before the column names: a title, a date or a notice, in fewer cells than the table has. */
export function rowsBeforeHeader(records: string[][], isKnownName: (text: string) => boolean): number {
  const filled = records
    .slice(0, rows_before_header_max + 1)
    .map((record) => record.filter((cell) => cell.trim() !== ''));
  for (const [at, named] of filled.entries()) {
    const known = named.filter((cell) => isKnownName(cell)).length;
    const sparser = filled.slice(0, at).every((before) => 2 * before.length <= named.length);
    if (named.length >= 2 && 2 * known >= named.length) return sparser ? at : 0;
  }
  // Without known names only what is unlike any table counts: rows of one cell before a row of many.
  const first = filled.findIndex((cells) => cells.length > 1);
  const named = filled[first] ?? [];
  const isNamed =
    named.length >= columns_min && !named.some((cell) => valueShapes.some((hasShape) => hasShape(cell.trim())));
  return first > 0 && isNamed && records.length > first + 1 ? first : 0;
}

export function detectHeader(records: string[][], isKnownName: (text: string) => boolean): HeaderDecision {
  const first = records[0]!;
  const named = first.filter((cell) => cell.trim() !== '');
  const known = named.filter((cell) => isKnownName(cell));
  const body = records.slice(1, 200);

  if (known.length * 2 >= named.length && known.length > 0) {
    return { header: true, confidence: 0.99, reason: `The first row has known column names: ${quoted(known)}.` };
  }
  const asValues = named.filter((cell) => valueShapes.some((hasShape) => hasShape(cell.trim())));
  if (asValues.length > 0 && known.length === 0) {
    return {
      header: false,
      confidence: 0.9,
      reason: `The first row has values rather than names: ${quoted(asValues)}.`,
    };
  }
  const contrasts = first.filter((cell, at) =>
    valueShapes.some((hasShape) => !hasShape(cell) && mostly(body, at, hasShape)),
  );
  if (contrasts.length > 0) {
    return { header: true, confidence: 0.95, reason: `Below ${quoted(contrasts)} come values of another kind.` };
  }
  const repeated = first.filter((cell, at) => cell !== '' && body.some((record) => record[at] === cell));
  if (repeated.length > 0 && known.length === 0) {
    return { header: false, confidence: 0.8, reason: `The first row's ${quoted(repeated)} come again further down.` };
  }
  return { header: true, confidence: 0.6, reason: 'Nothing speaks against the first row being column names.' };
}

function mostly(body: string[][], at: number, hasShape: ShapeTest): boolean {
  const values = body.map((record) => record[at]?.trim() ?? '').filter((value) => value !== '');
  return values.length > 0 && values.filter(hasShape).length >= values.length * 0.8;
}

function quoted(names: string[]): string {
  const shown = names.slice(0, 3).map((name) => `“${cutText(name, 40)}”`);
  return names.length > 3 ? `${shown.join(', ')} (+${names.length - 3})` : shown.join(', ');
}

/** Every column gets a name of its own: what was empty or double is renamed, and the report says so. */
export function nameColumns(header: string[]): { columns: string[]; problems: ImportProblem[] } {
  const taken = new Set(header.map(trimmedText));
  const seen = new Set<string>();
  const problems: ImportProblem[] = [];
  const columns = header.map((original, at) => {
    const name = trimmedText(original);
    if (name !== '' && !seen.has(name)) {
      seen.add(name);
      return name;
    }
    const renamed =
      name === ''
        ? unused(taken, (times) => (times === 1 ? `Column ${at + 1}` : `Column ${at + 1} (${times})`), 1)
        : unused(taken, (times) => `${name} (${times})`, 2);
    taken.add(renamed);
    problems.push({
      code: name === '' ? 'empty_header' : 'duplicate_header',
      severity: 'warning',
      row: 1,
      column: renamed,
      message:
        name === ''
          ? `Column ${at + 1} has no name; it is called “${renamed}” here.`
          : `“${name}” is the name of more than one column; column ${at + 1} is called “${renamed}” here.`,
    });
    return renamed;
  });
  return { columns, problems };
}

function unused(taken: Set<string>, candidate: (times: number) => string, from: number): string {
  let times = from;
  while (taken.has(candidate(times))) times++;
  return candidate(times);
}
