import { sql } from '../../kernel/database/database.ts';
import type { Labels } from '../../kernel/metrics/registry.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Receiver } from './contract.ts';
import type { Limits, Observation, RuleSetting } from './evaluate.ts';
import type { OpenAlert, Step } from './state.ts';

const open_max = 500;
const history_rows = 50;

// ---------------------------------------------------------------------------------------------------------------------
// State

/** Locked, so that two processes that look at once do not tell twice. */
export async function openAlerts(ctx: Context): Promise<OpenAlert[]> {
  const rows = await ctx.tx.many<
    Record<keyof OpenAlert, never>
  >(sql`select id, rule, labels, state, value, started_at, cleared_at, seen_at
    from alert where state <> 'resolved' order by id limit ${open_max} for update`);
  const time = (text: string | null) => text && new Date(text);
  return rows.map((row) => ({
    ...row,
    started_at: time(row.started_at),
    cleared_at: time(row.cleared_at),
    seen_at: time(row.seen_at),
  })) as OpenAlert[];
}

export async function beginAlert(ctx: Context, { rule, value }: Observation, labels: Labels, state: string, now: Date) {
  await ctx.tx.run(sql`insert into alert (rule, labels, severity, state, value, started_at, fired_at, seen_at)
    values (${rule.name}, ${JSON.stringify(labels)}::jsonb, ${rule.severity}, ${state}, ${value}, ${now.toISOString()},
      case when ${state} = 'firing' then ${now.toISOString()}::timestamptz end, ${now.toISOString()})
    on conflict (rule, labels) where state <> 'resolved' do nothing`);
}

export async function takeStep(
  ctx: Context,
  { id }: OpenAlert,
  { is }: Step,
  value: number | null,
  now: Date,
): Promise<void> {
  if (is === 'forget') return void (await ctx.tx.run(sql`delete from alert where id = ${id} and state = 'pending'`));
  const at = now.toISOString();
  await ctx.tx.run(sql`update alert set seen_at = ${at}, value = coalesce(${value}, value),
      state = case ${is} when 'fire' then 'firing' when 'resolve' then 'resolved' else state end,
      fired_at = case ${is} when 'fire' then ${at}::timestamptz else fired_at end,
      resolved_at = case ${is} when 'resolve' then ${at}::timestamptz end,
      cleared_at = case ${is} when 'clear' then ${at}::timestamptz when 'resolve' then coalesce(cleared_at, ${at}::timestamptz)
        when 'hold' then ${value === null ? sql`cleared_at` : null} else cleared_at end
    where id = ${id} and state <> 'resolved'`);
}

// ---------------------------------------------------------------------------------------------------------------------
// Telling

export interface ToldAlert {
  id: string;
  rule: string;
  labels: Labels;
  severity: 'page' | 'ticket';
  state: 'firing' | 'resolved';
  value: number;
  fired_at: string;
  resolved_at: string | null;
  acknowledged_at: string | null;
  silenced: boolean;
}

const silenced = sql`exists (select from alert_silence s where s.until > now() and (s.rule is null or s.rule = a.rule)
  and a.labels @> s.labels)`;

/** Those that fire, and those that ended a short while ago: of some nobody has been told yet that they did. */
export const alertsToTell = (ctx: Context): Promise<ToldAlert[]> =>
  ctx.tx.many(sql`select a.id, a.rule, a.labels, a.severity, a.state, a.value, a.fired_at, a.resolved_at, a.acknowledged_at,
    ${silenced} as silenced
    from alert a where a.state = 'firing' or (a.state = 'resolved' and a.resolved_at > now() - interval '10 minutes')
    order by a.severity, a.fired_at, a.id limit ${open_max}`);

export interface ToldReceiver {
  id: string;
  severity: 'page' | 'ticket';
  after_minutes: number;
}

export const enabledReceivers = (ctx: Context): Promise<ToldReceiver[]> =>
  ctx.tx.many(sql`select id, severity, after_minutes from alert_receiver where enabled order by id`);

