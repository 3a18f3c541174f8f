import type { RawBuilder } from 'kysely';
import type { Resource } from '../../contract/resource.ts';
import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';
import { isNoText, openPersonal } from '../personal.ts';
import { sourceSql } from '../row.ts';
import type { NamedRecord } from './name-index.ts';

type Row = { id: string; name: string } & Record<string, string | null>;

/** The columns of the row `r` that a record is searched by. */
export const nameColumns = ({ sealedNames }: Resource) =>
  sql.join(['id', 'name', ...sealedNames!.also].map((column) => sql.ref(`r.${column}`)));

/** What rows with these columns say. What stands in place of a text that does not open is no name. */
export async function namesIn(ctx: Context, resource: Resource, rows: readonly object[]): Promise<NamedRecord[]> {
  await openPersonal(ctx, resource, rows);
  return (rows as readonly Row[]).map((row) => ({
    id: row.id,
    name: row.name,
    also: resource.sealedNames!.also.flatMap((column) => {
      const text = row[column];
      return text && !isNoText(text) ? text : [];
    }),
  }));
}

/** The names of the next so many records behind an id. */
export const readNames = async (
  ctx: Context,
  resource: Resource,
  after: string,
  limit: number,
): Promise<NamedRecord[]> =>
  namesIn(
    ctx,
    resource,
    await ctx.tx.many<Row>(sql`select ${nameColumns(resource)} from ${sql.table(resource.table)} r
      where r.tenant_id = ${ctx.tenant_id} and r.id > ${after} and r.deleted_at is null order by r.id limit ${limit}`),
  );

/**
 * Reads rows `r` by their ids, in the order of these: one by one by the primary key, because for many at once
 * PostgreSQL may read a whole index of the workspace.
 */
export const readByIds = <Row>(
  ctx: Context,
  { columns, from, matching }: Record<'columns' | 'from' | 'matching', RawBuilder<unknown>>,
  ids: readonly string[],
): Promise<Row[]> =>
  ctx.tx.many<Row>(sql`select found.* from unnest(${ids}::uuid[]) with ordinality as wanted (id, place)
    cross join lateral (select ${columns} from ${from} where ${matching} and r.id = wanted.id offset 0) found
    order by wanted.place`);

/** The names of these records, without those that are gone or in the trash. */
export const readNamesOf = async (ctx: Context, resource: Resource, ids: readonly string[]): Promise<NamedRecord[]> =>
  namesIn(
    ctx,
    resource,
    await readByIds<Row>(
      ctx,
      {
        columns: nameColumns(resource),
        from: sourceSql(resource),
        matching: sql`r.tenant_id = ${ctx.tenant_id} and r.deleted_at is null`,
      },
      ids,
    ),
  );

/**
 * A position in the trail: what transactions below this number wrote is there, and nothing they write comes later.
 * `at`: when that was.
 */
export interface TrailPosition {
  xid: string;
  at: string;
}

export const readPosition = (ctx: Context): Promise<TrailPosition> =>
  ctx.tx.one(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xid, now()::text as at`);

export interface TrailEvent {
  seq: string;
  xid: string;
  id: string;
}

/**
 * The next events since a position, behind the last one of those before, and the position reached with them. A
 * transaction that was open at a position may have committed since, so what was written beside it is read again.
 */
export async function readTrail(
  ctx: Context,
  resource: Resource,
  { xid, at }: TrailPosition,
  last: TrailEvent | undefined,
  limit: number,
): Promise<{ position: TrailPosition; events: TrailEvent[] }> {
  // Planned once for a connection: that takes longer than reading, of a table with a part for each month.
  ctx.tx.post(sql`select set_config('plan_cache_mode', 'force_generic_plan', true)`);
  // One statement sees one snapshot. `at` excludes earlier months; a transaction is open for a day at most.
  const [found] = await ctx.tx.many<TrailPosition & { events: TrailEvent[] }>(sql`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xid, now()::text as at, coalesce((
      select json_agg(json_build_object('seq', e.seq::text, 'xid', e.xid::text, 'id', e.record_id)) from (
        select e.seq, e.xid, e.record_id from audit_event e
        where e.tenant_id = ${ctx.tenant_id} and e.resource = ${resource.name} and e.record_id is not null
          and (e.xid, e.seq) > (${last?.xid ?? xid}::xid8, ${last?.seq ?? -1}::bigint)
          and e.at between ${at}::timestamptz - interval '1 day' and now() + interval '1 day'
        order by e.xid, e.seq limit ${limit}) e), '[]') as events`);
  const { events, ...position } = found!;
  return { position, events };
}
