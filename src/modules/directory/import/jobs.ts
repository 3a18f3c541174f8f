import { z } from 'zod';
import { type JobKind, type JobRun, jobKind } from '../../../kernel/jobs/kind.ts';
import { JobFailed } from '../../../kernel/jobs/worker.ts';
import type { Services } from '../../../kernel/services.ts';
import { revertImport } from './revert.ts';
import { runImport } from './run.ts';
import { finishRun, giveUp } from './service.ts';
import type { ImportTarget } from './target.ts';

export const run_kind = 'import.run';
export const revert_kind = 'import.revert';

/** Of one worker at once: imports are few, and each keeps a connection and a core busy. */
const imports_at_once = 2;

export const importJobs = ({ files, db }: Services, targets: readonly ImportTarget[]): JobKind[] => [
  jobKind({
    kind: run_kind,
    payload: z.object({ import_id: z.uuid(), dry: z.boolean() }),
    concurrencyMax: imports_at_once,
    run: (run, { import_id, dry }) =>
      untilGivenUp(run, import_id, async () => {
        const { tenant_id } = run.job;
        const attempt = runImport({ db, store: files, tenant_id, import_id, targets, dry, signal: run.signal });
        const error = await attempt.then(
          () => undefined,
          (failure: unknown) => failure,
        );
        if (!(await run.transaction((ctx) => finishRun(ctx, import_id, dry, error)))) throw error;
      }),
  }),
  jobKind({
    kind: revert_kind,
    payload: z.object({ import_id: z.uuid() }),
    concurrencyMax: imports_at_once,
    run: (run, { import_id }) =>
      untilGivenUp(run, import_id, () =>
        revertImport({ db, tenant_id: run.job.tenant_id, user_id: run.job.actor_id, import_id, signal: run.signal }),
      ),
  }),
];

/** What fails is tried again where it stands; after the last attempt the import says why it failed. */
async function untilGivenUp({ job, db }: JobRun, import_id: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (job.attempts >= job.attempts_max || error instanceof JobFailed)
      await giveUp({ db }, job.tenant_id, import_id, error as Error);
    throw error;
  }
}
