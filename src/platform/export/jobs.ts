import { z } from 'zod';
import { Problem, reasonOf } from '../../kernel/errors/problem.ts';
import { whenDropped } from '../../kernel/jobs/dropped.ts';
import { JobFailed, type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import type { Services } from '../../kernel/services.ts';
import { keyOf } from '../../kernel/tenancy/context.ts';
import type { ExportTarget } from './format.ts';
import { endExport } from './queries.ts';
import { export_kind, failExport, makeExport } from './service.ts';

const exports_at_once = 2;
const exports_per_tenant_at_once = 1;
const payload = z.object({ export_id: z.uuid() });

whenDropped(export_kind, payload, (ctx, { export_id }, error) => {
  const message = 'Its background job was cancelled. Export again to have the file.';
  return endExport(ctx, export_id, { state: 'failed', error: error ?? message });
});

/** What is refused now, such as a filter by a field that is gone, will be refused again. */
function failForGood(error: unknown): never {
  if (!(error instanceof Problem) || error.status >= 500) throw error;
  throw new JobFailed(`This can no longer be exported: ${reasonOf(error)}. Choose again what to export.`, {
    cause: error,
  });
}

export const exportJobs = ({ db, files }: Services, targets: readonly ExportTarget[]): JobKind[] => [
  jobKind({
    kind: export_kind,
    payload,
    concurrencyMax: exports_at_once,
    tenantMax: exports_per_tenant_at_once,
    run: async ({ job, actor, signal }, { export_id }) => {
      try {
        await makeExport(db, files, targets, { job, signal, key_id: keyOf(actor) }, export_id).catch(failForGood);
      } catch (error) {
        // One that was stopped is told of by its job, or runs again.
        if ((error instanceof JobFailed || job.attempts >= job.attempts_max) && !signal.aborted)
          await failExport(db, job.tenant_id, export_id, (error as Error).message);
        throw error;
      }
    },
  }),
];
