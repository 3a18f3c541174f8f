import { z } from 'zod';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { suspectResources } from './contract.ts';
import { findSuspects } from './suspect-queries.ts';

const kind = 'duplicate.search';

/** Looks for suspects soon; once, however often it is asked for. */
export const searchSuspects = (ctx: Context): Promise<string | null> => enqueue(ctx, kind, {}, { dedupeKey: 'all' });

/** In the name of nobody: what it finds is shown to those who may read it. */
export const duplicateJobs: JobKind[] = [
  jobKind({
    kind,
    payload: z.object({}),
    concurrencyMax: 1,
    run: async ({ db, job, progress }) => {
      for (const [done, resource] of suspectResources.entries()) {
        await progress({ done, total: suspectResources.length });
        await withContext(db, systemActor(job.tenant_id), (ctx) => findSuspects(ctx, resource));
      }
    },
  }),
];
