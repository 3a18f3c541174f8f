import { sql } from '../database/database.ts';
import { type Context, viaText } from '../tenancy/context.ts';
import { currentScope } from '../usage/scope.ts';

const payload_bytes_max = 100_000;
const jobs_per_call_max = 10_000;
const attempts_default = 5;

export interface EnqueueOptions {
  /** Higher runs first; 0 by default. */
  priority?: number;
  /** The earliest time to run. */
  runAt?: Date;
  /** Or how long to wait, by the clock of the database: that of this process may be another. */
  delayMs?: number;
  attemptsMax?: number;
  /**
   * Adds no job while one of this kind with this key waits; the waiting job stays locked until the caller commits, so
   * that it sees the change.
   */
  dedupeKey?: string;
}

function payloadText(kind: string, payload: object): string {
  const text = JSON.stringify(payload);
  if (text.length > payload_bytes_max)
    throw new Error(
      `The payload of a job "${kind}" is over ${payload_bytes_max} bytes; keep the data in a file or a row and pass its id`,
    );
  return text;
}

/** The job or consumer that enqueues; null in a request. */
const causeNow = sql`nullif(current_setting('app.cause', true), '')`;

/**
 * How many causes lead to a job of this kind that is enqueued now: as many as to what enqueues it. A job that enqueues
 * its own kind goes on with its work and causes nothing new.
 */
const depthOf = (kind: string) => sql`least(32000, coalesce(nullif(current_setting('app.depth', true), ''), '0')::int
  - (current_setting('app.cause', true) is not distinct from ${`job ${kind}`})::int)`;

/**
 * Adds a job in the caller's transaction, so that it exists exactly when the change does. Returns its id, or null when
 * a job with its `dedupeKey` waits already.
 */
export async function enqueue(
  ctx: Context,
  kind: string,
  payload: object,
  options: EnqueueOptions = {},
): Promise<string | null> {
  const [id] = await enqueueMany(ctx, kind, [payload], options);
  return id ?? null;
}

/** Adds many jobs of one kind in one statement. A `dedupeKey` allows one payload only. */
export async function enqueueMany(
  ctx: Context,
  kind: string,
  payloads: object[],
  options: EnqueueOptions = {},
): Promise<string[]> {
  if (payloads.length > jobs_per_call_max) throw new Error(`At most ${jobs_per_call_max} jobs at once`);
  const texts = payloads.map((payload) => payloadText(kind, payload));
  // A waiting job with the key is locked, not written: if it were claimed now, it would not see the change.
  const rows = await ctx.tx.many<{ id: string }>(sql`
    insert into job (tenant_id, kind, payload, state, priority, run_at, attempts_max, dedupe_key, actor_id, traceparent, depth, cause, via)
    select ${ctx.tenant_id}, ${kind}, payload::jsonb, case when due.at > clock_timestamp() then 'scheduled'
      else 'ready' end, ${options.priority ?? 0}, due.at,
      ${options.attemptsMax ?? attempts_default}, ${options.dedupeKey ?? null}, ${ctx.actor.user_id},
      ${currentScope()?.span?.traceparent ?? null}, ${depthOf(kind)}, ${causeNow}, ${viaText(ctx.actor.via)}
    from unnest(${texts}::text[]) as payloads (payload)
    cross join (select coalesce(${options.runAt?.toISOString() ?? null}::timestamptz,
      clock_timestamp() + ${options.delayMs ?? null}::float8 * interval '1 ms', now()) as at) as due
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready')
      do update set dedupe_key = excluded.dedupe_key where false
    returning id`);
  return rows.map((row) => row.id);
}

/**
 * Sets a timer in the caller's transaction: a job at a time that can be moved by setting it again with the same key.
 * When the job is already running, it continues, and runs again at the new time.
 */
export async function setTimer(
  ctx: Context,
  kind: string,
  key: string,
  at: Date,
  payload: object,
  { attemptsMax = attempts_default }: Pick<EnqueueOptions, 'attemptsMax'> = {},
): Promise<void> {
  // Attempts are not reset, because their number identifies a run of the job.
  await ctx.tx.run(sql`insert into job as waiting
      (tenant_id, kind, payload, state, run_at, attempts_max, dedupe_key, actor_id, depth, cause, via)
    values (${ctx.tenant_id}, ${kind}, ${payloadText(kind, payload)}::jsonb, 'scheduled', ${at.toISOString()}, ${attemptsMax}, ${key},
      ${ctx.actor.user_id},
      ${depthOf(kind)}, ${causeNow}, ${viaText(ctx.actor.via)})
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do update set
      payload = excluded.payload, state = 'scheduled', run_at = excluded.run_at, actor_id = excluded.actor_id, depth = excluded.depth,
        cause = excluded.cause, via = excluded.via, error = null, cancel_requested = false,
      attempts_max = least(100, waiting.attempts + excluded.attempts_max)`);
}

/** Whether a job that runs was asked to stop. Nobody can ask it any more until the transaction ends. */
export async function isAskedToStop(ctx: Context, id: string): Promise<boolean> {
  const job = await ctx.tx.maybe<{ cancel_requested: boolean }>(sql`select cancel_requested from job
    where tenant_id = ${ctx.tenant_id} and id = ${id} for share`);
  return job?.cancel_requested ?? true;
}

/** Cancels a timer in the caller's transaction. Returns whether it was waiting; a running job is asked to stop. */
export async function cancelTimer(ctx: Context, kind: string, key: string): Promise<boolean> {
  const stopped = await ctx.tx.many<{ waited: boolean }>(sql`update job set cancel_requested = true,
      state = case when state = 'running' then state when sent_at is not null then 'in_doubt' else 'cancelled' end,
      finished_at = case when state = 'running' then finished_at else now() end
    where tenant_id = ${ctx.tenant_id} and kind = ${kind} and dedupe_key = ${key} and state in ('scheduled', 'ready', 'running')
    returning state <> 'running' as waited`);
  return stopped.some(({ waited }) => waited);
}
