import { z } from 'zod';
import { sharings } from '../contract.ts';

/** In the order in which they decide: what is said of a conversation comes before what is said of its folder. */
export const exceptionKinds = ['thread', 'folder', 'contact', 'company'] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

export const sharingException = z
  .object({
    id: z.uuid(),
    mailbox_id: z.uuid(),
    kind: z.enum(exceptionKinds),
    target_id: z.uuid().describe('The conversation_id of a thread, or the id of a folder, contact or company'),
    name: z.string().nullable().describe('Of what it is; null where it is gone, or you do not see it'),
    addresses: z
      .array(z.string())
      .describe(
        'Of a contact the addresses, of a company "@" and its domain, when the exception was made: mail from or to others is never shared more because of it',
      ),
    level: z.enum(sharings),
    only_narrows: z
      .boolean()
      .describe('Another conversation joined this one since, so it shares less than the rest, and not more'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'SharingException' });
export type SharingException = z.infer<typeof sharingException>;
export const sharingExceptions = z.object({ data: z.array(sharingException) });

export const sharingExceptionPut = z
  .strictObject({
    kind: z.enum(exceptionKinds),
    target_id: z.uuid().describe('The conversation_id of a thread, or the id of a folder, contact or company'),
    level: z.enum(sharings).describe('private: nothing'),
  })
  .meta({ id: 'SharingExceptionPut' });
export type SharingExceptionPut = z.output<typeof sharingExceptionPut>;

export const threadSharing = z
  .object({
    mailbox_id: z.uuid(),
    conversation_id: z.uuid(),
    level: z.enum(sharings).describe('What others see of the message of which they see least'),
    is_mixed: z.boolean().describe('Of other messages in it they see more'),
    exception: sharingException.nullable().describe('By which; null: what the mailbox shares in general'),
  })
  .meta({ id: 'ThreadSharing' });
