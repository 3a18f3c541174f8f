import type { Rights } from '../../kernel/access/rights.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import type { JobRow } from '../../kernel/jobs/kind.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryQuery,
  type DisabledReason,
  retry_hours,
  type WebhookEvents,
} from './contract.ts';

/** Above this many it is not counted on. */
export const waiting_counted_max = 10_000;
const attempts_kept = 20;

interface NewWebhook {
  id: string;
  name: string;
  url: string;
  events: WebhookEvents;
  enabled: boolean;
  sealed_secret: Buffer;
}

/** Under whose rights a webhook reads: those of a person, narrowed to what the key had that they used. */
interface Holder {
  owner_id: string;
  api_key_id: string | null;
  rights: Rights | null;
}

export async function insertWebhook(ctx: Context, made: NewWebhook, holder: Holder): Promise<void> {
  const { tenant_id } = ctx;
  await ctx.tx.run(sql`insert into webhook (tenant_id, id, name, url, events, enabled, sealed_secret, owner_id, api_key_id, rights)
    values (${tenant_id}, ${made.id}, ${made.name}, ${made.url}, ${JSON.stringify(made.events)}, ${made.enabled}, ${made.sealed_secret},
      ${holder.owner_id}, ${holder.api_key_id}, ${holder.rights && JSON.stringify(holder.rights)})`);
  await ctx.tx.run(sql`insert into webhook_sending (tenant_id, webhook_id) values (${tenant_id}, ${made.id})`);
}

export async function countWebhooks(ctx: Context): Promise<number> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`webhooks ${ctx.tenant_id}`}, 0))`);
  const { count } = await ctx.tx.one<{ count: number }>(
    sql`select count(*)::int as count from webhook where tenant_id = ${ctx.tenant_id}`,
  );
  return count;
}

/** The secret before the last one stops at once: two are enough to change over. */
export async function rotateSecret(ctx: Context, id: string, sealed: Buffer, hours: number): Promise<boolean> {
  const changed = await ctx.tx.run(sql`update webhook
    set sealed_old_secret = sealed_secret, old_secret_until = now() + make_interval(hours => ${hours}), sealed_secret = ${sealed}
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
  return changed === 1;
}

/** Sends to a webhook again, and forgets the failures before. */
export async function resumeSending(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(sql`update webhook_sending set failures = 0, failing_since = null, paused_until = null
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${id}`);
}

/** The next attempt is made at once, without the failures of before being forgotten. */
export async function endPause(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(
    sql`update webhook_sending set paused_until = null where tenant_id = ${ctx.tenant_id} and webhook_id = ${id}`,
  );
}

/** What waits is not sent any more; it can be replayed. */
export async function giveUpWaiting(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(sql`update webhook_delivery set state = 'failed', reason = 'disabled', finished_at = now()
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${id} and state = 'waiting'`);
}

/** Answers its owner; undefined when it was disabled, or deleted, already. */
export async function disableWebhook(ctx: Context, id: string, reason: DisabledReason): Promise<string | undefined> {
  const disabled = await ctx.tx.maybe<{
    owner_id: string;
  }>(sql`update webhook set enabled = false, disabled_reason = ${reason}
    where tenant_id = ${ctx.tenant_id} and id = ${id} and enabled returning owner_id`);
  if (disabled) await giveUpWaiting(ctx, id);
  return disabled?.owner_id;
}

// ---------------------------------------------------------------------------------------------------------------------
// Choosing what is sent

export const enabledWebhooks = (ctx: Context): Promise<{ id: string; owner_id: string; events: WebhookEvents }[]> =>
  ctx.tx.many(sql`select id, owner_id, events from webhook where tenant_id = ${ctx.tenant_id} and enabled order by id`);

/** What the history says of an event beyond the feed. */
export interface EventDetail {
  seq: number;
  was_deleted: boolean;
  is_deleted: boolean;
  /** Keys of the custom fields that it changed. */
  custom: string[];
  merged_ids: string[] | null;
}

export function readDetails(ctx: Context, seqs: readonly number[]): Promise<EventDetail[]> {
  return ctx.tx.many(sql`select h.seq::float8 as seq, h.before ->> 'deleted_at' is not null as was_deleted,
      h.after ->> 'deleted_at' is not null as is_deleted,
      array(select k from jsonb_object_keys(coalesce(h.before -> 'custom', '{}') || coalesce(h.after -> 'custom', '{}')) k
        where h.before -> 'custom' -> k is distinct from h.after -> 'custom' -> k order by k) as custom,
      (select array_agg(m ->> 'id') from jsonb_array_elements(h.after -> 'merged') m) as merged_ids
    from record_history h where h.tenant_id = ${ctx.tenant_id} and h.seq = any (${seqs}::bigint[])`);
}

export interface NewDelivery {
  webhook_id: string;
  /** Null for a test. */
  seq: number | null;
  type: string;
  resource: string;
  record_id: string;
  occurred_at: string;
  actor_id: string | null;
  fields: string[] | null;
  merged_ids: string[] | null;
}

