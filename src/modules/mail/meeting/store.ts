import { sql } from '../../../kernel/database/database.ts';
import { storableText } from '../../../kernel/database/text.ts';
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

/** An item as it was received. */
interface Fetched {
  href: string;
  etag: string;
  text: string;
}

/** What is read as one: an item, or that of a series with its changed times, where those are items of their own. */
export interface Readable {
  /** The item that its meetings stand in. */
  id: string;
  texts: string[];
  /** What was received of it now. */
  fetched: (Fetched & { id: string })[];
  /** Its other items. */
  part_ids: string[];
  /** Whether the series of a changed time is still to come. */
  isSeriesAwaited: boolean;
}

interface ObjectRow {
  id: string;
  href: string;
  series_href: string | null;
  text: string | null;
}

/** What is to be read of items and series by their names, with what was received now in place of what is here. */
export async function gatherReadable(
  ctx: Context,
  calendar_id: string,
  keys: readonly string[],
  received: readonly Fetched[],
): Promise<Readable[]> {
  const rows = await ctx.tx.many<ObjectRow>(sql`select id, href, series_href, ics as text from calendar_object
    where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id} and outcome <> 'gone'
      and (href = any (${keys}::text[]) or series_href = any (${keys}::text[])) order by series_href is not null, id`);
  const now = new Map(received.map((item) => [item.href, item]));
  const series = new Map<string, Readable>();
  const awaited = new Set<string>();
  const readable: Readable[] = [];
  for (const { id, href, series_href, text: before } of rows) {
    const item = now.get(href);
    const text = item?.text ?? before;
    const fetched = item ? [{ ...item, id }] : [];
    const of = series_href === null ? undefined : series.get(series_href);
    if (of) {
      of.part_ids.push(id);
      of.fetched.push(...fetched);
      if (text !== null) of.texts.push(text);
    } else if (text === null) awaited.add(href);
    else {
      // Of a series that is not here each changed time is one by itself.
      const isSeriesAwaited = series_href !== null && awaited.has(series_href);
      const own: Readable = { id, texts: [text], fetched, part_ids: [], isSeriesAwaited };
      readable.push(own);
      if (series_href === null) series.set(href, own);
    }
  }
  return readable;
}

/** The zone of whoever owns a calendar: of all-day meetings, and of times without a zone that is known. */
export const zoneFor = async (ctx: Context, calendar_id: string): Promise<string> =>
  (
    await ctx.tx.one<{ zone: string }>(sql`select coalesce(u.time_zone, t.time_zone, 'UTC') as zone from tenant t
      left join meeting_calendar c on c.tenant_id = t.id and c.id = ${calendar_id} left join user_account u on u.tenant_id = t.id
        and u.id = c.owner_id
      where t.id = ${ctx.tenant_id}`)
  ).zone;

/** Stores what items of a calendar say. Returns the ids of those that no longer take place. */
export async function storeItems(
  ctx: Context,
  calendar_id: string,
  window: Window,
  readable: readonly Readable[],
  read: readonly ReadItem[],
): Promise<string[]> {
  const stored: string[] = [];
  const cancelled: string[] = [];
  for (const [at, { id, fetched, part_ids, isSeriesAwaited }] of readable.entries()) {
    const item = read[at]!;
    const there = await ctx.tx.maybe(
      sql`select from calendar_object where tenant_id = ${ctx.tenant_id} and id = ${id} and outcome <> 'gone' for update`,
    );
    if (!there) continue;
    for (const one of fetched) await storeFetched(ctx, one);
    await forgetMeetings(ctx, part_ids);
    if (item.is === 'cancelled' && !isSeriesAwaited) cancelled.push(id);
    if (item.is === 'unreadable') await noteUnreadable(ctx, [id, ...fetched.map((one) => one.id)], item.problem);
    if (item.is !== 'read') continue;
    const { uid, is_series } = item.expanded;
    await ctx.tx.run(sql`update calendar_object set uid = ${uid}, is_series = ${is_series}, parser_version = ${parser_version}
      where tenant_id = ${ctx.tenant_id} and id = ${id}`);
    await storeExpanded(ctx, { calendar_id, object_id: id, from: window.from }, item.expanded);
    stored.push(id);
  }
  await matchMeetings(ctx, stored);
  return cancelled;
}

const storeFetched = (ctx: Context, { id, text, etag }: Readable['fetched'][number]): Promise<number> =>
  ctx.tx.run(sql`update calendar_object set ics = ${text}, etag = ${etag}, fetched_etag = ${etag}, outcome = 'imported',
      problem = null, retry_at = null, parser_version = ${parser_version}, at = now()
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);

/** What cannot be read today is not read tomorrow either: it is tried again once the provider has another. */
const noteUnreadable = (ctx: Context, ids: readonly string[], problem: string): Promise<number> =>
  ctx.tx.run(sql`update calendar_object set outcome = 'failed', problem = ${problem}, retry_at = null,
      parser_version = ${parser_version}, at = now() where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`);

/** The meetings of changed times stand in the item of their series now. */
async function forgetMeetings(ctx: Context, object_ids: readonly string[]): Promise<void> {
  if (object_ids.length === 0) return;
  for (const table of ['meeting', 'calendar_address'])
    await ctx.tx.run(
      sql`delete from ${sql.table(table)} where tenant_id = ${ctx.tenant_id} and object_id = any (${object_ids}::uuid[])`,
    );
}

const rowOf = (one: Occurrence, isSeries: boolean) => ({
  ...one,
  people_text: storableText(one.people.map(({ name, address }) => name || address).join(', '), 2000),
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
