import type { RawBuilder } from 'kysely';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import { type CustomField, entriesOf, hasValue, type TenantFields } from './custom.ts';
import { type ListField, listField } from './list-field.ts';
import { sourceSql } from './row.ts';

const sort_fields_max = 3;

type Sql = RawBuilder<unknown>;

export interface SortKey {
  column: Sql;
  descending: boolean;
  /** Never null in the table, so that the page condition is a plain row comparison. */
  required: boolean;
  /** In its index, records without a value are last also when descending. */
  emptyLast: boolean;
  /** Set for a custom field. */
  custom?: CustomField;
}

export function parseSort(resource: Resource, text: string, fields: TenantFields): SortKey[] {
  const parts = text.split(',').filter(Boolean);
  if (parts.length === 0 || parts.length > sort_fields_max)
    throw invalidField('sort', 'invalid', `Sort by 1 to ${sort_fields_max} fields`);
  return parts.map((part) => {
    const descending = part.startsWith('-');
    const field = descending ? part.slice(1) : part;
    const known = listField(resource, fields, field);
    if (known?.meta.sealed)
      throw invalidField('sort', 'not_allowed', `The values of "${field}" are sealed, and have no order to sort by`);
    if (!known?.meta.sortable) throw invalidField('sort', 'unknown_field', `This list cannot be sorted by "${field}"`);
    const { custom } = known;
    const { required = false, emptyLast = false } = known.meta;
    if (!custom) return { column: comparedColumn(known), descending, required, emptyLast };
    const column = sql`(select v.value from custom_value v where ${entriesOf(custom, 'v', 'r')})`;
    return { column, descending, required: false, emptyLast: false, custom };
  });
}

/**
 * What the values of a field are compared by. Amounts are compared as filters do, without conversion: 1500 JPY is more
 * than 1000.00 EUR. Texts are compared as names are, whose columns have this collation already: "Ähnlich" comes before
 * "zuletzt", and "adam" before "Zoe".
 */
function comparedColumn({ meta: { type, unitsColumn, currencyField, byCodePoint }, column }: ListField): Sql {
  if ((type === 'text' || type === 'email') && !byCodePoint) return sql`(${column} collate "und-x-icu")`;
  if (currencyField) return sql`(${column} / app.currency_factor(${sql.ref(`r.${currencyField}`)})::numeric)`;
  return unitsColumn ? sql.ref(`r.${unitsColumn}`) : column;
}

const direction = (descending: boolean): Sql => sql.raw(descending ? 'desc' : 'asc');
const orderSql = ({ column, descending, required }: SortKey): Sql =>
  sql`${column} ${direction(descending)}${sql.raw(descending && !required ? ' nulls last' : '')}`;

/** The `order by` of a sort, as requests name it. */
export function orderBy(resource: Resource, sort: string, fields: TenantFields): Sql {
  return sql.join([...parseSort(resource, sort, fields).map(orderSql), sql`r.id`]);
}

/** A segment of a list that one index can give in order: where its rows come from, and what orders them. */
interface SortSegment {
  source: Sql;
  where: Sql;
  /** Expressions that are equal for all of its rows, given so that an index that begins with them can be used. */
  lead: Sql[];
  keys: SortKey[];
  /** Breaks ties, in the direction of the first sort key. */
  id: Sql;
  descending: boolean;
  /** Records without a value of a custom field, which no index has in order: they may be few. */
  isRest?: true;
  /** How many sort keys of the list are equal for all of its rows. */
  constant: number;
}

/**
 * Records without a value come last in both directions. A list sorted by a custom field first has the segment of
 * records with a value, read along the index of custom values, then the others; so does a descending sort by any other
 * field, whose index has records without a value first. The second segment is read only when the first is exhausted.
 * When all records are of one owner, another index has the values of that owner alone.
 */
export function sortSegments(
  resource: Resource,
  keys: SortKey[],
  { hasSingleOwner, isNarrow }: { hasSingleOwner: boolean; isNarrow: boolean },
): [SortSegment, ...SortSegment[]] {
  const [first, ...rest] = keys as [SortKey, ...SortKey[]];
  const { column, descending, custom } = first;
  const source = sourceSql(resource);
  const whole = { source, where: sql`true`, lead: [], keys, id: sql.ref('r.id'), descending, constant: 0 };
  if (!custom && descending && !first.required && !first.emptyLast)
    return [
      { ...whole, where: sql`${column} is not null`, keys: [{ ...first, required: true }, ...rest] },
      { ...whole, where: sql`${column} is null`, lead: [sql`${column} desc`], keys: rest, constant: 1 },
    ];
  if (!custom) return [whole];
  const entries = entriesOf(custom, 'k', 'r');
  const held = { column: sql.ref('k.value'), descending, required: true, emptyLast: false };
  return [
    {
      ...whole,
      source: isNarrow
        ? sql`${source} cross join custom_value k`
        : sql`custom_value k cross join lateral ${recordOf(resource, 'k')} r`,
      where: hasSingleOwner ? sql`${entries} and k.owner_id = ${sql.ref(`r.${resource.owner}`)}` : entries,
      keys: [held, ...rest],
      id: sql.ref('k.record_id'),
    },
    { ...whole, where: sql`not ${hasValue(custom, 'r')}`, keys: rest, constant: 1, isRest: true },
  ];
}

/**
 * Looks up the record of a custom value by its key: `offset` keeps other conditions out of the look-up. Otherwise, when
 * PostgreSQL expects an owner to have few records, it looks through all of them for each value.
 */
const recordOf = ({ table }: Resource, entry: string): Sql =>
  sql`(select * from ${sql.table(table)} o where o.tenant_id = ${sql.ref(`${entry}.tenant_id`)}
    and o.id = ${sql.ref(`${entry}.record_id`)} offset 0)`;

export const orderOf = ({ lead, keys, id, descending }: SortSegment): Sql =>
  sql.join([...lead, ...keys.map(orderSql), sql`${id} ${direction(descending)}`]);

/** The content of a page cursor: the values of the sort keys of the last row, and its id. */
export type CursorValues = (string | null)[];

/** The condition for rows after a cursor, in the order of the list. */
export function afterSql({ keys, id, descending, constant }: SortSegment, after: CursorValues): Sql {
  const values = after.slice(constant, -1);
  const last = after.at(-1);
  if (keys.every((key) => key.required && key.descending === descending)) {
    const columns = sql.join([...keys.map((key) => key.column), id]);
    return sql`(${columns}) ${sql.raw(descending ? '<' : '>')} (${sql.join([...values, last])})`;
  }
  let condition: Sql = sql`${id} ${sql.raw(descending ? '<' : '>')} ${last}`;
  for (const [i, key] of [...keys.entries()].toReversed()) {
    const equal = sql`${key.column} is not distinct from ${values[i]}`;
    condition = sql`(${beyondSql(key, values[i])} or (${equal} and ${condition}))`;
  }
  return condition;
}

function beyondSql({ column, descending, required }: SortKey, value: string | null | undefined): Sql {
  if (value === null) return sql`false`;
  const beyond = sql`${column} ${sql.raw(descending ? '<' : '>')} ${value}`;
  return required ? beyond : sql`(${beyond} or ${column} is null)`;
}
