import { sql } from '../../../kernel/database/database.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { about } from '../../../platform/notification/index.ts';

/** Read at once. */
export const due_tasks_max = 5_000;

export interface DueTask {
  id: string;
  user_id: string;
  moment: string;
  /** The records that it is about. */
  about: Values[];
}

/** Tasks whose time has come since, up to `due_tasks_max`, behind one of them. */
export function readDueTasks(ctx: Context, since: string, after?: DueTask): Promise<DueTask[]> {
  return ctx.tx.many(sql`select r.id, r.assignee_id as user_id, m.moment, ${about(false)} as about
    from task r cross join lateral (select distinct v.moment from (values (app.told_at(r.due_on, r.due_at)), (r.remind_at)) v (moment)) m
    where r.tenant_id = ${ctx.tenant_id} and r.status = 'open' and r.assignee_id is not null and r.deleted_at is null
      and m.moment between ${since} and now()
      and (r.due_at between ${since} and now() + interval '15 hours' or r.remind_at between ${since} and now())
      ${after ? sql`and (m.moment, r.id) > (${after.moment}, ${after.id})` : sql``}
    order by m.moment, r.id limit ${due_tasks_max}`);
}
