import { z } from 'zod';
import { boolean, longText, reference, requiredText, text } from '../../../kernel/contract/fields.ts';
import { records_max } from '../../../kernel/contract/record-links.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

const subject_max = 1000;
const body_max = 50_000;

/**
 * A text that somebody writes again and again. `{{contact.given_name}}` in it stands for a value of the record that a
 * mail is about.
 */
export const template = defineResource({
  name: 'mail_template',
  right: 'mailbox',
  plural: 'mail-templates',
  table: 'mail_template',
  title: 'mail template',
  defaultSort: 'name',
  fields: {
    name: requiredText(200, { title: 'Name' }),
    subject: text(subject_max, { title: 'Subject' }),
    body: longText(body_max, { title: 'Text' }),
    shared: boolean({ title: 'For everybody' }),
    owner_id: reference('user_account', { title: 'Owner', expand: 'owner', readOnly: true }),
  },
});

export const previewRequest = z
  .strictObject({
    subject: z.string().max(subject_max).default(''),
    body: z.string().max(200_000).default(''),
    records: z
      .array(z.strictObject({ type: z.string().max(80), id: z.uuid() }))
      .max(records_max)
      .default([])
      .describe(
        'Of each record type the first counts; records that these name fill in for types of which there is none',
      ),
    addresses: z.array(z.string().max(320)).max(100).default([]).describe('To whom it goes: contacts have these'),
    reply_to_id: z.uuid().nullable().default(null).describe('The message that it answers, with the records of that'),
  })
  .meta({ id: 'MailPreviewRequest' });
export type PreviewRequest = z.output<typeof previewRequest>;

export const missingValue = z.object({
  variable: z.string(),
  message: z.string().describe('Where to fill it in'),
  record: z
    .object({ type: z.string(), id: z.uuid(), name: z.string() })
    .nullable()
    .describe('The record that lacks it'),
});
export type MissingValue = z.infer<typeof missingValue>;

export const preview = z
  .object({
    subject: z.string(),
    body: z.string(),
    missing: z.array(missingValue).describe('Variables that stay in the text: no mail is sent with them'),
  })
  .meta({ id: 'MailPreview' });

export const variableList = z.object({
  data: z.array(z.object({ variable: z.string(), record_type: z.string(), title: z.string() })),
});
