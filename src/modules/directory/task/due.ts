import { z } from 'zod';
import { sql } from '../../../kernel/database/database.ts';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import type { Schedule } from '../../../kernel/jobs/schedule.ts';
import type { Services } from '../../../kernel/services.ts';
import { notifyOfDue } from '../../../platform/notification/index.ts';
import { task } from './contract.ts';
import { type DueTask, due_tasks_max, readDueTasks } from './due-queries.ts';

const kind = 'notification.due_tasks';
const minute_ms = 60_000;
/** Tasks whose time came while nothing ran are told of, as long as it is no longer ago. */
const missed_hours_max = 24;

export const taskSchedules: readonly Schedule[] = [
  { name: kind, cron: '* * * * *', timeZone: 'UTC', per: 'installation', kind, payload: {} },
];

/** The first leaves a job for each workspace in which a task's time has come; that tells whose they are. */
export const taskJobs = ({ mailer }: Pick<Services, 'mailer'>): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({ previous_at: z.iso.datetime().nullable() }),
    run: async ({ db }, { previous_at }) => {
      // A minute twice: what was committed late belongs to the one before. Nobody is told twice.
      const since = new Date(previous_at === null ? 0 : Date.parse(previous_at) - minute_ms).toISOString();
      await db.call(
        sql`select app.schedule_task_notices(greatest(${since}::timestamptz, now() - make_interval(hours => ${missed_hours_max})))`,
      );
      db.wake.wakeAll();
    },
  }),
  jobKind({
    kind: 'notification.tasks',
    payload: z.object({ since: z.string() }),
    run: (run, { since }) =>
      run.finish(async (ctx) => {
        let last: DueTask | undefined;
        do {
          const due = await readDueTasks(ctx, since, last);
          const told = due.map(({ moment, ...each }) => ({ ...each, cause: `${each.id}:${moment}` }));
          await notifyOfDue(ctx, task, told, mailer);
          last = due.length < due_tasks_max ? undefined : due.at(-1);
        } while (last);
      }),
  }),
];
