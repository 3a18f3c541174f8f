import type { RawBuilder } from 'kysely';
import { sql } from '../database/database.ts';

/** Elements within a line; all others part words. */
export const elements_in_line = 'strong|b|em|i|u|s|code|a|span';

/** A column of formatted text as it was cleaned, in one line without its formatting. */
export function plainSql(html: RawBuilder<unknown>): RawBuilder<string> {
  const joined = sql`regexp_replace(${html}, ${sql.lit(`</?(${elements_in_line})(\\s[^>]*)?>`)}, '', 'g')`;
  const words = sql`trim(regexp_replace(${joined}, '(<[^>]*>|\\s)+', ' ', 'g'))`;
  return sql<string>`replace(replace(replace(replace(${words}, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&')`;
}
