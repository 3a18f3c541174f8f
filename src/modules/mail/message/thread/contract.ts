import { z } from 'zod';

export const threadQuery = z.strictObject({
  mailbox_id: z.uuid(),
  folder_id: z.uuid().optional(),
  unread: z.enum(['true', 'false']).default('false'),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const thread = z
  .object({
    id: z.uuid(),
    mailbox_id: z.uuid(),
    conversation_id: z.uuid(),
    subject: z.string(),
    snippet: z.string(),
    participants: z.string(),
    last_at: z.iso.datetime(),
    messages: z.int(),
    unread: z.int(),
    has_files: z.boolean(),
  })
  .meta({ id: 'MailThread' });
export const threadPage = z.object({ data: z.array(thread), next_cursor: z.string().nullable() });
