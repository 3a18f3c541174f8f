import { scopeOf } from '../../kernel/access/rights.ts';
import type { CustomFieldType } from '../../kernel/contract/custom-field.ts';
import { type Resource, resourceNamed } from '../../kernel/contract/resource.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { invalidField, Problem, problems } from '../../kernel/errors/problem.ts';
import { boundOf } from '../../kernel/resource/custom-values.ts';
import { getRow, type Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { tenantCurrency } from '../../kernel/tenancy/currency.ts';
import { TextValues } from '../import/index.ts';
import {
  type Conversion,
  type ConversionPreview,
  type ConversionRequest,
  customField,
  type OptionRename,
} from './contract.ts';
import {
  closeConversion,
  convertedValues,
  countHeld,
  endConversion,
  type HeldValue,
  heldValues,
  insertConversion,
  lastConversion,
  type NewValue,
  putValues,
  rememberValues,
  renameInFilters,
  retype,
  type Typed,
} from './conversion-queries.ts';
import { convertValue, isConvertible } from './conversion-values.ts';
import { checkDefinition, type Definition, hasOptions, isUniqueType } from './definition.ts';
import { lockField } from './service.ts';

/** All values of a field are converted in one transaction, hence the limit. */
const values_max = 50_000;
const batch_rows = 2_000;
const samples_max = 10;
const first_id = '00000000-0000-0000-0000-000000000000';

type Field = Definition & { id: string; label: string; resource: string };

interface Plan {
  field: Field;
  resource: Resource;
  to: Definition;
  currency: string;
}

/** `row`: the field as it is. */
async function planOf(ctx: Context, id: string, request: ConversionRequest, row: Values): Promise<Plan> {
  const field = row as unknown as Field;
  const resource = resourceOf(ctx, field);
  if (!isConvertible(field.type, request.type))
    throw invalidField(
      'type',
      'not_allowed',
      'A field that names records keeps its type, and no other becomes one. Make a new field instead',
    );
  if ((await countHeld(ctx, id)) > values_max)
    throw problems.conflict(
      `More than ${values_max} records hold a value. Make a new field, and fill it by an import of what an export gives.`,
    );
  const options = hasOptions(request.type) ? (request.options ?? field.options) : [];
  const to = {
    ...field,
    type: request.type,
    options,
    rules: {},
    default_value: null,
    is_unique: field.is_unique && isUniqueType(request.type),
  };
  checkDefinition(to, '');
  return { field, resource, to, currency: await tenantCurrency(ctx) };
}

/** The values are in everybody's records, so the caller must be allowed to change all of them. */
function resourceOf({ actor }: Context, { resource: name }: Field): Resource {
  const resource = resourceNamed(name)!;
  if (
    scopeOf(actor.rights, resource.right, 'read') !== 'all' ||
    scopeOf(actor.rights, resource.right, 'update') !== 'all'
  )
    throw problems.forbidden(`Changing the type of a field takes the right to see and change every ${resource.title}.`);
  return resource;
}

async function* batchesOf(read: (after: string) => Promise<HeldValue[]>): AsyncGenerator<HeldValue[]> {
  let after = first_id;
  for (;;) {
    const rows = await read(after);
    if (rows.length > 0) yield rows;
    if (rows.length < batch_rows) return;
    after = rows.at(-1)!.id;
  }
}

/** Counts and samples the converted values, without changing any, and without a lock: others write values meanwhile. */
export async function previewConversion(
  ctx: Context,
  id: string,
  request: ConversionRequest,
): Promise<ConversionPreview> {
  const plan = await planOf(ctx, id, request, await getRow(ctx, customField, id));
  const { field, resource } = plan;
  const convert = await converter(ctx, plan);
  const preview: ConversionPreview = { fit: 0, unfit: 0, fit_samples: [], unfit_samples: [] };
  for await (const rows of batchesOf((after) => heldValues(ctx, resource, field.key, after, batch_rows))) {
    for (const { id: record_id, name, value } of rows) {
      const made = convert(value);
      const [count, samples] = made ? (['fit', 'fit_samples'] as const) : (['unfit', 'unfit_samples'] as const);
      preview[count]++;
      if (preview[samples].length < samples_max)
        preview[samples].push({ id: record_id, name, value, becomes: made?.value ?? null });
    }
  }
  return preview;
}

/**
 * Changes the type of a field and converts its values. The previous values are kept for as long as the conversion can
 * be undone.
 */
export async function convertField(
  ctx: Context,
  id: string,
  request: ConversionRequest,
  version?: number,
): Promise<Values> {
  const plan = await planOf(ctx, id, request, await lockField(ctx, id, version));
  const { field, resource, to } = plan;
  const convert = await converter(ctx, plan);
  const conversion_id = uuidV7();
  await insertConversion(ctx, { id: conversion_id, field_id: id, from: typed(field), to_type: to.type });
  // Until they are converted, values may read alike that will not be.
  await retype(ctx, id, { ...to, is_unique: false });
  const counts = { converted: 0, cleared: 0 };
  for await (const rows of batchesOf((after) => heldValues(ctx, resource, field.key, after, batch_rows))) {
    const values = rows.map(({ id: record_id, value }): NewValue => {
      const made = convert(value);
      counts[made ? 'converted' : 'cleared']++;
      return { id: record_id, before: value, after: made?.value ?? null };
    });
    if (counts.cleared > 0 && request.unfit === 'refuse') throw unfit(to.type);
    await put(ctx, resource, field.key, values);
    await rememberValues(ctx, conversion_id, values);
  }
  if (to.is_unique) await retype(ctx, id, to);
  await endConversion(ctx, conversion_id, counts);
  return getRow(ctx, customField, id);
}

/** Gives an option another name: in the field, in all records that hold it, and in stored filters. */
export async function renameOption(ctx: Context, id: string, rename: OptionRename, version?: number): Promise<Values> {
  const field = (await lockField(ctx, id, version)) as unknown as Field;
  const resource = resourceOf(ctx, field);
  if (!hasOptions(field.type) || !field.options.includes(rename.from))
    throw invalidField('from', 'no_such_option', 'There is no such option');
  if (field.options.includes(rename.to)) throw invalidField('to', 'duplicate', 'List each option once');
  if ((await countHeld(ctx, id)) > values_max)
    throw problems.conflict(
      `More than ${values_max} records hold a value. Add an option, and change the records in parts.`,
    );
  const renamed = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(renamed) : value === rename.from ? rename.to : value;
  const options = field.options.map((option) => renamed(option) as string);
  await retype(ctx, id, { ...typed(field), options, default_value: renamed(field.default_value) });
  for await (const rows of batchesOf((after) => heldValues(ctx, resource, field.key, after, batch_rows))) {
    const values = rows.map(({ id: record_id, value }) => ({ id: record_id, before: value, after: renamed(value) }));
    const changed = values.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
    await put(ctx, resource, field.key, changed);
  }
  await renameInFilters(ctx, resource, field.key, rename);
  return getRow(ctx, customField, id);
}

type Convert = (value: unknown) => { value: unknown } | undefined;

/**
 * Converts one value after the other. Where each may be there once, one that is there already fits no better than one
 * of another form.
 */
async function converter(ctx: Context, plan: Plan): Promise<Convert> {
  const { field, to, currency } = plan;
  const convert: Convert =
    field.type === 'text' && isReadAsCell(to.type)
      ? await textConverter(ctx, plan)
      : (value) => convertValue(field.type, to, value, currency);
  const there = new Set<string>();
  return (value) => {
    const made = convert(value);
    if (!made || !to.is_unique) return made;
    const key = comparable(to.type, made.value);
    if (there.has(key)) return undefined;
    there.add(key);
    return made;
  };
}

const isReadAsCell = (type: CustomFieldType): boolean =>
  ['integer', 'decimal', 'money', 'date', 'boolean'].includes(type);

/** Texts are read as an import reads the cells of a column. */
async function textConverter(ctx: Context, { field, resource, to, currency }: Plan): Promise<Convert> {
  const texts = new TextValues();
  for await (const rows of batchesOf((after) => heldValues(ctx, resource, field.key, after, batch_rows)))
    for (const { value } of rows) texts.add(String(value));
  const read = texts.reader({ ...field, ...to, changeable: true, has_default: false }, currency);
  return (value) => {
    const made = read(String(value));
    return made === undefined ? undefined : { value: made };
  };
}

/** The same text for values that are equal, such as 8 and 8.0. */
const comparable = (type: CustomFieldType, value: unknown): string =>
  String(type === 'decimal' ? boundOf(type, String(value)) : value);

const typed = ({ type, options, rules, default_value, is_unique }: Definition): Typed => ({
  type,
  options,
  rules,
  default_value,
  is_unique,
});

const unfit = (type: CustomFieldType) =>
  new Problem(
    422,
    'values_do_not_fit',
    'Some values are not valid',
    `Not every value can be read as ${type}. Look at a preview; "unfit": "clear" leaves those out, and keeps them until the conversion can no longer be taken back.`,
  );

async function put(ctx: Context, resource: Resource, key: string, values: NewValue[]): Promise<void> {
  const changed = await putValues(ctx, resource, key, values);
  if (changed < values.length) throw problems.forbidden('Some records that hold a value are not yours to change.');
}

/** Null where none can be taken back, which is no mistake to ask for. */
export async function viewConversion(ctx: Context, id: string): Promise<Conversion | null> {
  const field = (await getRow(ctx, customField, id)) as unknown as Field;
  const last = await lastConversion(ctx, id);
  if (!last) return null;
  const { from_definition, ...rest } = last;
  return { ...rest, from_type: from_definition.type, field_id: field.id };
}

/**
 * Takes the last conversion back: values are what they were, and those set since take the old type with them where they
 * can.
 */
export async function takeConversionBack(ctx: Context, id: string, version?: number): Promise<Values> {
  const field = (await lockField(ctx, id, version)) as unknown as Field;
  const resource = resourceOf(ctx, field);
  const last = await lastConversion(ctx, id);
  if (!last) throw problems.notFound('conversion that can be taken back');
  const to = { ...field, ...last.from_definition };
  const currency = await tenantCurrency(ctx);
  // Until all are put back, values may read alike that will not.
  await retype(ctx, id, { ...last.from_definition, is_unique: false });
  const holders = new Map<string, string[]>();
  const read = (after: string) =>
    convertedValues(ctx, resource, { key: field.key, conversion_id: last.id }, after, batch_rows);
  for await (const rows of batchesOf(read)) {
    const values = rows.map((row): NewValue => {
      const after = valueBefore(row, (value) => convertValue(field.type, to, value, currency));
      if (to.is_unique && after !== null) {
        const key = comparable(to.type, after);
        const named = holders.get(key);
        const holder = `“${row.name ?? row.id}” (${String(after)})`;
        if (named) named.push(holder);
        else holders.set(key, [holder]);
      }
      return { id: row.id, before: row.value, after };
    });
    await put(ctx, resource, field.key, values);
  }
  const twice = [...holders.values()].filter((named) => named.length > 1).flat();
  if (twice.length > 0)
    throw problems.conflict(
      `In the old type each value may be there once, and these records would share theirs: ${firstOf(twice)}. Change or clear it in all but one of them first, and look for them in the trash too.`,
    );
  if (to.is_unique) await retype(ctx, id, last.from_definition);
  await closeConversion(ctx, last.id);
  return getRow(ctx, customField, id);
}

/** What a record holds once a conversion is taken back. */
function valueBefore(
  { id, name, value, made, before }: HeldValue,
  convert: (value: unknown) => { value: unknown } | undefined,
): unknown {
  if (before !== null && same(value, made)) return before;
  if (value === null) return null;
  const back = convert(value);
  if (!back)
    throw problems.conflict(`“${name ?? id}” has a value since then that does not fit the old type. Change it first.`);
  return back.value;
}

const firstOf = (named: readonly string[]): string =>
  [...named.slice(0, samples_max), ...(named.length > samples_max ? ['…'] : [])].join(', ');

/** Compares JSON as the database does: the order of keys does not matter. */
const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  );
