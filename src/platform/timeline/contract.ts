import { z } from 'zod';
import { namedReference, reference } from '../../kernel/contract/fields.ts';
import { defineResource, type Resource } from '../../kernel/contract/resource.ts';
import { activity } from '../../modules/directory/activity/contract.ts';
import { task } from '../../modules/directory/task/contract.ts';
import { attachment } from '../attachment/contract.ts';
import { audiences, comment } from '../comment/contract.ts';
import { note } from '../note/contract.ts';

export const timelineKinds = ['note', 'comment', 'activity', 'task', 'change'] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** As its own address shows it, but for the name of the record that a comment is on: the timeline is its own. */
const inTimeline = (resource: Resource) =>
  defineResource({
    ...resource,
    name: `timeline_${resource.name}`,
    fields: {
      ...resource.fields,
      ...(resource.meta.has('record_id') && { record_id: reference('attachable_record', { title: 'Record' }) }),
    },
  });

/** What hangs on records, by the column that says when it was, and the reference to the person it is of. */
export const attached = {
  note: { resource: inTimeline(note), at: 'created_at', person: 'author_id' },
  comment: { resource: inTimeline(comment), at: 'created_at', person: 'author_id' },
  activity: { resource: inTimeline(activity), at: 'occurred_at', person: 'author_id' },
  task: { resource: inTimeline(task), at: 'created_at', person: 'assignee_id' },
} as const;
export type AttachedKind = keyof typeof attached;

const entries_max = 100;
const entries_default = 30;

export const timelineQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(entries_max).default(entries_default),
  cursor: z.string().max(4000).optional(),
  kinds: z
    .string()
    .max(100)
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(z.enum(timelineKinds)).min(1))
    .optional()
    .describe(`Some of ${timelineKinds.join(', ')}, with commas between; all by default`),
  audience: z.enum(audiences).optional().describe('Of comments and replies only those for this audience'),
  around: z
    .uuid()
    .optional()
    .describe('The id of a note, comment, activity or task: what is too far back for the first page begins it'),
  record: z.enum(['true', 'false']).default('false').describe('true: the record itself comes along'),
});

/** One field of a change. A reference is shown as `{id, name}`; its name is null when the caller may not see the record. */
export const fieldChange = z.object({
  field: z.string(),
  title: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  currency: z.string().nullable().optional().describe('Of an amount: what it was in after the change'),
});

const entry = { id: z.string(), at: z.iso.datetime() };

export const timelineEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('note'),
    ...entry,
    note: attached.note.resource.row,
    attachments: z.array(attachment.row),
  }),
  z.object({
    kind: z.literal('comment'),
    ...entry,
    /** With `deleted_at`, of a comment that has been deleted and still has replies, its text is gone. */
    comment: attached.comment.resource.row,
    replies: z.array(attached.comment.resource.row),
    /** Earlier ones: of a long thread only the newest replies come along. */
    replies_left_out: z.int(),
    /** Of the comment and its replies. */
    attachments: z.array(attachment.row),
  }),
  z.object({ kind: z.literal('activity'), ...entry, activity: attached.activity.resource.row }),
  z.object({ kind: z.literal('task'), ...entry, task: attached.task.resource.row }),
  z.object({
    kind: z.literal('change'),
    ...entry,
    change: z.object({
      action: z.enum(['create', 'update', 'trash', 'restore', 'merge']),
      /** Who did it; null: the program itself. */
      actor: namedReference.nullable(),
      changes: z.array(fieldChange),
      /** Its values have been erased or have expired: of an update only the names of its fields are left, without values. */
      erased: z.boolean(),
      /** The change of state that an update made. */
      transition: z.object({ name: z.string(), title: z.string() }).nullable(),
      /** What became part of this record. */
      merged: z.array(namedReference),
      /** By which POST /changes/{change_id}/reversal?record_id= takes it back, a merge without record_id; null when it cannot be, or no longer. */
      change_id: z.uuid().nullable(),
      /** It was taken back. */
      undone: z.boolean(),
      /** It is itself the taking back of a change. */
      is_undo: z.boolean(),
    }),
  }),
]);
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const timelinePage = z.object({
  data: z.array(timelineEntry),
  next_cursor: z.string().nullable(),
  has_newer: z
    .boolean()
    .describe('It begins with the entry that was asked for by `around`; what is newer is not in it'),
});
