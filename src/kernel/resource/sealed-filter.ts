import type { FieldMeta } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import { type Context, withContext } from '../tenancy/context.ts';
import { dataKeys } from '../vault/data-keys.ts';
import { blindIndex } from '../vault/envelope.ts';
import type { TenantFields } from './custom.ts';
import { BlindIndexes, type Condition, type Filter } from './filter.ts';
import { relatedRecords, type Subject } from './related.ts';

const value_characters_max = 1000;
const values_max = 200;

/** A filter in which the values of sealed fields are replaced by their blind indexes. That somebody searched by one is recorded. */
export async function sealFilter(
  ctx: Context,
  resource: Resource,
  filter: Filter,
  fields: TenantFields,
): Promise<Filter> {
  const named: { resource: Resource; field: string }[] = [];
  const sealed = await sealPart(ctx, { resource, alias: 'r', fields }, filter, named);
  if (named.length === 0) return filter;
  // In a transaction of its own: that of a list may not write.
  await withContext(ctx.db, ctx.actor, async ({ tx }) => {
    for (const { resource: of, field } of named)
      await tx.run(
        sql`select app.record_event('search', ${of.name}, null, null, jsonb_build_object('field', ${field}::text))`,
      );
  });
  return sealed;
}

async function sealPart(
  ctx: Context,
  subject: Subject,
  part: Filter,
  named: { resource: Resource; field: string }[],
): Promise<Filter> {
  const inside = (parts: Filter[]) => Promise.all(parts.map((one) => sealPart(ctx, subject, one, named)));
  if ('and' in part) return { and: await inside(part.and) };
  if ('or' in part) return { or: await inside(part.or) };
  if ('any' in part || 'none' in part) {
    if (!part.where) return part;
    const { subject: other } = relatedRecords(subject, 'any' in part ? part.any : part.none);
    return { ...part, where: await sealPart(ctx, other, part.where, named) };
  }
  const meta = subject.resource.meta.get(part.field);
  if (!meta?.sealed || part.op === 'is_empty' || part.op === 'not_empty') return part;
  const value = await indexesOf(ctx, subject.resource, meta, part);
  named.push({ resource: subject.resource, field: part.field });
  return { ...part, value };
}

async function indexesOf(
  ctx: Context,
  { table }: Resource,
  { sealed }: FieldMeta,
  { field, op, value }: Condition,
): Promise<BlindIndexes> {
  if (!sealed?.index)
    throw invalidField(
      'filter',
      'not_allowed',
      `"${field}" is sealed without an index: filters know only whether it is empty`,
    );
  const values = [value].flat();
  const isList = op === 'in' && Array.isArray(value);
  if (
    (Array.isArray(value) && !isList) ||
    values.length === 0 ||
    values.length > values_max ||
    !values.every((one): one is string => typeof one === 'string' && one.length <= value_characters_max)
  )
    throw invalidField(
      'filter',
      'invalid_value',
      `The value for "${field}" is a text, and for "in" a list of 1 to ${values_max}`,
    );
  const keys = await dataKeys(ctx).indexing(ctx);
  return new BlindIndexes(keys.flatMap((key) => values.map((one) => blindIndex(key, { table, column: field }, one))));
}
