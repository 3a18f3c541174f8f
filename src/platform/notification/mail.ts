import type { Resource } from '../../kernel/contract/resource.ts';
import { mail_attempts_max, publicOrigin, remainingRights, sendMail } from '../../kernel/identity/index.ts';
import { enqueue, enqueueMany } from '../../kernel/jobs/queue.ts';
import type { MailItem } from '../../kernel/mail/template.ts';
import { type MailWords, mailWords } from '../../kernel/mail/words.ts';
import type { Services } from '../../kernel/services.ts';
import { type Actor, type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { Notification, NotificationSettings } from './contract.ts';
import { nextDigestAt } from './digest.ts';
import type { Made } from './dispatch-queries.ts';
import { shown } from './inbox.ts';
import { readInbox } from './inbox-queries.ts';
import {
  findOwner,
  findRecipient,
  isOfDigest,
  isOne,
  markDigestMailed,
  markMailed,
  readNow,
  readWaiting,
} from './mail-queries.ts';
import { readOwnSettings } from './settings.ts';
import { unsubscribeUrl } from './unsubscribe.ts';
import { pathOf, sentenceOf } from './words.ts';

export const mail_kind = 'notification.mail';
export const digest_kind = 'notification.digest';

const digest_items_max = 30;
/** What comes so shortly before a digest waits for the next: the job may have begun to read. */
const digest_margin_ms = 60_000;

/** Leaves the jobs that mail what was just made, each in the way its person wants it. */
export async function leaveMails(
  ctx: Context,
  made: readonly Made[],
  settings: ReadonlyMap<string, NotificationSettings>,
): Promise<void> {
  const atOnce = made.filter(({ email }) => email === 'at_once').map(({ id }) => ({ id }));
  if (atOnce.length > 0) await enqueueMany(ctx, mail_kind, atOnce, { attemptsMax: mail_attempts_max });
  const people = new Set(made.filter(({ email }) => email === 'digest').map(({ user_id }) => user_id));
  // In one order for all, or two who tell the same people would wait for each other's digests.
  for (const user_id of [...people].sort()) await leaveDigest(ctx, user_id, settings.get(user_id)!);
}

export async function leaveDigest(ctx: Context, user_id: string, settings: NotificationSettings): Promise<void> {
  // By the clock of the database, which begins the job: by one that is behind, the time that has just gone by would
  // come again.
  const runAt = nextDigestAt(new Date(Date.parse(await readNow(ctx)) + digest_margin_ms), settings);
  const dedupeKey = `${user_id} ${runAt.toISOString()}`;
  await enqueue(ctx, digest_kind, { user_id }, { runAt, dedupeKey, attemptsMax: mail_attempts_max });
}

/** Somebody with the rights they have at this moment; none for whoever was shut out. */
export async function personActor(services: Services, tenant_id: string, user_id: string): Promise<Actor> {
  const rights = await withContext(services.db, systemActor(tenant_id), (ctx) =>
    remainingRights(ctx, user_id, { '*': 'all' }),
  );
  return { kind: 'user', tenant_id, user_id, credential_id: null, rights };
}

/**
 * Mails one notification, unless it was read in the meantime or its person may not read it any more. Should the program
 * die between sending and noting it, it is sent again under the same Message-ID, by which mail programs know the two as
 * one.
 */
export async function mailOne(
  services: Services,
  records: readonly Resource[],
  tenant_id: string,
  id: string,
): Promise<void> {
  if (!services.mailer.configured) return;
  const system = systemActor(tenant_id);
  const owner = await withContext(services.db, system, (ctx) => findOwner(ctx, id), { mode: 'read' });
  if (!owner) return;
  const { user_id } = owner;
  const prepared = await withContext(
    services.db,
    await personActor(services, tenant_id, user_id),
    async (ctx) => {
      const [row] = await readInbox(ctx, records, { view: 'mail', limit: 1, only: isOne(id) });
      return row && { notification: shown(records, row), recipient: await findRecipient(ctx, user_id) };
    },
    { mode: 'read' },
  );
  const to = prepared?.recipient?.email;
  if (!prepared || !to) return;
  const { notification, recipient } = prepared;
  const t = mailWords(recipient!.locale);
  const item = itemOf(services, notification, t);
  const unsubscribe = unsubscribeUrl(services, { tenant_id, user_id, what: notification.kind });
  await sendMail(
    services,
    to,
    item.text,
    {
      title: item.text,
      lines: item.quote ? [item.quote] : [],
      action: { label: t('Open it in Holdfast'), url: item.url },
      links: linksOf(
        services,
        unsubscribe,
        t('You get this because of your settings in {workspace}. Stop mails of this kind', {
          workspace: recipient!.tenant_title,
        }),
        t,
      ),
    },
    t,
    { messageId: messageId(services, id), unsubscribeUrl: unsubscribe },
  );
  await withContext(services.db, system, (ctx) => markMailed(ctx, id));
}

/** Mails what waits for somebody's digest, once it is time; nothing when there is nothing. */
export async function mailDigest(
  services: Services,
  records: readonly Resource[],
  tenant_id: string,
  user_id: string,
): Promise<void> {
  if (!services.mailer.configured) return;
  const system = systemActor(tenant_id);
  const due = await withContext(services.db, system, async (ctx) => {
    const settings = await readOwnSettings(ctx, user_id);
    const { ids, oldest, now } = await readWaiting(ctx, user_id);
    if (!settings || !oldest) return undefined;
    // Somebody has since chosen another hour or moved to another zone. By the clock of the database, which began this
    // job: by one a moment behind, it would be put off to the time after.
    if (nextDigestAt(new Date(oldest), settings).getTime() <= Date.parse(now)) return ids;
    await leaveDigest(ctx, user_id, settings);
    return undefined;
  });
  if (!due) return;
  const prepared = await withContext(
    services.db,
    await personActor(services, tenant_id, user_id),
    async (ctx) => {
      const rows = await readInbox(ctx, records, {
        view: 'mail',
        limit: digest_items_max + 1,
        only: isOfDigest(due),
      });
      return { notifications: rows.map((row) => shown(records, row)), recipient: await findRecipient(ctx, user_id) };
    },
    { mode: 'read' },
  );
  const { notifications, recipient } = prepared;
  const [newest] = notifications;
  if (newest && recipient?.email) {
    const t = mailWords(recipient.locale);
    const about = { count: Math.min(notifications.length, digest_items_max), workspace: recipient.tenant_title };
    const title =
      notifications.length > digest_items_max
        ? t('More than {count, number} new in {workspace}', about)
        : t('{count, number} new in {workspace}', about);
    const unsubscribe = unsubscribeUrl(services, { tenant_id, user_id, what: 'digest' });
    await sendMail(
      services,
      recipient.email,
      title,
      {
        title,
        lines: [],
        items: notifications.slice(0, digest_items_max).map((notification) => itemOf(services, notification, t)),
        action: { label: t('Open the inbox'), url: `${publicOrigin(services).origin}/inbox` },
        links: linksOf(services, unsubscribe, t('Stop this digest'), t),
      },
      t,
      { messageId: messageId(services, `digest-${newest.id}`), unsubscribeUrl: unsubscribe },
    );
  }
  await withContext(services.db, system, (ctx) => markDigestMailed(ctx, user_id, due));
}

const itemOf = (services: Services, notification: Notification, t: MailWords): MailItem => ({
  text: sentenceOf(notification, t),
  quote: notification.source?.text,
  url: `${publicOrigin(services).origin}${pathOf(notification)}`,
});

const linksOf = (services: Services, unsubscribe: string, label: string, t: MailWords) => [
  { label, url: unsubscribe },
  { label: t('Choose what you are notified about'), url: `${publicOrigin(services).origin}/settings/notifications` },
];

const messageId = (services: Services, id: string): string => `<notification-${id}@${publicOrigin(services).hostname}>`;
