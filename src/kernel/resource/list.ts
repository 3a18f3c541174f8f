import type { RawBuilder } from 'kysely';
import { type Action, scopeOf } from '../access/rights.ts';
import type { ListGroup, ListQuery, ListSums, Resource } from '../contract/resource.ts';
import { type Statement, sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { readTenantFields, type TenantFields } from './custom.ts';
import { besideOwner, filterSql, isSelective, namesCustomFields, parseFilter } from './filter.ts';
import { groupsOf } from './groups.ts';
import { presentRow, selectColumns } from './row.ts';
import { afterSql, type CursorValues, orderOf, parseSort, type SortKey, sortSegments } from './sort.ts';
import { sumsOf } from './sums.ts';

const counted_rows_max = 10_000;
const exactly_counted_rows_max = 500_000;
/**
 * How many rows a statement reads at most, the row behind the page included; the next larger number serves pages of other sizes. The planner has to
 * know the number: of a parameter it expects a tenth of the table. Few numbers keep the prepared statements few.
 */
const read_limits = [11, 26, 51, 101, 201];

type Sql = RawBuilder<unknown>;

export interface Page {
  data: Record<string, unknown>[];
  next_cursor: string | null;
  total: number | null;
  total_is_exact: boolean;
  sums?: ListSums;
  groups?: ListGroup[];
  more_groups?: boolean;
}

/**
 * One keyset page of a resource under the caller's rights. `where` narrows it further (alias `r`).
 * Rows come as the API shows them.
 */
export async function listRows(ctx: Context, resource: Resource, query: ListQuery, where?: Sql): Promise<Page> {
  const fields = await tenantFieldsFor(ctx, query);
  const sort = query.sort ?? resource.defaultSort;
  const keys = parseSort(resource, sort, fields);
  const scope = JSON.stringify([ctx.tenant_id, resource.name, query.filter ?? '', query.sort ?? '', query.trashed]);
  const conditions: Sql[] = [...baseConditions(ctx, resource, query.trashed === 'true')];
  if (where) conditions.push(where);
  const filter = query.filter ? parseFilter(query.filter) : undefined;
  if (filter) conditions.push(filterSql(resource, filter, fields));
  const some = readsSome(ctx, resource);
  const beside = filter && besideOwner(resource, filter);
  const hasSingleOwner = some === 'own' || beside !== filter;
  const isNarrow =
    where !== undefined ||
    some === 'team' ||
    (hasSingleOwner && !hasOrderOfOwner(resource, sort)) ||
    (beside !== undefined && isSelective(resource, beside));
  const matching = sql.join(conditions, sql` and `);
  const after = query.cursor ? (decodeCursor(query.cursor, scope) as CursorValues) : undefined;

  const rowsRead = readRows(ctx, resource, { keys, after, matching, isNarrow, hasSingleOwner, limit: query.limit + 1 });
  const counted_max = query.count === 'exact' ? exactly_counted_rows_max : counted_rows_max;
  const counted =
    query.count !== 'false'
      ? ctx.tx.one<{ total: number }>(sql`select count(*)::int as total from (
          select from ${sql.table(resource.table)} r where ${matching} limit ${counted_max + 1}) as counted`)
      : undefined;
  const summed = query.sums ? sumsOf(ctx, resource, { names: query.sums, fields, matching }) : undefined;
  const grouped = query.group
    ? groupsOf(ctx, resource, { by: query.group, sums: query.sums, fields, matching })
    : undefined;
  const [rows, count, sums, groups] = await Promise.all([rowsRead, counted, summed, grouped]);

  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  const next_cursor = last ? encodeCursor([...keys.map((_, i) => last[`$key${i}`]), last.id], scope) : null;
  return {
    data: page.map((row) => presentRow(resource, row)),
    next_cursor,
    total: count ? Math.min(count.total, counted_max) : null,
    total_is_exact: count ? count.total <= counted_max : false,
    ...(sums && { sums }),
    ...groups,
  };
}

/** Whether an index has the records of each owner in the order of a sort. */
const hasOrderOfOwner = ({ sortsOfOwner = [] }: Resource, sort: string): boolean =>
  /^-?custom\.[^,]+$/.test(sort) || sortsOfOwner.includes(sort.replace(/^-/, ''));

type Row = Record<string, unknown>;

/** The rows of a page after a cursor: of one segment of the list after the other, until there are enough. */
async function readRows(
  ctx: Context,
  resource: Resource,
  {
    keys,
    after,
    matching,
    isNarrow,
    hasSingleOwner,
    limit,
  }: {
    keys: SortKey[];
    after: CursorValues | undefined;
    matching: Sql;
    isNarrow: boolean;
    hasSingleOwner: boolean;
    limit: number;
  },
): Promise<Row[]> {
  const segments = sortSegments(resource, keys, { hasSingleOwner, isNarrow });
  // A cursor with a null sort value points into the second segment (records without a value), so the first is skipped.
  const firstSegment = segments.length > 1 && after?.[0] === null ? 1 : 0;
  const rows: Row[] = [];
  for (const [index, segment] of segments.entries()) {
    if (index < firstSegment || rows.length >= limit) continue;
    const afterCursor = after && index === firstSegment ? afterSql(segment, after) : sql`true`;
    const cursorColumns = keys.map((_, i) => {
      const key = segment.keys[i - segment.constant];
      return sql`${key ? sql`${key.column}::text` : sql`null`} as ${sql.ref(`$key${i}`)}`;
    });
    const read = sql<Row>`
      select ${selectColumns(resource)}, ${sql.join(cursorColumns)} from ${segment.source}
      where ${matching} and ${segment.where} and ${afterCursor} order by ${orderOf(segment)} limit ${readLimit(limit - rows.length)}`;
    rows.push(...(await (isNarrow || segment.isRest ? ctx.tx.many(read) : inOrder(ctx, read))));
  }
  return rows;
}

const readLimit = (rows: number): Sql => {
  const limit = read_limits.find((size) => size >= rows);
  return limit === undefined ? sql`${rows}` : sql.lit(limit);
};

/**
 * Reads along the index that has the order of the list, where there is one. Without statistics, as on the first day, PostgreSQL expects a
 * workspace to have so few rows that it would rather read and sort them all. Reading along the index is right for any values, so the statement is
 * planned once for each connection: planning took two thirds of its time, and PostgreSQL chose to repeat it for each request.
 */
function inOrder(ctx: Context, read: Statement<Row>): Promise<Row[]> {
  ctx.tx.post(
    sql`select set_config('enable_sort', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)`,
  );
  const rows = ctx.tx.many(read);
  // What else the transaction does is planned as always.
  ctx.tx.post(sql`select set_config('enable_sort', 'on', true), set_config('plan_cache_mode', 'auto', true)`);
  return rows;
}

/** Who reads, of which workspace. */
export type Reader = Pick<Context, 'tenant_id'> & { actor: Pick<Context['actor'], 'user_id' | 'rights'> };

/** For prepared statements: tenant and user are parameters; the rights shape the text. */
export const readerBy = (
  rights: Reader['actor']['rights'],
  given: { tenant_id: string; user_id: string | null },
): Reader => ({
  tenant_id: given.tenant_id,
  actor: { user_id: given.user_id, rights },
});

/** Whose records the caller may read, when it is not everybody's. */
export function readsSome({ actor }: Reader, { owner, right }: Resource): 'own' | 'team' | undefined {
  const scope = owner && scopeOf(actor.rights, right, 'read');
  return scope === 'own' || scope === 'team' ? scope : undefined;
}

/** What holds of every read of a resource: not in the trash, and the caller's scope in the form an index can use. */
export function baseConditions(reader: Reader, resource: Resource, trashed: boolean | 'either' = false): Sql[] {
  const conditions: Sql[] = [sql`r.tenant_id = ${reader.tenant_id}`];
  if (resource.trash && trashed !== 'either')
    conditions.push(trashed ? sql`r.deleted_at is not null` : sql`r.deleted_at is null`);
  const owner = sql.ref(`r.${resource.owner}`);
  const some = readsSome(reader, resource);
  if (some === 'own') conditions.push(sql`${owner} = ${reader.actor.user_id}`);
  if (some === 'team')
    conditions.push(sql`${owner} = any ((select app.scope_owners(${resource.right}, 'read'))::uuid[])`);
  return conditions;
}

/** Whether the caller's right to an action reaches the row `r`, or that of another alias. */
export function reaches(ctx: Context, { right, owner, partOf }: Resource, action: Action, alias = 'r'): Sql {
  if (partOf)
    return sql`(${sql.join(
      partOf.map((part) => reachesParent(ctx, part, action, alias)),
      sql` or `,
    )})`;
  const scope = scopeOf(ctx.actor.rights, right, action);
  if (scope === 'none') return sql`false`;
  if (scope === 'all' || !owner) return sql`true`;
  return sql`coalesce(${sql.ref(`${alias}.${owner}`)} = any ((select app.scope_owners(${right}, ${action}))::uuid[]), false)`;
}

function reachesParent(
  ctx: Context,
  { column, resource }: { column: string; resource: Resource },
  action: Action,
  alias: string,
): Sql {
  return sql`exists (select from ${sql.table(resource.table)} parent where parent.tenant_id = ${sql.ref(`${alias}.tenant_id`)}
    and parent.id = ${sql.ref(`${alias}.${column}`)} and ${reaches(ctx, resource, action === 'read' ? 'read' : 'update', 'parent')})`;
}

/** The tenant's own fields, read only for a list that names some. */
export async function tenantFieldsFor(
  ctx: Context,
  query: { filter?: string | null; sort?: string | null; sums?: string; group?: string },
): Promise<TenantFields> {
  return namesCustomFields(query.filter, query.sort, query.sums, query.group) ? readTenantFields(ctx) : new Map();
}
