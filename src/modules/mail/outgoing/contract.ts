import { z } from 'zod';
import { emailAddress } from '../../../kernel/contract/fields.ts';
import { timeText } from '../../../kernel/contract/time.ts';

/** So long a mail can be taken back. */
export const undo_seconds = 10;
const recipients_max = 100;
const files_max = 20;
/** Servers that take more are rare. */
export const files_bytes_max = 25 * 1024 * 1024;

const addresses = z.array(emailAddress()).max(recipients_max);

export const outgoingCreate = z
  .strictObject({
    mailbox_id: z.uuid(),
    from_address: emailAddress()
      .nullable()
      .default(null)
      .describe('One of its confirmed aliases; null: the address of the mailbox'),
    to: addresses.min(1, 'Write to whom it goes'),
    cc: addresses.default([]),
    bcc: addresses.default([]),
    subject: z.string().trim().max(1000).default(''),
    body: z.string().max(200_000).default(''),
    reply_to_id: z.uuid().nullable().default(null).describe('The message that it answers'),
    forward_id: z.uuid().nullable().default(null).describe('The message whose files go with it'),
    file_ids: z.array(z.uuid()).max(files_max).default([]).describe('Files that you uploaded, which go with it'),
    despite_bounces: z
      .boolean()
      .default(false)
      .describe('Also to addresses that did not exist or took no mail when it was last tried'),
    send_at: timeText()
      .nullable()
      .default(null)
      .describe(`Not before; by default in ${undo_seconds} seconds, until when it can be taken back`),
  })
  .meta({ id: 'OutgoingMailCreate' });
export type OutgoingCreate = z.output<typeof outgoingCreate>;

export const outgoingStates = ['waiting', 'sending', 'in_doubt', 'sent', 'failed', 'cancelled'] as const;

export const bounced = z.object({
  address: z.string(),
  reason: z.string(),
  is_lasting: z.boolean().describe('The address does not exist, or takes no mail'),
  at: z.iso.datetime({ offset: true }),
});

export const recipient = z.object({ kind: z.enum(['to', 'cc', 'bcc']), address: z.string() });

export const outgoing = z
  .object({
    id: z.uuid(),
    mailbox_id: z.uuid(),
    header_id: z.string(),
    from_address: z.string().nullable().describe('The alias that it goes out from; null: the address of the mailbox'),
    reply_to_id: z.uuid().nullable(),
    forward_id: z.uuid().nullable(),
    file_ids: z.array(z.uuid()),
    recipients: z.array(recipient),
    subject: z.string(),
    body: z.string(),
    state: z
      .enum(outgoingStates)
      .describe('in_doubt: the connection broke while the server may have taken it. It is never sent again by itself'),
    problem: z.string().nullable(),
    bounces: z.array(bounced).describe('Addresses that it did not reach'),
    send_at: z.iso.datetime(),
    sent_at: z.iso.datetime().nullable(),
    version: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'OutgoingMail' });

export const outgoingQuery = z.strictObject({ mailbox_id: z.uuid(), state: z.enum(outgoingStates).optional() });
export const outgoingList = z.object({ data: z.array(outgoing) });
export const resolution = z.strictObject({
  sent: z.boolean().describe('What a person found out about a mail in doubt'),
});
