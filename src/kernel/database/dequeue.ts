import type { RawBuilder } from 'kysely';
import type { Context } from '../tenancy/context.ts';
import { sql } from './database.ts';

/**
 * A statement that takes up to so many rows off a list of what is due and returns them; those that somebody else is taking stay.
 *
 * PostgreSQL cannot know that a list which was empty a moment ago is long: joined to it, it would go through all of it for each row, and sorting it
 * would read all of it for each few. So rows are taken as they come, and by their ids as an array.
 *
 * `list`: a table with `tenant_id` and `id`; `which`: a condition that its rows have to meet, beginning with `and`.
 */
export const dequeue = (ctx: Context, list: string, rows_max: number, which = sql``): RawBuilder<unknown> => sql`
  delete from ${sql.table(list)} where tenant_id = ${ctx.tenant_id} and id = any (array(
    select id from ${sql.table(list)} where tenant_id = ${ctx.tenant_id} ${which} limit ${rows_max} for update skip locked))
  returning *`;