/** Which receiver has been told what of these alerts; what could not be sent was not told. */
export const whatWasTold = (
  ctx: Context,
  ids: readonly string[],
): Promise<{ receiver_id: string; alert_id: string; kind: 'firing' | 'resolved' }[]> =>
  ctx.tx.many(sql`select m.receiver_id, told.alert_id, m.kind from alert_message m cross join unnest(m.alert_ids) told (alert_id)
    where m.alert_ids && ${ids}::uuid[] and m.kind in ('firing', 'resolved') and m.state <> 'failed'`);

export async function addMessage(
  ctx: Context,
  receiver_id: string,
  kind: 'firing' | 'resolved' | 'test',
  alert_ids: readonly string[],
): Promise<string> {
  const { id } = await ctx.tx.one<{ id: string }>(
    sql`insert into alert_message (receiver_id, kind, alert_ids) values (${receiver_id}, ${kind}, ${alert_ids}::uuid[]) returning id`,
  );
  return id;
}

/**
 * Whether a message `m` is to be sent now to the receiver `r`. One that failed holds no other back, but for the end of
 * what it tells: what ended first and began afterwards would stay open there.
 */
const isDue = sql`m.receiver_id = r.id and m.state = 'waiting' and m.next_at <= now() and (r.enabled or m.kind = 'test')
  and not (m.kind = 'resolved' and exists (select from alert_message f where f.receiver_id = m.receiver_id and f.state = 'waiting'
    and f.kind = 'firing'
    and f.id < m.id and f.alert_ids && m.alert_ids))`;

export async function isMessageDue(ctx: Context): Promise<boolean> {
  const { due } = await ctx.tx.one<{ due: boolean }>(
    sql`select exists (select from alert_receiver r join alert_message m on ${isDue}) as due`,
  );
  return due;
}

/** What waits for a receiver that is switched off is old news when it is on again: what fires then is told anew. */
export async function giveUpMessages(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`update alert_message m set state = 'failed', error = 'receiver_off', finished_at = now() from alert_receiver r
    where r.id = m.receiver_id and not r.enabled and m.state = 'waiting' and m.kind <> 'test'`);
}

// ---------------------------------------------------------------------------------------------------------------------
// Sending

export interface SendingReceiver {
  id: string;
  name: string;
  kind: 'email' | 'slack' | 'webhook' | 'pagerduty';
  target: string;
  sealed_secret: Buffer | null;
}

/** Those with something to send, which no other job sends to; they are this job's for so long. */
export const takeReceivers = (ctx: Context, sender: string, seconds: number): Promise<SendingReceiver[]> =>
  ctx.tx.many(sql`update alert_receiver r set sender = ${sender}, sender_until = clock_timestamp() + make_interval(secs => ${seconds})
    where (r.sender is null or r.sender = ${sender} or r.sender_until < clock_timestamp())
      and exists (select from alert_message m where ${isDue})
    returning id, name, kind, target, sealed_secret`);

export async function keepReceiver(ctx: Context, id: string, sender: string, seconds: number): Promise<boolean> {
  const kept =
    await ctx.tx.run(sql`update alert_receiver set sender_until = clock_timestamp() + make_interval(secs => ${seconds})
    where id = ${id} and sender = ${sender}`);
  return kept === 1;
}

export async function leaveReceiver(ctx: Context, id: string, sender: string): Promise<void> {
  await ctx.tx.run(
    sql`update alert_receiver set sender = null, sender_until = null where id = ${id} and sender = ${sender}`,
  );
}

export interface Message {
  id: string;
  kind: 'firing' | 'resolved' | 'test';
  alert_ids: string[];
  attempt_count: number;
  created_at: string;
  /** Old news wakes nobody: it is not tried again. */
  is_old: boolean;
  /** By the clock of the database: that of this process may be another. */
  now: string;
}

const give_up_hours = 24;

/** The oldest that is due. */
export const nextMessage = (ctx: Context, receiver_id: string): Promise<Message | undefined> =>
  ctx.tx.maybe(sql`select m.id, m.kind, m.alert_ids, m.attempt_count, m.created_at,
      m.created_at < now() - make_interval(hours => ${give_up_hours}) as is_old, now()
    from alert_receiver r join alert_message m on ${isDue} where r.id = ${receiver_id} order by m.id limit 1`);

