import { z } from 'zod';

/** How long a change can be taken back, and how long the trash keeps what is in it. */
export const undo_days = 30;

/** Why something was left as it is. */
export const skipCodes = [
  'changed_since',
  'in_trash',
  'gone',
  'in_use',
  'forbidden',
  'refused',
  'came_later',
  'erased',
] as const;
export type SkipCode = (typeof skipCodes)[number];

export const skipReasons: Record<SkipCode, string> = {
  changed_since: 'It was changed since.',
  in_trash: 'It is in the trash. Take it back from there first.',
  gone: 'It no longer exists, or you cannot see it.',
  in_use: 'Other records still refer to it.',
  forbidden: 'Your role does not allow this change.',
  erased: 'What it held before has been erased, and cannot be put back.',
  came_later: 'It came after the merge and stays where it is.',
  refused: 'It does not fit: what it refers to is gone, or another record has its place.',
};

/** Of the records that refer to one, so many are named. */
export const references_named_max = 5;

/** What refers to a record that had to stay: some by name, and how many more, seen by the reader or not. */
const referencedBy = z.object({
  records: z.array(z.object({ resource: z.string(), id: z.uuid(), name: z.string() })).max(references_named_max),
  others: z.int(),
});
export type ReferencedBy = z.infer<typeof referencedBy>;

/** A record, or some of its fields, that was left as it is. */
export const skip = z.object({
  resource: z.string(),
  id: z.uuid(),
  name: z.string().nullable(),
  /** Fields that were left; null: all of it. */
  fields: z.array(z.string()).nullable(),
  code: z.enum(skipCodes),
  reason: z.string(),
  /** With `in_use`. */
  referenced_by: referencedBy.optional(),
});
export type Skip = z.infer<typeof skip>;
