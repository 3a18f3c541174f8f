import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

interface Arrival {
  /** By the clock of the database, which all nodes share. */
  now: string;
  /** Null for a key without a person. */
  person: { id: string; name: string } | null;
}

/** The caller, as others see them, and the time. */
export const readArrival = (ctx: Context): Promise<Arrival> =>
  ctx.tx.one(sql`select now(),
    (select json_build_object('id', id, 'name', name) from user_account where tenant_id = ${ctx.tenant_id}
      and id = ${ctx.actor.user_id}) as person`);

/** The time, where the record exists, also in the trash, and the caller may read it. */
export const readTimeAt = (ctx: Context, { table }: Resource, id: string): Promise<{ now: string } | undefined> =>
  ctx.tx.maybe(sql`select now() from ${sql.table(table)} where tenant_id = ${ctx.tenant_id} and id = ${id}`);
