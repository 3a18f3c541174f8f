import { z } from 'zod';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import { mail_connections_max } from '../../kernel/mail/mailer.ts';
import type { Services } from '../../kernel/services.ts';
import { notifyOfDueTasks, notifyOfDuplicates, notifyOfJobEnd } from './dispatch.ts';
import { digest_kind, mail_kind, mailDigest, mailOne } from './mail.ts';

const due_kind = 'notification.due_tasks';
const minute_ms = 60_000;
/** Tasks whose time came while nothing ran are told of, as long as it is no longer ago. */
const missed_hours_max = 24;

export const notificationSchedules: Schedule[] = [
  { name: due_kind, cron: '* * * * *', timeZone: 'UTC', per: 'installation', kind: due_kind, payload: {} },
];

/** Triggers leave what these jobs are about in the transaction of the change that somebody may want to hear of. */
export const notificationJobs = (services: Services, records: readonly Resource[]): JobKind[] => [
  jobKind({
    kind: 'notification.finished',
    payload: z.object({ resource: z.enum(['import', 'export', 'change']), id: z.uuid(), state: z.string() }),
    run: (run, work) => run.finish((ctx) => notifyOfJobEnd(ctx, work, services.mailer)),
  }),
  jobKind({
    kind: due_kind,
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
    run: (run, { since }) => run.finish((ctx) => notifyOfDueTasks(ctx, since, services.mailer)),
  }),
  jobKind({
    kind: 'notification.duplicates',
    payload: z.object({}),
    run: (run) => run.finish((ctx) => notifyOfDuplicates(ctx, new Date().toISOString().slice(0, 10), services.mailer)),
  }),
  jobKind({
    kind: mail_kind,
    payload: z.object({ id: z.uuid() }),
    concurrencyMax: mail_connections_max,
    run: ({ job }, { id }) => mailOne(services, records, job.tenant_id, id),
  }),
  jobKind({
    kind: digest_kind,
    payload: z.object({ user_id: z.uuid() }),
    concurrencyMax: mail_connections_max,
    run: ({ job }, { user_id }) => mailDigest(services, records, job.tenant_id, user_id),
  }),
];
