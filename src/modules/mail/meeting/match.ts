import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { freeMailDomains } from '../mailbox/index.ts';
import { ownAddresses } from '../own-addresses.ts';

/**
 * Says of which contacts and companies the meetings of these items are, by all their addresses, as mail is matched; not
 * where somebody has said so.
 */
export async function matchMeetings(ctx: Context, object_ids: readonly string[]): Promise<void> {
  if (object_ids.length === 0) return;
  await ctx.tx.run(sql`
    with own as (select o.address, split_part(o.address, '@', 2) as domain from ${ownAddresses(ctx)} o
      union select email_key, null from user_account where tenant_id = ${ctx.tenant_id}),
    addresses as (select distinct a.address, split_part(a.address, '@', 2) as domain from calendar_address a
      where a.tenant_id = ${ctx.tenant_id} and a.object_id = any (${object_ids}::uuid[]) and a.address not in (select address from own)),
    found as (
      select a.address, c.id, 1 as rank from addresses a join contact c on c.tenant_id = ${ctx.tenant_id} and c.email_key = a.address
        and c.deleted_at is null
      union
      select a.address, c.id, 1 from addresses a cross join lateral app.contacts_with_further_email(array[a.address]) f (id)
        join contact c on c.tenant_id = ${ctx.tenant_id} and c.id = f.id and c.deleted_at is null
      union
      select a.address, c.id, 2 from addresses a join company c on c.tenant_id = ${ctx.tenant_id} and c.domain = a.domain
        and c.deleted_at is null
        where a.domain <> all (${freeMailDomains}::text[]) and a.domain not in (select domain from own where domain is not null)),
    wanted as (select m.id, array(select w.id from (select f.id, min(f.rank) as rank from jsonb_array_elements(m.people) p
          join found f on f.address = p ->> 'address' group by f.id) w order by w.rank, w.id limit 20) as records
      from meeting m where m.tenant_id = ${ctx.tenant_id} and m.object_id = any (${object_ids}::uuid[]) and not m.records_set)
    update meeting m set records = w.records from wanted w
    where m.tenant_id = ${ctx.tenant_id} and m.id = w.id and m.records <> w.records`);
}

/**
 * Items in which the addresses of these contacts, or the domains of these companies, stand, or that were matched to
 * them; from one on.
 */
export const objectsOf = async (
  ctx: Context,
  ids: readonly string[],
  after: string,
  rows_max: number,
): Promise<string[]> =>
  (
    await ctx.tx.many<{ id: string }>(sql`
      with addresses as (
        select c.email_key as address from contact c where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids}::uuid[])
          and c.email_key is not null
        union select lower(o ->> 'value') from contact c cross join jsonb_array_elements(c.other_emails) o
          where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids}::uuid[])),
      domains as (select c.domain from company c where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids}::uuid[])
        and c.domain is not null)
      select distinct f.id from (
        select a.object_id as id from calendar_address a where a.tenant_id = ${ctx.tenant_id} and a.address in (select address
          from addresses)
        union all select a.object_id from calendar_address a where a.tenant_id = ${ctx.tenant_id}
          and split_part(a.address, '@', 2) in (select domain from domains)
        union all select m.object_id from record_link l join meeting m on m.tenant_id = l.tenant_id and m.id = l.item_id
          where l.tenant_id = ${ctx.tenant_id} and l.record_id = any (${ids}::uuid[]) and l.item_type = 'meeting') f
      where f.id > ${after} order by f.id limit ${rows_max}`)
  ).map(({ id }) => id);
