import { z } from 'zod';
import { through } from '../../kernel/audit/contract.ts';
import { namedReference, reference } from '../../kernel/contract/fields.ts';
import { definedResources, defineResource, type Resource, resourceOfTable } from '../../kernel/contract/resource.ts';
import { attachment } from '../attachment/contract.ts';
import { audiences, comment } from '../comment/contract.ts';
import { note } from '../note/contract.ts';

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

/** A kind of entry that hangs on records. */
export interface AttachedKind {
  kind: string;
  resource: Resource;
  at: string;
  person: string;
}

let kinds: readonly AttachedKind[] | undefined;

/**
 * What hangs on records: notes, comments and, by their names, the types that declare it. To be asked for once all
 * contracts are loaded.
 */
export function attachedKinds(): readonly AttachedKind[] {
  kinds ??= [note, comment, ...definedResources().filter(isAdded).toSorted(byName)].map((resource) => ({
    kind: resource.name,
    resource: inTimeline(resource),
    ...resource.timeline!,
  }));
  return kinds;
}

const isAdded = (resource: Resource): boolean =>
  resource.timeline !== undefined &&
  resource !== note &&
  resource !== comment &&
  resourceOfTable(resource.table) === resource;
const byName = (one: Resource, other: Resource): number => one.name.localeCompare(other.name);

export const attachedKind = (wanted: string): AttachedKind => attachedKinds().find(({ kind }) => kind === wanted)!;

/** In this order entries of the same moment stand. */
export const timelineKinds = (): string[] => [...attachedKinds().map(({ kind }) => kind), 'change'];

const entries_max = 100;
const entries_default = 30;

export const timelineQuery = () =>
  z.strictObject({
    limit: z.coerce.number().int().min(1).max(entries_max).default(entries_default),
    cursor: z.string().max(4000).optional(),
    kinds: z
      .string()
      .max(1000)
      .transform((text) => [...new Set(text.split(','))])
      .pipe(z.array(z.enum(timelineKinds())).min(1))
      .optional()
      .describe(`Some of ${timelineKinds().join(', ')}, with commas between; all by default`),
    audience: z.enum(audiences).optional().describe('Of comments and replies only those for this audience'),
    around: z
      .uuid()
      .optional()
      .describe('The id of an entry that is no change: what is too far back for the first page begins it'),
    record: z.enum(['true', 'false']).default('false').describe('true: with the record itself'),
  });

/**
 * One field of a change. A reference is shown as `{id, name}`; its name is null when the caller may not see the record.
 */
export const fieldChange = z.object({
  field: z.string(),
  title: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  currency: z.string().nullable().optional().describe('Of an amount: what it was in after the change'),
});

const entry = { id: z.string(), at: z.iso.datetime() };

const noteEntry = z.object({
  kind: z.literal('note'),
  ...entry,
  note: note.row,
  attachments: z.array(attachment.row),
});

const commentEntry = z.object({
  kind: z.literal('comment'),
  ...entry,
  /** With `deleted_at`, of a comment that has been deleted and still has replies, its text is gone. */
  comment: comment.row,
  replies: z.array(comment.row),
  /** Earlier ones: of a long thread only the newest replies come along. */
  replies_left_out: z.int(),
  /** Of the comment and its replies. */
  attachments: z.array(attachment.row),
});

const changeEntry = z.object({
  kind: z.literal('change'),
  ...entry,
  change: z.object({
    action: z.enum(['create', 'update', 'trash', 'restore', 'merge']),
    /** Who did it; null: the program itself. */
    actor: namedReference.nullable(),
    via: through.nullable(),
    changes: z.array(fieldChange),
    /**
     * Its values have been erased or have expired: of an update only the names of its fields are left, without values.
     */
    erased: z.boolean(),
    /** The change of state that an update made. */
    transition: z.object({ name: z.string(), title: z.string() }).nullable(),
    /** What became part of this record. */
    merged: z.array(namedReference),
    /**
     * By which POST /changes/{change_id}/reversal?record_id= takes it back, a merge without record_id; null when it
     * cannot be, or no longer.
     */
    change_id: z.uuid().nullable(),
    /** It was taken back. */
    undone: z.boolean(),
    /** It is itself the taking back of a change. */
    is_undo: z.boolean(),
  }),
});

/** An entry of another kind; what it is stands under the name of the kind. */
type AddedEntry = { id: string; at: string; kind: string } & Record<string, unknown>;

export type TimelineEntry =
  | z.infer<typeof noteEntry>
  | z.infer<typeof commentEntry>
  | z.infer<typeof changeEntry>
  | AddedEntry;

const entryOf = ({ kind, resource: { row } }: AttachedKind) => {
  if (kind === note.name) return noteEntry.extend({ note: row });
  if (kind === comment.name) return commentEntry.extend({ comment: row, replies: z.array(row) });
  return z.object({ kind: z.literal(kind), ...entry, [kind]: row });
};

const allEntries = () => [...attachedKinds().map(entryOf), changeEntry] as unknown as [z.ZodObject, ...z.ZodObject[]];

export const timelinePage = () =>
  z.object({
    data: z.array(z.discriminatedUnion('kind', allEntries())),
    next_cursor: z.string().nullable(),
    has_newer: z
      .boolean()
      .describe('It begins with the entry that was asked for by `around`; what is newer is not in it'),
  });
