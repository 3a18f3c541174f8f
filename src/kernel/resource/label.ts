import type { RawBuilder } from 'kysely';
import { type Resource, resourceNamed } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import { isPersonalText, isSealedText, markSql, openNamed, partSql } from './personal.ts';
import { cutPlain, plainSql } from './plain.ts';

const label_characters_max = 120;

/** The column with the name of a record; notes and comments have none. */
export const labelColumn = ({ meta }: Resource): string | undefined =>
  ['name', 'title', 'subject', 'label'].find((field) => meta.has(field));

/** The column that a label is made of: the name, or the text of what has none. */
export const labelledBy = (resource: Resource): string | undefined =>
  labelColumn(resource) ?? (resource.meta.has('body') ? 'body' : undefined);

/** Whether the name of a record is sealed where the workspace seals personal texts. */
export const hasSealableLabel = (resource: Resource): boolean => isPersonalText(resource, labelledBy(resource) ?? '');

/**
 * The name of the row `r` in lists of several record types; for a text, its beginning. Rates and targets have an empty
 * name, and so has a record whose name is sealed.
 */
export function labelSql(resource: Resource): RawBuilder<string> {
  const column = labelledBy(resource);
  if (column === undefined) return sql<string>`null::text`;
  const stored = sql.ref(`r.${column}`);
  const label = labelOf(resource, stored);
  if (!resource.meta.get(column)!.sealable) return label;
  return sql<string>`case when not starts_with(${stored}, ${markSql}) then ${label} end`;
}

const labelOf = (resource: Resource, stored: RawBuilder<unknown>): RawBuilder<string> =>
  labelColumn(resource) === undefined
    ? sql<string>`left(${plainSql(stored)}, ${label_characters_max})`
    : sql<string>`${stored}::text`;

/** The same with a sealed name as it is stored, which `openLabels` opens. */
export function storedLabelSql(resource: Resource): RawBuilder<string> {
  const column = labelledBy(resource);
  if (column === undefined || !resource.meta.get(column)!.sealable) return labelSql(resource);
  const stored = sql.ref(`r.${column}`);
  return partSql(stored, labelOf(resource, stored));
}

/** A record with its name as `storedLabelSql` gives it. */
interface Labelled {
  resource: string;
  id: string;
  name: string | null;
}

/** Puts names in place of the sealed ones. */
export async function openLabels(ctx: Context, rows: readonly Labelled[]): Promise<void> {
  const sealed = rows.flatMap((of) => {
    const resource = isSealedText(of.name) ? resourceNamed(of.resource) : undefined;
    const column = resource && labelledBy(resource);
    return column === undefined ? [] : { of, resource: resource!, id: of.id, names: { [column]: 'name' } };
  });
  await openNamed(ctx, sealed);
  for (const { of, resource } of sealed)
    if (labelColumn(resource) === undefined) of.name = cutPlain(of.name!, label_characters_max);
}
