import type { RawBuilder } from 'kysely';
import type { ListQuery, Resource } from '../../contract/resource.ts';
import { sql } from '../../database/database.ts';
import { invalidField, type Problem, problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { decodeCursor, encodeCursor, isCursorOf, openInCursor, sealInCursor } from '../cursor.ts';
import { sourceSql } from '../row.ts';
import { compareNames, type NamePosition } from './comparing.ts';
import type { NameIndex } from './name-index.ts';
import { namesBeingRead } from './prepared.ts';
import { readByIds } from './reading.ts';
import type { NoNames } from './store.ts';

/** More records are not sorted by names that are sealed. */
const sorted_max = 20_000;
/** How many records are tried in the order of names before those that match are looked up. */
const tried_max = 1_000;

type Sql = RawBuilder<unknown>;
type Row = Record<string, unknown>;

interface Reading {
  columns: Sql;
  matching: Sql;
  /** What its cursors are valid for. */
  binding: string;
  /** The caller sees all records: only then does it tell nothing how many are tried. */
  seesAll: boolean;
  /**
   * Reads the page in the order of `order_without_names`. Its cursors go on in that order whatever the request names,
   * so that a page which asks again without an order goes on as it began.
   */
  other: (binding: string) => Promise<NamedPage>;
  otherBinding: string;
}

interface NameList extends Reading {
  descending: boolean;
  cursor: string | undefined;
  limit: number;
}

/** The rows of a page, without the one that says that there are more. */
export interface NamedPage {
  rows: Row[];
  next_cursor: string | null;
  /** The order that it has instead of the usual one. */
  sorted_by?: string;
}

/** Cursors by name begin with this: of a list in another order they are none. */
const cursor_mark = 'by name';

/** The order of a list that names none, where it cannot have that of names. */
export const order_without_names = '-created_at';

const isName = (sort: string): boolean => sort === 'name' || sort === '-name';

/**
 * One page of a list by names that are sealed. One that asks for no order has another where it cannot have that of
 * names.
 */
export async function readNamedPage(
  ctx: Context,
  resource: Resource,
  query: ListQuery,
  names: NameIndex | NoNames,
  reading: Reading,
): Promise<NamedPage> {
  const sort = query.sort ?? resource.defaultSort;
  const { otherBinding } = reading;
  const other = async () => ({ ...(await reading.other(otherBinding)), sorted_by: order_without_names });
  if (query.cursor && isCursorOf(query.cursor, otherBinding)) return other();
  const isAlone = isName(sort) && query.trashed !== 'true';
  if (!isAlone && query.sort) throw refusedBeside(resource);
  const found = await readByName(ctx, resource, isAlone ? names : 'too_many', {
    ...reading,
    descending: sort.startsWith('-'),
    cursor: query.cursor,
    limit: query.limit,
  });
  if (typeof found !== 'string') return found;
  if (query.sort || query.cursor) throw refusedOrder(resource, found);
  return other();
}

/**
 * Reads one page of a list in the order of sealed names, which only memory knows. What is read, is read under the
 * caller's rights: names in memory decide nothing but the order.
 */
async function readByName(
  ctx: Context,
  resource: Resource,
  names: NameIndex | NoNames,
  list: NameList,
): Promise<NamedPage | NoNames> {
  if (typeof names === 'string') return names;
  const { limit, seesAll } = list;
  const after = positionIn(ctx, list);
  const tried = seesAll && names.size <= sorted_max ? await tryInOrder(ctx, resource, names, list, after) : undefined;
  if (tried) return pageOf(ctx, list, tried, names.positionOf(tried[limit - 1]?.id as string), tried.length > limit);
  const ids = await matchingIds(ctx, resource, list.matching);
  if (ids.length > sorted_max) return 'too_many';
  const positions = behind(names.inOrder(ids), after, list.descending).slice(0, limit + 1);
  const rows = await readRows(
    ctx,
    resource,
    list,
    positions.slice(0, limit).map(({ id }) => id),
  );
  return pageOf(ctx, list, rows, positions[limit - 1], positions.length > limit);
}

function positionIn({ tenant_id }: Context, { cursor, binding }: NameList): NamePosition | undefined {
  if (cursor === undefined) return undefined;
  const [mark, sealed, id] = decodeCursor(cursor, binding) as [string, string, string];
  if (mark !== cursor_mark)
    throw problems.malformed('The order of this list has changed since. Start again without a cursor.');
  return { name: openInCursor(tenant_id, id, sealed), id };
}

function pageOf(
  { tenant_id }: Context,
  { binding, limit }: NameList,
  rows: Row[],
  last: NamePosition | undefined,
  hasMore: boolean,
): NamedPage {
  const next_cursor =
    hasMore && last ? encodeCursor([cursor_mark, sealInCursor(tenant_id, last.id, last.name), last.id], binding) : null;
  return { rows: rows.slice(0, limit), next_cursor };
}

/**
 * Looks at the next records in the order of names until enough of them match; undefined where too few of those do. A
 * filter that most records meet, or none, reads little more than the page.
 */
async function tryInOrder(
  ctx: Context,
  resource: Resource,
  names: NameIndex,
  list: NameList,
  after: NamePosition | undefined,
): Promise<Row[] | undefined> {
  const ids = names.idsAfter(after, list.descending)[Symbol.iterator]();
  const rows: Row[] = [];
  for (const size of [list.limit + 1, tried_max]) {
    const some = next(ids, size);
    rows.push(...(await readRows(ctx, resource, list, some)));
    if (rows.length > list.limit || some.length < size) return rows;
  }
  return undefined;
}

function next(ids: Iterator<string>, count: number): string[] {
  const found: string[] = [];
  while (found.length < count) {
    const { value, done } = ids.next();
    if (done) break;
    found.push(value);
  }
  return found;
}

/** The rows of these records that match, in their order. */
const readRows = (
  ctx: Context,
  resource: Resource,
  { columns, matching }: NameList,
  ids: readonly string[],
): Promise<Row[]> => readByIds(ctx, { columns, from: sourceSql(resource), matching }, ids);

/** The ids of the records that match, one more than are sorted at most. */
async function matchingIds(ctx: Context, { table }: Resource, matching: Sql): Promise<string[]> {
  const rows = await ctx.tx.many<{ id: string }>(
    sql`select r.id from ${sql.table(table)} r where ${matching} limit ${sorted_max + 1}`,
  );
  return rows.map(({ id }) => id);
}

function behind(ordered: NamePosition[], after: NamePosition | undefined, descending: boolean): NamePosition[] {
  const inDirection = descending ? ordered.reverse() : ordered;
  if (!after) return inDirection;
  return inDirection.filter((position) => (descending ? -1 : 1) * compareNames(position, after) > 0);
}

/** The orders that a list has where names are sealed. */
const otherOrders = ({ meta }: Resource): string =>
  [
    'created_at',
    'updated_at',
    ...[...meta].flatMap(([field, { sortable, sealable, sealed, ofSealable }]) =>
      sortable && !sealable && !sealed && !ofSealable ? field : [],
    ),
  ].join(', ');

/** Says why a list cannot have the order of names, and which orders it can have. */
function refusedOrder(resource: Resource, why: NoNames): Problem {
  if (why === 'reading') return namesBeingRead();
  return invalidField(
    'sort',
    'too_many_to_sort',
    `Names are sealed in this workspace, and up to ${sorted_max} records are sorted by them: narrow the filter, or sort by ${otherOrders(resource)}`,
  );
}

const refusedBeside = (resource: Resource): Problem =>
  invalidField(
    'sort',
    'too_many_to_sort',
    `Names are sealed in this workspace: sort by "name" alone and outside the trash, or by ${otherOrders(resource)}`,
  );
