import type { RawBuilder } from 'kysely';
import { type Action, type Scope, scopeOf } from '../access/rights.ts';
import { type Kind, termsOf } from '../access/scope.ts';
import { ruleOf, shownTable } from '../access/table-rule.ts';
import type { ListGroup, ListQuery, ListSums, Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Statement } from '../database/statement.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { readTenantFields, recentTenantFields, type TenantFields } from './custom.ts';
import {
  filterSql,
  isSelective,
  namesCustomFields,
  ownerIn,
  type PartMatches,
  parseFilter,
  rankedBy,
  withoutOwnerCondition,
} from './filter.ts';
import { groupsOf } from './groups.ts';
import { addRareRows, presentRow, selectColumnsOfOwner, selectColumnsOfPage } from './row.ts';
import { openRows } from './sealed.ts';
import { sealFilter } from './sealed-filter.ts';
import { type NamedPage, order_without_names, readNamedPage } from './sealed-names/name-order.ts';
import { mayUseNames, sortsByName, usedNames } from './sealed-names/prepared.ts';
import { afterSql, type CursorValues, orderOf, parseSort, type SortKey, sortSegments } from './sort.ts';
import { sumsOf } from './sums.ts';

const counted_rows_max = 10_000;
const exactly_counted_rows_max = 500_000;
/**
 * The limits of statements that read a page, one row more than the page; other page sizes use the next larger limit.
 * The limit is a literal, because for a parameter the planner expects a tenth of the table; few limits mean few
 * prepared statements.
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
  search_is_cut?: boolean;
  sorted_by?: string;
}

/**
 * Reads one page of a resource, by its cursor, under the caller's rights. `where` adds a condition (alias `r`). Rows
 * are as the API shows them.
 */
export async function listRows(ctx: Context, listed: Resource, query: ListQuery, where?: Sql): Promise<Page> {
  const resource = asShown(ctx, listed);
  const texts = [query.filter, query.sort, query.sums, query.group];
  const namesCustom = namesCustomFields(...texts);
  if (resource !== listed && namesCustom)
    throw invalidField('filter', 'not_allowed', 'Only people who see these records in full can use custom fields here');
  const fields: TenantFields = namesCustom ? await recentTenantFields(ctx, texts) : new Map();
  const sort = query.sort ?? resource.defaultSort;
  const sorted = parseSort(resource, sort, fields);
  /** What the cursors of the list in an order are valid for. */
  const bindingOf = (order: string) =>
    JSON.stringify([
      ctx.tenant_id,
      resource.name,
      query.filter ?? '',
      order,
      query.trashed,
      query.as_of,
      // A field that has another type by now has its records in another order.
      ...sorted.flatMap(({ custom }) => custom?.type ?? []),
    ]);
  const binding = bindingOf(query.sort ?? '');
  const conditions: Sql[] = [...baseConditions(ctx, resource, query.trashed === 'true')];
  if (where) conditions.push(where);
  if (resource.period && query.as_of) conditions.push(holdsOn(resource.period, query.as_of));
  const { names, isSwitched } = mayUseNames(resource, query) ? await usedNames(ctx) : { names: undefined };
  const searched = query.filter
    ? await sealFilter(ctx, resource, parseFilter(query.filter), fields, { names, reachedIds })
    : undefined;
  const filter = searched?.filter;
  const ranked = filter && !query.sort ? rankedBy(filter) : undefined;
  const keys = ranked ? [byRank(ranked), ...sorted] : sorted;
  if (filter) conditions.push(filterSql(resource, filter, fields));
  const narrowed = narrowedScope(ctx, resource);
  const withoutOwner = filter && withoutOwnerCondition(resource, filter);
  const hasSingleOwner = narrowed === 'own' || withoutOwner !== filter;
  // Sorting a few matching rows is cheaper than looking for them along the index that has the order of the list.
  const isNarrow =
    where !== undefined ||
    ranked !== undefined ||
    (narrowed !== undefined && narrowed !== 'own') ||
    (hasSingleOwner && !hasOrderOfOwner(resource, sort)) ||
    (withoutOwner !== undefined && isSelective(resource, withoutOwner));
  const matching = sql.join(conditions, sql` and `);

  const owner = filter && ownerIn(resource, filter);
  const columns = owner ? selectColumnsOfOwner(resource, ctx.tenant_id, owner) : selectColumnsOfPage(resource);
  const reading: Reading = { columns, keys, matching, isNarrow, hasSingleOwner, binding };
  const named = sortsByName(sort) ? names?.get(resource) : undefined;
  const pageRead = named
    ? readNamedPage(ctx, resource, query, named, {
        ...reading,
        seesAll: seesAll(ctx, resource),
        otherBinding: bindingOf('without names'),
        other: (binding) => readPage(ctx, resource, query, { ...reading, ...withoutNames(resource), binding }),
      })
    : readPage(ctx, resource, query, reading);
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
  const [{ rows, next_cursor, sorted_by }, count, sums, groups, readAgain] = await Promise.all([
    pageRead,
    counted,
    summed,
    grouped,
    isSwitched,
  ]);
  if (readAgain) return listRows(ctx, listed, query, where);

  await addRareRows(ctx, resource, rows);
  await openRows(ctx, resource, rows);
  return {
    data: rows.map((row) => presentRow(resource, row)),
    next_cursor,
    total: count ? Math.min(count.total, counted_max) : null,
    total_is_exact: count ? count.total <= counted_max : false,
    ...(sums && { sums }),
    ...groups,
    ...(searched?.isCut && { search_is_cut: true }),
    ...(sorted_by && { sorted_by }),
  };
}

