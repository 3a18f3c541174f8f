import type { RawBuilder } from 'kysely';
import type { DatabaseError } from 'pg';
import { scopeOf } from '../access/rights.ts';
import { sql } from '../database/database.ts';
import { problems } from '../errors/problem.ts';
import { decodeCursor, encodeCursor } from '../resource/cursor.ts';
import type { Context } from '../tenancy/context.ts';
import type { Job, JobQuery } from './contract.ts';
import { runDropped, uncancellableKinds } from './dropped.ts';

type Sql = RawBuilder<unknown>;

const columns =
  sql.raw(`id, kind, state, priority, run_at, attempts, attempts_max, progress, cancel_requested, error, actor_id, created_at,
  started_at, finished_at`);

/** What identifies a run of a job: the number of the attempt. */
export interface RunKey {
  tenant_id: string;
  id: string;
  attempts: number;
}

/**
 * The condition for jobs that the caller may see or stop: all of the tenant with the right to jobs, otherwise those
 * that the caller has caused.
 */
function reached(ctx: Context, action: 'read' | 'update'): Sql {
  const all = scopeOf(ctx.actor.rights, 'job', action) !== 'none';
  return all
    ? sql`tenant_id = ${ctx.tenant_id}`
    : sql`tenant_id = ${ctx.tenant_id} and actor_id = ${ctx.actor.user_id}`;
}

/** Whether the caller may stop a job or have it run again, as `reached` decides it. */
export const mayChange = ({ actor }: Context, { actor_id }: Job): boolean =>
  scopeOf(actor.rights, 'job', 'update') !== 'none' || (actor_id !== null && actor_id === actor.user_id);

export async function listJobs(ctx: Context, query: JobQuery): Promise<{ data: Job[]; next_cursor: string | null }> {
  const binding = JSON.stringify([ctx.tenant_id, 'jobs', query.kind, query.state]);
  const conditions = [reached(ctx, 'read')];
  if (query.kind) conditions.push(sql`kind = ${query.kind}`);
  if (query.state) conditions.push(sql`state = ${query.state}`);
  if (query.cursor) {
    const [at, id] = decodeCursor(query.cursor, binding);
    conditions.push(sql`(created_at, id) < (${at}, ${id})`);
  }
  const rows = await ctx.tx.many<Job>(sql`select ${columns} from job where ${sql.join(conditions, sql` and `)}
    order by created_at desc, id desc limit ${query.limit + 1}`);
  const data = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([last.created_at, last.id], binding) : null };
}

/** How many seconds the last job of a kind took that ended well within two days; undefined where there is none. */
export async function secondsOfLast(ctx: Context, kind: string): Promise<number | undefined> {
  const last = await ctx.tx.maybe<{ seconds: number }>(sql`
    select extract(epoch from finished_at - started_at)::float8 as seconds from job
    where tenant_id = ${ctx.tenant_id} and kind = ${kind} and state = 'done' and created_at > now() - interval '2 days'
    order by created_at desc limit 1`);
  return last?.seconds;
}

export const findJob = (ctx: Context, id: string): Promise<Job | undefined> =>
  ctx.tx.maybe<Job>(sql`select ${columns} from job where ${reached(ctx, 'read')} and id = ${id}`);

/**
 * Cancels a job. A waiting job ends at once, in doubt when something was sent, and what it was for hears of it; a
 * running one ends at its next check. A job that has ended stays as it is.
 */
export async function cancelJob(ctx: Context, id: string): Promise<Job | undefined> {
  const found = await ctx.tx.maybe<Job & { payload: unknown }>(sql`update job set cancel_requested = true,
      state = case when state = 'running' then state when sent_at is not null then 'in_doubt' else 'cancelled' end,
      finished_at = case when state = 'running' then finished_at else now() end
    where ${reached(ctx, 'update')} and id = ${id} and state in ('scheduled', 'ready', 'running') and kind <> all (${uncancellableKinds()})
    returning ${columns}, payload`);
  if (!found) return undefined;
  const { payload, ...job } = found;
  if (job.state === 'cancelled') await runDropped(ctx, { kind: job.kind, payload, error: null });
  return job;
}

/** The condition for the job of a run that still has its lease. */
const ofRun = ({ tenant_id, id, attempts }: RunKey): Sql =>
  sql`tenant_id = ${tenant_id} and id = ${id} and attempts = ${attempts} and state = 'running'`;

/**
 * Ends a run that somebody has cancelled, and what the job was for hears of it. Nothing happens when the lease of the
 * run was lost.
 */
