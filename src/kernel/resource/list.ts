import type { RawBuilder } from 'kysely';
import { type Action, scopeOf } from '../access/rights.ts';
import type { ListQuery, ListSums, Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { readTenantFields, type TenantFields } from './custom.ts';
import { filterSql, listField, namesCustomFields, parseFilter } from './filter.ts';
import { presentRow, selectColumns, sourceSql } from './row.ts';
import { sumsOf } from './sums.ts';

const sort_fields_max = 3;
const counted_rows_max = 10_000;
const exactly_counted_rows_max = 500_000;

type Sql = RawBuilder<unknown>;

interface SortKey {
  column: Sql;
  descending: boolean;
  /** Never null in the table, which keeps the page condition a plain row comparison. */
  required: boolean;
  /** Where those without a value come when descending; ascending they come last. */
  emptyLast: boolean;
}

export interface Page {
  data: Record<string, unknown>[];
  next_cursor: string | null;
  total: number | null;
  total_is_exact: boolean;
  sums?: ListSums;
}

/**
 * One keyset page of a resource under the caller's rights. `where` narrows it further (alias `r`).
 * Rows come as the API shows them.
 */
export async function listRows(ctx: Context, resource: Resource, query: ListQuery, where?: Sql): Promise<Page> {
  const fields = await tenantFieldsFor(ctx, query);
  const keys = parseSort(resource, query.sort ?? resource.defaultSort, fields);
  const scope = JSON.stringify([ctx.tenant_id, resource.name, query.filter ?? '', query.sort ?? '', query.trashed]);
  const conditions: Sql[] = [...baseConditions(ctx, resource, query.trashed === 'true')];
  if (where) conditions.push(where);
  if (query.filter) conditions.push(filterSql(resource, parseFilter(query.filter), fields));
  const matching = sql.join(conditions, sql` and `);
  const after = query.cursor ? afterSql(keys, decodeCursor(query.cursor, scope) as (string | null)[]) : sql`true`;
  const order = sql.join([...keys.map(orderSql), sql`r.id ${direction(keys[0]!)}`]);

  const rowsRead = ctx.tx.many<Record<string, unknown>>(sql`
    select ${selectColumns(resource)}, ${sql.join(keys.map((k, i) => sql`${k.column}::text as ${sql.ref(`$key${i}`)}`))}
    from ${sourceSql(resource)} where ${matching} and ${after} order by ${order} limit ${query.limit + 1}`);
  const counted_max = query.count === 'exact' ? exactly_counted_rows_max : counted_rows_max;
  const counted =
    query.count !== 'false'
      ? ctx.tx.one<{ total: number }>(sql`select count(*)::int as total from (
          select from ${sql.table(resource.table)} r where ${matching} limit ${counted_max + 1}) as counted`)
      : undefined;
  const summed = query.sums ? sumsOf(ctx, resource, { names: query.sums, fields, matching }) : undefined;
  const [rows, count, sums] = await Promise.all([rowsRead, counted, summed]);

  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  const next_cursor = last ? encodeCursor([...keys.map((_, i) => last[`$key${i}`]), last.id], scope) : null;
  return {
    data: page.map((row) => presentRow(resource, row)),
    next_cursor,
    total: count ? Math.min(count.total, counted_max) : null,
    total_is_exact: count ? count.total <= counted_max : false,
    ...(sums && { sums }),
  };
}

/** What holds of every read of a resource: not in the trash, and the caller's scope in the form an index can use. */
export function baseConditions(ctx: Context, resource: Resource, trashed: boolean | 'either' = false): Sql[] {
  const conditions: Sql[] = [sql`r.tenant_id = ${ctx.tenant_id}`];
  if (resource.trash && trashed !== 'either')
    conditions.push(trashed ? sql`r.deleted_at is not null` : sql`r.deleted_at is null`);
  const scope = scopeOf(ctx.actor.rights, resource.right, 'read');
  if (resource.owner && scope === 'own') conditions.push(sql`${sql.ref(`r.${resource.owner}`)} = ${ctx.actor.user_id}`);
  return conditions;
}

/** Whether the caller's right to an action reaches the row `r`. */
export function reaches({ actor }: Context, { right, owner }: Resource, action: Action): Sql {
  const scope = scopeOf(actor.rights, right, action);
  if (scope === 'none') return sql`false`;
  if (scope === 'all' || !owner) return sql`true`;
  return sql`coalesce(${sql.ref(`r.${owner}`)} = any ((select app.scope_owners(${right}, ${action}))::uuid[]), false)`;
}

/** The tenant's own fields, read only for a list that names some. */
export async function tenantFieldsFor(
  ctx: Context,
  query: { filter?: string | null; sort?: string | null; sums?: string },
): Promise<TenantFields> {
  return namesCustomFields(query.filter, query.sort, query.sums) ? readTenantFields(ctx) : new Map();
}

function parseSort(resource: Resource, text: string, fields: TenantFields): SortKey[] {
  const parts = text.split(',').filter(Boolean);
  if (parts.length === 0 || parts.length > sort_fields_max)
    throw invalidField('sort', 'invalid', `Sort by 1 to ${sort_fields_max} fields`);
  return parts.map((part) => {
    const descending = part.startsWith('-');
    const field = descending ? part.slice(1) : part;
    const known = listField(resource, fields, field);
    if (!known?.meta.sortable) throw invalidField('sort', 'unknown_field', `This list cannot be sorted by "${field}"`);
    const { required = false, emptyLast = false } = known.meta;
    return { column: known.column, descending, required, emptyLast };
  });
}

const direction = (key: SortKey): Sql => sql.raw(key.descending ? 'desc' : 'asc');
const orderSql = (key: SortKey): Sql =>
  sql`${key.column} ${direction(key)}${key.descending && key.emptyLast ? sql` nulls last` : sql``}`;

/** `order by` of a sort as requests name it. */
export function orderBy(resource: Resource, sort: string, fields: TenantFields): Sql {
  return sql.join([...parseSort(resource, sort, fields).map(orderSql), sql`r.id`]);
}

/** The rows after a given place, in PostgreSQL's order: nulls last when ascending, first when descending unless the field says otherwise. */
function afterSql(keys: SortKey[], values: (string | null)[]): Sql {
  const first = keys[0]!;
  const id = values.at(-1) as string;
  if (keys.every((k) => k.required && k.descending === first.descending)) {
    const columns = sql.join([...keys.map((k) => k.column), sql.ref('r.id')]);
    return sql`(${columns}) ${sql.raw(first.descending ? '<' : '>')} (${sql.join(values)})`;
  }
  let condition: Sql = sql`r.id ${sql.raw(first.descending ? '<' : '>')} ${id}`;
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i]!;
    const value = values[i];
    const equal = sql`${key.column} is not distinct from ${value}`;
    condition = sql`(${beyondSql(key, value)} or (${equal} and ${condition}))`;
  }
  return condition;
}

function beyondSql(key: SortKey, value: string | null | undefined): Sql {
  if (key.descending && !key.emptyLast)
    return value === null ? sql`${key.column} is not null` : sql`${key.column} < ${value}`;
  if (value === null) return sql`false`;
  return sql`(${key.column} ${sql.raw(key.descending ? '<' : '>')} ${value} or ${key.column} is null)`;
}
