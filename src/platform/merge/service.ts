import { addressParts, type LabelledValue } from '../../kernel/contract/fields.ts';
import { definedResources, type Resource } from '../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { keepDefinitions } from '../../kernel/resource/custom.ts';
import { checkReferences, getRow, trimmedTexts, updateRow, type Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { copyFavourites } from '../favourite/index.ts';
import type { AttachedCounts } from './contract.ts';
import {
  copyFollowers,
  copyTags,
  countAttached,
  inheritCustom,
  type Locked,
  liftAbove,
  lockForMerge,
  moveCustomValues,
  moveEntries,
  moveRows,
  noteMerge,
  releaseExternalId,
  releaseUniqueValues,
  tablesLeft,
  trashMerged,
} from './queries.ts';
import { referencesTo } from './references.ts';

/** Main values, each with its label, the list that keeps what else there is of the kind, and how two are compared. */
const keptBeside = [
  { field: 'email', label: 'email_label', list: 'other_emails', key: (value: string) => value.toLowerCase() },
  // One without a digit, such as an extension by name, is compared as a text.
  {
    field: 'phone',
    label: 'phone_label',
    list: 'other_phones',
    key: (value: string) => value.replace(/\D/g, '') || value.toLowerCase(),
  },
] as const;
/** Lists without a main value beside them. */
const unitedLists = ['sites', 'social_profiles'] as const;
/** What the survivor takes from any of the others unless somebody chose: who wants no e-mails gets none by a merge. */
const prevailing = { field: 'consent_email', value: 'denied' } as const;
const partsOfAddress = Object.keys(addressParts) as (keyof typeof addressParts)[];
/** The most values that each of these lists may have. */
const kept_values_max = 20;

/**
 * Makes one record of several, all in the caller's transaction: what is undone by its id restores all of them. Nothing
 * may be left behind: when something the caller cannot change hangs on one of the others, nothing is merged.
 */
export async function merge(
  ctx: Context,
  { resource, whenMerged }: RecordType,
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
  // What names the others by a custom field may be of any type.
  await keepDefinitions(ctx, ...definedResources());
  const records = await lockForMerge(ctx, resource, [survivor, ...others]);
  const absorbed = others.map((other) => records.find((record) => record.id === other));
  if (!absorbed.every((other) => other?.may_delete)) throw problems.forbidden();
  const merged = absorbed as Locked[];

  const external_id = values.external_id as string | null | undefined;
  if (external_id) await releaseExternalId(ctx, resource, others, external_id);
  if (values.custom) await releaseUniqueValues(ctx, resource, others, trimmedTexts(values.custom as Values));
  const own = records.find((record) => record.id === survivor)?.row ?? {};
  const kept = keptValues(values, own, merged);
  await updateRow(ctx, resource, survivor, { ...values, ...kept }, version);
  if (resource.meta.has('custom')) await inheritCustom(ctx, resource, survivor, others);
  await moveAttached(ctx, resource, survivor, others, values.tags === undefined);
  await whenMerged?.(ctx, survivor, [own, ...merged.map(({ row }) => row)]);
  await copyFavourites(ctx, survivor, others);
  await trashMerged(ctx, resource, survivor, others);
  await noteMerge(ctx, resource, survivor, merged);
  return getRow(ctx, resource, survivor);
}

/**
 * What of the records there can be several of, as far as there is room for it, and the labels of the main ones that
 * were chosen.
 */
function keptValues(values: Values, survivor: Values, others: readonly Locked[]): Values {
  const rows = [survivor, ...others.map(({ row }) => row)];
  const kept: Values = { ...keptAddresses(values, rows) };
  const { field: consent, value: denied } = prevailing;
  if (values[consent] === undefined && rows.some((row) => row[consent] === denied)) kept[consent] = denied;
  for (const { field, label, list, key } of keptBeside) {
    if (!(list in survivor)) continue;
    const listed = (row: Values) => row[list] as LabelledValue[];
    const main = (row: Values) => ({ label: row[label], value: row[field] }) as LabelledValue;
    const all = [...listed(survivor), ...rows.flatMap((row) => [main(row), ...listed(row)])];
    const byKey = new Map<string, LabelledValue>();
    for (const each of all) if (each.value && !byKey.has(key(each.value))) byKey.set(key(each.value), each);
    const chosen = key(((values[field] === undefined ? survivor[field] : values[field]) as string | null) ?? '');
    if (values[field] !== undefined && values[label] === undefined) kept[label] = byKey.get(chosen)?.label ?? null;
    byKey.delete(chosen);
    if (values[list] === undefined) kept[list] = [...byKey.values()].slice(0, kept_values_max);
  }
  for (const list of unitedLists) {
    if (!(list in survivor) || values[list] !== undefined) continue;
    const byText = new Map(
      rows.flatMap((row) => row[list] as object[]).map((each) => [JSON.stringify(each).toLowerCase(), each]),
    );
    kept[list] = [...byText.values()].slice(0, kept_values_max);
  }
  return kept;
}

type Address = Record<'label' | (typeof partsOfAddress)[number], string | null>;

/** An address is chosen part by part; one that says no more than what was chosen is not kept beside it. */
function keptAddresses(values: Values, rows: readonly Values[]): Values {
  const [survivor] = rows as [Values];
  if (!('other_addresses' in survivor)) return {};
  const kept: Values = {};
  const chosen = mainAddress({ ...survivor, ...values });
  const isChosen = partsOfAddress.some((part) => values[part] !== undefined);
  const from = isChosen && rows.find((row) => textOf(mainAddress(row)) === textOf(chosen));
  if (from && values.address_label === undefined) kept.address_label = from.address_label;
  if (values.other_addresses !== undefined) return kept;
  const listed = (row: Values) => row.other_addresses as Address[];
  const beside = rows.map(mainAddress).filter((address) => !isWithin(address, chosen));
  const byText = new Map<string, Address>();
  for (const each of [...listed(survivor), ...beside, ...rows.flatMap(listed)])
    if (!byText.has(textOf(each))) byText.set(textOf(each), each);
  kept.other_addresses = [...byText.values()].slice(0, kept_values_max);
  return kept;
}

const mainAddress = (row: Values): Address =>
  Object.fromEntries([['label', row.address_label], ...partsOfAddress.map((part) => [part, row[part] ?? null])]);

const textOf = (address: Address): string => JSON.stringify(partsOfAddress.map((part) => address[part])).toLowerCase();

const isWithin = (one: Address, other: Address): boolean =>
  partsOfAddress.every((part) => !one[part] || one[part].toLowerCase() === other[part]?.toLowerCase());

async function moveAttached(
  ctx: Context,
  resource: Resource,
  survivor: string,
  others: readonly string[],
  withTags: boolean,
): Promise<void> {
  const places = referencesTo(resource);
  for (const place of places) {
    if (place.handling === 'parent') await liftAbove(ctx, place, survivor, others);
    if (place.handling === 'follow') await copyFollowers(ctx, place, survivor, others);
    else if (place.handling === 'entry') await moveEntries(ctx, place, survivor, others);
    else if (place.handling !== 'copy') await moveRows(ctx, place, survivor, others);
    else if (withTags) await copyTags(ctx, place, survivor, others);
  }
  await moveCustomValues(ctx, resource, survivor, others);
  const moved = places.filter(({ handling }) => handling !== 'copy' && handling !== 'follow');
  const left = await tablesLeft(ctx, resource, moved, others);
  if (left.length > 0)
    throw problems.forbidden(
      `Something attached to these records is not yours to change (${left.join(', ')}). Ask somebody who may change it to merge them.`,
    );
}

/** What would move with a record, as far as the caller sees it. */
export async function getAttached(ctx: Context, resource: Resource, id: string): Promise<AttachedCounts> {
  await getRow(ctx, resource, id);
  const places = referencesTo(resource);
  const counted = places.filter(({ handling }) => ['move', 'parent', 'entry'].includes(handling));
  return { attached: await countAttached(ctx, resource, counted, id.toLowerCase()) };
}
