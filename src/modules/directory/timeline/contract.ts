import { z } from 'zod';
import { namedReference } from '../../../kernel/contract/fields.ts';
import { activity } from '../activity/contract.ts';
import { note } from '../note/contract.ts';
import { task } from '../task/contract.ts';

export const timelineKinds = ['note', 'activity', 'task', 'change'] as const;
export type TimelineKind = (typeof timelineKinds)[number];

const entries_max = 100;
const entries_default = 30;

export const timelineQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(entries_max).default(entries_default),
  cursor: z.string().max(4000).optional(),
  kinds: z
    .string()
    .max(100)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(timelineKinds)).min(1))
    .optional()
    .describe(`Some of ${timelineKinds.join(', ')}, with commas between; all by default`),
});

/** One field of a change. A reference is shown as `{id, name}`; its name is null when the caller may not see the record. */
export const fieldChange = z.object({
  field: z.string(),
  title: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});

const place = { id: z.string(), at: z.iso.datetime() };

export const timelineEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('note'), ...place, note: note.row }),
  z.object({ kind: z.literal('activity'), ...place, activity: activity.row }),
  z.object({ kind: z.literal('task'), ...place, task: task.row }),
  z.object({
    kind: z.literal('change'),
    ...place,
    change: z.object({
      action: z.enum(['create', 'update', 'trash', 'restore']),
      /** Who did it; null: the program itself. */
      actor: namedReference.nullable(),
      changes: z.array(fieldChange),
    }),
  }),
]);
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const timelinePage = z.object({ data: z.array(timelineEntry), next_cursor: z.string().nullable() });
