import { z } from 'zod';

export const threadQuery = z.strictObject({
  mailbox_id: z.uuid(),
  folder_id: z.uuid().optional(),
  unread: z.enum(['true', 'false']).default('false'),
  snoozed: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: those that were put off and are not back yet, which stand in no folder until then'),
  q: z.string().trim().max(200).optional().describe('Words of its messages, or of the names in it, in all folders'),
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
    snoozed_until: z.iso.datetime().nullable(),
    shown_at: z.iso.datetime().describe('By which it is listed: its last message, or when it came back'),
    folders: z.array(z.uuid()).describe('In which of the folders of the mailbox it stands'),
  })
  .meta({ id: 'MailThread' });
export const threadPage = z.object({ data: z.array(thread), next_cursor: z.string().nullable() });

/** In a mailbox of the caller's own. */
export const ownThread = thread.pick({ id: true, mailbox_id: true }).describe('In a mailbox of yours; null: in none');
