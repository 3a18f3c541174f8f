import type { Database } from '../../kernel/database/database.ts';
import { type Schedule, zone_of_workspace } from '../../kernel/jobs/schedule.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Finding } from '../health/findings.ts';
import type { ScheduleStatus } from './contract.ts';
import { readPausedSchedules, readSchedules } from './queries.ts';

/** What this process declares, as the workers have planned it. */
export async function listSchedules(ctx: Context, schedules: readonly Schedule[]): Promise<ScheduleStatus[]> {
  const rows = await readSchedules(
    ctx,
    schedules.map(({ name }) => name),
  );
  const found = new Map(rows.map((row) => [row.name, row]));
  return schedules.map(({ name, kind, cron, timeZone, per, idle = null }) => {
    const row = found.get(name)!;
    return {
      name,
      kind,
      // A worker may be set up otherwise than the process that answers.
      cron: row.cron ?? cron,
      time_zone: row.time_zone ?? (timeZone === zone_of_workspace ? null : timeZone),
      per,
      workspaces: row.rows_planned,
      next_at: row.next_at,
      last: row.state && {
        state: row.state,
        started_at: row.started_at,
        finished_at: row.finished_at,
        error: row.error,
      },
      idle,
      failed: row.failed,
      paused: row.paused_at ? { at: row.paused_at, by: row.paused_by!, reason: row.pause_reason! } : null,
    };
  });
}

/** What is paused is not broken: somebody wanted it so, and has to remember. */
export async function scheduleFinding(db: Database): Promise<Finding> {
  const paused = await readPausedSchedules(db);
  const names = paused.map(({ name, paused_at }) => `${name} (since ${paused_at.slice(0, 16)}Z)`).join(', ');
  return {
    check: 'schedules',
    ok: paused.length === 0,
    severity: 'ticket',
    detail: paused.length === 0 ? 'No schedule is paused' : `Paused: ${names}`,
    advice: 'Resume it on the page Schedules when its reason is gone.',
  };
}
