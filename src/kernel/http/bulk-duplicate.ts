import { foldedName } from '../contract/names.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { problems } from '../errors/problem.ts';
import { customPrefix } from '../resource/custom.ts';
import { filterSql } from '../resource/filter.ts';
import { tenantFieldsFor } from '../resource/list.ts';
import { listField } from '../resource/list-field.ts';
import { itemPath, trimmedTexts, type Values } from '../resource/store.ts';
import { type Context, withContext } from '../tenancy/context.ts';
import { toProblem } from './errors.ts';

/** A filter compares with at most this many values. */
const values_at_once = 200;

/**
 * The error of records that were created together, with the one that is a duplicate named where it can be found: the
 * second of two that are alike, or one whose value a record has that the caller may read. The database names the field
 * alone.
 */
export async function namingDuplicate(
  ctx: Context,
  resource: Resource,
  inputs: Values[],
  error: unknown,
): Promise<unknown> {
  const problem = toProblem(error);
  const [fieldError] = problem?.errors ?? [];
  if (problem?.code !== 'duplicate' || !fieldError) return error;
  const { field, message } = fieldError;
  if (!isOfOneField(resource, field, error)) return error;
  const values = inputs.map((input) => writtenValue(input, field));
  const isFolded = constraintOf(error) === `${resource.table}_folded_${field}`;
  // In another transaction, because that of the request has failed.
  const find = (other: Context) => findDuplicate(other, resource, field, values, isFolded);
  const index = await withContext(ctx.db, ctx.actor, find, { mode: 'read' }).catch(() => -1);
  return index < 0 ? error : problems.duplicate(itemPath(index) + field, message);
}

const constraintOf = (error: unknown): string => String((error as { constraint?: unknown }).constraint);

/**
 * Whether the field alone has to be unique: a name that is unique within a part of the records may occur elsewhere too.
 */
const isOfOneField = ({ table, uniqueInPart }: Resource, field: string, error: unknown): boolean =>
  [
    'custom_value_taken',
    `${table}_${field}`,
    `${table}_tenant_id_${field}_key`,
    ...(uniqueInPart ? [] : [`${table}_folded_${field}`]),
  ].includes(constraintOf(error));

const writtenValue = (input: Values, field: string): unknown =>
  field.startsWith(customPrefix)
    ? trimmedTexts((input.custom ?? {}) as Values)[field.slice(customPrefix.length)]
    : input[field];

async function findDuplicate(
  ctx: Context,
  resource: Resource,
  field: string,
  values: unknown[],
  isFolded: boolean,
): Promise<number> {
  const keyOf = isFolded ? foldedName : (text: string) => text;
  const written = values.map((value) => (value === undefined || value === null ? undefined : keyOf(String(value))));
  const again = written.findIndex((value, index) => value !== undefined && written.indexOf(value) < index);
  if (again >= 0) return again;
  const distinct = values.filter((value) => value !== undefined && value !== null);
  const fields = await tenantFieldsFor(ctx, { filter: field });
  const known = listField(resource, fields, field);
  if (!known) return -1;
  for (let from = 0; from < distinct.length; from += values_at_once) {
    const some = distinct.slice(from, from + values_at_once);
    const isTaken = isFolded
      ? sql`app.folded_name(${known.column}) = any (${some.map((value) => keyOf(String(value)))}::text[])`
      : filterSql(resource, { field, op: 'in', value: some }, fields);
    const taken = await ctx.tx.maybe<{
      value: string;
    }>(sql`select (${known.column})::text as value from ${sql.table(resource.table)} r
      where r.tenant_id = ${ctx.tenant_id} and ${isTaken} limit 1`);
    if (taken) return written.indexOf(keyOf(taken.value));
  }
  return -1;
}
