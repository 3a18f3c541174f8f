import type { Mailer } from '../../kernel/mail/mailer.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { notifyOfWebhook } from '../notification/index.ts';
import type { DisabledReason } from './contract.ts';
import { disableWebhook } from './queries.ts';

/** Ends the sending of a webhook, and tells its owner. */
export async function disable(ctx: Context, id: string, reason: DisabledReason, mailer: Mailer): Promise<void> {
  const owner_id = await disableWebhook(ctx, id, reason);
  if (owner_id) await notifyOfWebhook(ctx, { id, owner_id }, mailer);
}
