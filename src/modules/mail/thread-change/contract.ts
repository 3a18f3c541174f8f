import { z } from 'zod';
import { timeText } from '../../../kernel/contract/time.ts';

/** Where somebody moves a conversation to; folders that a mailbox does not have are made at its provider. */
export const moveRoles = ['inbox', 'archive', 'junk', 'trash'] as const;
export type MoveRole = (typeof moveRoles)[number];

export const threadChange = z
  .strictObject({
    unread: z.boolean().optional().describe('true: its last message stands as not read'),
    move_to: z
      .enum(moveRoles)
      .optional()
      .describe('archive takes it from the inbox; inbox brings it back from wherever it was moved'),
    snoozed_until: timeText()
      .nullable()
      .optional()
      .describe('When it comes back; null: now. A new message brings it back too'),
  })
  .meta({ id: 'MailThreadChange' });
export type ThreadChange = z.output<typeof threadChange>;
