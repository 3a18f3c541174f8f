import type { z } from 'zod';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { archivedChanges, archivedPeriods, LifecycleReport, newReturn } from './contract.ts';

/** Of each kind; the page is no archive of its own. */
const next_max = 12;
const archived_max = 600;

type Settings = { archiveMonths: number; deleteYears: number; historyDays: number };

/** What will be archived and deleted next. Months that are over have a place here as soon as they have a partition. */
export const listNext = (
  ctx: Context,
  { archiveMonths, deleteYears, historyDays }: Settings,
): Promise<LifecycleReport['next']> =>
  ctx.tx.many(sql`
    (select 'archive' as action, 'audit_event' as source, p.first_at, p.end_at, p.rows_about as rows, p.bytes_about as bytes,
       p.end_at + make_interval(months => ${archiveMonths}) as at, false as held
     from app.lifecycle_partitions() p
     where p.end_at <= now() and not exists (select from lifecycle_archive a where a.source = 'audit_event' and a.first_at = p.first_at
       and a.state = 'returned')
     order by p.first_at limit ${next_max})
    union all
    (select action, source, first_at, end_at, rows, bytes, at, held from (
      select *, row_number() over (partition by d.held order by d.at, d.source) as place from (
        select 'delete' as action, a.source, a.first_at, a.end_at, sum(a.row_count)::float8 as rows, sum(a.stored_bytes)::float8 as bytes,
          min(case when a.expired then a.archived_at
            when a.source = 'record_history' and ${historyDays}::int > 0
              then least(a.end_at + make_interval(years => ${deleteYears}), a.end_at + make_interval(days => ${historyDays}::int))
            else a.end_at + make_interval(years => ${deleteYears}) end) as at,
          bool_or(app.is_held(a.source, a.of_tenant, a.first_at, a.end_at)) as held
        from lifecycle_archive a where a.state = 'archived' group by a.source, a.first_at, a.end_at, a.expired
      ) d
    ) ranked where place <= ${next_max})
    order by 7, 3, 2`);

export const listArchived = (ctx: Context): Promise<LifecycleReport['archived']> =>
  ctx.tx.many(sql`
    select a.source, a.first_at, a.end_at, a.state, count(*)::int as files, coalesce(sum(a.row_count), 0)::float8 as rows,
      coalesce(sum(a.stored_bytes), 0)::float8 as bytes, max(a.returned_until) as returned_until, max(a.error) as error,
      bool_or(a.state <> 'deleted' and app.is_held(a.source, a.of_tenant, a.first_at, a.end_at)) as held
    from lifecycle_archive a group by a.source, a.first_at, a.end_at, a.state order by a.first_at desc, a.source, a.state
      limit ${archived_max}`);

/** Returns whether there is such a period in the archive. */
export async function enqueueReturn(
  ctx: Context,
  { source, first_at, days, reason }: z.infer<typeof newReturn>,
): Promise<boolean> {
  const { known } = await ctx.tx.one<{ known: boolean }>(
    sql`select app.operator_return(${source}, ${first_at}::timestamptz, ${days}, ${reason}) as known`,
  );
  return known;
}

export const listArchivedPeriods = (ctx: Context): Promise<z.infer<typeof archivedPeriods>['data']> =>
  ctx.tx.many(sql`select * from app.archived_periods()`);

/** By months of the workspace: which of its records have changes in them, only their readers may know. */
export const findArchivedChanges = (ctx: Context, since: string): Promise<z.infer<typeof archivedChanges>> =>
  ctx.tx.one(sql`
    select max(end_at) filter (where state = 'archived') as archived_before, max(end_at) filter (where state = 'deleted') as deleted_before,
      max(end_at) filter (where state = 'elsewhere') as elsewhere_before
    from app.archived_periods() where end_at > ${since}::timestamptz`);

export interface ArchiveFile {
  id: string;
  storage_key: string;
  first_at: string;
}

/** Files of the trail with events between two moments, newest first, if the caller may read the trail. */
export const listArchiveFiles = (
  ctx: Context,
  from: string | undefined,
  to: string | undefined,
): Promise<ArchiveFile[]> =>
  ctx.tx.many(
    sql`select id, storage_key, first_at from app.archive_files(${from ?? '-infinity'}::timestamptz, ${to ?? 'infinity'}::timestamptz)`,
  );

export const namesOf = (ctx: Context, ids: readonly string[]): Promise<{ id: string; name: string }[]> =>
  ctx.tx.many(sql`select id, name from user_account where tenant_id = ${ctx.tenant_id} and id = any (${ids})`);
