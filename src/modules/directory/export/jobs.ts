import { z } from 'zod';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import type { Services } from '../../../kernel/services.ts';
import type { ImportTarget } from '../import/index.ts';
import { failExport, makeExport } from './service.ts';

export const export_kind = 'export.make';
const exports_at_once = 2;
const exports_per_tenant_at_once = 1;

export const exportJobs = ({ db, files }: Services, targets: readonly ImportTarget[]): JobKind[] => [
  jobKind({
    kind: export_kind,
    payload: z.object({ export_id: z.uuid() }),
    concurrencyMax: exports_at_once,
    tenantMax: exports_per_tenant_at_once,
    run: async ({ job }, { export_id }) => {
      try {
        await makeExport(db, files, targets, job.tenant_id, export_id);
      } catch (error) {
        if (job.attempts >= job.attempts_max) await failExport(db, job.tenant_id, export_id, (error as Error).message);
        throw error;
      }
    },
  }),
];
