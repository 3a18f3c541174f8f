import { z } from 'zod';
import { type JobKind, type JobRun, jobKind } from '../jobs/kind.ts';
import { enqueueMany, isAskedToStop } from '../jobs/queue.ts';
import { mail_connections_max } from '../mail/mailer.ts';
import { mailWords } from '../mail/words.ts';
import type { Services } from '../services.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { readInvited } from './invitation/queries.ts';
import { invitation_kind } from './invitation/revocation.ts';
import { issueInvitation } from './invitation/service.ts';
import { invitation_days, password_reset_minutes } from './limits.ts';
import { mail_attempts_max, sendMail } from './mail.ts';
import { mailNotice, notice, notice_kind } from './notice.ts';
import { email_confirmation_kind } from './password/email-confirmation.ts';
import { findAccounts } from './password/queries.ts';
import { issueReset, password_reset_kind } from './password/service.ts';
import { linkTo } from './person.ts';
import { readProvider } from './provider/queries.ts';
import { type IdentityLink, identity_link_kind, identityLinkPayload } from './provider/sign-in.ts';
import { issueToken } from './token/service.ts';

/** Accounts of one address, in different workspaces. */
const reset_accounts_max = 10;

/** The address whose passwords are reset; without `account`, those of all accounts with the address. */
const resetRequest = z.object({
  email: z.string(),
  account: z.object({ tenant_id: z.uuid(), user_id: z.uuid() }).optional(),
});
type ResetRequest = z.infer<typeof resetRequest>;

/**
 * Jobs create their tokens themselves, so that the queue never holds one. A job that runs twice sends two mails; only
 * the link in the second works.
 */
export function identityJobs(services: Services): JobKind[] {
  return [
    jobKind({
      kind: invitation_kind,
      payload: z.object({ user_id: z.uuid(), invited_by: z.uuid().nullable() }),
      concurrencyMax: mail_connections_max,
      run: (run, payload) => mailInvitation(services, run, payload),
    }),
    jobKind({
      kind: password_reset_kind,
      payload: resetRequest,
      concurrencyMax: mail_connections_max,
      run: (run, payload) => mailResets(services, run, payload),
    }),
    jobKind({
      kind: email_confirmation_kind,
      payload: z.object({ user_id: z.uuid() }),
      concurrencyMax: mail_connections_max,
      run: (run, { user_id }) => mailConfirmation(services, run, user_id),
    }),
    jobKind({
      kind: identity_link_kind,
      payload: identityLinkPayload.extend({ user_id: z.uuid() }),
      concurrencyMax: mail_connections_max,
      run: (run, payload) => mailIdentityLink(services, run, payload),
    }),
    jobKind({
      kind: notice_kind,
      payload: notice,
      concurrencyMax: mail_connections_max,
      run: (run, payload) => mailNotice(services, run.job.tenant_id, payload),
    }),
  ];
}

async function mailInvitation(
  services: Services,
  run: JobRun,
  { user_id, invited_by }: { user_id: string; invited_by: string | null },
): Promise<void> {
  const { db } = services;
  run.signal.throwIfAborted();
  const prepared = await withContext(db, systemActor(run.job.tenant_id), async (ctx) => {
    // Withdrawn meanwhile, or sent anew; from here on that waits, and finds the token.
    if (await isAskedToStop(ctx, run.job.id)) return undefined;
    const [invited, host] = await Promise.all([
      readInvited(ctx, user_id),
      invited_by ? readInvited(ctx, invited_by) : undefined,
    ]);
    // The invitation was accepted in the meantime, or its user disabled or deleted.
    if (invited?.status !== 'invited' || invited.email === null) return undefined;
    return {
      invited,
      host,
      email: invited.email,
      token: await issueInvitation(ctx, { user_id, invited_by, sent_to: invited.email }),
    };
  });
  if (!prepared) return;
  const { invited, host, email, token } = prepared;
  const t = mailWords(invited.locale);
  const workspace = invited.tenant_title;
  const content = {
    title: t('Join {workspace}', { workspace }),
    lines: [
      host
        ? t('{name} invited you to work together in {workspace}.', { name: host.name, workspace })
        : t('You were invited to work together in {workspace}.', { workspace }),
      t('Choose a password to begin. The link works once, within {days, plural, one {# day} other {# days}}.', {
        days: invitation_days,
      }),
    ],
    action: { label: t('Accept the invitation'), url: linkTo(services, '/invitation', token) },
  };
  await sendMail(services, email, t('Join {workspace} on Holdfast', { workspace }), content, t);
}

