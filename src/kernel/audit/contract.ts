import { z } from 'zod';
import { namedReference } from '../contract/fields.ts';
import { list_rows_default, list_rows_max } from '../contract/resource.ts';
import { timeText } from '../contract/time.ts';

/**
 * What a person acted through where that is no page, such as an API key or an import; its name is null when it has none
 * or is gone.
 */
export const through = z.object({ type: z.string(), id: z.uuid(), name: z.string().nullable() });
export type Through = z.infer<typeof through>;

const values = z.record(z.string(), z.unknown()).nullable();

/** Who did what to what, when and from where. Secrets stand as "[redacted]". */
export const auditEvent = z
  .object({
    /** Rises with each event of the workspace. */
    seq: z.string(),
    at: z.iso.datetime(),
    actor_kind: z.enum(['user', 'api_key', 'system']),
    /** The person behind it, also behind an API key. */
    actor: namedReference.nullable(),
    /**
     * What the person acted through, such as an API key or an import; its name is null when it has none or is gone.
     * Null for somebody at a page.
     */
    via: through.nullable(),
    action: z.string(),
    resource: z.string(),
    record_id: z.uuid().nullable(),
    /** The fields that a change set, even when their values are erased or hidden from the caller. */
    fields: z.array(z.string()).nullable(),
    /**
     * The values of a deleted record, or the previous values of changed fields; null when erased or hidden from the
     * caller.
     */
    before: values,
    /** The values of a new record, or the new values of changed fields. */
    after: values,
    /**
     * What the amounts among its values are in, as decimals; null where there are none, or nobody knows: then they are
     * in the smallest unit.
     */
    currency: z.string().nullable(),
    /**
     * Those of its fields that nobody set, with the field that each follows from: of a task that is due on a day, the
     * time at which that day ends.
     */
    derived: z.record(z.string(), z.string()),
    /**
     * What the record, and those that its values refer to, are called today, by id: as far as they are there and the
     * caller may see them.
     */
    names: z.record(z.string(), z.string()),
    ip: z.string().nullable(),
    request_id: z.string().nullable(),
    import_id: z.uuid().nullable(),
    /** The job or consumer that did it, as `job score.fit`; null for a request. */
    cause: z.string().nullable(),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof auditEvent>;

export const auditQuery = z.strictObject({
  resource: z.string().max(60).optional(),
  record_id: z.uuid().optional(),
  field: z.string().max(60).optional().describe('Only changes of this field: with record_id, its history'),
  actor_id: z.uuid().optional(),
  action: z.string().max(60).optional(),
  request_id: z.string().max(100).optional(),
  from: timeText().optional(),
  to: timeText().optional().describe('Before this time'),
  limit: z.coerce.number().int().min(1).max(list_rows_max).default(list_rows_default),
  cursor: z.string().max(4000).optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;

export const auditPage = z.object({ data: z.array(auditEvent), next_cursor: z.string().nullable() });
