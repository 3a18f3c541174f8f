import type { RawBuilder } from 'kysely';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { markSql } from './personal.ts';
import { plainSql } from './plain.ts';

const label_characters_max = 120;

/** The column with the name of a record; notes and comments have none. */
export const labelColumn = ({ meta }: Resource): string | undefined =>
  ['name', 'title', 'subject', 'label'].find((field) => meta.has(field));

/**
 * The name of the row `r` in lists of several record types; for a text, its beginning. Rates and targets have an empty
 * name, and so has a record whose name is sealed.
 */
export function labelSql(resource: Resource): RawBuilder<string> {
  const { meta } = resource;
  const named = labelColumn(resource);
  if (named) {
    const name = sql.ref(`r.${named}`);
    return meta.get(named)!.sealable
      ? sql<string>`case when not starts_with(${name}, ${markSql}) then ${name} end`
      : sql<string>`${name}::text`;
  }
  if (!meta.has('body')) return sql<string>`null::text`;
  return sql<string>`left(${plainSql(sql.ref('r.body'))}, ${label_characters_max})`;
}
