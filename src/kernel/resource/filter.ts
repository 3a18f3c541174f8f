import { isDeepStrictEqual } from 'node:util';
import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { countryName } from '../contract/country.ts';
import { decimalPattern, decimalUnits } from '../contract/decimal.ts';
import { durationSeconds } from '../contract/duration.ts';
import { emailText } from '../contract/email.ts';
import { type FieldMeta, type FieldType, isoDuration, jsonListTypes } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { dateText, timeText } from '../contract/time.ts';
import { sql } from '../database/database.ts';
import { with_input, wording } from '../errors/field-errors.ts';
import { invalidField, problems } from '../errors/problem.ts';
import { type CustomField, customPrefix, hasValue, indexed_characters, sortable, type TenantFields } from './custom.ts';
import { text_characters_max } from './custom-values.ts';
import { type ListField, listField } from './list-field.ts';
import { clearSql, isPersonalText } from './personal.ts';
import { relatedRecords, type Subject } from './related.ts';

const filter_depth_max = 8;
const filter_conditions_max = 50;
/** Each relation in a filter multiplies what has to be read. */
const filter_relations_max = 12;
const in_values_max = 200;

export type Condition = { field: string; op: string; value?: unknown };
/** The condition that any, or none, of the related records match. */
type Related = { any: string; where?: Filter } | { none: string; where?: Filter };
export type Filter = Condition | Related | { and: Filter[] } | { or: Filter[] };
type Sql = RawBuilder<unknown>;
/** Counts while a filter is parsed. */
type Seen = { conditions: number; relations: number };

const ordered = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'between', 'is_empty', 'not_empty', 'in'];
const temporal = [...ordered, 'within'];
const textual = ['eq', 'ne', 'in', 'contains', 'starts_with', 'is_empty', 'not_empty'];
const member = ['has', 'has_not', 'is_empty', 'not_empty'];
const listed = ['contains', 'is_empty', 'not_empty'];
const discrete = ['eq', 'ne', 'in', 'is_empty', 'not_empty'];

/** Operators by type of field; docs/api.md lists the same. */
export const operators: Partial<Record<FieldType, readonly string[]>> = {
  id: ['eq', 'in'],
  text: textual,
  email: textual,
  phone: textual,
  url: textual,
  long_text: ['contains', 'is_empty', 'not_empty'],
  integer: ordered,
  decimal: ordered,
  money: ordered,
  date: temporal,
  time: temporal,
  duration: ordered,
  labelled: listed,
  addresses: listed,
  boolean: ['eq'],
  select: discrete,
  reference: discrete,
  currency: discrete,
  tags: member,
  records: member,
  nested: member,
  list: member,
  secret: discrete,
};

/** Of sealed fields with an index of their parts. */
const sealedWithParts: readonly string[] = [...discrete, 'contains', 'starts_with'];

const decimal_form = 'Write a decimal number such as "12.5"';
const valueSchemas: Partial<Record<FieldType, z.ZodType>> = {
  id: z.uuid(),
  text: z.string().max(text_characters_max),
  email: z.string().max(254),
  phone: z.string().max(50),
  url: z.string().max(2000),
  long_text: z.string().max(1000),
  integer: z.int().min(-2147483648).max(2147483647),
  decimal: z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/, { error: decimal_form }),
  money: z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/, { error: 'Write an amount such as "1054.00"' }),
  duration: isoDuration(),
  labelled: z.string().max(1000),
  addresses: z.string().max(1000),
  currency: z.string().length(3),
  date: dateText(),
  time: timeText(),
  boolean: z.boolean(),
  select: z.string().max(200),
  reference: z.uuid(),
  tags: z.uuid(),
  records: z.uuid(),
  nested: z.uuid(),
  list: z.string().max(200),
};

