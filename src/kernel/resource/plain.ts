import type { RawBuilder } from 'kysely';
import { sql } from '../database/database.ts';

/** Inline elements; all others separate words. */
export const elements_in_line = 'strong|b|em|i|u|s|code|a|span';

/** A column of sanitised HTML as one line of plain text. */
export function plainSql(html: RawBuilder<unknown>): RawBuilder<string> {
  const joined = sql`regexp_replace(${html}, ${sql.lit(`</?(${elements_in_line})(\\s[^>]*)?>`)}, '', 'g')`;
  const words = sql`trim(regexp_replace(${joined}, '(<[^>]*>|\\s)+', ' ', 'g'))`;
  return sql<string>`replace(replace(replace(replace(${words}, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&')`;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const parting = new RegExp(`<(?!/?(?:${elements_in_line})\\b)`, 'gi');

/**
 * The text between the elements of one that was cleaned: there a "<" begins an element. One that is not within a line
 * parts words.
 */
export function plain(html: string): string {
  return html
    .replace(parting, ' <')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name]!)
    .replace(/\s+/g, ' ')
    .trim();
}

/** The beginning of such a text, in as many characters as `left` of PostgreSQL counts. */
export const cutPlain = (html: string, characters_max: number): string =>
  [...plain(html).slice(0, 2 * characters_max)].slice(0, characters_max).join('');
