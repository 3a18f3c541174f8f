import { z } from 'zod';
import { sql } from '../../../kernel/database/database.ts';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import type { PeriodicTask } from '../../../kernel/jobs/worker.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { checkRecord, dequeueSuspects, forgetDue } from './check-queries.ts';
import { type SuspectResource, suspectResources } from './contract.ts';
import { type Rule, ruleChange } from './rule/contract.ts';
import { rulesOf } from './rule/rules.ts';
import { countPairs, findSuspects, mayWriteSuspects } from './suspect-queries.ts';

const kind = 'duplicate.search';
const count_kind = 'duplicate.count';
/** So many records are compared one by one; when more come at once, all are searched some time after the flood began. */
const compared_max = 100;
const flood_ms = 5 * 60_000;
/** All records of a workspace are compared in one statement, which at a million contacts takes a minute or more. */
const search_ms_max = 15 * 60_000;

/** Looks for suspects soon; once, however often it is asked for. */
export const searchSuspects = (ctx: Context): Promise<string | null> => enqueue(ctx, kind, {}, { dedupeKey: 'all' });

/** Counts what rules would find, without keeping any of it. */
export const countSuspects = (
  ctx: Context,
  resource: SuspectResource,
  rules: readonly Rule[],
): Promise<string | null> => enqueue(ctx, count_kind, { resource, rules });

/** Compares the records that somebody made or changed with the others; later, while all are searched. */
async function checkDue(ctx: Context): Promise<void> {
  if (!(await mayWriteSuspects(ctx))) return;
  const due = await dequeueSuspects(ctx, compared_max);
  if (due.length === compared_max) {
    await forgetDue(ctx);
    await enqueue(ctx, kind, {}, { dedupeKey: 'flood', runAt: new Date(Date.now() + flood_ms) });
    return;
  }
  const rules = { contact: await rulesOf(ctx, 'contact'), company: await rulesOf(ctx, 'company') };
  for (const each of due) await checkRecord(ctx, each, rules[each.resource]);
}

/** How long changes gather before the records are compared. */
export const suspectTask: PeriodicTask = { every_ms: 2_000, call: sql`select app.schedule_suspect_checks()` };

/** In the name of nobody: what it finds is shown to those who may read it. */
export const duplicateJobs: JobKind[] = [
  jobKind({
    kind,
    payload: z.object({}),
    concurrencyMax: 1,
    run: async ({ db, job, progress, signal }) => {
      for (const [done, resource] of suspectResources.entries()) {
        await progress({ done, total: suspectResources.length });
        await withContext(db, systemActor(job.tenant_id), (ctx) => findSuspects(ctx, resource), {
          patience: { ms: search_ms_max, signal },
        });
      }
    },
  }),
  jobKind({
    kind: 'duplicate.check',
    payload: z.object({}),
    concurrencyMax: 1,
    run: ({ db, job }) => withContext(db, systemActor(job.tenant_id), checkDue),
  }),
  jobKind({
    kind: count_kind,
    payload: z.object({ resource: z.enum(suspectResources), rules: ruleChange.shape.rules }),
    concurrencyMax: 1,
    run: async ({ db, job, progress, signal }, { resource, rules }) => {
      const pairs = await withContext(db, systemActor(job.tenant_id), (ctx) => countPairs(ctx, resource, rules), {
        patience: { ms: search_ms_max, signal },
      });
      await progress({ done: pairs, total: pairs });
    },
  }),
];