/** Parses the `filter` parameter; throws a 400 or 422 that says what is wrong, where, and what to do. */
export function parseFilter(text: string): Filter {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const message = 'The filter is not JSON. Write {"field":"name","op":"contains","value":"…"} and URL-encode it.';
    throw problems.malformed(message, [{ field: 'filter', code: 'invalid', message }]);
  }
  const seen = { conditions: 0, relations: 0 };
  return checkFilter(value, 1, seen);
}

function checkFilter(value: unknown, depth: number, seen: Seen): Filter {
  if (depth > filter_depth_max)
    throw invalidField('filter', 'too_deep', `Nest groups at most ${filter_depth_max} deep`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidField(
      'filter',
      'invalid',
      'Each part is a condition {field, op, value} or a group {"and": […]} or {"or": […]}',
    );
  }
  const keys = Object.keys(value);
  const group = keys.length === 1 && (keys[0] === 'and' || keys[0] === 'or') ? keys[0] : undefined;
  if (group) {
    const parts = (value as Record<string, unknown>)[group];
    if (!Array.isArray(parts) || parts.length === 0)
      throw invalidField('filter', 'invalid', `"${group}" needs a list of at least one condition`);
    return { [group]: parts.map((part) => checkFilter(part, depth + 1, seen)) } as Filter;
  }
  if (++seen.conditions > filter_conditions_max)
    throw invalidField('filter', 'too_many', `Write at most ${filter_conditions_max} conditions`);
  if ('any' in value || 'none' in value) return checkRelated(value, depth, seen);
  const { field, op, ...rest } = value as Record<string, unknown>;
  if (typeof field !== 'string' || typeof op !== 'string' || Object.keys(rest).some((key) => key !== 'value')) {
    throw invalidField('filter', 'invalid', 'A condition has exactly field, op and value');
  }
  return { field, op, value: rest.value };
}

function checkRelated(value: object, depth: number, seen: Seen): Filter {
  if (++seen.relations > filter_relations_max)
    throw invalidField('filter', 'too_many', `Ask for related records at most ${filter_relations_max} times`);
  const { where, ...rest } = value as Record<string, unknown>;
  const [[way, name], ...more] = Object.entries(rest) as [[string, unknown], ...unknown[]];
  if (typeof name !== 'string' || more.length > 0)
    throw invalidField('filter', 'invalid', 'Write {"any": "deals", "where": …} or {"none": "deals", "where": …}');
  return { [way]: name, ...(where !== undefined && { where: checkFilter(where, depth + 1, seen) }) } as Filter;
}

/** Whether the texts of a filter or sort may name custom fields, so that these have to be read first. */
export const namesCustomFields = (...texts: (string | null | undefined)[]): boolean =>
  texts.some((text) => text?.includes(customPrefix));

/** The record types that a filter asks about by its relations. */
export function relatedTypes(subject: Subject, filter: Filter): Resource[] {
  if ('and' in filter) return filter.and.flatMap((part) => relatedTypes(subject, part));
  if ('or' in filter) return filter.or.flatMap((part) => relatedTypes(subject, part));
  if ('field' in filter) return [];
  const related = relatedRecords(subject, 'any' in filter ? filter.any : filter.none).subject;
  return [related.resource, ...(filter.where ? relatedTypes(related, filter.where) : [])];
}

/**
 * Whether a filter compares personal texts that a workspace may seal, its own or those of related records, other than
 * those that were looked up.
 */
export function comparesPersonal(subject: Subject, filter: Filter): boolean {
  if ('and' in filter) return filter.and.some((part) => comparesPersonal(subject, part));
  if ('or' in filter) return filter.or.some((part) => comparesPersonal(subject, part));
  if ('field' in filter) {
    const isLookedUp = filter.op.endsWith('_empty') || filter.value instanceof SealedMatches;
    return isPersonalText(subject.resource, filter.field) && !isLookedUp;
  }
  const related = relatedRecords(subject, 'any' in filter ? filter.any : filter.none).subject;
  return filter.where !== undefined && comparesPersonal(related, filter.where);
}