export const alertsOf = (ctx: Context, ids: readonly string[]): Promise<ToldAlert[]> =>
  ctx.tx.many(sql`select id, rule, labels, severity, state, value, fired_at, resolved_at, acknowledged_at, false as silenced from alert
    where id = any (${ids}::uuid[]) and state <> 'pending' order by severity, fired_at, id`);

export async function noteSent(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(sql`update alert_message set state = 'sent', error = null, attempt_count = attempt_count + 1, finished_at = now()
    where id = ${id}`);
}

/** Without a time until it is tried again it is given up. */
export async function noteFailed(ctx: Context, id: string, error: string, retry_ms: number | null): Promise<void> {
  await ctx.tx.run(sql`update alert_message set error = ${error}, attempt_count = attempt_count + 1,
      state = case when ${retry_ms === null} then 'failed' else 'waiting' end, finished_at = case when ${retry_ms === null} then now() end,
      next_at = coalesce(now() + ${retry_ms}::float8 * interval '1 ms', next_at)
    where id = ${id}`);
}

// ---------------------------------------------------------------------------------------------------------------------
// What operators see and do

const shownAlert = sql`a.id, a.rule, a.labels, a.severity, a.state, a.value, a.started_at, a.fired_at, a.cleared_at, a.resolved_at,
  a.acknowledged_at,
  a.acknowledged_by, ${silenced} as silenced,
  (select count(*)::int from alert_message m where a.id = any (m.alert_ids) and m.kind = 'firing' and m.state = 'sent') as messages`;

export type AlertRow = Omit<ToldAlert, 'acknowledged_at'> & {
  started_at: string;
  cleared_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  messages: number;
};

export const listFiring = (ctx: Context): Promise<AlertRow[]> =>
  ctx.tx.many(
    sql`select ${shownAlert} from alert a where a.state = 'firing' order by a.severity, a.fired_at, a.id limit ${open_max}`,
  );

export const listResolved = (ctx: Context): Promise<AlertRow[]> =>
  ctx.tx.many(
    sql`select ${shownAlert} from alert a where a.state = 'resolved' order by a.resolved_at desc limit ${history_rows}`,
  );

export const listSilences = <Row>(ctx: Context): Promise<Row[]> =>
  ctx.tx.many(
    sql`select id, rule, labels, until, reason, created_at, created_by from alert_silence where until > now() order by until`,
  );

/** Those that fire and that nobody wants to hear no more about. */
export const firingNow = (
  ctx: Context,
): Promise<{ rule: string; labels: Labels; value: number; severity: AlertRow['severity'] }[]> =>
  ctx.tx.many(
    sql`select a.rule, a.labels, a.value, a.severity from alert a where a.state = 'firing' and not ${silenced} order by a.severity,
      a.fired_at limit 20`,
  );

export async function note(ctx: Context, action: string, target: string, reason: string): Promise<void> {
  await ctx.tx.run(sql`select app.note_operation(${action}, ${target.slice(0, 500)}, ${reason})`);
}

export const acknowledge = (ctx: Context, id: string): Promise<{ rule: string } | undefined> =>
  ctx.tx.maybe(sql`update alert set acknowledged_at = now(), acknowledged_by = app.operation_by()
    where id = ${id} and state = 'firing' and acknowledged_at is null returning rule`);

export async function addSilence(
  ctx: Context,
  { rule, labels, minutes, reason }: { rule: string | null; labels: Labels; minutes: number; reason: string },
): Promise<string> {
  const { id } = await ctx.tx.one<{
    id: string;
  }>(sql`insert into alert_silence (rule, labels, until, reason, created_by)
    values (${rule}, ${JSON.stringify(labels)}::jsonb, now() + make_interval(mins => ${minutes}), ${reason}, app.operation_by())
      returning id`);
  return id;
}

