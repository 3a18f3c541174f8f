import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { KnownEvent } from '../calendar/index.ts';

export interface EventRow extends KnownEvent {
  id: string;
  calendar_id: string;
  object_id: string;
  occurrence: string;
  is_series: boolean;
  version: number;
}

/** A meeting of a calendar of the caller's own, with the item of the provider in which it stands. */
export const findEvent = (ctx: Context, id: string): Promise<EventRow | undefined> =>
  ctx.tx.maybe(sql`select m.id, m.calendar_id, m.object_id, m.occurrence, m.title, m.description, m.location, o.is_series, m.version,
      o.href, o.series_href, o.ics as text, o.fetched_etag as etag,
      (select coalesce(json_agg(json_build_object('href', p.href, 'etag', p.fetched_etag)), '[]') from calendar_object p
        where p.tenant_id = o.tenant_id and p.calendar_id = o.calendar_id and p.series_href = o.href and p.fetched_etag is not null) as parts
    from meeting m join calendar_object o on o.tenant_id = m.tenant_id and o.id = m.object_id
    where m.tenant_id = ${ctx.tenant_id} and m.id = ${id} and o.ics is not null and o.fetched_etag is not null`);

export const objectIdOf = async (ctx: Context, calendar_id: string, href: string): Promise<string | undefined> =>
  (
    await ctx.tx.maybe<{ id: string }>(
      sql`select id from calendar_object where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id} and href = ${href}
        and outcome <> 'gone'`,
    )
  )?.id;

/** The first meeting of an item, or the time of a series that has this name. */
export const meetingIn = async (ctx: Context, object_id: string, occurrence: string): Promise<string | undefined> =>
  (
    await ctx.tx.maybe<{
      id: string;
    }>(sql`select id from meeting where tenant_id = ${ctx.tenant_id} and object_id = ${object_id}
      order by occurrence <> ${occurrence}, occurred_at limit 1`)
  )?.id;

export interface PersonRow {
  name: string;
  address: string;
  answer: 'accepted' | 'declined' | 'tentative' | 'none';
  is_organizer: boolean;
  contact: { id: string; name: string } | null;
}

/** The people of a meeting, for those who read it in full, each with the contact that has the address. */
export const listPeople = async (ctx: Context, id: string): Promise<PersonRow[]> =>
  ctx.tx.many(sql`select p ->> 'name' as name, p ->> 'address' as address, p ->> 'answer' as answer,
    (p ->> 'is_organizer')::boolean as is_organizer,
      (select json_build_object('id', c.id, 'name', c.name) from contact c where c.tenant_id = m.tenant_id and c.deleted_at is null
        and (c.email_key = p ->> 'address' or c.id = any (m.records)
          and c.id in (select f.id from app.contacts_with_further_email(array[p ->> 'address']) f (id)))
        order by c.id limit 1) as contact
    from meeting m cross join lateral jsonb_array_elements(m.people) with ordinality e (p, nth)
    where m.tenant_id = ${ctx.tenant_id} and m.id = ${id} order by e.nth`);

export const isWritable = async (ctx: Context, id: string): Promise<boolean> =>
  (await ctx.tx.maybe(sql`select from meeting m join calendar_source s on s.tenant_id = m.tenant_id and s.calendar_id = m.calendar_id
    join calendar_object o on o.tenant_id = m.tenant_id and o.id = m.object_id
    where m.tenant_id = ${ctx.tenant_id} and m.id = ${id} and s.is_writable and o.fetched_etag is not null`)) !==
  undefined;

/** Whose address stands as that of the organizer: that of a mailbox of theirs, else that of the account. */
export const organizerOf = async (ctx: Context): Promise<string | null> =>
  (
    await ctx.tx.maybe<{
      address: string;
    }>(sql`select coalesce((select m.address from mailbox m where m.tenant_id = u.tenant_id and m.owner_id = u.id
      order by m.created_at limit 1), u.email) as address from user_account u where u.tenant_id = ${ctx.tenant_id}
        and u.id = ${ctx.actor.user_id}`)
  )?.address ?? null;