const unselectiveOperators: ReadonlySet<string> = new Set([
  'ne',
  'has_not',
  'is_empty',
  'not_empty',
  'contains',
  'starts_with',
]);
const unselectiveTypes: ReadonlySet<FieldType | undefined> = new Set(['select', 'boolean', 'currency']);

/**
 * Whether an index may find the matching records directly: then sorting these can be cheaper than reading the list in
 * its order until a page is full.
 */
export function isSelective(resource: Resource, filter: Filter): boolean {
  if ('and' in filter) return filter.and.some((part) => isSelective(resource, part));
  if ('or' in filter) return filter.or.every((part) => isSelective(resource, part));
  if ('none' in filter) return false;
  if ('any' in filter) return true;
  return !unselectiveOperators.has(filter.op) && !unselectiveTypes.has(resource.meta.get(filter.field)?.type);
}

/** A filter without its condition on a single owner; unchanged when it has none. */
export function withoutOwnerCondition(resource: Resource, filter: Filter): Filter | undefined {
  const names = (part: Filter) => isOwnerCondition(resource, part);
  if (!('and' in filter)) return names(filter) ? undefined : filter;
  const and = filter.and.filter((part) => !names(part));
  return and.length === filter.and.length ? filter : { and };
}

const isOwnerCondition = ({ owner }: Resource, part: Filter): part is Condition =>
  'field' in part && part.field === owner && part.op === 'eq';

/** The owner of all rows that a filter finds, where it names one. */
export const ownerIn = (resource: Resource, filter: Filter): unknown =>
  ('and' in filter ? filter.and : [filter]).find((part) => isOwnerCondition(resource, part))?.value;

/**
 * A filter as an SQL condition over the table alias `r`. `fields` are the tenant's custom fields, when the filter names
 * some.
 */
export function filterSql(resource: Resource, filter: Filter, fields: TenantFields = new Map()): Sql {
  return partSql({ resource, alias: 'r', fields }, filter);
}

function partSql(subject: Subject, filter: Filter): Sql {
  const parts = (of: Filter[], between: Sql) =>
    sql`(${sql.join(
      of.map((part) => partSql(subject, part)),
      between,
    )})`;
  if ('and' in filter) return parts(filter.and, sql` and `);
  if ('or' in filter) return parts(filter.or, sql` or `);
  if ('any' in filter) return relatedSql(subject, filter.any, filter.where);
  if ('none' in filter) return sql`not ${relatedSql(subject, filter.none, filter.where)}`;
  const either = formsOf(filter).map((form) => conditionSql(subject, form));
  return either.length === 1 ? either[0]! : sql`(${sql.join(either, negated.has(filter.op) ? sql` and ` : sql` or `)})`;
}

const negated: ReadonlySet<string> = new Set(['ne', 'has_not']);

/**
 * Texts are stored in composed letters (NFC). A condition with other letters means both, because older texts were
 * stored as they were sent.
 */
function formsOf(condition: Condition): Condition[] {
  const composedOf = (value: unknown) => (typeof value === 'string' ? value.normalize('NFC') : value);
  const { value } = condition;
  const composed = Array.isArray(value) ? value.map(composedOf) : composedOf(value);
  return isDeepStrictEqual(composed, value) ? [condition] : [condition, { ...condition, value: composed }];
}

/** Only records that the caller may read count: row-level security applies inside a filter too. */
function relatedSql(subject: Subject, name: string, where: Filter | undefined): Sql {
  const { subject: other, from, conditions } = relatedRecords(subject, name);
  const all = where ? [...conditions, partSql(other, where)] : conditions;
  return sql`exists (select from ${from} where ${sql.join(all, sql` and `)})`;
}

export function checkOperator(field: string, op: string, allowed: readonly string[]): void {
  if (!allowed.includes(op))
    throw invalidField('filter', 'unknown_operator', `"${field}" knows the operators ${allowed.join(', ')}`);
}

/** Operators that compare a whole value. */
const sameCountry: ReadonlySet<string> = new Set(['eq', 'ne', 'in']);

