import type { RawBuilder } from 'kysely';
import type { LabelledValue } from '../../kernel/contract/fields.ts';
import { sql } from '../../kernel/database/database.ts';

/**
 * The values of a cell that holds several: `a; b; "c; d"`. Quotes are around those that hold a separator, with quotes
 * in them doubled; an export writes them so.
 */
export function parseCellList(text: string, separators: ';' | ';,'): string[] {
  // Spaces around a plain value are trimmed afterwards: a pattern for them tries each run of spaces within it from each
  // of its spaces on.
  const end = `(?:[${separators}]|$)`;
  const item = new RegExp(`\\s*"((?:[^"]|"")*)"\\s*${end}|([^${separators}]*)${end}`, 'y');
  const values: string[] = [];
  while (item.lastIndex < text.length) {
    const [, quoted, plain] = item.exec(text)!;
    const value = quoted?.replaceAll('""', '"') ?? plain!.trim();
    if (value !== '') values.push(value);
  }
  return values;
}

/** One of several values in a cell, written by the database. */
export const listed = (value: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${value} ~ '[;,"]|^\\s|\\s$|^$' then '"' || replace(${value}, '"', '""') || '"' else ${value} end`;

/**
 * A value with its label before it, as one of several in a cell: `Work: a@b.example`. A value that would read as one
 * begins with a colon.
 */
export const labelledItem = (label: RawBuilder<unknown>, value: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${label} is not null then replace(${label}, ': ', ':') || ': ' || ${value}
    when ${value} ~ '^.{0,60}?:\\s' then ': ' || ${value} else ${value} end`;

/** Numbers and addresses have no colon with a space after it. */
export function parseLabelledItem(item: string): LabelledValue {
  const [, label, value] = /^(.{0,60}?):\s+(\S.*)$/s.exec(item) ?? [];
  return value ? { label: label!.trim() || null, value } : { label: null, value: item };
}

export const writeCellList = (values: readonly string[]): string =>
  values.map((value) => (/[;,"]|^\s|\s$|^$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join('; ');

/** As `labelledItem` writes them. */
export const writeLabelledItem = ({ label, value }: LabelledValue): string => {
  if (label !== null) return `${label.replaceAll(': ', ':')}: ${value}`;
  return /^.{0,60}?:\s/s.test(value) ? `: ${value}` : value;
};
