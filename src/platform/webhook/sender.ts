import { scopeOf } from '../../kernel/access/rights.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import type { Database } from '../../kernel/database/database.ts';
import { createOutboundFetch } from '../../kernel/http/outbound.ts';
import { remainingRights } from '../../kernel/identity/index.ts';
import type { JobRun } from '../../kernel/jobs/kind.ts';
import { type EnqueueOptions, enqueue } from '../../kernel/jobs/queue.ts';
import type { Services } from '../../kernel/services.ts';
import { type Actor, type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { DisabledReason } from './contract.ts';
import { disable } from './disable.ts';
import { payloadOf } from './payload.ts';
import { type OutboundFetch, post } from './post.ts';
import {
  type DueDelivery,
  forgetFailures,
  leaveMissingJobs,
  leaveSending,
  nextDue,
  nextTime,
  noteFailure,
  type Outcome,
  readSending,
  type SendingWebhook,
  takeSending,
  writeOutcome,
} from './queries.ts';
import { retryWaitMs } from './schedule.ts';
import { openSecret } from './secret.ts';
import { signedHeaders } from './signature.ts';
import { sealSent } from './stored.ts';

export const sending_kind = 'webhook.send';
/** Each attempt renews it, and takes at most half of it. */
const sender_seconds = 40;
/** After so long another webhook of the workspace has its turn. */
const turn_ms = 20_000;
const busy_ms = 1_000;
/** After so long a copy that sends nothing looks whether it may. */
const silent_ms = 30_000;
const http_gone = 410;
const too_long = 'too_long';
/** Failures of the program itself, not of receivers. */
const attempts_max = 50;

/** Lets a webhook's deliveries be sent, now or when they are due. */
export async function enqueueSending(
  ctx: Context,
  id: string,
  when: Pick<EnqueueOptions, 'runAt' | 'delayMs'> = {},
): Promise<void> {
  // One that waits for later must not keep one for now from being added.
  const later = when.runAt ? Math.ceil(when.runAt.getTime() / busy_ms) : when.delayMs;
  const dedupeKey = later === undefined ? id : `${id} ${later}`;
  await enqueue(ctx, sending_kind, { id }, { dedupeKey, attemptsMax: attempts_max, ...when });
}

/** Sees to it that what is due is sent, where no job does so any more. */
export async function resumeWebhooks(db: Database): Promise<void> {
  if ((await leaveMissingJobs(db, attempts_max)) > 0) db.wake.wakeAll();
}

type SenderServices = Pick<Services, 'config' | 'keyRing' | 'mailer' | 'outgoing'>;

interface Next {
  webhook: SendingWebhook;
  delivery: DueDelivery;
  actor: Actor;
}

/** Sends what is due for webhooks, one delivery after the other. */
export class WebhookSender {
  private readonly services: SenderServices;
  private readonly records: readonly Resource[];
  private readonly fetch: OutboundFetch;

  constructor(services: SenderServices, records: readonly Resource[]) {
    this.services = services;
    this.records = records;
    this.fetch = createOutboundFetch({ allowPrivate: services.config.ALLOW_PRIVATE_NETWORKS });
  }

  async send(run: JobRun, id: string): Promise<void> {
    const begun = performance.now();
    // Whoever asked for a replay does not do what comes of it.
    const asProgram = <R>(work: (ctx: Context) => Promise<R>) =>
      withContext(run.db, systemActor(run.job.tenant_id), work, { cause: `job ${sending_kind}` });
    let next = await asProgram((ctx) => this.next(ctx, run, id, begun));
    while (next) {
      const { webhook, delivery } = next;
      const outcome = await this.attempt(run, next);
      next = await asProgram(async (ctx) => {
        await this.note(ctx, webhook, delivery, outcome);
        return this.next(ctx, run, id, begun);
      });
    }
  }

  /** What to send now; without anything, sees to it that somebody looks again when there is. */
  private async next(ctx: Context, { job }: JobRun, id: string, begun: number): Promise<Next | undefined> {
    if (!(await takeSending(ctx, id, job, sender_seconds))) {
      // Another job sends, or another run of this one, and may have looked before the newest was there. Or its process
      // died. Or the webhook is gone.
      if (await readSending(ctx, id)) await enqueueSending(ctx, id, { delayMs: busy_ms });
      return undefined;
    }
    const webhook = await readSending(ctx, id);
    const found = webhook?.enabled ? await this.due(ctx, webhook, begun) : undefined;
    if (!found) await leaveSending(ctx, id, job.id);
    return found;
  }

  private async due(ctx: Context, webhook: SendingWebhook, begun: number): Promise<Next | undefined> {
    if (!this.services.outgoing.allowed) {
      await enqueueSending(ctx, webhook.id, { delayMs: silent_ms });
      return undefined;
    }
    const delivery = webhook.is_paused ? undefined : await nextDue(ctx, webhook.id);
    if (!delivery) {
      const at = await nextTime(ctx, webhook.id);
      if (at) await enqueueSending(ctx, webhook.id, { runAt: new Date(at) });
      // Nobody knows how the receiver is until something is sent again: how long it fails is counted from then on.
      else await forgetFailures(ctx, webhook.id);
      return undefined;
    }
    if (performance.now() - begun > turn_ms) {
      await enqueueSending(ctx, webhook.id);
      return undefined;
    }
    const rights = await remainingRights(ctx, webhook.owner_id, webhook.rights ?? { '*': 'all' });
    const reason = lostRight(webhook, rights);
    if (reason) {
      await disable(ctx, webhook.id, reason, this.services.mailer);
      return undefined;
    }
    const { tenant_id } = ctx;
    return {
      webhook,
      delivery,
      actor: { kind: 'user', tenant_id, user_id: webhook.owner_id, credential_id: null, rights },
    };
  }

  private async attempt({ db, signal }: JobRun, { webhook, delivery, actor }: Next): Promise<Outcome> {
    const payload = await withContext(db, actor, (ctx) => payloadOf(ctx, this.records, webhook.events, delivery), {
      mode: 'read',
    });
    const nothing = { attempt: null, payload: null, response: null, retry_ms: null };
    if ('skipped' in payload) return { ...nothing, state: 'skipped', reason: payload.skipped };
    // By the clock of the database: receivers refuse what is signed some minutes before or after their own time.
    const at = new Date(delivery.now);
    const begun = performance.now();
    const secrets = [webhook.sealed_secret, webhook.sealed_old_secret]
      .filter((sealed) => sealed !== null)
      .map((sealed) => openSecret(this.services, { tenant_id: actor.tenant_id, id: webhook.id }, sealed));
    const headers = signedHeaders(secrets, { id: delivery.id, body: payload.body, at });
    const { status, response, error } = await post(this.fetch, webhook.url, { headers, body: payload.body, signal });
    const attempt = { at: at.toISOString(), status, ms: Math.round(performance.now() - begun), error };
    const sent = { attempt, payload: payload.body, response };
    if (!error) return { ...sent, state: 'delivered', reason: null, retry_ms: null };
    if (delivery.is_old) return { ...sent, state: 'failed', reason: too_long, retry_ms: null };
    return { ...sent, state: 'waiting', reason: null, retry_ms: retryWaitMs(delivery.attempt_count + 1) };
  }

  private async note(ctx: Context, webhook: SendingWebhook, delivery: DueDelivery, outcome: Outcome): Promise<void> {
    await writeOutcome(ctx, delivery.id, { ...outcome, ...(await sealSent(ctx, delivery.id, outcome)) });
    const { attempt } = outcome;
    if (!attempt) return;
    if (!attempt.error) return forgetFailures(ctx, webhook.id);
    await noteFailure(ctx, webhook.id, retryWaitMs(webhook.failures + 1));
    const reason = whyGivenUp(webhook, attempt.status);
    if (reason) await disable(ctx, webhook.id, reason, this.services.mailer);
  }
}

function whyGivenUp({ is_failing }: SendingWebhook, status: number | null): DisabledReason | undefined {
  if (status === http_gone) return 'gone';
  return is_failing ? 'failing' : undefined;
}

/** Why a webhook has nobody any more in whose name it could read. */
function lostRight(webhook: SendingWebhook, rights: Actor['rights']): DisabledReason | undefined {
  if (webhook.key_expired) return 'key_expired';
  if (Object.keys(rights).length === 0) return 'owner_inactive';
  const mayHave = scopeOf(rights, 'webhook', 'create') !== 'none' || scopeOf(rights, 'webhook', 'update') !== 'none';
  return mayHave ? undefined : 'owner_rights';
}