function conditionSql(subject: Subject, condition: Condition): Sql {
  const known = listField(subject.resource, subject.fields, condition.field, subject.alias);
  const made = conditionOn(known, subject, condition);
  const isAsked = !condition.op.endsWith('_empty') && !(condition.value instanceof NamedRecords);
  return known?.comparable && isAsked ? sql`(${known.comparable} and ${made})` : made;
}

function conditionOn(known: ListField | undefined, { alias }: Subject, { field, op, value }: Condition): Sql {
  if (!known?.meta.filterable)
    throw invalidField('filter', 'unknown_field', `There is no field "${field}" to filter by`);
  const { meta } = known;
  const allowed = meta.sealed?.parts ? sealedWithParts : (operators[meta.type] ?? []);
  checkOperator(field, op, allowed);
  if (meta.sealed) return sealedSql(alias, { field, op, value });
  if (value instanceof NamedRecords) {
    const named = sql`${sql.ref(`${alias}.id`)} = any (${value.ids}::uuid[])`;
    return negated.has(op) ? sql`not ${named}` : named;
  }
  if (meta.sealable && op.endsWith('_empty') && !jsonListTypes.has(meta.type)) return emptySql(alias, field, op);
  if (value instanceof SealedMatches) return matchesSql(known, alias, { field, op, value });
  const indexed = known.custom && customConditionSql(known.custom, known.meta, alias, { field, op, value });
  if (indexed) return indexed;
  const isSameCountry = meta.isCountry && sameCountry.has(op);
  const checked = (single: unknown) => {
    const found = checkValue(field, meta, single);
    return isSameCountry ? countryName(found as string) : found;
  };
  const operand = (single: unknown) => operandSql(meta, alias, checked(single));
  const like: Like = (text) => likeSql(meta, text, op, String(checkValue(field, meta, value)));
  if (meta.type === 'records') return recordsSql(known.column, alias, op, op.startsWith('has') ? operand(value) : null);
  const through = meta.type === 'tags' ? tagLinks : meta.through;
  if (through) return memberSql(through, alias, op, op.startsWith('has') ? operand(value) : undefined);
  const compared = meta.unitsColumn ?? meta.filterColumn;
  const own = compared ? sql.ref(`${alias}.${compared}`) : known.column;
  const column = isSameCountry ? sql`app.country_name(${own})` : own;
  if (jsonListTypes.has(meta.type)) return jsonListSql(sql.ref(`${alias}.${field}`), column, op, like);
  const further = meta.further && furtherSql(meta.further, alias);
  const orFurther = (main: Sql, more: (lists: NonNullable<typeof further>) => Sql): Sql =>
    further ? sql`(${main} or ${more(further)})` : main;
  switch (op) {
    case 'is_empty':
      return sql`${column} is null`;
    case 'not_empty':
      return sql`${column} is not null`;
    case 'in': {
      const values = listOf(value, 1, in_values_max, op).map(checked);
      return orFurther(inSql(column, meta, alias, values), ({ any }) => any(values));
    }
    case 'within':
      return withinSql(column, meta, periodOf(field, value));
    case 'between':
      return sql`${column} between ${sql.join(listOf(value, 2, 2, op).map(operand), sql` and `)}`;
    case 'contains':
    case 'starts_with':
      return orFurther(like(column), (lists) => lists.like(like));
    case 'ne': {
      const other = sql`${column} is distinct from ${operand(value)}`;
      return further ? sql`(${other} and not ${further.any([checkValue(field, meta, value)])})` : other;
    }
    case 'eq':
      return orFurther(sql`${column} = ${operand(value)}`, ({ any }) => any([checkValue(field, meta, value)]));
    default:
      return sql`${column} ${sql.raw(comparisons[op]!)} ${operand(value)}`;
  }
}

/**
 * A value as blind indexes have it, one for each key of them: `sealFilter` puts it in place of a sealed field's values.
 */
export class BlindIndexes {
  readonly indexes: Buffer[];
  constructor(indexes: Buffer[]) {
    this.indexes = indexes;
  }
}

