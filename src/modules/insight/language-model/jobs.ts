import { z } from 'zod';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { type Schedule, zone_of_workspace } from '../../../kernel/jobs/schedule.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { forgetOld } from './queries.ts';

const tidy_kind = 'language_model.tidy';
const call_days = 90;
const rows_at_once = 2_000;

export const languageModelJobs: JobKind[] = [
  jobKind({
    kind: tidy_kind,
    payload: z.object({}),
    run: async ({ db, job, signal }) => {
      while (await withContext(db, systemActor(job.tenant_id), (ctx) => forgetOld(ctx, call_days, rows_at_once)))
        signal.throwIfAborted();
    },
  }),
];

export const languageModelSchedules: Schedule[] = [
  {
    name: tidy_kind,
    cron: '40 3 * * *',
    timeZone: zone_of_workspace,
    per: 'workspace',
    kind: tidy_kind,
    payload: {},
    dedupeKey: 'all',
  },
];
