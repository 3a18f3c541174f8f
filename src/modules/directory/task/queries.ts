import { sql } from '../../../kernel/database/database.ts';
import { reaches } from '../../../kernel/resource/list.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { task } from './contract.ts';
import type { Repeating } from './next.ts';

/** Where the clock hangs that a series goes by: that of the assignee, or else of the workspace, whoever asks. */
const zoneOf = (task: 't' | 'r') =>
  sql`coalesce(
    (select u.time_zone from user_account u where u.tenant_id = ${sql.ref(`${task}.tenant_id`)}
      and u.id = ${sql.ref(`${task}.assignee_id`)}),
    (select w.time_zone from tenant w where w.id = ${sql.ref(`${task}.tenant_id`)}), 'UTC') as zone`;

/**
 * Open tasks that repeat, kept from others until the transaction ends: two who tick one off make one next task, not
 * two.
 */
export function lockRepeating(ctx: Context, ids: readonly string[]): Promise<(Repeating & { id: string })[]> {
  return ctx.tx.many(sql`select t.id, t.recurrence, t.due_at, t.due_on, t.remind_at, t.series_start, ${zoneOf('t')}
    from task t where t.tenant_id = ${ctx.tenant_id} and t.id = any (${ids}::uuid[]) and t.status = 'open' and t.recurrence is not null
      and t.deleted_at is null
    order by t.id for no key update of t`);
}

/** Creates the task that comes after one of a series. `changes`: its columns that are not those of the task before. */
export async function insertNext(ctx: Context, id: string, changes: Values): Promise<void> {
  await ctx.tx.run(sql`select app.insert_next_task(${id}, ${JSON.stringify(changes)}::jsonb)`);
}

interface Ordered {
  id: string;
  position: number;
  version: number;
}

/**
 * Numbers the tasks as they stand, in the order of their ids so that two who do it at once wait instead of blocking
 * each other.
 */
export function putInOrder(ctx: Context, ids: readonly string[]): Promise<Ordered[]> {
  return ctx.tx.many(sql`with locked as (
      select r.id from task r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}::uuid[]) and r.deleted_at is null
        and ${reaches(ctx, task, 'update')} order by r.id for no key update)
    update task t set position = wanted.place
    from unnest(${ids}::uuid[]) with ordinality as wanted (id, place) join locked on locked.id = wanted.id
    where t.tenant_id = ${ctx.tenant_id} and t.id = wanted.id
    returning t.id, t.position, t.version`);
}

/** Open tasks that repeat and are due before `to`, the next first; what the caller may not read stays out. */
export function repeatingTasks(
  ctx: Context,
  { to, assignee_id }: { to: string; assignee_id: string | undefined },
  tasks_max: number,
): Promise<(Repeating & { id: string; title: string })[]> {
  return ctx.tx.many(sql`select r.id, r.title, r.recurrence, r.due_at, r.due_on, r.remind_at, r.series_start, ${zoneOf('r')} from task r
    where r.tenant_id = ${ctx.tenant_id} and r.status = 'open' and r.recurrence is not null and r.deleted_at is null and r.due_at < ${to}
      and ${assignee_id ? sql`r.assignee_id = ${assignee_id}` : sql`true`} and ${reaches(ctx, task, 'read')}
    order by r.due_at, r.id limit ${tasks_max}`);
}
