import { z } from 'zod';
import { namedReference } from '../../kernel/contract/fields.ts';
import { list_rows_default, list_rows_max } from '../../kernel/contract/resource.ts';
import { undo_days } from '../undo/contract.ts';

/** How long the trash keeps what is in it. */
export const trash_days = undo_days;

const trash_items_max = 200;

export const trashQuery = z.strictObject({
  resource: z.string().max(60).optional().describe('Only records of this kind, such as contact'),
  limit: z.coerce.number().int().min(1).max(list_rows_max).default(list_rows_default),
  cursor: z.string().max(4000).optional(),
});
export type TrashQuery = z.infer<typeof trashQuery>;

/** Something in the trash, with all that hangs on it. */
export const trashed = z
  .object({
    resource: z.string(),
    id: z.uuid(),
    name: z.string().nullable(),
    deleted_at: z.iso.datetime(),
    deleted_by: namedReference.nullable(),
    /** It is deleted for good after this time. */
    kept_until: z.iso.datetime(),
    /**
     * It became part of this record: taking that back restores it. Null when the caller may not read the other, or that
     * is deleted too.
     */
    merged_into: namedReference.nullable(),
    may_restore: z.boolean(),
    may_purge: z.boolean(),
  })
  .meta({ id: 'Trashed' });
export type Trashed = z.infer<typeof trashed>;

export const trashPage = z.object({ data: z.array(trashed), next_cursor: z.string().nullable() });

const item = z.strictObject({ resource: z.string().max(60), id: z.uuid() });
export type TrashItem = z.infer<typeof item>;

export const trashItems = z.strictObject({ items: z.array(item).min(1).max(trash_items_max) });

/**
 * How many were taken back or deleted, and which were not: they are not there any more, or not the caller's to take.
 */
export const trashOutcome = z.object({ done: z.int(), left: z.array(item) });
export type TrashOutcome = z.infer<typeof trashOutcome>;
