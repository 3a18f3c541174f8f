import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';
import type { FeatureSwitches } from '../features/switches.ts';
import { nextRun, type Schedule, zone_of_workspace } from './schedule.ts';

/** New workspaces and changed time zones are noticed within this time. */
const look_ms_max = 60_000;
/** The shortest pause between two looks: another process may have locked what is due. */
const look_ms_min = 100;
const retry_ms = 5_000;
const rows_per_look_max = 1_000;

interface OpenSchedule {
  tenant_id: string;
  name: string;
  time_zone: string;
  next_at: string | null;
  last_at: string | null;
  is_due: boolean;
  asked_at: string;
}

/**
 * Enqueues the jobs of schedules when they are due. Runs in each worker process; the one that moves a schedule to its
 * next time enqueues the job in the same statement. The clock is that of the database. Times missed while nothing ran
 * lead to one run: the next time is computed from now.
 */
export class Scheduler {
  private readonly db: Database;
  private readonly log: Logger;
  private readonly features: FeatureSwitches | undefined;
  private readonly schedules: ReadonlyMap<string, Schedule>;
  private readonly declared: string;
  private readonly ending = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor({
    db,
    log,
    schedules,
    features,
  }: {
    db: Database;
    log: Logger;
    schedules: readonly Schedule[];
    /** Without it all features are on. */
    features?: FeatureSwitches;
  }) {
    this.features = features;
    this.db = db;
    this.log = log;
    this.schedules = new Map(schedules.map((schedule) => [schedule.name, schedule]));
    this.declared = JSON.stringify(
      schedules.map(({ name, cron, timeZone, per }) => ({
        name,
        cron,
        time_zone: timeZone === zone_of_workspace ? null : timeZone,
        each_workspace: per === 'workspace',
      })),
    );
  }

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const ms = await this.look().catch((error: Error) => {
        this.log.warn({ err: error }, 'looking for what is scheduled failed; trying again');
        return retry_ms;
      });
      await sleep(Math.min(Math.max(ms, look_ms_min), look_ms_max), undefined, { signal }).catch(() => {});
    }
  }

  /**
   * Plans new and changed schedules, and enqueues the jobs of those that are due. Returns in how many milliseconds the
   * next is due.
   */
  async look(): Promise<number> {
    const open = await this.db.call<OpenSchedule>(
      sql`select * from app.open_schedules(${this.declared}::jsonb, ${rows_per_look_max})`,
    );
    const steps: object[] = [];
    for (const row of open) steps.push(...(await this.stepsFrom(row)));
    if (steps.length > 0) {
      const [row] = await this.db.call<{ jobs: number }>(
        sql`select app.advance_schedules(${JSON.stringify(steps)}::jsonb) as jobs`,
      );
      if (row!.jobs > 0) this.db.wake.wakeAll();
    }
    if (open.length === rows_per_look_max && steps.length > 0) return 0;
    const [next] = await this.db.call<{ ms: number | null }>(
      sql`select app.next_schedule_ms(${[...this.schedules.keys()]}::text[]) as ms`,
    );
    return next!.ms ?? look_ms_max;
  }

  private async stepsFrom(row: OpenSchedule): Promise<object[]> {
    const { cron, kind, payload, dedupeKey = row.name, beginsAtOnce, features } = this.schedules.get(row.name)!;
    const step = { tenant_id: row.tenant_id, name: row.name, cron, time_zone: row.time_zone, seen: row.next_at };
    if (beginsAtOnce && !row.next_at) return [{ ...step, next_at: row.asked_at }];
    try {
      const next_at = nextRun(cron, row.time_zone, new Date(row.asked_at));
      if (!row.is_due || (await this.isSwitchedOff(row, features))) return [{ ...step, next_at }];
      return [{ ...step, next_at, kind, payload: { ...payload, previous_at: row.last_at }, dedupe_key: dedupeKey }];
    } catch (error) {
      this.log.warn({ err: error, tenant_id: row.tenant_id, schedule: row.name }, 'a schedule cannot be planned');
      return [];
    }
  }

  /** Asked only of what is due. */
  private async isSwitchedOff({ tenant_id }: OpenSchedule, features: readonly string[] = []): Promise<boolean> {
    if (features.length === 0 || !this.features) return false;
    const off = await this.features.offNow(tenant_id);
    return features.some((name) => off.includes(name));
  }
}
