import { z } from 'zod';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { type SuspectResource, suspectResources } from './contract.ts';
import { type Rule, ruleChange } from './rule/contract.ts';
import { countPairs, findSuspects } from './suspect-queries.ts';

const kind = 'duplicate.search';
const count_kind = 'duplicate.count';

/** Looks for suspects soon; once, however often it is asked for. */
export const searchSuspects = (ctx: Context): Promise<string | null> => enqueue(ctx, kind, {}, { dedupeKey: 'all' });

/** Counts what rules would find, without keeping any of it. */
export const countSuspects = (
  ctx: Context,
  resource: SuspectResource,
  rules: readonly Rule[],
): Promise<string | null> => enqueue(ctx, count_kind, { resource, rules });

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
  jobKind({
    kind: count_kind,
    payload: z.object({ resource: z.enum(suspectResources), rules: ruleChange.shape.rules }),
    concurrencyMax: 1,
    run: async ({ db, job, progress }, { resource, rules }) => {
      const pairs = await withContext(db, systemActor(job.tenant_id), (ctx) => countPairs(ctx, resource, rules));
      await progress({ done: pairs, total: pairs });
    },
  }),
];
