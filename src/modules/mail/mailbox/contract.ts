import { z } from 'zod';
import { email, reference, requiredSelect, requiredText } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** How much of a mailbox others of the workspace see. Only its owner sets it. */
export const sharings = ['private', 'participants', 'subjects', 'all'] as const;

const personal = { sensitivity: 'personal' } as const;

export const mailbox = defineResource({
  name: 'mailbox',
  plural: 'mailboxes',
  table: 'mailbox',
  title: 'mailbox',
  defaultSort: 'name',
  fields: {
    name: requiredText(200, { title: 'Name', ...personal }),
    address: email({ title: 'Address', required: true, createOnly: true, ...personal }),
    owner_id: reference('user_account', { title: 'Owner', expand: 'owner', readOnly: true }),
    sharing: requiredSelect(sharings, { title: 'What others see' }),
  },
});

export const folderRoles = ['inbox', 'sent', 'drafts', 'junk', 'trash', 'archive', 'all'] as const;

export const folder = z
  .object({
    id: z.uuid(),
    path: z.string(),
    name: z.string(),
    role: z.enum(folderRoles).nullable(),
    is_chosen: z.boolean().describe('Its mail is imported. Of other folders the ledger has what they list'),
    is_label: z.boolean().describe('It has no mail of its own: that of other folders has it as a label'),
    unread: z.int().describe('Conversations with unread mail'),
    provider_count: z.int().nullable().describe('What the provider counted when both were last compared'),
    ledger_count: z.int().nullable().describe('How many mails the ledger accounts for. Its owner alone sees it'),
  })
  .meta({ id: 'MailFolder' });
export const folders = z.object({
  data: z.array(folder),
  is_connected: z.boolean().describe('To its provider. Its owner alone is told'),
});
export const folderChoice = z.strictObject({ is_chosen: z.boolean() });