/** In their order. Answers the ids of those that were not there yet. */
export async function insertDeliveries(ctx: Context, deliveries: readonly NewDelivery[]): Promise<string[]> {
  const rows = await ctx.tx.many<{
    id: string;
  }>(sql`insert into webhook_delivery (tenant_id, webhook_id, seq, type, resource, record_id, occurred_at, actor_id, fields, merged_ids)
    select ${ctx.tenant_id}, d.webhook_id, d.seq, d.type, d.resource, d.record_id, d.occurred_at, d.actor_id, d.fields, d.merged_ids
    from rows from (jsonb_to_recordset(${JSON.stringify(deliveries)}::jsonb) as (webhook_id uuid, seq bigint, type text, resource text,
      record_id uuid,
      occurred_at timestamptz, actor_id uuid, fields text[], merged_ids uuid[])) with ordinality
      as d (webhook_id, seq, type, resource, record_id, occurred_at, actor_id, fields, merged_ids, place)
    order by d.place on conflict (tenant_id, webhook_id, seq) do nothing returning id`);
  return rows.map(({ id }) => id);
}

/** Whether the first of those that were never tried has waited for so many days. */
export async function isBehind(ctx: Context, id: string, days: number): Promise<boolean> {
  const first = await ctx.tx.maybe<{
    is_late: boolean;
  }>(sql`select next_at < now() - make_interval(days => ${days}) as is_late
    from webhook_delivery where tenant_id = ${ctx.tenant_id} and webhook_id = ${id} and state = 'waiting' and attempt_count = 0
    order by position limit 1`);
  return first?.is_late === true;
}

// ---------------------------------------------------------------------------------------------------------------------
// Sending

/** A webhook as its sender needs it, by the clock of the database: processes' clocks may differ. */
export interface SendingWebhook {
  id: string;
  url: string;
  events: WebhookEvents;
  enabled: boolean;
  owner_id: string;
  rights: Rights | null;
  key_expired: boolean;
  sealed_secret: Buffer;
  /** While it signs too. */
  sealed_old_secret: Buffer | null;
  failures: number;
  /** Whether its receiver has taken nothing for `retry_hours`. */
  is_failing: boolean;
  is_paused: boolean;
}

/**
 * Makes one job the sender of a webhook for so long; false while another is, and for a run that has lost its job to
 * another worker.
 */
export async function takeSending(
  ctx: Context,
  id: string,
  { id: sender, attempts }: Pick<JobRow, 'id' | 'attempts'>,
  seconds: number,
): Promise<boolean> {
  const taken = await ctx.tx.run(sql`update webhook_sending
    set sender = ${sender}, sender_until = clock_timestamp() + make_interval(secs => ${seconds})
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${id}
      and (sender is null or sender = ${sender} or sender_until < clock_timestamp())
      and exists (select from job j where j.tenant_id = ${ctx.tenant_id} and j.id = ${sender} and j.attempts = ${attempts}
        and j.state = 'running')`);
  return taken === 1;
}

export async function leaveSending(ctx: Context, id: string, sender: string): Promise<void> {
  await ctx.tx.run(sql`update webhook_sending set sender = null, sender_until = null
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${id} and sender = ${sender}`);
}

export const readSending = (ctx: Context, id: string): Promise<SendingWebhook | undefined> =>
  ctx.tx.maybe(sql`select w.id, w.url, w.events, w.enabled, w.owner_id, w.rights, w.sealed_secret,
      case when w.old_secret_until > now() then w.sealed_old_secret end as sealed_old_secret,
      coalesce(k.expires_at <= now(), false) as key_expired, s.failures,
      coalesce(s.failing_since <= now() - make_interval(hours => ${retry_hours}), false) as is_failing, coalesce(s.paused_until > now(),
        false) as is_paused
    from webhook w join webhook_sending s on s.tenant_id = w.tenant_id and s.webhook_id = w.id
    left join api_key k on k.tenant_id = w.tenant_id and k.id = w.api_key_id
    where w.tenant_id = ${ctx.tenant_id} and w.id = ${id}`);

export interface DueDelivery extends Omit<NewDelivery, 'webhook_id' | 'seq'> {
  id: string;
  attempt_count: number;
  /** Whether it has been tried for `retry_hours`. */
  is_old: boolean;
  /** The time by the clock of the database. */
  now: string;
}

/** The first in the order of the feed whose time has come. */
export const nextDue = (ctx: Context, webhook_id: string): Promise<DueDelivery | undefined> =>
  ctx.tx.maybe(sql`select id, type, resource, record_id, occurred_at, actor_id, fields, merged_ids, attempt_count,
      coalesce(begun_at <= now() - make_interval(hours => ${retry_hours}), false) as is_old, now()
    from webhook_delivery where tenant_id = ${ctx.tenant_id} and webhook_id = ${webhook_id} and state = 'waiting' and next_at <= now()
    order by position limit 1`);

