import { z } from 'zod';
import { integer, namedReference, reference, requiredText } from '../../kernel/contract/fields.ts';
import { defineResource } from '../../kernel/contract/resource.ts';
import { comment } from '../comment/contract.ts';
import { note } from '../note/contract.ts';

/** Of one note or comment. */
export const attachments_max = 20;

const fixed = { readOnly: true } as const;

/** A file that hangs on a note or comment. */
export const attachment = defineResource({
  name: 'attachment',
  right: 'note',
  plural: 'attachments',
  table: 'attachment',
  title: 'file',
  partOf: [
    { column: 'note_id', resource: note },
    { column: 'comment_id', resource: comment },
  ],
  trash: true,
  defaultSort: 'created_at',
  fields: {
    note_id: reference('note', { title: 'Note', ...fixed }),
    comment_id: reference('comment', { title: 'Comment', ...fixed }),
    name: requiredText(255, { title: 'Name', sensitivity: 'personal', ...fixed }),
    content_type: requiredText(255, { title: 'Type', ...fixed }),
    size_bytes: integer({ min: 0 }, { title: 'Size', ...fixed }),
    number: integer({ min: 1 }, { title: 'Version', ...fixed }),
  },
});
export interface Attachment extends Record<string, unknown> {
  id: string;
  version: number;
  note_id: string | null;
  comment_id: string | null;
  name: string;
  content_type: string;
  size_bytes: number;
  /** Which of its versions it is. */
  number: number;
}

export const attachmentVersion = z
  .object({
    number: z.int(),
    name: z.string(),
    content_type: z.string(),
    size_bytes: z.int(),
    /** When it became the file that is shown, and by whom. */
    written_at: z.iso.datetime(),
    author: namedReference.nullable(),
    is_current: z.boolean(),
  })
  .meta({ id: 'AttachmentVersion' });
export type AttachmentVersion = z.infer<typeof attachmentVersion>;

export const attachmentCreate = z
  .strictObject({ file_id: z.uuid(), note_id: z.uuid().optional(), comment_id: z.uuid().optional() })
  .refine(({ note_id, comment_id }) => (note_id === undefined) !== (comment_id === undefined), {
    path: ['note_id'],
    error: 'Say which note or comment the file is attached to',
  })
  .meta({ id: 'AttachmentCreate' });
