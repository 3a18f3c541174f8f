import { z } from 'zod';

export const outcomes = [
  'listed',
  'received',
  'imported',
  'duplicate',
  'excluded',
  'too_large',
  'failed',
  'gone',
] as const;

export const ledgerQuery = z.strictObject({
  mailbox_id: z.uuid(),
  q: z
    .string()
    .trim()
    .max(200)
    .optional()
    .describe('Words of the subject, the address of the sender, or the Message-ID'),
  outcome: z.enum(outcomes).optional(),
  folder_id: z.uuid().optional(),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const ledgerItem = z
  .object({
    id: z.uuid(),
    folder: z.string(),
    uid: z.string().describe('By which the provider knows it, in digits'),
    header_id: z.string().nullable(),
    subject: z.string(),
    from_address: z.string(),
    sent_at: z.iso.datetime().nullable(),
    size_bytes: z.int(),
    outcome: z.enum(outcomes),
    rule: z.string().nullable(),
    attempts: z.int(),
    at: z.iso.datetime().describe('When this became of it'),
    message_id: z.uuid().nullable(),
    sentence: z.string().describe('Why this mail is here, or is not'),
  })
  .meta({ id: 'MailLedgerItem' });
export type LedgerItem = z.infer<typeof ledgerItem>;

export const ledgerPage = z.object({
  data: z.array(ledgerItem),
  next_cursor: z.string().nullable(),
  counts: z.record(z.enum(outcomes), z.int()).describe('Of all items of the mailbox'),
});
