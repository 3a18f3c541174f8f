import { Cron } from 'croner';

/** Enqueues a job at each time of a cron expression. */
export interface Schedule {
  name: string;
  /** Minute, hour, day of the month, month, day of the week; with six parts the first are seconds. */
  cron: string;
  /** A name such as `Europe/Berlin`, or that of the workspace. */
  timeZone: string;
  /** One job for each workspace, or one for the installation. */
  per: 'workspace' | 'installation';
  kind: string;
  /** The payload of the job, to which `previous_at` is added: the time before, null the first time. */
  payload: object;
  /** Passes over workspaces in which one of these features is off. */
  features?: readonly string[];
  /** No job is added while one with this key waits; the key is by default the name. */
  dedupeKey?: string;
  /** The first run is immediate rather than at the next time of the expression. */
  beginsAtOnce?: boolean;
  /** Why its jobs do nothing in this installation, for its operators. */
  idle?: string | undefined;
}

export const zone_of_workspace = 'workspace';

/**
 * The first time after a moment; null when there is none. A time that is skipped when clocks go forward becomes the end
 * of the gap; one that occurs twice when they go back is its first occurrence. Intervals of minutes or hours follow
 * elapsed time.
 */
export const nextRun = (cron: string, timeZone: string, after: Date): Date | null =>
  new Cron(cron, { timezone: timeZone, paused: true }).nextRun(after);

/** Refuses schedules that would never run, or run differently than declared; called at start. */
export function checkSchedules(schedules: readonly Schedule[], kinds: ReadonlySet<string>): void {
  const names = new Set<string>();
  for (const { name, cron, timeZone, per, kind } of schedules) {
    const complain = (why: string): never => {
      throw new Error(`The schedule "${name}" ${why}`);
    };
    if (names.has(name)) complain('is declared twice');
    names.add(name);
    if (!kinds.has(kind)) complain(`leaves jobs of a kind that is not there: "${kind}"`);
    const isOfWorkspace = timeZone === zone_of_workspace;
    if (isOfWorkspace && per === 'installation')
      complain('runs once for all workspaces, and cannot go by the clock of one');
    let next: Date | null = null;
    try {
      next = nextRun(cron, isOfWorkspace ? 'UTC' : timeZone, new Date());
    } catch (error) {
      complain(`has times that cannot be read: ${(error as Error).message}`);
    }
    if (!next) complain(`never runs: "${cron}"`);
  }
}
