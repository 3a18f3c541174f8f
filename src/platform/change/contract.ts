import { z } from 'zod';
import { namedReference } from '../../kernel/contract/fields.ts';
import { list_rows_default, list_rows_max } from '../../kernel/contract/resource.ts';
import { skip } from '../undo/contract.ts';

/*
 * Every answer to a request that changes something carries `Change-Id`. By that id all that the request did can be
 * taken back for 30 days:
 *
 *   POST /changes/{id}/reversal              takes it back as a whole, or what it did to one record with ?record_id=
 *   POST /changes                            changes many records: those with given ids, or all that match a filter
 *   GET  /changes, /changes/{id}             such changes and reversals: how far they are, what they did, what they
 * left and why
 *   POST /changes/{id}/cancellation          stops one; what it did so far stays, and can be taken back
 *
 * A reversal restores only what still is as the change left it: fields that somebody has set since stay, and
 * `skipped_samples` names them. What was made goes to the trash, what was trashed comes back, with all that hangs on
 * it. It needs the right to the opposite change, now. A reversal is a change too, with an id of its own: taken back, it
 * is redone. Small ones are done in the transaction of the request (200); large ones are done in batches in the
 * background (202).
 *
 * 404 no such change, or none of its records is the caller's to see; 403 none is the caller's to change; 409
 * `undone_already`, with the reversal in `reversal_id`; 409 `still_running`; 409 `nothing_to_undo`, with all that
 * stands in the way in `skipped`; 410 `undo_expired` after 30 days.
 */

export const changeStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;

export const skipped_samples_max = 100;
/** Ids that one request can name; a filter can match more. */
export const change_ids_max = 10_000;
/** Records that one change can reach. */
export const change_rows_max = 500_000;

/** A change of many records, or the taking back of a change. */
export const change = z
  .object({
    id: z.uuid(),
    /** `reversal`, or the kind of its action. */
    kind: z.string(),
    resource: z.string().nullable(),
    /** What is done to each record; empty for a reversal. */
    action: z.record(z.string(), z.unknown()),
    /** Of a reversal: what it takes back, and of which record alone. */
    of_change: z.uuid().nullable(),
    of_record: z.uuid().nullable(),
    state: z.enum(changeStates),
    total: z.int(),
    done: z.int(),
    /** Of those done: records that changed, that were so before, and that were left as they are. */
    changed: z.int(),
    unchanged: z.int(),
    skipped: z.int(),
    skipped_samples: z.array(skip).max(skipped_samples_max),
    error: z.string().nullable(),
    /** The reversal that took it back as a whole, how many it left as they are, and why. */
    reversal: z
      .object({ id: z.uuid(), state: z.enum(changeStates), skipped: z.int(), skip_reasons: z.array(z.string()) })
      .nullable(),
    created_by: namedReference.nullable(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Change' });
export type Change = z.infer<typeof change>;

export const reversalQuery = z.strictObject({
  record_id: z.uuid().optional().describe('Only what the change did to this record'),
});

export const changeQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(list_rows_max).default(list_rows_default),
  cursor: z.string().max(4000).optional(),
});

export const changePage = z.object({ data: z.array(change), next_cursor: z.string().nullable() });
