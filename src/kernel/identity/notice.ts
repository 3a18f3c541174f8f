import { z } from 'zod';
import { forbidCancelling } from '../jobs/dropped.ts';
import { enqueue } from '../jobs/queue.ts';
import { type MailWords, mailWords } from '../mail/words.ts';
import type { Services } from '../services.ts';
import { type Context, systemActor, withContext } from '../tenancy/context.ts';
import { readInvited } from './invitation/queries.ts';
import { mail_attempts_max, sendMail } from './mail.ts';
import { publicOrigin } from './person.ts';

/** Security notices: changes that a person must hear of at once, because somebody else may have made them. */
const notices = {
  password_changed: (t) => t('Your password was changed'),
  email_changed: (t) => t('Your e-mail address was changed'),
  second_factor_added: (t) => t('A second factor was added to your account'),
  second_factor_removed: (t) => t('The second factor was removed from your account'),
  passkey_added: (t) => t('A passkey was added to your account'),
  passkey_removed: (t) => t('A passkey was removed from your account'),
  identity_connected: (t) => t('An account at a sign-in provider was connected to your account'),
  api_key_made: (t) => t('An API key was made in your name'),
  calendar_opened: (t) => t('A secret address for your calendar was made'),
} satisfies Record<string, (t: MailWords) => string>;

export const notice_kind = 'security_notice';
forbidCancelling(notice_kind);

export const notice = z.object({
  user_id: z.uuid(),
  what: z.enum(Object.keys(notices) as [keyof typeof notices]),
  /** The previous address of the person; without it, the present one is used. */
  to: z.string().optional(),
  at: z.iso.datetime(),
});

/** Enqueues a mail to the person in the transaction of the change. A trigger records the change in the audit trail. */
export async function noticePerson(
  ctx: Context,
  user_id: string,
  what: keyof typeof notices,
  to?: string,
): Promise<void> {
  // What the program does itself, such as creating the first administrator, surprises nobody.
  if (ctx.actor.kind === 'system') return;
  const payload = { user_id, what, to, at: new Date().toISOString() } satisfies z.input<typeof notice>;
  await enqueue(ctx, notice_kind, payload, { attemptsMax: mail_attempts_max });
}

export async function mailNotice(
  services: Services,
  tenant_id: string,
  { user_id, what, to, at }: z.output<typeof notice>,
): Promise<void> {
  if (!services.mailer.configured) return;
  const person = await withContext(services.db, systemActor(tenant_id), (ctx) => readInvited(ctx, user_id), {
    mode: 'read',
  });
  const address = to ?? person?.email;
  if (!person || !address) return;
  const t = mailWords(person.locale);
  const time = new Intl.DateTimeFormat(t.locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(
    new Date(at),
  );
  const title = notices[what](t);
  const content = {
    title,
    lines: [
      t('This happened in {workspace} on {time} UTC.', { workspace: person.tenant_title, time }),
      t(
        'If it was you, there is nothing to do. If it was not, set a new password, sign out all other devices, and tell an administrator.',
      ),
    ],
    action: { label: t('Look at your security settings'), url: `${publicOrigin(services).origin}/settings/security` },
  };
  await sendMail(services, address, title, content, t);
}