interface Reading {
  columns: Sql;
  keys: SortKey[];
  matching: Sql;
  isNarrow: boolean;
  hasSingleOwner: boolean;
  binding: string;
}

const withoutNames = (resource: Resource): Pick<Reading, 'keys' | 'isNarrow'> => ({
  keys: parseSort(resource, order_without_names, new Map()),
  isNarrow: false,
});

/** The rows of a page, without the one that says that there are more. */
async function readPage(ctx: Context, resource: Resource, query: ListQuery, reading: Reading): Promise<NamedPage> {
  const { keys, binding } = reading;
  const after = query.cursor ? (decodeCursor(query.cursor, binding) as CursorValues) : undefined;
  const rows = await readRows(ctx, resource, { ...reading, after, limit: query.limit + 1 });
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  const next_cursor = last ? encodeCursor([...keys.map((_, i) => last[`$key${i}`]), last.id], binding) : null;
  return { rows: page, next_cursor };
}

const seesAll = ({ actor }: Caller, { right }: Resource): boolean => scopeOf(actor.rights, right, 'read') === 'all';

/** The ids of the records that the caller reaches; undefined for one who reaches all. */
export async function reachedIds(ctx: Context, of: Resource): Promise<ReadonlySet<string> | undefined> {
  if (seesAll(ctx, of)) return undefined;
  const resource = asShown(ctx, of);
  const matching = sql.join(baseConditions(ctx, resource), sql` and `);
  const rows = await ctx.tx.many<{ id: string }>(
    sql`select r.id from ${sql.table(resource.table)} r where ${matching}`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** The order of records that were found by a part of a sealed value. */
const byRank = ({ ids, ranks }: PartMatches): SortKey => ({
  column: sql`(${ranks}::int[])[array_position(${ids}::uuid[], r.id)]`,
  descending: false,
  required: true,
  emptyLast: false,
});

/**
 * Two comparisons of dates rather than one of a range: these are leakproof, so that an index can serve them under
 * row-level security.
 */
const holdsOn = ({ from, to }: NonNullable<Resource['period']>, day: string): Sql =>
  sql`${sql.ref(`r.${from}`)} <= ${day} and (${sql.ref(`r.${to}`)} >= ${day} or ${sql.ref(`r.${to}`)} is null)`;

/** Whether an index has the records of each owner in this order. */
const hasOrderOfOwner = ({ sortsOfOwner = [] }: Resource, sort: string): boolean =>
  /^-?custom\.[^,]+$/.test(sort) || sortsOfOwner.includes(sort.replace(/^-/, ''));

type Row = Record<string, unknown>;

/** Reads a page after a cursor: from one segment of the list after another, until it is full. */
async function readRows(
  ctx: Context,
  resource: Resource,
  {
    columns,
    keys,
    after,
    matching,
    isNarrow,
    hasSingleOwner,
    limit,
  }: {
    columns: Sql;
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
      select ${columns}, ${sql.join(cursorColumns)} from ${segment.source}
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
 * Reads along the index that has the order of the list, where there is one. Without statistics, as on the first day,
 * PostgreSQL expects a workspace to have few rows and would read and sort them all. Reading along the index is right
 * for any parameters, so the statement has a generic plan: planning took two thirds of its time, and PostgreSQL chose
 * to repeat it for each request.
 */
function inOrder(ctx: Context, read: Statement<Row>): Promise<Row[]> {
  ctx.tx.post(
    sql`select set_config('enable_sort', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)`,
  );
  const rows = ctx.tx.many(read);
  // Other statements of the transaction are planned as usual.
  ctx.tx.post(sql`select set_config('enable_sort', 'on', true), set_config('plan_cache_mode', 'auto', true)`);
  return rows;
}

/** The caller: as much of a context as decides what a read finds. */
export type Caller = Pick<Context, 'tenant_id'> & { actor: Pick<Context['actor'], 'user_id' | 'rights'> };

/** A caller for cached statements: tenant and user are parameters; the rights shape the text. */
export const callerBy = (
  rights: Caller['actor']['rights'],
  given: { tenant_id: string; user_id: string | null },
): Caller => ({
  tenant_id: given.tenant_id,
  actor: { user_id: given.user_id, rights },
});

const shown = new WeakMap<Resource, Resource>();

/**
 * The record type for a caller who does not see all of its records in full: in the others, fields above their degree
 * are null, also in filters, sorts and sums. The record type itself where it has no degrees.
 */
export function asShown({ actor }: Caller, resource: Resource): Resource {
  if (!resource.byDegree) return resource;
  if (scopeOf(actor.rights, resource.right, 'read') === 'all' && !ruleOf(resource.name)?.byRow) return resource;
  const known = shown.get(resource);
  if (known) return known;
  const meta = new Map(
    [...resource.meta].map(([name, field]) => [
      name,
      field.showsFrom === 'exists' ? field : { ...field, required: false },
    ]),
  );
  const made: Resource = { ...resource, meta, table: shownTable(ruleOf(resource.name)!) };
  shown.set(resource, made);
  shown.set(made, made);
  return made;
}

const isShown = (resource: Resource) => shown.get(resource) === resource;

/** The scope of the caller, when it is narrower than all. */
export function narrowedScope({ actor }: Caller, resource: Resource): Scope | undefined {
  const scope = scopeOf(actor.rights, resource.right, isShown(resource) ? 'exists' : 'read');
  const isNarrowed = scope !== 'all' && scope !== 'none' && (resource.owner || ruleOf(resource.name)?.reach.length);
  return isNarrowed ? scope : undefined;
}

/** The conditions of every read: not in the trash, and the caller's scope in a form that an index can use. */
export function baseConditions(caller: Caller, resource: Resource, trashed: boolean | 'either' = false): Sql[] {
  const conditions: Sql[] = [sql`r.tenant_id = ${caller.tenant_id}`];
  if (resource.trash && trashed !== 'either')
    conditions.push(trashed ? sql`r.deleted_at is not null` : sql`r.deleted_at is null`);
  // Where there is no trash, nothing is in it.
  if (!resource.trash && trashed === true) conditions.push(sql`false`);
  const narrowed = narrowedScope(caller, resource);
  // The view of a record type with degrees has this condition already.
  if (narrowed && !isShown(resource))
    conditions.push(readOutside(caller, resource) ?? inScope(caller, resource, narrowed, 'r'));
  return conditions;
}

/**
 * The condition of rows that an account that is no member's reads, where they are more than its own
 * (`TableRule.outside`).
 */
function readOutside({ actor }: Caller, { table, owner }: Resource): Sql | undefined {
  // By its table: in timelines the record type has another name.
  const shownOutside = actor.rights.outside && ruleOf(table)?.outside;
  return shownOutside ? sql`(r.${sql.raw(shownOutside)} or r.${sql.ref(owner!)} = ${actor.user_id})` : undefined;
}

/**
 * The condition that a scope reaches a row, by the rule of its table: the same as its policy, in a form that an index
 * can use.
 */
function inScope(caller: Caller, resource: Resource, scope: Scope, alias: string): Sql {
  const terms = termsOf(scope).map((term) =>
    sql.join(
      term.map((kind) => isOfKind(caller, resource, kind, alias)),
      sql` and `,
    ),
  );
  return terms.length === 1 ? terms[0]! : sql`(${sql.join(terms, sql` or `)})`;
}

function isOfKind({ actor }: Caller, resource: Resource, kind: Kind, alias: string): Sql {
  const owner = sql.ref(`${alias}.${resource.owner}`);
  if (kind === 'own') return resource.owner ? sql`${owner} = ${actor.user_id}` : sql`false`;
  if (kind === 'team') return resource.owner ? sql`${owner} = any ((select app.team_mates())::uuid[])` : sql`false`;
  const way = ruleOf(resource.name)?.reach.find((each) => each.kind === kind);
  if (!way) return sql`false`;
  return sql`${sql.ref(`${alias}.${way.column}`)} = any ((select app.groups_of(${resource.name}, ${kind}))::uuid[])`;
}

/** The condition that the caller's right to an action reaches the row `r`, or that of another alias. */
export function reaches(ctx: Context, resource: Resource, action: Action, alias = 'r'): Sql {
  const { right, owner, partOf } = resource;
  if (partOf)
    return sql`(${sql.join(
      partOf.map((part) => reachesParent(ctx, part, action, alias)),
      sql` or `,
    )})`;
  const scope = scopeOf(ctx.actor.rights, right, action);
  if (scope === 'none') return sql`false`;
  if (scope === 'all' || !(owner || ruleOf(resource.name)?.reach.length)) return sql`true`;
  return sql`coalesce(${inScope(ctx, resource, scope, alias)}, false)`;
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

/** The tenant's custom fields, read only for filters and the like that name some. */
export async function tenantFieldsFor(
  ctx: Context,
  query: { filter?: string | null; sort?: string | null; sums?: string; group?: string },
): Promise<TenantFields> {
  return namesCustomFields(query.filter, query.sort, query.sums, query.group) ? readTenantFields(ctx) : new Map();
}
