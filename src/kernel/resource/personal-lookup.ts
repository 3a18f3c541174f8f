import type { LabelledValue } from '../contract/fields.ts';
import { phoneKey } from '../contract/phone.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import { dataKeys } from '../vault/data-keys.ts';
import { mayHaveSealed, openPersonal } from './personal.ts';
import { comparedForms, indexTexts } from './personal-index.ts';

/** The keys by which each of these telephone numbers of a table is found; none of one that is too short to tell. */
export async function phoneKeys(ctx: Context, table: string, phones: readonly string[]): Promise<string[][]> {
  const forms = phones.map(phoneKey);
  if (forms.every((form) => form === null)) return forms.map(() => []);
  const keys = (await mayHaveSealed(ctx)) ? await dataKeys(ctx).indexing(ctx) : [];
  return forms.map((form) => (form === null ? [] : [form, ...indexTexts(keys, table, 'phone', form)]));
}

/** Whether a value has what its field is looked up by. */
export const isLookedUp = ({ meta }: Resource, field: string, value: string): boolean =>
  comparedForms[meta.get(field)!.sealedIndex!.of](value) !== null;

/** How many records a search by sealed values opens. Opening one takes about 13 µs. */
const opened_max = 3_000;

export interface SealedRecords {
  ids: string[];
  /** More records than were opened may have one of the values. */
  isCut: boolean;
}

/**
 * The records that the caller reads and that have one of these values sealed in one of the fields. Each is opened and
 * compared: an envelope that somebody moved or changed in the database finds nothing.
 */
export async function recordsWithSealed(
  ctx: Context,
  resource: Resource,
  fields: readonly string[],
  values: readonly string[],
): Promise<SealedRecords> {
  const keys = await dataKeys(ctx).indexing(ctx);
  const searched = fields.map((name) => ({ name, ...resource.meta.get(name)!.sealedIndex! }));
  const wanted = new Set(searched.flatMap(({ of }) => values.flatMap((value) => comparedForms[of](value) ?? [])));
  if (keys.length === 0 || wanted.size === 0) return { ids: [], isCut: false };
  const found = searched.map(({ of, lookup }) => {
    const indexes = [...wanted].flatMap((form) => indexTexts(keys, resource.table, of, form));
    return sql`select ${sql.raw(lookup)}(${indexes}::text[])`;
  });
  const columns = sql.join(['id', ...fields].map((name) => sql.ref(`r.${name}`)));
  const rows = await ctx.tx.many<Record<string, unknown> & { id: string }>(sql`select ${columns}
    from ${sql.table(resource.table)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id = any (array(${sql.join(found, sql` union `)}))
    order by r.id desc limit ${opened_max + 1}`);
  const opened = rows.slice(0, opened_max);
  await openPersonal(ctx, resource, opened);
  const has = (row: Record<string, unknown>) =>
    searched.some(({ name, of }) => valuesIn(row[name]).some((value) => wanted.has(comparedForms[of](value) ?? '')));
  return { ids: opened.filter(has).map(({ id }) => id), isCut: rows.length > opened.length };
}

const valuesIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : ((value ?? []) as LabelledValue[]).map((entry) => entry.value);
