import type { Sealing } from '../contract/fields.ts';
import { maskOf } from '../contract/mask.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import { dataKeys, type OpenedText } from '../vault/data-keys.ts';
import { blindIndex, partIndex, sealText } from '../vault/envelope.ts';
import { bindingOf, closedMark, openPersonal, sealPersonal } from './personal.ts';

type Row = Record<string, unknown>;

const fieldsOf = new WeakMap<Resource, ReadonlyMap<string, Sealing>>();

/** The sealed fields of a record type. */
export function sealedFields(resource: Resource): ReadonlyMap<string, Sealing> {
  const known = fieldsOf.get(resource);
  if (known) return known;
  const made = new Map([...resource.meta].flatMap(([name, { sealed }]) => (sealed ? [[name, sealed] as const] : [])));
  fieldsOf.set(resource, made);
  return made;
}

/**
 * Seals the values of columns that are about to be written. `id`: of the one record that they change; new rows have
 * theirs.
 */
export async function sealRows(ctx: Context, resource: Resource, rows: Row[], id?: string): Promise<void> {
  await sealPersonal(ctx, resource, rows, id);
  const values = [...sealedFields(resource)].flatMap(([column, sealing]) =>
    rows.flatMap((row) => (typeof row[column] === 'string' ? [{ row, column, sealing, text: row[column] }] : [])),
  );
  if (values.length === 0) return;
  const keys = dataKeys(ctx);
  const before = id === undefined ? undefined : await subjectsOf(ctx, resource, id);
  const subjects = values.map(({ row, sealing: { keyOf } }) =>
    keyOf === undefined ? null : ((row[keyOf] ?? before?.[keyOf] ?? null) as string | null),
  );
  const sealing = await keys.sealing(ctx, 'data', subjects);
  const isIndexed = values.some(({ sealing: { index, parts } }) => index || parts);
  const [indexKey] = isIndexed ? await keys.sealing(ctx, 'index', [null]) : [];
  for (const [at, { row, column, sealing: how, text }] of values.entries()) {
    const binding = bindingOf(ctx, resource.table, column, id ?? (row.id as string));
    const index = how.index && blindIndex(indexKey!.key, binding, text);
    const parts = how.parts && partIndex(indexKey!.key, binding, text);
    row[column] = sealText(sealing[at]!, text, binding, index, parts);
  }
}

/** The people of a record whose keys seal its values. */
async function subjectsOf(ctx: Context, resource: Resource, id: string): Promise<Row | undefined> {
  const names = [...new Set([...sealedFields(resource).values()].flatMap(({ keyOf }) => keyOf ?? []))];
  if (names.length === 0) return undefined;
  return ctx.tx.maybe<Row>(sql`select ${sql.join(names.map((name) => sql.ref(name)))} from ${sql.table(resource.table)}
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

/**
 * Puts masks in place of the sealed values of rows that were read, and texts in place of personal ones. One that does not open is shown as damaged, or as
 * waiting for its master key.
 */
export async function openRows(ctx: Context, resource: Resource, rows: readonly Row[]): Promise<void> {
  await openPersonal(ctx, resource, rows);
  for (const opened of await openedValues(ctx, resource, rows))
    opened.row[opened.column] = opened.text === undefined ? closedMark(opened) : maskOf(opened.text, opened.mask);
}

interface Opened extends OpenedText {
  row: Row;
  column: string;
  mask: Sealing['mask'];
}

/** Opens the sealed values of rows that were read. */
export async function openedValues(ctx: Context, resource: Resource, rows: readonly Row[]): Promise<Opened[]> {
  const values = [...sealedFields(resource)].flatMap(([column, { mask }]) =>
    rows.flatMap((row) => {
      const envelope = row[column];
      if (!Buffer.isBuffer(envelope)) return [];
      return [{ row, column, mask, envelope, binding: bindingOf(ctx, resource.table, column, row.id as string) }];
    }),
  );
  if (values.length === 0) return [];
  const texts = await dataKeys(ctx).texts(ctx, values);
  return values.map(({ row, column, mask }, at) => ({ row, column, mask, ...texts[at]! }));
}
