import { z } from 'zod';
import { record, sized } from '../../kernel/contract/bounds.ts';
import { change_ids_max } from '../change/contract.ts';

const tags_max = 20;
const fields_max = 200;

export const updateAction = z.strictObject({
  kind: z.literal('update'),
  fields: record(z.string().max(60), sized(z.unknown(), { characters: 400_000, depth: 8 }), fields_max)
    .refine((fields) => Object.keys(fields).length > 0, { error: 'Name at least one field' })
    .describe('Values by field, as in a change of one record; amounts, currencies and stages are set one by one'),
});

export const tagAction = z.strictObject({
  kind: z.literal('tag'),
  add: z.array(z.uuid()).max(tags_max).default([]),
  remove: z.array(z.uuid()).max(tags_max).default([]),
});

export const deleteAction = z.strictObject({ kind: z.literal('delete') });

/** Which records: either those with these ids, or all that match a filter; null: all there are. */
export const selection = {
  ids: z.array(z.uuid()).min(1).max(change_ids_max).optional(),
  filter: z.string().max(20_000).nullable().optional().describe('As in lists; null: all there are'),
};
