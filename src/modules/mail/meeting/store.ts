import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Expanded, type Occurrence, parser_version } from './ical/expand.ts';
import type { ReadItem } from './ical/parse.ts';
import { matchMeetings } from './match.ts';

const day_ms = 86_400_000;
const past_days = 365;
const ahead_days = 365;

interface Window {
  from: string;
  to: string;
}

/** Between which moments series are written out. */
export const windowNow = (): Window => ({
  from: new Date(Date.now() - past_days * day_ms).toISOString(),
  to: new Date(Date.now() + ahead_days * day_ms).toISOString(),
});

/** An item as it was received; without an ETag it was read before. */
export interface Fetched {
  id: string;
  ics: string;
  etag: string | null;
}

/** The zone of whoever owns a calendar: of all-day meetings, and of times without a zone that is known. */
export const zoneFor = async (ctx: Context, calendar_id: string): Promise<string> =>
  (
    await ctx.tx.one<{ zone: string }>(sql`select coalesce(u.time_zone, t.time_zone, 'UTC') as zone from tenant t
      left join meeting_calendar c on c.tenant_id = t.id and c.id = ${calendar_id} left join user_account u on u.tenant_id = t.id
        and u.id = c.owner_id
      where t.id = ${ctx.tenant_id}`)
  ).zone;

/** Stores what items of a calendar say. */
export async function storeItems(
  ctx: Context,
  calendar_id: string,
  window: Window,
  fetched: readonly Fetched[],
  read: readonly ReadItem[],
): Promise<void> {
  const stored: string[] = [];
  for (const [at, { id, ics, etag }] of fetched.entries()) {
    const item = read[at]!;
    const there = await ctx.tx.maybe(
      sql`select from calendar_object where tenant_id = ${ctx.tenant_id} and id = ${id} and outcome <> 'gone' for update`,
    );
    if (!there) continue;
    const problem = item.is === 'unreadable' ? item.problem : null;
    // What cannot be read today is not read tomorrow either: it is tried again once the provider has another.
    await ctx.tx.run(sql`update calendar_object set ics = ${ics}, etag = coalesce(${etag}, etag), fetched_etag = coalesce(${etag},
      fetched_etag),
        outcome = ${problem === null ? 'imported' : 'failed'}, problem = ${problem}, retry_at = null, parser_version = ${parser_version},
          at = now(),
        uid = ${item.is === 'read' ? item.expanded.uid : null}, is_series = ${item.is === 'read' && item.expanded.is_series}
      where tenant_id = ${ctx.tenant_id} and id = ${id}`);
    if (item.is !== 'read') continue;
    await storeExpanded(ctx, { calendar_id, object_id: id, from: window.from }, item.expanded);
    stored.push(id);
  }
  await matchMeetings(ctx, stored);
}

const rowOf = (one: Occurrence, isSeries: boolean) => ({
  ...one,
  people_text: one.people
    .map(({ name, address }) => name || address)
    .join(', ')
    .slice(0, 2000),
  is_all_day: one.starts_on !== null,
  repeats: isSeries,
});

async function storeExpanded(
  ctx: Context,
  { calendar_id, object_id, from }: { calendar_id: string; object_id: string; from: string },
  { occurrences, is_series, is_cut }: Expanded,
): Promise<void> {
  const rows = JSON.stringify(occurrences.map((one) => rowOf(one, is_series)));
  // Of a series what lies before the window stays as it was.
  await ctx.tx.run(sql`delete from meeting where tenant_id = ${ctx.tenant_id} and object_id = ${object_id}
    and (ends_at >= ${from} or not repeats)
    and occurrence <> all (${occurrences.map(({ occurrence }) => occurrence)}::text[])`);
  await ctx.tx.run(sql`insert into meeting as m (tenant_id, calendar_id, object_id, occurrence, title, description, location, people_text,
    people, occurred_at, ends_at,
      starts_on, ends_on, is_all_day, repeats, is_moved, time_zone, unknown_time_zone, status, is_private, owner_id)
    select ${ctx.tenant_id}, ${calendar_id}, ${object_id}, r.occurrence, r.title, r.description, r.location, r.people_text, r.people,
      r.starts_at, r.ends_at,
      r.starts_on, r.ends_on, r.is_all_day, r.repeats, r.is_moved, r.time_zone, r.unknown_time_zone, r.status, r.is_private,
      (select owner_id from meeting_calendar where tenant_id = ${ctx.tenant_id} and id = ${calendar_id})
    from jsonb_to_recordset(${rows}::jsonb) r (occurrence text, title text, description text, location text, people_text text,
      people jsonb, starts_at timestamptz,
      ends_at timestamptz, starts_on date, ends_on date, is_all_day boolean, repeats boolean, is_moved boolean, time_zone text,
        unknown_time_zone text, status text,
      is_private boolean)
    on conflict (tenant_id, object_id, occurrence) where object_id is not null do update set title = excluded.title,
      description = excluded.description,
      location = excluded.location, people_text = excluded.people_text, people = excluded.people, occurred_at = excluded.occurred_at,
        ends_at = excluded.ends_at,
      starts_on = excluded.starts_on, ends_on = excluded.ends_on, is_all_day = excluded.is_all_day, repeats = excluded.repeats,
        is_moved = excluded.is_moved,
      time_zone = excluded.time_zone, unknown_time_zone = excluded.unknown_time_zone, status = excluded.status,
        is_private = excluded.is_private
    where (m.title, m.description, m.location, m.people, m.occurred_at, m.ends_at, m.starts_on, m.ends_on, m.repeats, m.is_moved,
      m.time_zone, m.unknown_time_zone,
        m.status, m.is_private)
      is distinct from (excluded.title, excluded.description, excluded.location, excluded.people, excluded.occurred_at, excluded.ends_at,
        excluded.starts_on,
        excluded.ends_on, excluded.repeats, excluded.is_moved, excluded.time_zone, excluded.unknown_time_zone, excluded.status,
          excluded.is_private)`);
  if (is_cut) {
    const problem = 'This series has more times than are shown: the first 1,000 within two years are here.';
    await ctx.tx.run(
      sql`update calendar_object set problem = ${problem} where tenant_id = ${ctx.tenant_id} and id = ${object_id}`,
    );
  }
  const addresses = [...new Set(occurrences.flatMap(({ people }) => people.map(({ address }) => address)))];
  await ctx.tx.run(
    sql`delete from calendar_address where tenant_id = ${ctx.tenant_id} and object_id = ${object_id}
      and address <> all (${addresses}::text[])`,
  );
  await ctx.tx.run(sql`insert into calendar_address (tenant_id, address, object_id) select ${ctx.tenant_id}, a, ${object_id}
    from unnest(${addresses}::text[]) a
    on conflict do nothing`);
}
