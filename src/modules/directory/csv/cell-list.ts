import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';

/**
 * The values of a cell that holds several: `a; b; "c; d"`. Quotes are around those that hold a separator, with quotes in them
 * doubled; an export writes them so.
 */
export function parseCellList(text: string, separators: ';' | ';,'): string[] {
  const item = new RegExp(`\\s*(?:"((?:[^"]|"")*)"|([^${separators}]*?))\\s*(?:[${separators}]|$)`, 'y');
  const values: string[] = [];
  while (item.lastIndex < text.length) {
    const [, quoted, plain] = item.exec(text)!;
    const value = quoted?.replaceAll('""', '"') ?? plain!;
    if (value !== '') values.push(value);
  }
  return values;
}

/** One of several values in a cell, written by the database. */
export const listed = (value: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${value} ~ '[;,"]|^\\s|\\s$|^$' then '"' || replace(${value}, '"', '""') || '"' else ${value} end`;

export const writeCellList = (values: readonly string[]): string =>
  values.map((value) => (/[;,"]|^\s|\s$|^$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join('; ');
