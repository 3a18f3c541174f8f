import { z } from 'zod';
import { sql } from '../../../kernel/database/database.ts';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import type { PeriodicTask } from '../../../kernel/jobs/worker.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { fitAnew } from './fit.ts';
import { enqueueFitIfNeeded, fit_kind, refreshSome } from './refresh.ts';

const nothing = z.object({});

/** In the name of nobody: scores are what they are, whoever's change made them so. */
export const scoringJobs: JobKind[] = [
  jobKind({
    kind: 'score.refresh',
    payload: nothing,
    concurrencyMax: 1,
    run: async ({ db, job, progress }) => {
      const act = <R>(work: (ctx: Context) => Promise<R>) => withContext(db, systemActor(job.tenant_id), work);
      let closed = 0;
      for (let done = 0, more = 1; more > 0; done += more) {
        await progress({ done, total: null });
        const some = await act(refreshSome);
        more = some.deals;
        closed += some.closed;
      }
      // Counting what is closed takes longer than scoring: once for all batches.
      if (closed > 0) await act(enqueueFitIfNeeded);
    },
  }),
  jobKind({
    kind: fit_kind,
    payload: nothing,
    concurrencyMax: 1,
    run: ({ db, job }) => withContext(db, systemActor(job.tenant_id), fitAnew),
  }),
];

/** How long changes gather before the deals they are about are scored again. */
export const scoreTask: PeriodicTask = { every_ms: 1_000, call: sql`select app.schedule_score_refresh()` };
