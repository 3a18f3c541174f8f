import { type Database, sql } from '../../kernel/database/database.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { ScheduleStatus } from './contract.ts';

interface ScheduleRow {
  name: string;
  cron: string | null;
  time_zone: string | null;
  rows_planned: number;
  next_at: string | null;
  last_at: string | null;
  failed: number;
  state: NonNullable<ScheduleStatus['last']>['state'] | null;
  started_at: string | null;
  finished_at: string | null;
  error: string | null;
  paused_at: string | null;
  paused_by: string | null;
  pause_reason: string | null;
}

export const readSchedules = (ctx: Context, names: string[]): Promise<ScheduleRow[]> =>
  ctx.tx.many(sql`select * from app.operator_schedules(${names}::text[])`);

/** Returns for how many workspaces it is planned. */
export async function runSchedule(ctx: Context, schedule: Schedule, reason: string): Promise<number> {
  const { name, kind, payload, dedupeKey = name } = schedule;
  const { planned } = await ctx.tx.one<{ planned: number }>(
    sql`select app.operator_run_schedule(${name}, ${kind}, ${JSON.stringify(payload)}::jsonb, ${dedupeKey}, ${reason}) as planned`,
  );
  return planned;
}

/** Returns whether it was not paused before. */
export async function pauseSchedule(ctx: Context, name: string, reason: string): Promise<boolean> {
  const { done } = await ctx.tx.one<{ done: boolean }>(
    sql`select app.operator_pause_schedule(${name}, ${reason}) as done`,
  );
  return done;
}

/** Returns whether it was paused. */
export async function resumeSchedule(ctx: Context, name: string, reason: string): Promise<boolean> {
  const { done } = await ctx.tx.one<{ done: boolean }>(
    sql`select app.operator_resume_schedule(${name}, ${reason}) as done`,
  );
  return done;
}

export const readPausedSchedules = (db: Database): Promise<{ name: string; paused_at: string }[]> =>
  db.call(sql`select * from app.paused_schedules()`);
