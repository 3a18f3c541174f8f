import { z } from 'zod';
import { filled } from '../../contract/names.ts';
import { listQuery } from '../../contract/resource.ts';
import { timeText } from '../../contract/time.ts';
import { user } from '../user/contract.ts';

export const invitationRequest = z
  .strictObject({
    email: z.email({ error: 'Write an address such as name@example.com' }).max(254),
    name: filled(200),
    role_ids: z.array(z.uuid()).min(1).max(50).describe('Of one kind: it is that of the account'),
    access_until: timeText().optional().describe('When their access ends'),
  })
  .meta({ id: 'InvitationCreate' });

/**
 * Without a mail server, the link is returned to the person who invites, to be handed on; otherwise it is only mailed.
 */
export const invitation = z
  .object({ user: user.row, mailed: z.boolean(), link: z.string().nullable() })
  .meta({ id: 'Invitation' });

export const invitationQuery = listQuery.extend({
  open: z.enum(['true', 'false']).default('false').describe('true: only those who have a link that works'),
});

const token = z.string().min(1).max(200);
export const invitationLookup = z.strictObject({ token });
export const invitationShown = z
  .object({ email: z.string(), name: z.string(), tenant: z.object({ title: z.string() }) })
  .meta({ id: 'InvitationShown' });

export const acceptance = z.strictObject({
  token,
  password: z.string().min(1).max(1000),
  name: filled(200).optional(),
});
