import { objectWriter } from '../object-writer.ts';
import { columnTypes } from './column-types.ts';

/** Makes an object of the texts that PostgreSQL sends for a row. Throws what a parser throws. */
export type RowReader = (texts: readonly (string | null)[]) => Record<string, unknown>;

/** Writing a function out is worth it for rows that are read all the time. */
const often = 200;
const known_max = 2_000;
/** Readers by the names and types of their columns, so that all connections share them. */
const known = new Map<string, RowReader>();

/** How rows with these columns are read. */
export function rowReader(columns: readonly { name: string; dataTypeID: number }[]): RowReader {
  const key = JSON.stringify(columns.map(({ name, dataTypeID }) => [name, dataTypeID]));
  const found = known.get(key);
  if (found) return found;
  const made = readerOf(
    columns.map(({ name }) => name),
    columns.map(({ dataTypeID }) => columnTypes.getTypeParser(dataTypeID) as unknown as (text: string) => unknown),
  );
  if (known.size >= known_max) known.clear();
  known.set(key, made);
  return made;
}

function readerOf(names: readonly string[], parsers: readonly ((text: string) => unknown)[]): RowReader {
  // Every row starts as a copy of this: an object whose keys are added one by one becomes a slow hash table.
  const blank: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, null]));
  let rows = 0;
  let written: RowReader | undefined;
  return (texts) => {
    if (written) return written(texts);
    if (++rows > often)
      written = objectWriter(
        names.map((name, at) => [name, `from[${at}] === null ? null : use[${at}](from[${at}])`]),
        parsers,
      );
    const row = { ...blank };
    for (let at = 0; at < texts.length; at++) {
      const text = texts[at]!;
      if (text !== null) row[names[at]!] = parsers[at]!(text);
    }
    return row;
  };
}