/** When the next one is to be tried; null when none waits. */
export async function nextTime(ctx: Context, webhook_id: string): Promise<string | null> {
  const { at } = await ctx.tx.one<{ at: string | null }>(sql`select greatest(min(d.next_at), max(s.paused_until)) as at
    from webhook_sending s join webhook_delivery d on d.tenant_id = s.tenant_id and d.webhook_id = s.webhook_id and d.state = 'waiting'
    where s.tenant_id = ${ctx.tenant_id} and s.webhook_id = ${webhook_id}`);
  return at;
}

export interface Outcome {
  state: Delivery['state'];
  reason: string | null;
  /** Null where nothing was sent. */
  attempt: Attempt | null;
  payload: string | null;
  response: string | null;
  /** How long to wait before the next attempt; null when there is none. */
  retry_ms: number | null;
}

/**
 * One that is to be tried again stays as it is, but for the attempt: somebody may have disabled its webhook meanwhile,
 * which gave it up.
 */
export async function writeOutcome(ctx: Context, id: string, outcome: Outcome): Promise<void> {
  const { state, reason, attempt, payload, response, retry_ms } = outcome;
  const sent = attempt && JSON.stringify(attempt);
  const end = sql`state = ${state}, reason = ${reason}, finished_at = now(),`;
  await ctx.tx.run(sql`update webhook_delivery set ${state === 'waiting' ? sql`` : end}
      attempt_count = attempt_count + ${attempt ? 1 : 0},
      attempts = case when ${sent}::jsonb is null then attempts
        when jsonb_array_length(attempts) >= ${attempts_kept} then (attempts - 0) || ${sent}::jsonb
        else attempts || ${sent}::jsonb end,
      payload = coalesce(${payload}, payload), response = case when ${sent}::jsonb is null then response else ${response} end,
      begun_at = coalesce(begun_at, now()), next_at = coalesce(now() + ${retry_ms}::float8 * interval '1 ms', next_at)
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

export async function forgetFailures(ctx: Context, webhook_id: string): Promise<void> {
  await ctx.tx.run(sql`update webhook_sending set failures = 0, failing_since = null, paused_until = null
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${webhook_id} and failures > 0`);
}

export async function noteFailure(ctx: Context, webhook_id: string, pause_ms: number): Promise<void> {
  await ctx.tx.run(sql`update webhook_sending set failures = failures + 1, failing_since = coalesce(failing_since, now()),
      paused_until = now() + ${pause_ms}::float8 * interval '1 ms'
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${webhook_id}`);
}

/** Answers how many webhooks of all workspaces had deliveries to send and no job that does. */
export async function leaveMissingJobs(db: Database, attempts_max: number): Promise<number> {
  const [row] = await db.call<{ jobs: number }>(sql`select app.resume_webhooks(${attempts_max}) as jobs`);
  return row!.jobs;
}

// ---------------------------------------------------------------------------------------------------------------------
// The log

const shown =
  sql.raw(`id, type, record_id, state, reason, occurred_at, case when state = 'waiting' then next_at end as next_at, attempt_count, attempts,
  finished_at`);

/** The newest first, behind a position. */
export function listDeliveries(
  ctx: Context,
  webhook_id: string,
  { state, limit, before }: Pick<DeliveryQuery, 'state' | 'limit'> & { before: string | undefined },
): Promise<(Delivery & { position: string })[]> {
  return ctx.tx.many(sql`select ${shown}, position::text from webhook_delivery
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${webhook_id} and ${state ? sql`state = ${state}` : sql`true`}
      and ${before ? sql`position < ${before}::bigint` : sql`true`}
    order by position desc limit ${limit}`);
}

export const findDelivery = (
  ctx: Context,
  webhook_id: string,
  id: string,
): Promise<(Delivery & { resource: string; payload: string | null; response: string | null }) | undefined> =>
  ctx.tx.maybe(sql`select ${shown}, resource, payload, response from webhook_delivery
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${webhook_id} and id = ${id}`);

export const sendingStatus = (
  ctx: Context,
  id: string,
): Promise<{ waiting: number; failing_since: string | null; paused_until: string | null }> =>
  ctx.tx.one(sql`select failing_since, case when paused_until > now() then paused_until end as paused_until,
      (select count(*)::int from (select from webhook_delivery d where d.tenant_id = ${ctx.tenant_id} and d.webhook_id = ${id}
        and d.state = 'waiting' limit ${waiting_counted_max}) as waiting) as waiting
    from webhook_sending where tenant_id = ${ctx.tenant_id} and webhook_id = ${id}`);

/** Lets a delivery be sent again at once, and tried for as long as a new one. */
export async function sendAgain(ctx: Context, webhook_id: string, id: string): Promise<boolean> {
  const changed = await ctx.tx.run(sql`update webhook_delivery
    set state = 'waiting', reason = null, next_at = now(), begun_at = null, finished_at = null
    where tenant_id = ${ctx.tenant_id} and webhook_id = ${webhook_id} and id = ${id}`);
  return changed === 1;
}
