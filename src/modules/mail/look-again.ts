import { isLastAttempt, type JobRun } from '../../kernel/jobs/kind.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { asProgram } from './as-program.ts';

/**
 * An attempt of a job that has a mailbox or an account looked at again when it ends. Where the last attempt fails, `later`
 * does so: nobody else would, and a full disk would have it stand for ever.
 */
export async function lookAgain(
  run: JobRun,
  attempt: Promise<void>,
  later: (ctx: Context) => Promise<void>,
): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    if (isLastAttempt(run)) await asProgram(run, later);
    throw error;
  }
}
