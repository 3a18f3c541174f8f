import { sql } from '../../../kernel/database/database.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Repeating } from './next.ts';

/** When a new task that is done was completed. */
export const completedNow = sql`now()`;

/** When a task that is done now was completed: a task done before keeps its time. */
export const completedFirst = sql`coalesce(completed_at, now())`;

/** What the next task of a series takes over from the one before. */
const inherited = sql.raw(
  't.title, t.body, t.priority, t.assignee_id, t.contact_id, t.company_id, t.deal_id, t.custom, t.recurrence',
);

/** An open task that repeats, kept from others until the transaction ends: two who tick it off make one next task, not two. */
export function lockRepeating(ctx: Context, id: string): Promise<(Repeating & Values) | undefined> {
  return ctx.tx.maybe(sql`select ${inherited}, t.due_at, t.remind_at, t.series_start,
      coalesce((select u.time_zone from user_account u where u.tenant_id = t.tenant_id and u.id = t.assignee_id), app.user_zone()) as zone
    from task t where t.tenant_id = ${ctx.tenant_id} and t.id = ${id} and t.status = 'open' and t.recurrence is not null and t.deleted_at is null
    for no key update of t`);
}
