import { z } from 'zod';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import { secondsOfLast } from '../../kernel/jobs/queries.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import { type Schedule, zone_of_workspace } from '../../kernel/jobs/schedule.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { suspectType, suspectTypes } from './contract.ts';
import { type Rule, ruleChange } from './rule/contract.ts';
import { countPairs, findSuspects } from './suspect-queries.ts';

const kind = 'duplicate.search';
const count_kind = 'duplicate.count';
/** How long after many records came at once all are searched. */
const flood_ms = 5 * 60_000;
/** Or how long after, as a multiple of the time that the last search took. */
const flood_rests = 9;
/** All records of a workspace are compared in one statement, which at a million contacts takes a minute or more. */
const search_ms_max = 15 * 60_000;

/** Looks for suspects soon; once, however often it is asked for. */
export const searchSuspects = (ctx: Context): Promise<string | null> => enqueue(ctx, kind, {}, { dedupeKey: 'all' });

/**
 * Looks for suspects some time after a flood of records began; once. While it lasts, a tenth of the time is spent on
 * that at the most.
 */
export async function searchAfterFlood(ctx: Context): Promise<string | null> {
  const wait_ms = Math.max(flood_ms, ((await secondsOfLast(ctx, kind)) ?? 0) * 1000 * flood_rests);
  return enqueue(ctx, kind, {}, { dedupeKey: 'flood', delayMs: wait_ms });
}

/** Counts what rules would find, without keeping any of it. */
export const countSuspects = (ctx: Context, resource: string, rules: readonly Rule[]): Promise<string | null> =>
  enqueue(ctx, count_kind, { resource, rules });

export const duplicateSchedules: Schedule[] = [
  { name: kind, cron: '0 3 * * *', timeZone: zone_of_workspace, per: 'workspace', kind, payload: {}, dedupeKey: 'all' },
];

/** In the name of nobody: what it finds is shown to those who may read it. */
export const duplicateJobs: JobKind[] = [
  jobKind({
    kind,
    payload: z.object({}),
    concurrencyMax: 1,
    run: async ({ db, job, progress, signal }) => {
      const types = suspectTypes();
      for (const [done, resource] of types.entries()) {
        await progress({ done, total: types.length });
        await withContext(db, systemActor(job.tenant_id), (ctx) => findSuspects(ctx, resource), {
          patience: { ms: search_ms_max, signal },
        });
      }
    },
  }),
  jobKind({
    kind: count_kind,
    payload: z.object({ resource: suspectType, rules: ruleChange.shape.rules }),
    concurrencyMax: 1,
    run: async ({ db, job, progress, signal }, { resource, rules }) => {
      const pairs = await withContext(db, systemActor(job.tenant_id), (ctx) => countPairs(ctx, resource, rules), {
        patience: { ms: search_ms_max, signal },
      });
      await progress({ done: pairs, total: pairs });
    },
  }),
];
