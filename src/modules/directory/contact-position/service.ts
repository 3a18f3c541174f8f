import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { createRow, deleteRow, findRow, lockRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../contact/contract.ts';
import { position, positions_max } from './contract.ts';

/** Gives a contact a position; answers the contact. `version` is that of the contact, from If-Match. */
export async function addPosition(ctx: Context, contact_id: string, input: Values, version?: number): Promise<Values> {
  const current = await lockRow(ctx, contact, contact_id, version);
  if ((current.positions as unknown[]).length >= positions_max)
    throw invalidField('company_id', 'too_many', `A contact has at most ${positions_max} positions`);
  checkPeriod(input);
  await createRow(ctx, position, { ...input, contact_id });
  return touch(ctx, contact_id);
}

export async function changePosition(
  ctx: Context,
  contact_id: string,
  id: string,
  input: Values,
  version?: number,
): Promise<Values> {
  const current = await lockPosition(ctx, contact_id, id, version);
  checkPeriod({ ...current, ...input });
  await updateRow(ctx, position, id, input);
  return touch(ctx, contact_id);
}

export async function removePosition(ctx: Context, contact_id: string, id: string, version?: number): Promise<Values> {
  await lockPosition(ctx, contact_id, id, version);
  await deleteRow(ctx, position, id);
  return touch(ctx, contact_id);
}

async function lockPosition(ctx: Context, contact_id: string, id: string, version?: number): Promise<Values> {
  await lockRow(ctx, contact, contact_id, version);
  const found = await findRow(ctx, position, id);
  if (found?.contact_id !== contact_id.toLowerCase()) throw problems.notFound(position.title);
  return found;
}

function checkPeriod({ started_on, ended_on }: Values): void {
  if (started_on && ended_on && ended_on < started_on)
    throw invalidField('ended_on', 'invalid_value', 'A position ends on or after the day on which it began');
}

/** A changed position makes a new version of its contact: pages that show it read it again. */
const touch = (ctx: Context, contact_id: string): Promise<Values> => updateRow(ctx, contact, contact_id, {});
