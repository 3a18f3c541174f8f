import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { leasesOf } from '../../lease.ts';
import type { SourceRow } from '../account/queries.ts';
import type { Cursor, Listed } from '../provider/provider.ts';

export const accountLeases = leasesOf('calendar_account', 'id');

export const setAccountProblem = (ctx: Context, id: string, problem: string | null): Promise<number> =>
  ctx.tx.run(
    sql`update calendar_account set problem = ${problem}, updated_at = now() where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );

export const noteAccountCompared = (ctx: Context, id: string, began: string): Promise<number> =>
  ctx.tx.run(
    sql`update calendar_account set compared_at = ${began}::timestamptz where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );

/**
 * Notes what the provider lists. What has another ETag than what is here is to be fetched; what has the same is not.
 */
export const putListed = (ctx: Context, calendar_id: string, items: readonly Listed[]): Promise<number> =>
  ctx.tx.run(sql`insert into calendar_object as o (tenant_id, calendar_id, href, etag, series_href)
    select ${ctx.tenant_id}, ${calendar_id}, i.href, i.etag, i.series_href
    from jsonb_to_recordset(${JSON.stringify(items.map(({ href, etag, series_href }) => ({ href, etag, series_href })))}::jsonb) i (href text,
      etag text, series_href text)
    on conflict (tenant_id, calendar_id, href) do update set etag = excluded.etag, series_href = excluded.series_href,
        outcome = case when o.outcome <> 'gone' and o.fetched_etag = excluded.etag then 'imported' else 'listed' end, attempts = 0,
          retry_at = null, problem = null, at = now()
      where o.etag <> excluded.etag or o.outcome = 'gone'`);

export interface KnownObject extends Listed {
  id: string;
  /** It was fetched, so that something would be lost. */
  is_ours: boolean;
}

const knownColumns = sql.raw('id, href, etag, series_href, fetched_etag is not null as is_ours');

/** Items here that the provider did not list, of all; or those with these addresses, and the changed times of their series. */
export const unlistedObjects = (ctx: Context, calendar_id: string, hrefs: readonly string[]): Promise<KnownObject[]> =>
  ctx.tx.many(sql`select ${knownColumns} from calendar_object
    where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id} and outcome <> 'gone' and href <> all (${hrefs}::text[])`);

export const objectsAt = (ctx: Context, calendar_id: string, hrefs: readonly string[]): Promise<KnownObject[]> =>
  ctx.tx.many(sql`select ${knownColumns} from calendar_object
    where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id} and outcome <> 'gone'
      and (href = any (${hrefs}::text[]) or series_href = any (${hrefs}::text[]))`);

/** Marks items whose deletion the provider confirmed; their meetings go. */
export async function markObjectsGone(ctx: Context, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`delete from meeting where tenant_id = ${ctx.tenant_id} and object_id = any (${ids}::uuid[])`);
  await ctx.tx.run(sql`update calendar_object set outcome = 'gone', problem = null, ics = null, fetched_etag = null, at = now()
    where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`);
}

export const attempts_max = 5;

export const dueObjects = (
  ctx: Context,
  calendar_id: string,
  rows_max: number,
): Promise<{ id: string; href: string }[]> =>
  ctx.tx.many(sql`select id, href from calendar_object where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id}
    and outcome in ('listed', 'failed') and etag is distinct from fetched_etag and attempts < ${attempts_max}
      and (retry_at is null or retry_at <= now())
    order by series_href is not null, id limit ${rows_max}`);

export const noteObjectFailed = (ctx: Context, id: string, problem: string): Promise<number> =>
  ctx.tx.run(sql`update calendar_object set outcome = 'failed', problem = ${problem.slice(0, 500)}, attempts = attempts + 1, at = now(),
      retry_at = now() + make_interval(mins => least(60, power(2, attempts)::int))
    where tenant_id = ${ctx.tenant_id} and id = ${id} and outcome <> 'gone'`);

export interface SourceState {
  state: SourceRow['state'];
  problem: string | null;
  missing?: number;
}

export const setSource = (
  ctx: Context,
  calendar_id: string,
  { state, problem, missing = 0 }: SourceState,
): Promise<number> =>
  ctx.tx.run(sql`update calendar_source set state = ${state}, problem = ${problem}, missing = ${missing},
      synced_at = case when ${state} = 'in_sync' then now() else synced_at end,
      deletions_confirmed_at = case when ${state} = 'in_sync' then null else deletions_confirmed_at end
    where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id}`);

/** What the provider was at when it listed its items, so that only what has changed since is asked for next time. */
export const noteCalendarListed = (
  ctx: Context,
  calendar_id: string,
  { sync_token, ctag, count }: Cursor & { count: number | null },
): Promise<number> =>
  ctx.tx.run(sql`update calendar_source s set sync_token = ${sync_token}, ctag = ${ctag}, provider_count = coalesce(${count}::int,
      (select count(*) from calendar_object o where o.tenant_id = s.tenant_id and o.calendar_id = s.calendar_id and o.outcome <> 'gone'))
    where s.tenant_id = ${ctx.tenant_id} and s.calendar_id = ${calendar_id}`);

/** The lost token says nothing of the items: they are compared by their ETags. */
export const forgetToken = (ctx: Context, calendar_id: string): Promise<number> =>
  ctx.tx.run(
    sql`update calendar_source set sync_token = null where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id}`,
  );

export const seriesAfter = (
  ctx: Context,
  calendar_id: string,
  after: string,
  rows_max: number,
): Promise<{ id: string; key: string }[]> =>
  ctx.tx.many(sql`select id, coalesce(series_href, href) as key from calendar_object where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id} and is_series
    and ics is not null
    and outcome = 'imported' and id > ${after} order by id limit ${rows_max}`);

export const noteExpanded = (ctx: Context, calendar_id: string, until: string): Promise<number> =>
  ctx.tx.run(
    sql`update calendar_source set expanded_until = ${until} where tenant_id = ${ctx.tenant_id} and calendar_id = ${calendar_id}`,
  );
