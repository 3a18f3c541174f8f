import type { z } from 'zod';
import type { Context } from '../tenancy/context.ts';
import { InDoubt, JobFailed, type JobKind, type JobRun, jobKind } from './kind.ts';
import { markSent } from './queries.ts';

/** Thrown by `send` to say that the other system certainly did nothing: the job is tried again without asking. */
export class NotDone extends Error {}

/** What the other system knows about a key. */
export type LookedUp<Answer> = { is: 'done'; answer: Answer } | { is: 'not_done' } | { is: 'unknown' };

interface ExternalJobKind<P extends z.ZodType, Answer> extends Omit<JobKind<P>, 'run'> {
  /**
   * Has another system do something, and sends it the key, which is the same in all attempts. It must give up when the
   * run is aborted, or after ten seconds without a response. Any error but `NotDone` and `JobFailed`, which say that
   * nothing was done, leaves the outcome in doubt.
   */
  send: (run: JobRun, payload: z.output<P>, key: string) => Promise<Answer>;
  /** Looks up what became of an attempt whose response was lost, instead of sending again. */
  lookUp: (run: JobRun, payload: z.output<P>, key: string) => Promise<LookedUp<Answer>>;
  /** Stores the result; the job ends in the same transaction. */
  record: (ctx: Context, answer: Answer, payload: z.output<P>) => Promise<void>;
}

/** Marks the job before sending, while this run still holds its lease, so that the next run knows. */
async function mark({ job, transaction }: JobRun, sent: boolean): Promise<void> {
  if (!(await transaction((ctx) => markSent(ctx, job, sent)))) throw new Error('Its lease was lost to another worker');
}

/** A kind of job whose effect in another system must not happen twice. */
export function externalJobKind<P extends z.ZodType, Answer>(definition: ExternalJobKind<P, Answer>): JobKind {
  const { send, lookUp, record, ...kind } = definition;
  return jobKind({
    ...kind,
    run: async (run, payload) => {
      const key = run.job.id;
      const done = (answer: Answer) => run.finish((ctx) => record(ctx, answer, payload));
      if (run.job.sent_at !== null) {
        const found = await lookUp(run, payload, key);
        if (found.is === 'done') return done(found.answer);
        if (found.is === 'unknown') throw new InDoubt('The other system cannot say whether it was done');
      }
      run.signal.throwIfAborted();
      await mark(run, true);
      const answer = await send(run, payload, key).catch(async (error: unknown) => {
        if (error instanceof NotDone || error instanceof JobFailed) await mark(run, false);
        throw error;
      });
      await done(answer);
    },
  });
}
