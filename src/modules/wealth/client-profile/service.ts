import type { z } from 'zod';
import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import { createRow, type ErrorPath, getRow, lockRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../../directory/contact/contract.ts';
import { clientProfile, type disclosures } from './contract.ts';
import { clientsAmong, disclosuresOf, profileOf } from './queries.ts';

const disclosures_max = 500;

export async function readProfile(ctx: Context, contact_id: string): Promise<Values> {
  await getRow(ctx, contact, contact_id);
  const id = await profileOf(ctx, contact_id);
  if (id === undefined) throw problems.notFound(clientProfile.title);
  return getRow(ctx, clientProfile, id);
}

/** Creates or changes the profile of a client. The contact is locked, so that two who make one do not make two. */
export async function putProfile(ctx: Context, contact_id: string, input: Values, version?: number): Promise<Values> {
  await lockRow(ctx, contact, contact_id);
  const id = await profileOf(ctx, contact_id);
  if (id !== undefined) return updateRow(ctx, clientProfile, id, input, version);
  return createRow(ctx, clientProfile, { ...input, contact_id });
}

export async function refuseSecond(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const ids = inputs.map(({ contact_id }) => (contact_id as string).toLowerCase());
  const taken = new Set(await clientsAmong(ctx, ids));
  const errors = ids.flatMap((id, at): FieldError[] => {
    const isTaken = taken.has(id);
    taken.add(id);
    const message = 'This person has a client profile already';
    return isTaken ? [{ field: `${errorPath(at)}contact_id`, code: 'taken', message }] : [];
  });
  if (errors.length > 0) throw problems.invalid(errors);
  return inputs;
}

/**
 * Who saw sealed values of a person and of what their households have, took files of these away, or exported them; the
 * last first.
 */
export async function listDisclosures(ctx: Context, contact_id: string): Promise<z.output<typeof disclosures>> {
  await getRow(ctx, contact, contact_id);
  const rows = await disclosuresOf(ctx, contact_id, disclosures_max + 1);
  return { data: rows.slice(0, disclosures_max), more: rows.length > disclosures_max };
}
