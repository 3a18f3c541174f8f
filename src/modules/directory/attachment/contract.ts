import { z } from 'zod';

/** Of one note or comment. */
export const attachments_max = 20;

export const attachment = z
  .object({
    id: z.uuid(),
    note_id: z.uuid().nullable(),
    comment_id: z.uuid().nullable(),
    name: z.string(),
    content_type: z.string(),
    size_bytes: z.int(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Attachment' });
export type Attachment = z.infer<typeof attachment>;

export const attachmentCreate = z
  .strictObject({ file_id: z.uuid(), note_id: z.uuid().optional(), comment_id: z.uuid().optional() })
  .refine(({ note_id, comment_id }) => (note_id === undefined) !== (comment_id === undefined), {
    path: ['note_id'],
    error: 'Say which note or comment the file hangs on',
  })
  .meta({ id: 'AttachmentCreate' });
