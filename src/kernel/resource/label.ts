import type { RawBuilder } from 'kysely';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { plainSql } from './plain.ts';

const label_characters_max = 120;

/** What a row of the alias `r` is called in lists of records of several kinds; of a text, its beginning. A rate or a target is called nothing. */
export function labelSql({ meta }: Resource): RawBuilder<string> {
  const named = ['name', 'title', 'subject', 'label'].find((field) => meta.has(field));
  if (named) return sql<string>`${sql.ref(`r.${named}`)}::text`;
  if (!meta.has('body')) return sql<string>`null::text`;
  return sql<string>`left(${plainSql(sql.ref('r.body'))}, ${label_characters_max})`;
}