export async function endCancelledRun(ctx: Context, run: RunKey, error: string): Promise<void> {
  const ended = await ctx.tx.maybe<{ kind: string; payload: unknown; state: string }>(sql`update job set
      state = case when sent_at is null then 'cancelled' else 'in_doubt' end, error = left(${error}, 4000), worker = null,
        lease_until = null,
      finished_at = clock_timestamp()
    where ${ofRun(run)} returning kind, payload, state`);
  if (ended?.state === 'cancelled') await runDropped(ctx, { ...ended, error: null });
}

/** Ends a job in the transaction of its work. False when the lease of the run was lost. */
export async function endRun(ctx: Context, run: RunKey): Promise<boolean> {
  const ended =
    await ctx.tx.run(sql`update job set state = 'done', error = null, worker = null, lease_until = null, sent_at = null,
    finished_at = clock_timestamp() where ${ofRun(run)}`);
  return ended > 0;
}

/** Stores the progress of a run. Undefined when its lease was lost. */
export const saveProgress = (
  ctx: Context,
  run: RunKey,
  progress: object,
): Promise<{ cancel_requested: boolean } | undefined> =>
  ctx.tx.maybe(
    sql`update job set progress = ${JSON.stringify(progress)} where ${ofRun(run)} returning cancel_requested`,
  );

/**
 * Marks that a run is about to send something to another system, or that nothing was sent after all. False when its
 * lease was lost.
 */
export async function markSent(ctx: Context, run: RunKey, sent: boolean): Promise<boolean> {
  const marked = await ctx.tx.run(
    sql`update job set sent_at = ${sent ? sql`clock_timestamp()` : null} where ${ofRun(run)}`,
  );
  return marked > 0;
}

/** The last attempt says so; of those before, nobody keeps why they failed. */
export const database_away =
  'The database became unavailable while this was running, also at the last attempt. Start it again; if that fails too, tell whoever operates it.';

/** Ends a job whose worker was lost and that is not to be tried again, and what it was for hears of it. */
export async function endLostJob(ctx: Context, { id, attempts }: RunKey): Promise<void> {
  const known = await ctx.tx.maybe<{ error: string | null }>(
    sql`select error from job where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
  const lost = await ctx.tx.maybe<{ kind: string; payload: unknown; state: string }>(
    sql`select * from app.end_lost_job(${ctx.tenant_id}, ${id}, ${attempts})`,
  );
  const isAway = known?.error === database_away;
  if (isAway)
    await ctx.tx.run(
      sql`update job set error = ${database_away} where tenant_id = ${ctx.tenant_id} and id = ${id} and state = 'failed'`,
    );
  const message = isAway
    ? database_away
    : 'The program stopped each time while this was running. Start it again; if that fails too, tell whoever operates it.';
  if (lost && lost.state !== 'in_doubt')
    await runDropped(ctx, { ...lost, error: lost.state === 'failed' ? message : null });
}

/** The jobs of this kind with this in their payload that are running or still to run. */
export async function liveJobs(ctx: Context, kind: string, payload: object): Promise<string[]> {
  const rows = await ctx.tx.many<{
    id: string;
  }>(sql`select id from job where tenant_id = ${ctx.tenant_id} and kind = ${kind}
    and state in ('scheduled', 'ready', 'running') and payload @> ${JSON.stringify(payload)}::jsonb`);
  return rows.map(({ id }) => id);
}

export const isJobLive = async (ctx: Context, kind: string, payload: object): Promise<boolean> =>
  (await liveJobs(ctx, kind, payload)).length > 0;

/** How many jobs of a kind wait in the workspace, counted up to `most`. */
export async function countWaiting(ctx: Context, kind: string, most: number): Promise<number> {
  const { count } = await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count from (
    select from job where tenant_id = ${ctx.tenant_id} and kind = ${kind} and state = 'ready' limit ${most}) waiting`);
  return count;
}

/** Lets a failed job run again with all its attempts. One in doubt is looked up again. */
export const retryJob = (ctx: Context, id: string): Promise<Job | undefined> =>
  ctx.tx
    .maybe<Job>(sql`update job set state = 'ready', attempts = 0, run_at = now(), error = null, progress = null,
      cancel_requested = false, finished_at = null
    where ${reached(ctx, 'update')} and id = ${id} and state in ('failed', 'in_doubt') returning ${columns}`)
    .catch(refuseTwin);

/** Of jobs with one key, one waits at most: says so where a failed one was to wait again beside it. */
export function refuseTwin(error: unknown): never {
  if ((error as DatabaseError).constraint === 'job_dedupe')
    throw problems.conflict('Another job like it waits already and does its work.');
  throw error;
}
