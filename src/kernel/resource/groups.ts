import type { RawBuilder } from 'kysely';
import type { FieldMeta, FieldType } from '../contract/fields.ts';
import { type ListGroup, type Resource, resourceOfTable } from '../contract/resource.ts';
import { isTimeInRange } from '../contract/time.ts';
import { isoTime } from '../database/column-types.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { referencedTable, type TenantFields } from './custom.ts';
import type { Filter } from './filter.ts';
import { labelSql } from './label.ts';
import { listField } from './list-field.ts';
import { collator } from './row.ts';
import { sumsByGroup, sumsOfNothing } from './sums.ts';

const groups_max = 200;

type Sql = RawBuilder<unknown>;

const grouped: ReadonlySet<FieldType> = new Set(['select', 'boolean', 'reference', 'currency', 'text', 'date', 'time']);
const units = ['day', 'week', 'month', 'quarter', 'year'] as const;
type Unit = (typeof units)[number];

interface Grouping {
  field: string;
  meta: FieldMeta;
  /** The key as SQL over the table alias `r`; for dates, the first day of their period. */
  key: Sql;
  unit: Unit | undefined;
  /** The table of the records that the values are ids of. */
  table: string | undefined;
}

interface Found {
  value: string | null;
  count: number;
  /**
   * For a period, its bounds: of timestamps, the moments at which it begins and ends in the time zone of the caller; of
   * dates, its last day.
   */
  begins: string | null;
  ends: string | null;
}

export interface Groups {
  groups: ListGroup[];
  more_groups: boolean;
}

/**
 * Counts the matching rows (alias `r`) by the value of a field, with sums: the largest groups, in the order of their
 * values.
 */
export async function groupsOf(
  ctx: Context,
  resource: Resource,
  { by, sums, fields, matching }: { by: string; sums: string | undefined; fields: TenantFields; matching: Sql },
): Promise<Groups> {
  const grouping = readGrouping(resource, fields, by);
  const { meta, key, unit } = grouping;
  const step = unit && sql.lit(unit === 'quarter' ? '3 months' : `1 ${unit}`);
  const next = sql`(g.key + ${step ?? sql.lit('1 day')}::interval)::date`;
  const bound = (day: Sql) => (meta.type === 'time' ? sql`app.local_midnight(${day})` : day);
  // A filter takes no later day, and the week of that one ends in January.
  const last = meta.type === 'time' ? bound(next) : sql`least(${next} - 1, '9999-12-31')`;
  const periods = unit
    ? sql`(${bound(sql`g.key`)})::text as begins, (${last})::text as ends`
    : sql`null as begins, null as ends`;
  const rows = await ctx.tx.many<Found>(sql`select g.key::text as value, g.count, ${periods}
    from (select ${key} as key, count(*)::int as count from ${sql.table(resource.table)} r where ${matching} group by 1 order by 2 desc
      limit ${groups_max + 1}) g`);
  const found = rows.slice(0, groups_max);
  const more_groups = rows.length > groups_max;
  const shown = more_groups ? sql`${matching} and ${isAmong(key, found)}` : matching;
  const totals = sums ? await sumsByGroup(ctx, resource, { names: sums, fields, matching: shown, key }) : undefined;
  const named = grouping.table ? await readNames(ctx, grouping.table, found) : new Map<string, Named>();
  const empty = sums ? sumsOfNothing(resource, { names: sums, fields }) : undefined;
  return {
    groups: found.toSorted(inOrder(meta, named)).map((group) => ({
      value: group.value,
      name: (group.value && named.get(group.value)?.name) ?? null,
      count: group.count,
      filter: filterOf(grouping, group) as Record<string, unknown>,
      ...(totals && empty && { sums: totals.get(group.value) ?? empty }),
    })),
    more_groups,
  };
}

function isAmong(key: Sql, found: readonly Found[]): Sql {
  const values = found.flatMap(({ value }) => value ?? []);
  const isEmpty = found.length > values.length ? sql`or ${key} is null` : sql``;
  return sql`((${key})::text = any (${values}::text[]) ${isEmpty})`;
}

function readGrouping(resource: Resource, fields: TenantFields, by: string): Grouping {
  const [field = '', period] = by.split(':');
  const known = listField(resource, fields, field);
  if (!known?.meta.filterable || !grouped.has(known.meta.type))
    throw invalidField('group', 'unknown_field', `This list cannot be grouped by "${field}"`);
  const { meta, column, custom } = known;
  const isDay = meta.type === 'date' || meta.type === 'time';
  const unit = units.find((one) => one === (period ?? 'month'));
  if (period !== undefined && (!isDay || !unit))
    throw invalidField(
      'group',
      'invalid',
      `Dates and times are grouped by ${units.join(', ')}, such as created_at:month`,
    );
  const table = meta.type === 'reference' ? (meta.table ?? (custom && referencedTable(custom.type))) : undefined;
  const key = meta.isCountry ? sql`app.country_name(${column})` : column;
  if (!isDay || !unit) return { field, meta, key, unit: undefined, table };
  const local =
    meta.type === 'time' ? sql`(${column} at time zone (select app.user_zone()))` : sql`${column}::timestamp`;
  return { field, meta, key: sql`date_trunc(${sql.lit(unit)}, ${local})::date`, unit, table };
}

interface Named {
  /** Null where the record type has none. */
  name: string | null;
  /** Its position, where it has one. */
  position: number | null;
}

async function readNames(ctx: Context, table: string, found: Found[]): Promise<Map<string, Named>> {
  const ids = found.flatMap(({ value }) => value ?? []);
  const resource = resourceOfTable(table);
  const rows = await ctx.tx.many<
    Named & { id: string }
  >(sql`select r.id, ${resource ? labelSql(resource) : sql`r.name`} as name, (to_jsonb(r) ->> 'position')::float8 as position
    from ${sql.table(table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}::uuid[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Options in their order, records by position and name, dates from the latest; groups without a value last. */
function inOrder(meta: FieldMeta, named: ReadonlyMap<string, Named>): (a: Found, b: Found) => number {
  const rank = (value: string) => meta.values?.indexOf(value) ?? named.get(value)?.position ?? 0;
  const text = (value: string) => named.get(value)?.name ?? value;
  return (a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    if (meta.type === 'date' || meta.type === 'time') return a.value < b.value ? 1 : -1;
    return rank(a.value) - rank(b.value) || collator.compare(text(a.value), text(b.value));
  };
}

/** The filter for the rows of a group. */
function filterOf({ field, meta, unit }: Grouping, { value, begins, ends }: Found): Filter {
  if (value === null) return { field, op: 'is_empty' };
  if (meta.type === 'boolean') return { field, op: 'eq', value: value === 'true' };
  if (!unit) return { field, op: 'eq', value };
  if (meta.type === 'date') return { field, op: 'between', value: [begins, ends] };
  const bounds = [
    { field, op: 'gte', value: isoTime(begins!) },
    { field, op: 'lt', value: isoTime(ends!) },
  ];
  // No record is beyond a bound that a filter cannot name, such as the end of the year 9999.
  return { and: bounds.filter(({ value }) => isTimeInRange(value)) };
}
