import type { JobRun } from '../../kernel/jobs/kind.ts';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';

/**
 * A transaction of the program itself: a mailbox is read and matched whatever the person who set off the job may see.
 * It names the job, so that one that enqueues its own kind goes on with its work and causes nothing new.
 */
export const asProgram = <R>({ db, job }: Pick<JobRun, 'db' | 'job'>, work: (ctx: Context) => Promise<R>): Promise<R> =>
  withContext(db, systemActor(job.tenant_id), work, { cause: `job ${job.kind}` });
