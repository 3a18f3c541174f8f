import type { FieldMeta } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import { type Context, withContext } from '../tenancy/context.ts';
import { dataKeys } from '../vault/data-keys.ts';
import { blindIndex } from '../vault/envelope.ts';
import type { TenantFields } from './custom.ts';
import { BlindIndexes, type Condition, type Filter, SealedMatches } from './filter.ts';
import { mayHaveSealed, textsWithin } from './personal.ts';
import { isLookedUp, recordsWithSealed } from './personal-lookup.ts';
import { relatedRecords, type Subject } from './related.ts';
import { matchNames, type Naming } from './sealed-names/name-filter.ts';
import { matchPart, OpeningBudget } from './sealed-parts.ts';

const value_characters_max = 1000;
const values_max = 200;

interface SealedFilter {
  filter: Filter;
  /** More candidates may have had a part that was asked for than were opened. */
  isCut: boolean;
}

/** What a search by sealed values asks, and what it has used. */
interface Search {
  named: { resource: Resource; field: string }[];
  budget: OpeningBudget;
  /** Undefined outside of lists, where filters by secret fields and by sealed names do not work. */
  naming: Naming | undefined;
}

/**
 * A filter in which the values of sealed fields are replaced by their blind indexes, and parts of them by the records
 * that have them. That somebody searched by one is recorded.
 */
export async function sealFilter(
  ctx: Context,
  resource: Resource,
  filter: Filter,
  fields: TenantFields,
  naming: Naming,
): Promise<SealedFilter> {
  const search: Search = { named: [], budget: new OpeningBudget(), naming };
  const sealed = await sealPart(ctx, { resource, alias: 'r', fields }, filter, search);
  const { named, budget } = search;
  if (named.length === 0) return { filter: sealed, isCut: budget.isCut };
  // In a transaction of its own: that of a list may not write.
  await withContext(ctx.db, ctx.actor, async ({ tx }) => {
    for (const { resource: of, field } of named)
      await tx.run(
        sql`select app.record_event('search', ${of.name}, null, null, jsonb_build_object('field', ${field}::text))`,
      );
  });
  return { filter: sealed, isCut: budget.isCut };
}

/**
 * The same for what is done to all that a filter finds, as by an export: what it may leave out, nobody would see. Only
 * personal texts are looked up.
 */
export async function sealWholeFilter(
  ctx: Context,
  resource: Resource,
  filter: Filter,
  fields: TenantFields,
): Promise<Filter> {
  const search: Search = { named: [], budget: new OpeningBudget(), naming: undefined };
  const sealed = await sealPart(ctx, { resource, alias: 'r', fields }, filter, search);
  if (search.budget.isCut)
    throw invalidField('filter', 'too_many', 'Too many records have a sealed value that this asks for: ask for less');
  return sealed;
}

async function sealPart(ctx: Context, subject: Subject, part: Filter, search: Search): Promise<Filter> {
  const inside = async (parts: Filter[]) => {
    const sealed: Filter[] = [];
    // One after another, because they share what may be opened.
    for (const one of parts) sealed.push(await sealPart(ctx, subject, one, search));
    return sealed;
  };
  if ('and' in part) return { and: await inside(part.and) };
  if ('or' in part) return { or: await inside(part.or) };
  if ('any' in part || 'none' in part) {
    if (!part.where) return part;
    const { subject: other } = relatedRecords(subject, 'any' in part ? part.any : part.none);
    return { ...part, where: await sealPart(ctx, other, part.where, search) };
  }
  const names = part.field === 'name' ? search.naming?.names?.get(subject.resource) : undefined;
  if (search.naming && names && !part.op.endsWith('_empty'))
    return { ...part, value: await matchNames(ctx, subject.resource, names, part, search.naming) };
  const meta = subject.resource.meta.get(part.field);
  if (meta?.sealedIndex && meta.type !== 'labelled' && !part.op.endsWith('_empty') && (await mayHaveSealed(ctx)))
    return indexedPart(ctx, subject.resource, part, search.budget);
  if (!search.naming || !meta?.sealed || part.op === 'is_empty' || part.op === 'not_empty') return part;
  search.named.push({ resource: subject.resource, field: part.field });
  if (part.op === 'contains' || part.op === 'starts_with')
    return { ...part, op: 'in', value: await matchPart(ctx, subject.resource, meta, part, search.budget) };
  return { ...part, value: await indexesOf(ctx, subject.resource, meta, part) };
}

const asked: ReadonlySet<string> = new Set(['eq', 'ne', 'in']);

/** A condition on a personal text with a blind index, some of whose values may be sealed: whole ones are found by it. */
async function indexedPart(
  ctx: Context,
  resource: Resource,
  part: Condition,
  budget: OpeningBudget,
): Promise<Condition> {
  const { field, op, value } = part;
  const values = textsWithin(value);
  if (!asked.has(op))
    throw invalidField(
      'filter',
      'not_allowed',
      `"${field}" is sealed in this workspace: ask for a whole number with "eq" or "in"`,
    );
  if (values.some((text) => !isLookedUp(resource, field, text)))
    throw invalidField(
      'filter',
      'part_too_short',
      `"${field}" is sealed in this workspace: a number is found by six digits or more`,
    );
  const { ids, isCut } = await recordsWithSealed(ctx, resource, [field], values);
  if (isCut) budget.isCut = true;
  return { ...part, value: new SealedMatches(value, ids) };
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
