import type { FastifyRequest } from 'fastify';
import { forbidCancelling } from '../../jobs/dropped.ts';
import { enqueue } from '../../jobs/queue.ts';
import type { Services } from '../../services.ts';
import type { Context } from '../../tenancy/context.ts';
import { mail_attempts_max } from '../mail.ts';
import { asPerson } from '../person.ts';
import { findTokenOf, linkSpent, spendToken } from '../token/service.ts';
import { confirmEmail } from './queries.ts';

export const email_confirmation_kind = 'email_confirmation';
forbidCancelling(email_confirmation_kind);

/** Enqueues a mail with a link to the user's address at the time the job runs. */
export async function enqueueConfirmation(ctx: Context, user_id: string): Promise<void> {
  await enqueue(ctx, email_confirmation_kind, { user_id }, { attemptsMax: mail_attempts_max });
}

/** Confirms an address by the mailed link. Throws 410 for an invalid link. */
export async function completeConfirmation({ db }: Services, request: FastifyRequest, token: string): Promise<void> {
  const found = await findTokenOf(db, 'email_confirmation', token);
  if (!found?.user_id) throw linkSpent();
  const { id, tenant_id, user_id } = found;
  await asPerson(db, request, { tenant_id, user_id }, async (ctx) => {
    const { sent_to } = await spendToken(ctx, id);
    if (sent_to !== null) await confirmEmail(ctx, user_id, sent_to);
  });
}
