import { z } from 'zod';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { type JobKind, type JobRun, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueueMany } from '../../../kernel/jobs/queue.ts';
import type { PeriodicTask } from '../../../kernel/jobs/worker.ts';
import type { Services } from '../../../kernel/services.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import {
  notifyOfChanges,
  notifyOfDueTasks,
  notifyOfDuplicates,
  notifyOfJobEnd,
  notifyOfOne,
  notifyPending,
} from './dispatch.ts';
import { changes_max, dequeueChanges, queuedIds } from './dispatch-queries.ts';
import { digest_kind, mail_kind, mailDigest, mailOne } from './mail.ts';

/**
 * Once, however often the job runs: that it told is written with what it told. Otherwise a worker that dies in between would have those told
 * who came to follow the record since. As the program itself: what somebody is told of is theirs alone, and is checked against their rights.
 */
const once = ({ db, job }: JobRun, work: (ctx: Context) => Promise<unknown>): Promise<void> =>
  withContext(db, systemActor(job.tenant_id), async (ctx) => {
    const first = await ctx.tx.run(sql`update job set progress = '{"done": 1, "total": 1}'
      where tenant_id = ${job.tenant_id} and id = ${job.id} and progress is null`);
    if (first === 1) await work(ctx);
  });

const alone_kind = 'notification.alone';

/**
 * Tells of changes one by one, in their order, where they could not be told of together. One that fails by itself too does not hold up the others:
 * it gets a job of its own, which tries again and, in the end, stays with its error for whoever looks after the workspace. Answers whether there are more.
 */
async function tellOneByOne(
  { db, job, log }: JobRun,
  tell: (ctx: Context, id: string) => Promise<void>,
): Promise<boolean> {
  const asProgram = <R>(work: (ctx: Context) => Promise<R>) => withContext(db, systemActor(job.tenant_id), work);
  const ids = await asProgram(queuedIds);
  for (const id of ids) {
    try {
      await asProgram((ctx) => tell(ctx, id));
    } catch (error) {
      log.warn({ err: error, tenant_id: job.tenant_id, notice: id }, 'a change could not be told of and is set aside');
      await asProgram(async (ctx) => enqueueMany(ctx, alone_kind, await dequeueChanges(ctx, id)));
    }
  }
  return ids.length === changes_max;
}

/** How long changes gather before people are told of them. */
export const noticeTask: PeriodicTask = { every_ms: 500, call: sql`select app.schedule_notices()` };

/** Triggers leave what these jobs are about in the transaction of the change that somebody may want to hear of. */
export const notificationJobs = (services: Services, records: readonly Resource[]): JobKind[] => [
  jobKind({
    kind: 'notification.change',
    payload: z.object({}),
    concurrencyMax: 1,
    run: async (run) => {
      const together = (ctx: Context) => notifyPending(ctx, records, services.mailer);
      const one = (ctx: Context, id: string) => notifyOfOne(ctx, records, id, services.mailer);
      for (let more = true; more; ) {
        try {
          more = await withContext(run.db, systemActor(run.job.tenant_id), together);
        } catch (error) {
          run.log.warn({ err: error, tenant_id: run.job.tenant_id }, 'changes could not be told of together');
          more = await tellOneByOne(run, one);
        }
      }
    },
  }),
  jobKind({
    kind: alone_kind,
    payload: z.object({ request_id: z.string(), xid: z.string() }),
    run: (run, place) => once(run, (ctx) => notifyOfChanges(ctx, records, [place], services.mailer)),
  }),
  jobKind({
    kind: 'notification.finished',
    payload: z.object({ resource: z.enum(['import', 'export', 'change']), id: z.uuid(), state: z.string() }),
    run: (run, work) => once(run, (ctx) => notifyOfJobEnd(ctx, work, services.mailer)),
  }),
  jobKind({
    kind: 'notification.tasks',
    payload: z.object({ since: z.string() }),
    run: (run, { since }) => once(run, (ctx) => notifyOfDueTasks(ctx, since, services.mailer)),
  }),
  jobKind({
    kind: 'notification.duplicates',
    payload: z.object({}),
    run: (run) => once(run, (ctx) => notifyOfDuplicates(ctx, new Date().toISOString().slice(0, 10), services.mailer)),
  }),
  jobKind({
    kind: mail_kind,
    payload: z.object({ id: z.uuid() }),
    run: ({ job }, { id }) => mailOne(services, records, job.tenant_id, id),
  }),
  jobKind({
    kind: digest_kind,
    payload: z.object({ user_id: z.uuid() }),
    run: ({ job }, { user_id }) => mailDigest(services, records, job.tenant_id, user_id),
  }),
];