/**
 * Mails an address that somebody else entered: until its reader confirms it, it signs in only when the workspace is
 * named.
 */
async function mailConfirmation(services: Services, run: JobRun, user_id: string): Promise<void> {
  if (!services.mailer.configured) return;
  const prepared = await withContext(services.db, systemActor(run.job.tenant_id), async (ctx) => {
    const account = await readInvited(ctx, user_id);
    if (account?.status !== 'active' || account.email === null) return undefined;
    const sent_to = account.email;
    return { account, email: sent_to, token: await issueToken(ctx, 'email_confirmation', user_id, { sent_to }) };
  });
  if (!prepared) return;
  const { account, email, token } = prepared;
  const t = mailWords(account.locale);
  const workspace = account.tenant_title;
  const content = {
    title: t('Confirm your e-mail address'),
    lines: [
      t('This is now the address with which you sign in to {workspace}.', { workspace }),
      t('If you do not know this workspace, there is nothing to do: without your confirmation nothing happens.'),
    ],
    action: { label: t('Confirm the address'), url: linkTo(services, '/confirm-email', token) },
  };
  await sendMail(services, email, t('Confirm your e-mail address'), content, t);
}

/** Mails the owner of an account to which somebody at a provider wants to sign in. */
async function mailIdentityLink(
  services: Services,
  run: JobRun,
  { user_id, ...payload }: IdentityLink & { user_id: string },
): Promise<void> {
  const prepared = await withContext(services.db, systemActor(run.job.tenant_id), async (ctx) => {
    const [account, provider] = await Promise.all([readInvited(ctx, user_id), readProvider(ctx, payload.provider_id)]);
    if (account?.status !== 'active' || account.email === null || !provider) return undefined;
    // The provider has another issuer by now: the link would be refused.
    if (provider.issuer !== payload.issuer) return undefined;
    return {
      account,
      email: account.email,
      provider,
      token: await issueToken(ctx, 'identity_link', user_id, { payload, sent_to: account.email }),
    };
  });
  if (!prepared) return;
  const { account, email, provider, token } = prepared;
  const t = mailWords(account.locale);
  const content = {
    title: t('Connect {name} to your account?', { name: provider.name }),
    lines: [
      t('Somebody, hopefully you, signed in with {name} and has your e-mail address there.', { name: provider.name }),
      t('If it was you, confirm it once: from then on {name} signs you in to {workspace}.', {
        name: provider.name,
        workspace: account.tenant_title,
      }),
      t('If it was not you, do nothing, and tell an administrator.'),
    ],
    action: { label: t('Connect the account'), url: linkTo(services, '/connect-account', token) },
  };
  await sendMail(services, email, t('Connect {name} to your account?', { name: provider.name }), content, t);
}

/**
 * One mail for each account of the address, by a job of its own: tried again together, the mails that went out would go
 * out again, with links that replace those of before.
 */
async function mailResets(services: Services, run: JobRun, { email, account }: ResetRequest): Promise<void> {
  if (!services.mailer.configured) {
    run.log.warn('A password reset was asked for, but no mail server is configured: set SMTP_URL and MAIL_FROM');
    return;
  }
  const accounts = await findAccounts(services.db, email, reset_accounts_max);
  if (!account)
    return run.finish(async (ctx) => {
      const each = accounts.map((one) => ({ email, account: one }));
      if (each.length > 0) await enqueueMany(ctx, password_reset_kind, each, { attemptsMax: mail_attempts_max });
    });
  const { tenant_id, user_id } = account;
  // Shut out, or given another address, in the meantime.
  if (!accounts.some((one) => one.tenant_id === tenant_id && one.user_id === user_id)) return;
  const { workspace, locale, to, token } = await withContext(services.db, systemActor(tenant_id), async (ctx) => {
    const invited = await readInvited(ctx, user_id);
    const to = invited?.email ?? email;
    return {
      workspace: invited?.tenant_title ?? '',
      locale: invited?.locale ?? 'en',
      to,
      token: await issueReset(ctx, user_id, to),
    };
  });
  const t = mailWords(locale);
  const content = {
    title: t('Set a new password'),
    lines: [
      t('Somebody, hopefully you, asked for a new password in {workspace}.', { workspace }),
      t(
        'The link works once, within {minutes, plural, one {# minute} other {# minutes}}. If it was not you, do nothing: your password stays as it is.',
        { minutes: password_reset_minutes },
      ),
    ],
    action: { label: t('Set a new password'), url: linkTo(services, '/password-reset', token) },
  };
  await sendMail(services, to, t('Set a new password for {workspace}', { workspace }), content, t);
}
