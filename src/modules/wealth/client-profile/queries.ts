import type { z } from 'zod';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { disclosure } from './contract.ts';

/** The profile of a client that counts: the one that was changed last, where a merge brought two together. */
export async function profileOf(ctx: Context, contact_id: string): Promise<string | undefined> {
  const row = await ctx.tx.maybe<{ id: string }>(sql`select id from client_profile
    where tenant_id = ${ctx.tenant_id} and contact_id = ${contact_id} order by updated_at desc, id desc limit 1`);
  return row?.id;
}

/** Those of these people who have a profile. */
export async function clientsAmong(ctx: Context, ids: readonly string[]): Promise<string[]> {
  const rows = await ctx.tx.many<{ contact_id: string }>(sql`select contact_id from client_profile
    where tenant_id = ${ctx.tenant_id} and contact_id = any (${ids}::uuid[])`);
  return rows.map(({ contact_id }) => contact_id);
}

/**
 * What the trail has of values that were opened, files that were taken away and exports, the last first: of a person,
 * and of what households have to which they ever belonged.
 */
export const disclosuresOf = (
  ctx: Context,
  contact_id: string,
  rows_max: number,
): Promise<z.output<typeof disclosure>[]> =>
  ctx.tx.many(sql`
    with of_household as materialized (
      select distinct m.household_id as id from household_member m where m.tenant_id = ${ctx.tenant_id} and m.contact_id = ${contact_id}
    ), theirs as materialized (
      select ${contact_id}::uuid as id
      union all select d.id from document d join of_household h on d.household_id = h.id where d.tenant_id = ${ctx.tenant_id}
      union all select c.id from communication c join of_household h on c.household_id = h.id where c.tenant_id = ${ctx.tenant_id}
      union all select l.id from legal_entity l join of_household h on l.household_id = h.id where l.tenant_id = ${ctx.tenant_id}
      union all select a.id from financial_account a join of_household h on a.household_id = h.id where a.tenant_id = ${ctx.tenant_id}
    )
    select e.at, e.action, case when e.actor_id is not null then json_build_object('id', e.actor_id, 'name',
      coalesce(u.name, '')) end as person,
      e.after ->> 'type' as resource, (e.after ->> 'id')::uuid as record_id, e.after ->> 'field' as field, e.after ->> 'reason' as reason,
        host(e.ip) as ip
    from recorded_change e left join user_account u on u.tenant_id = e.tenant_id and u.id = e.actor_id
    where e.tenant_id = ${ctx.tenant_id} and e.record_id = any (array(select t.id from theirs t))
      and e.action in ('reveal', 'download', 'export')
      and e.resource in ('contact', 'document', 'communication', 'financial_account', 'legal_entity') and e.at <= now()
    order by e.seq desc limit ${rows_max}`);
