import type { z } from 'zod';
import { scopeOf } from '../../kernel/access/rights.ts';
import { custom_fields_max } from '../../kernel/contract/fields.ts';
import { resourceNamed } from '../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { indexed_characters } from '../../kernel/resource/custom.ts';
import { type ErrorPath, getRow, updateRow, type Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { customField, type fieldOrder } from './contract.ts';
import { checkDefinition, type Definition } from './definition.ts';
import { checkNames } from './names.ts';
import {
  countRoles,
  holdsLongTexts,
  type KnownField,
  knownFields,
  lockFields,
  optionsInUse,
  placeFields,
  repeatedValues,
  retiredFirst,
} from './queries.ts';

const named_values_max = 5;

type Noun = string;

const blank = { options: [], required: false, rules: {}, default_value: null, is_unique: false };

/** A new field comes after those there are. */
export async function checkNewFields(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const known = new Map<Noun, KnownField[]>();
  // In one order, so that two requests do not wait crosswise.
  for (const resource of [...new Set(inputs.map((input) => input.resource as Noun))].sort()) {
    await lockFields(ctx, resource);
    known.set(resource, await knownFields(ctx, resource));
  }
  const made: Values[] = [];
  for (const [index, input] of inputs.entries()) {
    const { resource, key, label } = input as { resource: Noun; key: string; label: string };
    const fields = known.get(resource)!;
    if (fields.length >= custom_fields_max)
      throw problems.conflict(`A kind of record has at most ${custom_fields_max} custom fields.`);
    checkDefinition({ ...blank, ...input } as unknown as Definition, errorPath(index));
    checkNames(resource, fields, { key, label }, errorPath(index));
    await checkRoles(ctx, input, errorPath(index));
    const position = (input.position as number | null) ?? Math.max(-1, ...fields.map((field) => field.position)) + 1;
    fields.push({ id: '', key, label, position, retired: false });
    made.push({ ...jsonOf(input), position });
  }
  return made;
}

/**
 * A field as it stands once its fields are locked: it may have changed while the caller waited. Throws 412 when the
 * version is not the present one.
 */
export async function lockField(ctx: Context, id: string, version?: number): Promise<Values> {
  const { resource } = await getRow(ctx, customField, id);
  await lockFields(ctx, resource as Noun);
  const current = await getRow(ctx, customField, id);
  if (version !== undefined && current.version !== version) throw problems.stale(current);
  return current;
}

/** Options that records hold stay, and so does all else that a change would make untrue. */
export async function checkChangedField(ctx: Context, id: string, input: Values): Promise<Values> {
  const current = await lockField(ctx, id);
  const next = { ...current, ...input } as unknown as Definition & { id: string; label: string; resource: Noun };
  checkDefinition(next, '');
  if (input.label !== undefined)
    checkNames(next.resource, await knownFields(ctx, next.resource), { id, label: next.label }, '');
  if (input.options !== undefined) await keepOptionsInUse(ctx, next, current.options as string[]);
  if (next.is_unique && !current.is_unique) await checkUnique(ctx, next);
  await checkRoles(ctx, input, '', current);
  return jsonOf(input);
}

/** The values are in everybody's records: only who sees and changes all of these is told which stand in the way. */
function knowsValues({ actor }: Context, name: Noun): boolean {
  const { right } = resourceNamed(name)!;
  return (['read', 'update'] as const).every((action) => scopeOf(actor.rights, right, action) === 'all');
}

async function keepOptionsInUse(
  ctx: Context,
  { id, resource, options }: Pick<Definition, 'options'> & { id: string; resource: Noun },
  before: string[],
): Promise<void> {
  const used = await optionsInUse(
    ctx,
    id,
    before.filter((option) => !options.includes(option)),
  );
  if (used.length === 0) return;
  if (!knowsValues(ctx, resource))
    throw invalidField('options', 'in_use', 'Keep the options that records hold, or ask an administrator');
  const names = used.slice(0, named_values_max).join(', ');
  throw invalidField('options', 'in_use', `Keep ${names}: records hold it. Change them first, or add options after it`);
}

async function checkUnique(ctx: Context, { id, resource }: { id: string; resource: Noun }): Promise<void> {
  const repeated = await repeatedValues(ctx, id, named_values_max);
  if (repeated.length > 0 && !knowsValues(ctx, resource))
    throw invalidField('is_unique', 'duplicate', 'More than one record has the same value. Ask an administrator');
  if (repeated.length > 0)
    throw invalidField('is_unique', 'duplicate', `More than one record has ${repeated.join(', ')}. Change them first`);
  if (await holdsLongTexts(ctx, id, indexed_characters))
    throw invalidField(
      'is_unique',
      'too_long',
      `Some records hold more than ${indexed_characters} characters. Shorten them first`,
    );
}

/**
 * A role that stands there already may have been deleted since: without it, the field would be open to others than it
 * was.
 */
async function checkRoles(ctx: Context, input: Values, path: string, current: Values = {}): Promise<void> {
  const rolesOf = (values: Values, field: string) => (values[field] as string[] | null | undefined) ?? [];
  for (const field of ['visible_to', 'editable_by']) {
    const known = new Set(rolesOf(current, field));
    const ids = [...new Set(rolesOf(input, field).map((id) => id.toLowerCase()))].filter((id) => !known.has(id));
    if (ids.length > 0 && (await countRoles(ctx, ids)) < ids.length)
      throw invalidField(path + field, 'no_such_record', 'One of these roles does not exist');
  }
}

/** A default is any JSON, and has to reach the database as such. */
function jsonOf(input: Values): Values {
  if (input.default_value === undefined || input.default_value === null) return input;
  return { ...input, default_value: JSON.stringify(input.default_value) };
}

/** Gives the fields of a noun their order; one that is not named stays behind those that are. */
export async function orderFields(ctx: Context, { resource, ids }: z.infer<typeof fieldOrder>): Promise<void> {
  await lockFields(ctx, resource);
  const known = await knownFields(ctx, resource);
  const own = new Set(known.map(({ id }) => id));
  const stranger = ids.findIndex((id) => !own.has(id));
  if (stranger !== -1)
    throw invalidField(`ids.${stranger}`, 'no_such_record', 'There is no such field of this kind of record');
  if (new Set(ids).size < ids.length) throw invalidField('ids', 'duplicate', 'List each field once');
  await placeFields(ctx, [...ids, ...known.map(({ id }) => id).filter((id) => !ids.includes(id))]);
}

/** Takes a field out of use; the values that records hold stay, unseen, until it is taken back. */
export const retire = (ctx: Context, id: string, version?: number) =>
  updateRow(ctx, customField, id, {}, version, { retired_at: retiredFirst });

export const takeBack = (ctx: Context, id: string) =>
  updateRow(ctx, customField, id, {}, undefined, { retired_at: null });
