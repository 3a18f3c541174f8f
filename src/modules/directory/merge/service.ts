import type { LabelledValue } from '../../../kernel/contract/fields.ts';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { checkReferences, getRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { AttachedCounts } from './contract.ts';
import {
  copyFollowers,
  copyTags,
  countAttached,
  keepMainPositions,
  type Locked,
  liftAbove,
  lockForMerge,
  moveCustomValues,
  moveRows,
  noteMerge,
  releaseExternalId,
  tablesLeft,
  trashMerged,
} from './queries.ts';
import { type Place, references } from './references.ts';

/** A noun whose records can be merged. */
export type Mergeable = Resource & { name: keyof typeof references };

/** Main values, each with the list that keeps what else there is of the kind, and how two are compared. */
const keptBeside = [
  { field: 'email', list: 'other_emails', key: (value: string) => value.toLowerCase() },
  { field: 'phone', list: 'other_phones', key: (value: string) => value.replace(/\D/g, '') },
] as const;
/** Lists without a main value beside them. */
const unitedLists = ['other_addresses', 'sites', 'social_profiles'] as const;
/** As long as all of these lists may be. */
const kept_values_max = 20;

/**
 * Makes one record of several, all in the caller's transaction: what is undone by its id restores all of them. Nothing may be left behind: when
 * something the caller cannot change hangs on one of the others, nothing is merged.
 */
export async function merge(
  ctx: Context,
  resource: Mergeable,
  id: string,
  { others: named, values }: { others: string[]; values: Values },
  version?: number,
): Promise<Values> {
  const survivor = id.toLowerCase();
  const others = [...new Set(named.map((other) => other.toLowerCase()))];
  if (others.includes(survivor))
    throw invalidField('others', 'invalid_value', 'A record cannot be merged with itself. Name the others.');
  await getRow(ctx, resource, survivor);
  await checkReferences(
    ctx,
    others.map((other, index) => ({ field: `others.${index}`, table: resource.table, id: other })),
  );
  const records = await lockForMerge(ctx, resource, [survivor, ...others]);
  const absorbed = others.map((other) => records.find((record) => record.id === other));
  if (!absorbed.every((other) => other?.may_delete)) throw problems.forbidden();
  const merged = absorbed as Locked[];

  const external_id = values.external_id as string | null | undefined;
  if (external_id) await releaseExternalId(ctx, resource, others, external_id);
  const own = records.find((record) => record.id === survivor)?.row ?? {};
  const kept = keptValues(values, own, merged);
  await updateRow(ctx, resource, survivor, { ...values, ...kept }, version);
  await moveAttached(ctx, resource, survivor, others, values.tags === undefined);
  if (resource.name === 'contact') await keepMainPositions(ctx, survivor, [own, ...merged.map(({ row }) => row)]);
  await trashMerged(ctx, resource, survivor, others);
  await noteMerge(ctx, resource, survivor, merged);
  return getRow(ctx, resource, survivor);
}

/** E-mail addresses and telephone numbers that nobody chose, as far as there is room for them. */
function keptValues(values: Values, survivor: Values, others: readonly Locked[]): Values {
  const kept: Values = {};
  for (const { field, list, key } of keptBeside) {
    if (!(list in survivor) || values[list] !== undefined) continue;
    const chosen = values[field] === undefined ? survivor[field] : values[field];
    const rows = [survivor, ...others.map(({ row }) => row)];
    const listed = (row: Values) => row[list] as LabelledValue[];
    const main = (row: Values) => ({ label: row[`${field}_label`], value: row[field] }) as LabelledValue;
    const all = [...listed(survivor), ...rows.flatMap((row) => [main(row), ...listed(row)])];
    const byKey = new Map<string, LabelledValue>();
    for (const each of all) if (each.value && !byKey.has(key(each.value))) byKey.set(key(each.value), each);
    if (chosen) byKey.delete(key(chosen as string));
    kept[list] = [...byKey.values()].slice(0, kept_values_max);
  }
  for (const list of unitedLists) {
    if (!(list in survivor) || values[list] !== undefined) continue;
    const all = [survivor, ...others.map(({ row }) => row)].flatMap((row) => row[list] as object[]);
    const byText = new Map(all.map((each) => [JSON.stringify(each).toLowerCase(), each]));
    kept[list] = [...byText.values()].slice(0, kept_values_max);
  }
  return kept;
}

async function moveAttached(
  ctx: Context,
  resource: Mergeable,
  survivor: string,
  others: readonly string[],
  withTags: boolean,
): Promise<void> {
  const places: readonly Place[] = references[resource.name];
  for (const place of places) {
    if (place.handling === 'parent') await liftAbove(ctx, place, survivor, others);
    if (place.handling === 'follow') await copyFollowers(ctx, place, survivor, others);
    else if (place.handling !== 'copy') await moveRows(ctx, place, survivor, others);
    else if (withTags) await copyTags(ctx, place, survivor, others);
  }
  await moveCustomValues(ctx, resource, survivor, others);
  const moved = places.filter(({ handling }) => handling !== 'copy' && handling !== 'follow');
  const left = await tablesLeft(ctx, resource, moved, others);
  if (left.length > 0)
    throw problems.forbidden(
      `Something hangs on these records that is not yours to change (${left.join(', ')}). Ask somebody who may change it to merge them.`,
    );
}

/** What would move with a record, as far as the caller sees it. */
export async function getAttached(ctx: Context, resource: Mergeable, id: string): Promise<AttachedCounts> {
  await getRow(ctx, resource, id);
  const places: readonly Place[] = references[resource.name];
  const counted = places.filter(({ handling }) => handling === 'move' || handling === 'parent');
  return { attached: await countAttached(ctx, resource, counted, id.toLowerCase()) };
}
