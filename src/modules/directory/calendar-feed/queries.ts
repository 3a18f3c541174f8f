import type { RawBuilder } from 'kysely';
import type { AccountKind, Rights } from '../../../kernel/access/rights.ts';
import { type Database, sql } from '../../../kernel/database/database.ts';
import { reaches } from '../../../kernel/resource/list.ts';
import { openPersonal } from '../../../kernel/resource/personal.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { activity } from '../activity/contract.ts';
import { task } from '../task/contract.ts';
import type { FeedMeeting, FeedTask } from './entries.ts';

export interface FeedRow {
  id: string;
  created_at: string;
  last_read_at: string | null;
  etag: string | null;
  modified_at: string | null;
}

export function findFeed(ctx: Context): Promise<FeedRow | undefined> {
  return ctx.tx.maybe(sql`select id, created_at, last_read_at, etag, modified_at from calendar_feed
    where tenant_id = ${ctx.tenant_id} and user_id = ${ctx.actor.user_id}`);
}

export async function deleteFeed(ctx: Context): Promise<boolean> {
  const gone = await ctx.tx.run(
    sql`delete from calendar_feed where tenant_id = ${ctx.tenant_id} and user_id = ${ctx.actor.user_id}`,
  );
  return gone === 1;
}

export async function insertFeed(ctx: Context, hash: Buffer): Promise<void> {
  await ctx.tx.run(
    sql`insert into calendar_feed (tenant_id, user_id, hash) values (${ctx.tenant_id}, ${ctx.actor.user_id}, ${hash})`,
  );
}

interface FeedOwner {
  tenant_id: string;
  user_id: string;
  kind: AccountKind;
  rights: Rights[];
}

export async function findOwner(db: Database, hash: Buffer): Promise<FeedOwner | undefined> {
  const [found] = await db.call<FeedOwner>(
    sql`select tenant_id, user_id, kind, rights from app.find_calendar_feed(${hash})`,
  );
  return found;
}

/** Calendars ask every few minutes; when somebody last did is kept to the hour. */
const read_noted_after = sql`interval '1 hour'`;

/** Undefined when the address was closed meanwhile. */
export async function noteReading(ctx: Context, etag: string): Promise<{ modified_at: string } | undefined> {
  await ctx.tx.run(sql`update calendar_feed set last_read_at = now(), etag = ${etag},
      modified_at = case when etag = ${etag} then modified_at else date_trunc('second', now()) end
    where tenant_id = ${ctx.tenant_id} and user_id = ${ctx.actor.user_id}
      and (etag is distinct from ${etag} or last_read_at is null or last_read_at < now() - ${read_noted_after})`);
  return ctx.tx.maybe(sql`select modified_at from calendar_feed
    where tenant_id = ${ctx.tenant_id} and user_id = ${ctx.actor.user_id}`);
}

export interface Period {
  from: string;
  to: string;
}

export function readZoneAndTitle(ctx: Context): Promise<{ zone: string; title: string }> {
  return ctx.tx.one(sql`select app.user_zone() as zone, t.title from tenant t where t.id = ${ctx.tenant_id}`);
}

/** Where there are too many, all of these are to come, and then the latest of what is over. */
const nearest = (at: RawBuilder<unknown>, isOver: RawBuilder<unknown>) =>
  sql`${isOver}, case when ${isOver} then now() - ${at} else ${at} - now() end, r.id`;

/** What the person has to do, as far as the person may read it. */
export function dueTasks(ctx: Context, { from, to }: Period, rows_max: number): Promise<FeedTask[]> {
  // Of a series that is late, more is to come.
  const isOver = sql`(r.due_at < now() and r.recurrence is null)`;
  return ctx.tx.many(sql`select * from (select r.id, r.title, r.body, r.priority, r.due_at, r.due_on, r.remind_at, r.recurrence,
    r.series_start, r.updated_at,
      app.first_record(r.tenant_id, r.records) ->> 'name' as about
    from task r
    where r.tenant_id = ${ctx.tenant_id} and r.assignee_id = ${ctx.actor.user_id} and r.status = 'open' and r.deleted_at is null
      and r.due_at >= ${from} and r.due_at < ${to} and ${reaches(ctx, task, 'read')}
    order by ${nearest(sql`r.due_at`, isOver)} limit ${rows_max}) nearest order by due_at, id`);
}

export async function meetings(ctx: Context, { from, to }: Period, rows_max: number): Promise<FeedMeeting[]> {
  const rows =
    await ctx.tx.many<FeedMeeting>(sql`select * from (select r.id, r.kind, r.subject, r.body, r.occurred_at, r.duration_minutes, r.updated_at,
      app.first_record(r.tenant_id, r.records) ->> 'name' as about
    from activity r
    where r.tenant_id = ${ctx.tenant_id} and r.author_id = ${ctx.actor.user_id} and r.kind in ('call', 'meeting') and r.deleted_at is null
      and r.occurred_at >= ${from} and r.occurred_at < ${to} and ${reaches(ctx, activity, 'read')}
    order by ${nearest(sql`r.occurred_at`, sql`r.occurred_at < now()`)} limit ${rows_max}) nearest order by occurred_at, id`);
  await openPersonal(ctx, activity, rows);
  return rows;
}
