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