export const countSilences = async (ctx: Context): Promise<number> =>
  (await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count from alert_silence where until > now()`))
    .count;

export const endSilence = (ctx: Context, id: string): Promise<{ rule: string | null } | undefined> =>
  ctx.tx.maybe(sql`update alert_silence set until = now() where id = ${id} and until > now() returning rule`);

export type ListedReceiver = Omit<Receiver, 'last'> & {
  [Key in keyof NonNullable<Receiver['last']> as `last_${Key}`]: NonNullable<Receiver['last']>[Key] | null;
};

export const listReceivers = (ctx: Context): Promise<ListedReceiver[]> =>
  ctx.tx.many(sql`select r.id, r.name, r.kind, r.target, r.severity, r.after_minutes, r.enabled, r.created_at, r.version,
      l.kind as last_kind, l.state as last_state, l.error as last_error, l.attempt_count as last_attempt_count,
      coalesce(l.finished_at, l.created_at) as last_at, case when l.state = 'waiting' then l.next_at end as last_next_at,
      (select count(*)::int from (select from alert_message m where m.receiver_id = r.id and m.state = 'waiting' limit 1000) w) as waiting
    from alert_receiver r left join lateral (
      select * from alert_message m where m.receiver_id = r.id and (m.state <> 'waiting' or m.attempt_count > 0)
      order by coalesce(m.finished_at, now()) desc, m.id desc limit 1) l on true
    order by r.after_minutes, r.name, r.id`);

export const countReceivers = async (ctx: Context): Promise<number> =>
  (await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count from alert_receiver`)).count;

export interface ReceiverRow {
  id: string;
  name: string;
  kind: string;
  target: string;
  sealed_secret: Buffer | null;
  severity: string;
  after_minutes: number;
}

export async function insertReceiver(ctx: Context, row: ReceiverRow): Promise<void> {
  const { id, name, kind, target, sealed_secret, severity, after_minutes } = row;
  await ctx.tx.run(sql`insert into alert_receiver (id, name, kind, target, sealed_secret, severity, after_minutes)
    values (${id}, ${name}, ${kind}, ${target}, ${sealed_secret}, ${severity}, ${after_minutes})`);
}

export const updateReceiver = (
  ctx: Context,
  id: string,
  change: {
    name?: string | undefined;
    severity?: string | undefined;
    after_minutes?: number | undefined;
    enabled?: boolean | undefined;
  },
  version: number | undefined,
): Promise<{ name: string } | undefined> =>
  ctx.tx.maybe(sql`update alert_receiver set name = coalesce(${change.name ?? null}, name), severity = coalesce(${change.severity ?? null},
    severity),
      after_minutes = coalesce(${change.after_minutes ?? null}, after_minutes), enabled = coalesce(${change.enabled ?? null}, enabled),
        version = version + 1
    where id = ${id} and (${version ?? null}::int is null or version = ${version ?? null}) returning name`);

export const deleteReceiver = (ctx: Context, id: string): Promise<{ name: string } | undefined> =>
  ctx.tx.maybe(sql`delete from alert_receiver where id = ${id} returning name`);

export const findReceiver = (ctx: Context, id: string): Promise<{ name: string } | undefined> =>
  ctx.tx.maybe(sql`select name from alert_receiver where id = ${id}`);

export const readSettings = (ctx: Context): Promise<RuleSetting[]> =>
  ctx.tx.many(sql`select rule, enabled, threshold, for_seconds, keep_seconds, version from alert_rule`);

/** Whether it was written: not when there is another version by now. A rule without a row has version 0. */
export async function writeSetting(
  ctx: Context,
  rule: string,
  { enabled, threshold, for_seconds, keep_seconds }: Limits,
  version: number | undefined,
): Promise<boolean> {
  const expected = version ?? null;
  const written =
    await ctx.tx.maybe(sql`insert into alert_rule as r (rule, enabled, threshold, for_seconds, keep_seconds)
    select ${rule}, ${enabled}, ${threshold}, ${for_seconds}, ${keep_seconds}
    where coalesce(${expected}::int, 0) = 0 or exists (select from alert_rule k where k.rule = ${rule})
    on conflict (rule) do update set enabled = excluded.enabled, threshold = excluded.threshold, for_seconds = excluded.for_seconds,
      keep_seconds = excluded.keep_seconds, version = r.version + 1
    where ${expected}::int is null or r.version = ${expected}
    returning rule`);
  return written !== undefined;
}
