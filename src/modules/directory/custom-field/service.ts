import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { getRow, type Place, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { customField } from './contract.ts';
import { mostFields, retiredFirst } from './queries.ts';

const fields_per_resource_max = 200;

const hasOptions = (type: unknown) => type === 'select' || type === 'multi_select';

export async function checkNewFields(ctx: Context, inputs: Values[], place: Place): Promise<Values[]> {
  for (const [index, input] of inputs.entries()) checkOptions(input.type, input.options ?? [], place(index));
  const most = await mostFields(ctx);
  if (most + inputs.length > fields_per_resource_max)
    throw problems.conflict(`A kind of record has at most ${fields_per_resource_max} custom fields.`);
  return inputs;
}

/** Options may be added and reordered, not taken away: records may hold them. */
export async function checkChangedField(ctx: Context, id: string, input: Values): Promise<Values> {
  if (input.options === undefined) return input;
  const current = await getRow(ctx, customField, id);
  checkOptions(current.type, input.options, '');
  const gone = (current.options as string[]).filter((option) => !(input.options as string[]).includes(option));
  if (gone.length > 0)
    throw invalidField(
      'options',
      'in_use',
      `Keep ${gone.join(', ')}: records may hold it. Add options after it instead`,
    );
  return input;
}

function checkOptions(type: unknown, options: unknown, place: string): void {
  const list = options as string[];
  const field = `${place}options`;
  if (hasOptions(type) && list.length === 0) throw invalidField(field, 'required', 'Write at least one option');
  if (!hasOptions(type) && list.length > 0)
    throw invalidField(field, 'not_allowed', 'Only select and multi_select have options');
  if (new Set(list).size < list.length) throw invalidField(field, 'duplicate', 'Each option stands there once');
}

/** Takes a field out of use; the values that records hold stay, unseen, until it is taken back. */
export const retire = (ctx: Context, id: string, version?: number) =>
  updateRow(ctx, customField, id, {}, version, { retired_at: retiredFirst });

export const takeBack = (ctx: Context, id: string) =>
  updateRow(ctx, customField, id, {}, undefined, { retired_at: null });