/** The records that meet a condition on sealed names: `sealFilter` puts them in place of what was asked for. */
export class NamedRecords {
  readonly ids: readonly string[];
  constructor(ids: readonly string[]) {
    this.ids = ids;
  }
}

/** The records that have a part of a sealed value, the best first: `sealFilter` puts them in place of the part. */
export class PartMatches {
  readonly ids: readonly string[];
  /** Of each: 0 where the value begins with the part, 1 where a word of it does, 2 where it stands elsewhere. */
  readonly ranks: readonly number[];
  constructor(matches: readonly { id: string; rank: number }[]) {
    this.ids = matches.map(({ id }) => id);
    this.ranks = matches.map(({ rank }) => rank);
  }
}

/** The records that have one of the values sealed: `sealFilter` puts them beside what was asked for. */
export class SealedMatches {
  readonly asked: unknown;
  readonly ids: readonly string[];
  constructor(asked: unknown, ids: readonly string[]) {
    this.asked = asked;
    this.ids = ids;
  }
}

/** A condition on a text that may be sealed: what is in the clear is compared, and what is sealed was found. */
function matchesSql({ meta }: ListField, alias: string, condition: Condition & { value: SealedMatches }): Sql {
  const { field, op, value } = condition;
  const asked = op === 'in' ? listOf(value.asked, 1, in_values_max, op) : [value.asked];
  const values = asked.map((one) => checkValue(field, meta, one));
  const found = sql`(coalesce(${clearSql(sql.ref(`${alias}.${field}`))} = any (${values}), false)
    or ${sql.ref(`${alias}.id`)} = any (${value.ids}::uuid[]))`;
  return op === 'ne' ? sql`not ${found}` : found;
}

/** The matches by whose ranks a list is ordered: those of the one part that all of its records have. */
export function rankedBy(filter: Filter): PartMatches | undefined {
  const parts = 'and' in filter ? filter.and : [filter];
  const found = parts.flatMap((part) => ('field' in part && part.value instanceof PartMatches ? [part.value] : []));
  return found[0];
}

const emptySql = (alias: string, field: string, op: string): Sql =>
  sql`${sql.ref(`${alias}.${field}`)} ${sql.raw(op === 'is_empty' ? 'is null' : 'is not null')}`;

function sealedSql(alias: string, { field, op, value }: Condition): Sql {
  if (op.endsWith('_empty')) return emptySql(alias, field, op);
  if (value instanceof PartMatches) return sql`${sql.ref(`${alias}.id`)} = any (${value.ids}::uuid[])`;
  if (!(value instanceof BlindIndexes))
    throw invalidField(
      'filter',
      'not_allowed',
      `"${field}" is sealed: a filter by its value works in lists, and is kept nowhere`,
    );
  const found = sql`${sql.ref(`${alias}.${field}_index`)} = any (${value.indexes}::bytea[])`;
  return op === 'ne' ? sql`not coalesce(${found}, false)` : found;
}

/** Conditions on the labelled list with the further values of a field. */
function furtherSql({ column, lookup }: NonNullable<FieldMeta['further']>, alias: string) {
  const list = sql.ref(`${alias}.${column}`);
  return {
    // The ids are looked up first, because row-level security keeps a condition on the list from using its index.
    any: (values: unknown[]) =>
      sql`${sql.ref(`${alias}.id`)} = any (array(select ${sql.raw(lookup)}(array[${sql.join(values)}]::text[])))`,
    like: (like: Like) =>
      sql`(${list} <> '[]' and exists (select from jsonb_array_elements(${list}) e where ${like(sql`e ->> 'value'`)}))`,
  };
}

/**
 * The condition that a JSON list has an entry one of whose parts, or its label, contains a text. `comparable`: the list
 * where its entries are looked at.
 */
