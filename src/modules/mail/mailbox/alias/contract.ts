import { z } from 'zod';
import { emailAddress } from '../../../../kernel/contract/fields.ts';

/** So long the code of a mail counts, and so often somebody may be wrong about it. */
export const code_minutes = 60;
export const tries_max = 5;
export const code_digits = 8;

export const alias = z
  .object({
    id: z.uuid(),
    mailbox_id: z.uuid(),
    address: z.string(),
    confirmed_at: z.iso
      .datetime()
      .nullable()
      .describe('null: the code that was sent there has not been written here yet'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'MailboxAlias' });
export type Alias = z.infer<typeof alias>;
export const aliases = z.object({ data: z.array(alias) });
export const aliasCreate = z.strictObject({ address: emailAddress() });
export const aliasConfirmation = z.strictObject({ code: z.string().trim().min(1).max(20) });
