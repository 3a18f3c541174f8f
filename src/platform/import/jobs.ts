import { z } from 'zod';
import { sealedFiles } from '../../kernel/files/sealed-files.ts';
import { isDatabaseAway } from '../../kernel/http/errors.ts';
import { whenDropped } from '../../kernel/jobs/dropped.ts';
import { isLastAttempt, type JobKind, type JobRun, jobKind } from '../../kernel/jobs/kind.ts';
import { database_away, isJobLive } from '../../kernel/jobs/queries.ts';
import type { Services } from '../../kernel/services.ts';
import { keyOf } from '../../kernel/tenancy/context.ts';
import { Cancelled } from './file-loader.ts';
import { findImport, isJobCancelled } from './queries.ts';
import { runImport } from './run.ts';
import { finishRun, giveUpRun, isRunning } from './service.ts';
import type { ImportTarget } from './target.ts';

export const run_kind = 'import.run';

/**
 * Of one worker at once: each keeps a connection and a core busy, for many minutes where it is large. One is left to
 * other workspaces.
 */
const imports_at_once = 3;
const imports_per_tenant_at_once = 2;
const payload = z.object({ import_id: z.uuid(), dry: z.boolean() });

whenDropped(run_kind, payload, async (ctx, { import_id, dry }, error) => {
  const row = await findImport(ctx, import_id);
  // It may have ended before its worker was lost, and somebody may have gone on with it.
  if (!row || !isRunning(row) || (await isJobLive(ctx, run_kind, { import_id }))) return;
  if (error === null) await finishRun(ctx, import_id, dry, new Cancelled('The job was cancelled'));
  else await giveUpRun(ctx, import_id, dry, error);
});

export const importJobs = ({ files, db }: Services, targets: readonly ImportTarget[]): JobKind[] => {
  const store = sealedFiles(files, db);
  return [
    jobKind({
      kind: run_kind,
      payload,
      concurrencyMax: imports_at_once,
      tenantMax: imports_per_tenant_at_once,
      run: async (run, { import_id, dry }) => {
        const { tenant_id, actor_id: user_id } = run.job;
        const { signal } = run;
        const key_id = keyOf(run.actor);
        const attempt = runImport({ db, store, tenant_id, user_id, key_id, import_id, targets, dry, signal });
        const failure = await attempt.then(
          () => undefined,
          (error: Error) => asEnd(run, error),
        );
        if (!(await run.transaction((ctx) => finishRun(ctx, import_id, dry, failure)))) {
          // After the last attempt the import says why it failed.
          if (isLastAttempt(run)) await run.transaction((ctx) => giveUpRun(ctx, import_id, dry, reasonOf(failure!)));
          throw failure;
        }
      },
    }),
  ];
};

/** Somebody may also have cancelled the job itself. */
async function asEnd({ job, signal, transaction }: JobRun, error: Error): Promise<Error> {
  const cancelled = signal.aborted && (await transaction((ctx) => isJobCancelled(ctx, job.id)));
  return cancelled ? new Cancelled('The job was cancelled') : error;
}

const reasonOf = (error: Error): string => (isDatabaseAway(error) === true ? database_away : error.message);
