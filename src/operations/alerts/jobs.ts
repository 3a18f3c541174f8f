import { z } from 'zod';
import { createOutboundFetch } from '../../kernel/http/outbound.ts';
import { publicOrigin } from '../../kernel/identity/index.ts';
import { type JobKind, type JobRun, jobKind } from '../../kernel/jobs/kind.ts';
import { MailInvalid, MailNotConfigured } from '../../kernel/mail/mailer.ts';
import { silent_copy } from '../../kernel/outgoing.ts';
import type { Services } from '../../kernel/services.ts';
import { type OutboundFetch, post, retryWaitMs, signedHeaders } from '../../platform/webhook/index.ts';
import { sending_kind } from './dispatch.ts';
import { asAlertmanager, asMail, asPagerDuty, asSlack, type Telling } from './message.ts';
import {
  alertsOf,
  keepReceiver,
  leaveReceiver,
  type Message,
  nextMessage,
  noteFailed,
  noteSent,
  type SendingReceiver,
  takeReceivers,
} from './queries.ts';
import { openSecret } from './secret.ts';

/** Each attempt renews it; mail takes a minute at most. */
const sender_seconds = 90;
const messages_per_run_max = 20;
const runs_max = 4;
/** Who is on call hears of it soon after the receiver is back. */
const retry_ms_max = 5 * 60_000;

type SendingServices = Pick<Services, 'config' | 'keyRing' | 'mailer' | 'outgoing'>;

/** Sends what waits, to all receivers at once: one that hangs delays nothing but its own. */
export function alertJobs(services: SendingServices): JobKind[] {
  const fetch = createOutboundFetch({ allowPrivate: services.config.ALLOW_PRIVATE_NETWORKS });
  return [
    jobKind({
      kind: sending_kind,
      payload: z.object({}),
      concurrencyMax: runs_max,
      run: async (run) => {
        const receivers = await run.transaction((ctx) => takeReceivers(ctx, run.job.id, sender_seconds));
        await Promise.all(
          receivers.map((receiver) =>
            sendAll(services, fetch, run, receiver).finally(() =>
              run.transaction((ctx) => leaveReceiver(ctx, receiver.id, run.job.id)),
            ),
          ),
        );
      },
    }),
  ];
}

async function sendAll(
  services: SendingServices,
  fetch: OutboundFetch,
  run: JobRun,
  receiver: SendingReceiver,
): Promise<void> {
  for (let sent = 0; sent < messages_per_run_max; sent++) {
    const message = await run.transaction((ctx) => nextMessage(ctx, receiver.id));
    if (!message) return;
    const kept = await run.transaction((ctx) => keepReceiver(ctx, receiver.id, run.job.id, sender_seconds));
    if (!kept) return;
    const alerts = await run.transaction((ctx) => alertsOf(ctx, message.alert_ids));
    const page = new URL('/settings/alerts', publicOrigin(services)).href;
    const error = await send(services, fetch, run, receiver, { message, alerts, receiver: receiver.name, page });
    await run.transaction((ctx) =>
      error === null ? noteSent(ctx, message.id) : noteFailed(ctx, message.id, error, retryMs(message)),
    );
    if (error !== null) return;
  }
}

const retryMs = ({ attempt_count, is_old }: Message): number | null =>
  is_old ? null : Math.min(retryWaitMs(attempt_count + 1), retry_ms_max);

/** Returns what went wrong: a code that the page has words for, or the words of a mail server. */
async function send(
  services: SendingServices,
  fetch: OutboundFetch,
  { signal }: JobRun,
  receiver: SendingReceiver,
  telling: Telling,
): Promise<string | null> {
  const { message } = telling;
  if (!services.outgoing.allowed) return silent_copy;
  if (receiver.kind === 'email') return sendMail(services, receiver.target, telling);
  const secret = receiver.sealed_secret ? openSecret(services, receiver.id, receiver.sealed_secret) : '';
  const deliver = async (
    url: string,
    content: object,
    headers: (body: string) => Record<string, string> = () => ({}),
  ) => {
    const body = JSON.stringify(content);
    const { status, error } = await post(fetch, url, { headers: headers(body), body, signal });
    return error === 'status' ? `status ${status}` : error;
  };
  if (receiver.kind === 'slack') return deliver(secret, asSlack(telling));
  if (receiver.kind === 'webhook') {
    for (const { id, content } of asAlertmanager(telling)) {
      const at = new Date(message.now);
      const error = await deliver(receiver.target, content, (body) => signedHeaders([secret], { id, body, at }));
      if (error) return error;
    }
    return null;
  }
  for (const event of asPagerDuty(telling, secret)) {
    const error = await deliver(receiver.target, event);
    if (error) return error;
  }
  return null;
}

async function sendMail(services: SendingServices, to: string, telling: Telling): Promise<string | null> {
  const messageId = `<alert-${telling.message.id}@${publicOrigin(services).hostname}>`;
  try {
    await services.mailer.send({ to, ...asMail(telling), messageId });
    return null;
  } catch (error) {
    if (error instanceof MailNotConfigured) return 'no_mail_server';
    if (error instanceof MailInvalid) return 'mail_invalid';
    return (error as Error).message.slice(0, 2000);
  }
}
