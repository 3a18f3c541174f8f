import { z } from 'zod';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { type Schedule, zone_of_workspace } from '../../../kernel/jobs/schedule.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { refit } from './fit.ts';
import {
  batch_deals_max,
  count_kind,
  enqueueFitIfNeeded,
  fit_kind,
  refresh,
  refresh_kind,
  refreshNext,
} from './refresh.ts';

const nothing = z.object({});

/** Deals are scored every night, at the start of the day in the workspace, because rules may depend on the date. */
export const scoringSchedules: Schedule[] = [
  {
    name: fit_kind,
    cron: '30 0 * * *',
    timeZone: zone_of_workspace,
    per: 'workspace',
    kind: fit_kind,
    payload: {},
    dedupeKey: 'all',
  },
];

/** Jobs run as the program, because scores do not depend on who caused a change. */
export const scoringJobs: JobKind[] = [
  jobKind({
    kind: refresh_kind,
    // Without ids, all deals of the workspace.
    payload: z.object({ ids: z.array(z.uuid()).max(batch_deals_max).optional() }),
    concurrencyMax: 1,
    run: async ({ db, job, progress }, { ids }) => {
      const act = <R>(work: (ctx: Context) => Promise<R>) => withContext(db, systemActor(job.tenant_id), work);
      if (ids) return act((ctx) => refresh(ctx, ids));
      let done = 0;
      for (let last = await act((ctx) => refreshNext(ctx, null)); last !== null; ) {
        done += batch_deals_max;
        await progress({ done, total: null });
        const after = last;
        last = await act((ctx) => refreshNext(ctx, after));
      }
    },
  }),
  jobKind({
    kind: count_kind,
    payload: nothing,
    concurrencyMax: 1,
    run: ({ db, job }) => withContext(db, systemActor(job.tenant_id), enqueueFitIfNeeded),
  }),
  jobKind({
    kind: fit_kind,
    payload: nothing,
    concurrencyMax: 1,
    run: ({ db, job }) => withContext(db, systemActor(job.tenant_id), refit),
  }),
];