function jsonListSql(list: Sql, comparable: Sql, op: string, like: Like): Sql {
  if (op !== 'contains') return op === 'is_empty' ? sql`${list} = '[]'` : sql`${list} <> '[]'`;
  return sql`(${list} <> '[]' and exists (select from jsonb_array_elements(${comparable}) e cross join jsonb_each_text(e) p
    where ${like(sql`p.value`)}))`;
}

/** The condition that a text contains what is wanted, or begins with it. */
type Like = (text: Sql) => Sql;

/**
 * Texts are compared as the search compares them, but for long ones, of which that would take several times as long:
 * there accents count.
 */
function likeSql({ type }: FieldMeta, text: Sql, op: string, wanted: string): Sql {
  const before = op === 'contains' ? '%' : '';
  if (type === 'long_text') return sql`${text} ilike ${`${before}${escapeLike(wanted)}%`}`;
  // In a subquery of its own it is computed once. Only then are its signs made to mean themselves: folding makes % of
  // ％.
  const pattern = sql`select ${before}::text || regexp_replace(app.compared_text(${wanted}), '([\\\\%_])', '\\\\\\1', 'g') || '%'`;
  return sql`app.compared_text(${text}) like (${pattern})`;
}

/** A condition on the index of custom values; undefined when only the value itself can tell. */
function customConditionSql(
  custom: CustomField,
  meta: FieldMeta,
  alias: string,
  { field, op, value }: Condition,
): Sql | undefined {
  const checked = (single: unknown) => checkValue(field, meta, single);
  const held = (condition?: (value: Sql) => Sql) => hasValue(custom, alias, condition);
  const compared = (operator: string) => {
    const operand = sortable(custom, sql`${checked(value)}`);
    return held((entry) => sql`${entry} ${sql.raw(operator)} ${operand}`);
  };
  // The index holds only the beginning of longer texts.
  if ([value].flat().some((text) => typeof text === 'string' && text.length >= indexed_characters)) return undefined;
  switch (op) {
    case 'is_empty':
      return sql`not ${held()}`;
    case 'not_empty':
      return held();
    case 'has':
      return compared('=');
    case 'ne':
    case 'has_not':
      return sql`not ${compared('=')}`;
    case 'in': {
      const values = listOf(value, 1, in_values_max, op).map((single) => String(checked(single)));
      return held(
        (entry) =>
          sql`${entry} = any (array(select ${sortable(custom, sql.ref('x'))} from unnest(${values}::text[]) x))`,
      );
    }
    case 'within': {
      const days = sql`app.period(${periodOf(field, value)})`;
      const bound = (day: Sql) => sql`(select ${sortable(custom, day)})`;
      return held(
        (entry) => sql`(${entry} >= ${bound(sql`lower(${days})`)} and ${entry} < ${bound(sql`upper(${days})`)})`,
      );
    }
    case 'between': {
      const [from, to] = listOf(value, 2, 2, op).map((single) => sortable(custom, sql`${checked(single)}`));
      return held((entry) => sql`${entry} between ${from} and ${to}`);
    }
    case 'contains':
    case 'starts_with':
      return undefined;
    default:
      // A missing boolean counts as false.
      if (meta.type === 'boolean' && checked(value) === false)
        return sql`not ${held((entry) => sql`${entry} = 'true'`)}`;
      return compared(comparisons[op]!);
  }
}

/** One array instead of many parameters, so that lists of any length share a prepared statement. */
function inSql(column: Sql, meta: FieldMeta, alias: string, values: unknown[]): Sql {
  if (meta.type !== 'money') return sql`${column} = any (${values})`;
  return sql`${column} in (${sql.join(values.map((value) => operandSql(meta, alias, value)))})`;
}

const periods =
  /^(today|yesterday|tomorrow|(this|last|next)_(week|month|quarter|year)|(last|next)_([1-9]\d{0,3})_days)$/;

export const isPeriod = (text: string): boolean => periods.test(text);

