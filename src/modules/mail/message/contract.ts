import { z } from 'zod';
import { boolean, records, reference, select, text, time } from '../../../kernel/contract/fields.ts';
import { defineResource, idParams } from '../../../kernel/contract/resource.ts';

export const mailDirections = ['in', 'out'] as const;

const shown = { readOnly: true, showsFrom: 'exists' } as const;
const seen = { sensitivity: 'personal', readOnly: true, showsFrom: 'exists' } as const;

/** A mail, however many mailboxes it is in. What others see of it follows from what the owners of these share. */
export const message = defineResource({
  name: 'mail_message',
  right: 'mailbox',
  plural: 'messages',
  table: 'mail_message',
  title: 'message',
  trash: true,
  byDegree: true,
  defaultSort: '-occurred_at',
  timeline: { at: 'occurred_at', person: 'author_id' },
  staysWithoutRecords: true,
  fields: {
    subject: text(1000, { title: 'Subject', sensitivity: 'personal', readOnly: true, showsFrom: 'subject' }),
    snippet: text(300, { title: 'Beginning', sensitivity: 'personal', readOnly: true }),
    from_name: text(300, { title: 'From', ...seen }),
    from_address: text(320, { title: 'Address of the sender', ...seen }),
    to_text: text(2000, { title: 'To', ...seen }),
    direction: select(mailDirections, { title: 'Direction', ...shown }),
    occurred_at: time({ title: 'When', ...shown }),
    has_files: boolean({ title: 'Has files', ...shown }),
    author_id: reference('user_account', { title: 'Who', expand: 'author', ...shown }),
    records: records({ showsFrom: 'exists' }),
  },
});

export const mailParticipant = z.object({
  kind: z.enum(['from', 'to', 'cc', 'bcc', 'reply_to']),
  name: z.string(),
  address: z.string(),
});
export const mailFile = z.object({ name: z.string(), content_type: z.string(), size_bytes: z.int(), part: z.int() });
export type MailParticipant = z.infer<typeof mailParticipant>;
export type MailFile = z.infer<typeof mailFile>;

const shownFile = mailFile.extend({
  found: z.string().nullable().describe('What the virus scanner found in it, for which it is held back'),
});

/** What a message says, for whoever reads it in full. */
export const messageContent = z
  .object({
    id: z.uuid(),
    header_id: z.string().nullable(),
    participants: z.array(mailParticipant),
    text: z.string(),
    html: z.string().nullable().describe('Sanitised. Remote pictures stand in data-src, so that nothing is fetched'),
    files: z.array(shownFile),
    authentication: z
      .enum(['passed', 'failed'])
      .nullable()
      .describe('What the own mail server found of SPF, DKIM and DMARC; null: it does not say'),
    mailboxes: z.array(z.object({ id: z.uuid(), name: z.string() })).describe('Of those that the caller sees'),
  })
  .meta({ id: 'MessageContent' });

export const messageFileParams = z.strictObject({
  id: idParams.shape.id,
  part: z.coerce.number().int().min(0).max(1000),
});

export const messageHtmlQuery = z.strictObject({
  pictures: z.enum(['true', 'false']).default('false').describe('Whether pictures from elsewhere are fetched'),
});
