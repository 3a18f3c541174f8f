import { scopeOf } from '../../../kernel/access/rights.ts';
import { publicOrigin, sendMail } from '../../../kernel/identity/index.ts';
import { type MailWords, mailWords } from '../../../kernel/mail/words.ts';
import type { Services } from '../../../kernel/services.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { findRecipient, personActor, unsubscribeUrl } from '../../../platform/notification/index.ts';
import { dashboardQuery } from '../dashboard/contract.ts';
import { cachedDashboard, todayIn } from '../dashboard/index.ts';
import { fieldOf } from '../figures/contract.ts';
import { overview } from '../overview/contract.ts';
import { lacksField, tileRows, withoutRate } from '../tile-rows/contract.ts';
import { findDashboard, findMailing, goOn, type MailedDashboard, type Mailing } from './queries.ts';
import { nextTime } from './rhythm.ts';
import { leaveMail } from './service.ts';
import { csvOf, type Figures, tableOf } from './words.ts';

/**
 * Mails a dashboard to one person, with the figures that this person would see at this moment, and leaves the job of
 * the next time. A job for a time that is not its next one any more does nothing. Should the program die between
 * sending and noting it, it is sent again under the same Message-ID, by which mail programs know the two as one.
 */
export async function mailDashboard(services: Services, tenant_id: string, id: string, at: string): Promise<void> {
  const { db, mailer } = services;
  const system = systemActor(tenant_id);
  const mailing = await withContext(db, system, (ctx) => findDue(ctx, id, at), { mode: 'read' });
  if (!mailing) return;
  if (mailer.configured) await send(services, tenant_id, mailing);
  await withContext(db, system, (ctx) => passOn(ctx, mailing));
}

/** This time could not be mailed, after all attempts, or somebody has cancelled it: the next one can. */
export async function skipTime(ctx: Context, id: string, at: string): Promise<void> {
  const mailing = await findDue(ctx, id, at);
  if (mailing) await passOn(ctx, mailing);
}

/** Undefined for what is gone, or goes out at another time by now. */
async function findDue(ctx: Context, id: string, at: string): Promise<Mailing | undefined> {
  const mailing = await findMailing(ctx, id);
  return mailing && Date.parse(mailing.next_at) === Date.parse(at) ? mailing : undefined;
}

async function passOn(ctx: Context, mailing: Mailing): Promise<void> {
  // One that is cancelled may be yet to come.
  const after = new Date(Math.max(Date.parse(mailing.now), Date.parse(mailing.next_at)));
  const next = nextTime(after, mailing.rhythm, mailing.hour, mailing.time_zone);
  if ((await goOn(ctx, mailing, next)) === 1) await leaveMail(ctx, mailing.id, next);
}

async function send(services: Services, tenant_id: string, mailing: Mailing): Promise<void> {
  const { id, dashboard_id, recipient_id, next_at } = mailing;
  const actor = await personActor(services, tenant_id, recipient_id);
  // Who may see no figures any more, or not this dashboard, gets none.
  if (scopeOf(actor.rights, 'dashboard', 'read') === 'none') return;
  const { own, recipient } = await withContext(
    services.db,
    actor,
    async (ctx) => ({
      own: dashboard_id === null ? undefined : await findDashboard(ctx, dashboard_id),
      recipient: await findRecipient(ctx, recipient_id),
    }),
    { mode: 'read' },
  );
  if (!recipient?.email) return;
  const t = mailWords(recipient.locale);
  const dashboard = dashboard_id === null ? { name: t('Overview'), tiles: overview } : own;
  if (!dashboard) return;
  const figures = await figuresOf(services, actor, dashboard, todayIn(mailing.time_zone));
  const { origin, hostname } = publicOrigin(services);
  const unsubscribe = unsubscribeUrl(services, { tenant_id, user_id: recipient_id, what: 'dashboard', id });
  await sendMail(
    services,
    recipient.email,
    dashboard.name,
    {
      title: dashboard.name,
      lines: dashboard.tiles.length === 0 ? [t('There is nothing on this dashboard yet.')] : [],
      tables: figures.map((one) => tableOf(one, t)),
      action: {
        label: t('Open the dashboard'),
        url: `${origin}/dashboard${dashboard_id === null ? '' : `?board=${dashboard_id}`}`,
      },
      links: [
        ...(figures.some(({ without }) => without.length > 0)
          ? [{ label: t('Set rates of currencies'), url: `${origin}/settings/currency-rates` }]
          : []),
        { label: t('Stop sending me this dashboard'), url: unsubscribe },
      ],
    },
    t,
    {
      messageId: `<dashboard-${id}-${Date.parse(next_at)}@${hostname}>`,
      unsubscribeUrl: unsubscribe,
      attachments: [attachmentOf(dashboard, figures, t)],
    },
  );
}

/** Tile by tile, of the same answers as on the page. */
async function figuresOf(
  { cache, db }: Services,
  actor: Parameters<typeof cachedDashboard>[2],
  { tiles }: MailedDashboard,
  today: string,
): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const tile of tiles) {
    const query = dashboardQuery.parse({
      ...tile.filter,
      range: tile.range,
      period: tile.period,
      field: fieldOf(tile),
    });
    const dashboard = await cachedDashboard(cache, db, actor, query);
    const { from, to } = dashboard;
    figures.push({
      tile,
      days: { from, to },
      today,
      field: dashboard.by_field?.label ?? null,
      lacksField: lacksField(dashboard, tile),
      rows: tileRows(dashboard, tile),
      without: withoutRate(dashboard, tile.figure),
    });
  }
  return figures;
}

const attachmentOf = ({ name }: MailedDashboard, figures: Figures[], t: MailWords) => ({
  filename: `${name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'dashboard'}.csv`,
  contentType: 'text/csv; charset=utf-8',
  content: csvOf(figures, t),
});