function periodOf(field: string, value: unknown): string {
  if (typeof value === 'string' && isPeriod(value)) return value;
  const known =
    'today, yesterday, tomorrow, this_week, last_month, next_quarter, this_year, last_30_days or next_7_days';
  throw invalidField('filter', 'invalid_value', `"${field}" is within a period such as ${known}`);
}

/** Periods begin and end at midnight in the time zone of the caller. */
function withinSql(column: Sql, meta: FieldMeta, period: string): Sql {
  const days = sql`app.period(${period})`;
  const bound = (day: Sql) => (meta.type === 'date' ? sql`(select ${day})` : sql`(select app.local_midnight(${day}))`);
  return sql`(${column} >= ${bound(sql`lower(${days})`)} and ${column} < ${bound(sql`upper(${days})`)})`;
}

function listOf(value: unknown, least: number, most: number, op: string): unknown[] {
  if (Array.isArray(value) && value.length >= least && value.length <= most) return value;
  const count = least === most ? `${most}` : `${least} to ${most}`;
  throw invalidField('filter', 'invalid_value', `"${op}" takes a list of ${count} values`);
}

const comparisons: Record<string, string> = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

function checkValue(field: string, meta: FieldMeta, value: unknown): unknown {
  const schema = meta.digits
    ? z.string().regex(decimalPattern(meta.digits), { error: decimal_form })
    : valueSchemas[meta.type]!;
  const checked = schema.safeParse(value, with_input);
  if (!checked.success)
    throw invalidField(
      'filter',
      'invalid_value',
      `The value for "${field}" does not fit: ${wording(checked.error.issues[0]!)}`,
    );
  // A stored filter may name an option that was removed from a custom field since: no record holds it.
  if (meta.values && !field.startsWith(customPrefix) && !meta.values.includes(value as string)) {
    throw invalidField('filter', 'invalid_value', `"${field}" is one of ${meta.values.join(', ')}`);
  }
  if (meta.filterColumn === 'email_key') return emailText(String(value)).toLowerCase();
  if (meta.type === 'reference') return String(value).toLowerCase();
  if (meta.type === 'duration') return durationSeconds(checked.data as string);
  if (meta.unitsColumn) return decimalUnits(checked.data as string, meta.digits!).toString();
  return checked.data;
}

/** Amounts are stored in minor units of the row's own currency. */
function operandSql(meta: FieldMeta, alias: string, value: unknown): Sql {
  if (meta.type !== 'money') return sql`${value}`;
  return sql`${value}::numeric * app.currency_factor(${sql.ref(`${alias}.${meta.currencyField}`)})`;
}

type Links = NonNullable<FieldMeta['through']>;

const tagLinks: Links = { table: 'record_tag', subject: 'record_id', value: 'tag_id' };

/**
 * What is about a record. Its ids are looked up first: they are few, and a join would be planned by how many the
 * planner guesses. Whether there is any record, the column says, also of records that the caller may not read.
 */
function recordsSql(column: Sql, alias: string, op: string, wanted: Sql | null): Sql {
  if (wanted === null) return op === 'is_empty' ? sql`${column} = '{}'` : sql`${column} <> '{}'`;
  const about = sql`${sql.ref(`${alias}.id`)} = any (array(select l.item_id from record_link l
    where l.tenant_id = (select app.tenant_id()) and l.record_id = ${wanted}))`;
  return op === 'has' ? about : sql`not ${about}`;
}

function memberSql({ table, subject, value }: Links, alias: string, op: string, wanted: unknown): Sql {
  const narrowed = op.startsWith('has') ? sql`and ${sql.ref(`t.${value}`)} = ${wanted}` : sql``;
  const exists = sql`exists (select from ${sql.table(table)} t where t.tenant_id = ${sql.ref(`${alias}.tenant_id`)}
    and ${sql.ref(`t.${subject}`)} = ${sql.ref(`${alias}.id`)} ${narrowed})`;
  return op === 'has' || op === 'not_empty' ? exists : sql`not ${exists}`;
}

/** Makes `%`, `_` and `\` mean themselves in LIKE. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (c) => `\\${c}`);
}
