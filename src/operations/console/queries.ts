import type { z } from 'zod';
import { type Database, sql } from '../../kernel/database/database.ts';
import { refuseTwin } from '../../kernel/jobs/queries.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type {
  InstallationStatus,
  newOperator,
  OperatorJob,
  operatorActionList,
  operatorGranted,
  operatorList,
  operatorRemoval,
} from './contract.ts';

/** Of each state; more than somebody looks through. */
const jobs_max = 100;
const actions_max = 100;

export const readJobCounts = (ctx: Context): Promise<InstallationStatus['jobs']> =>
  ctx.tx.one(sql`select * from app.operator_job_counts()`);

export const listOperatorJobs = (ctx: Context): Promise<OperatorJob[]> =>
  ctx.tx.many(sql`select * from app.operator_jobs(${jobs_max})`);

export const listOperatorActions = (ctx: Context): Promise<z.infer<typeof operatorActionList>['data']> =>
  ctx.tx.many(sql`select * from app.operator_actions(${actions_max})`);

export const listOperators = (ctx: Context): Promise<z.infer<typeof operatorList>['data']> =>
  ctx.tx.many(sql`select * from app.operators()`);

/** Which ways to sign in this took from the new operator; null where there is no such member who may sign in. */
export async function grantOperator(
  ctx: Context,
  given: z.infer<typeof newOperator>,
): Promise<z.infer<typeof operatorGranted>['dropped'] | null> {
  const { dropped } = await ctx.tx.one<{ dropped: z.infer<typeof operatorGranted>['dropped'] | null }>(
    sql`select app.grant_operator(${given.workspace}, ${given.email}, ${given.reason}) as dropped`,
  );
  return dropped;
}

export async function revokeOperator(
  ctx: Context,
  given: z.infer<typeof operatorRemoval>,
): Promise<'done' | 'none' | 'last'> {
  const { outcome } = await ctx.tx.one<{ outcome: 'done' | 'none' | 'last' }>(
    sql`select app.operator_revoke(${given.tenant_id}::uuid, ${given.user_id}::uuid, ${given.reason}) as outcome`,
  );
  return outcome;
}

/** Has a job of the installation run now, unless one waits already, and writes down who wanted it and why. */
export async function enqueueAsOperator(ctx: Context, kind: string, reason: string): Promise<void> {
  await ctx.tx.run(sql`select app.operator_enqueue(${kind}, ${reason})`);
}

/** Returns whether there was such a job that had failed or is in doubt. */
export async function retryAnyJob(ctx: Context, id: string, reason: string): Promise<boolean> {
  const { kind } = await ctx.tx
    .one<{ kind: string | null }>(sql`select app.operator_retry(${id}::uuid, ${reason}) as kind`)
    .catch(refuseTwin);
  return kind !== null;
}

/**
 * How many connections processes of a role have to this database, as far as this program may see: the server may have
 * others, of other installations.
 */
export async function countConnections(db: Database, role: 'web' | 'worker'): Promise<number> {
  const [row] = await db.call<{ count: number }>(
    sql`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and application_name in (${`holdfast-${role}`}, 'holdfast-all')`,
  );
  return row!.count;
}
