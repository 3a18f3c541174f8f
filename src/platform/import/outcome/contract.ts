import { z } from 'zod';
import { namedReference } from '../../../kernel/contract/fields.ts';
import { fieldChange } from '../../timeline/contract.ts';

/*
 * What the check of a file says of each row that would do something, before anything is written: the records that would
 * change, field by field, those that would be made, and the rows that may be about a record without saying so.
 */

/** Of a file, so many rows are listed; the others are only counted. */
export const outcomes_max = 50_000;
export const outcomes_per_page = 10;

export const outcomeKinds = ['update', 'create', 'could_be'] as const;

export const outcomeQuery = z.strictObject({
  file_id: z.uuid().optional().describe('Of several files; the first by default'),
  kind: z
    .enum(outcomeKinds)
    .default('update')
    .describe(
      'Records that would change, records that would be made, or rows that could be about a record that is there',
    ),
  limit: z.coerce.number().int().min(1).max(100).default(outcomes_per_page),
  cursor: z.string().max(100).optional(),
});

export const importOutcome = z
  .object({
    row: z.int(),
    action: z.enum(['create', 'update', 'skip']),
    /** What the row calls its record. */
    name: z.string(),
    /** The one that changes; null where the caller does not see it. */
    record: namedReference.nullable(),
    /** Somebody said that the row is about it. */
    said: z.boolean(),
    changes: z.array(fieldChange),
    candidates: z
      .array(z.object({ id: z.uuid(), name: z.string(), detail: z.string().nullable() }))
      .describe('Records that the row could be about: they are called so, or have its e-mail address'),
  })
  .meta({ id: 'ImportOutcome' });
export type ImportOutcome = z.output<typeof importOutcome>;

export const outcomePage = z.object({
  data: z.array(importOutcome),
  next_cursor: z.string().nullable(),
  total: z.int().describe(`Rows of this kind that are listed, of the first ${outcomes_max} of a file`),
});
