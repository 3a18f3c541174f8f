import { t } from '../../../text/text.ts';
import type { FieldDef, FieldKind } from '../field.ts';

/** The `filter` parameter of docs/api.md. */
export interface Condition {
  field: string;
  op: Operator;
  value?: unknown;
}
export type Group = { and: Filter[] } | { or: Filter[] };
/** Whether any, or none, of the related records are so. */
export type Related = { any: string; where?: Filter } | { none: string; where?: Filter };
export type Filter = Condition | Group | Related;

export type Operator =
  | 'eq'
  | 'ne'
  | 'in'
  | 'contains'
  | 'starts_with'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'between'
  | 'is_empty'
  | 'not_empty'
  | 'has'
  | 'has_not'
  | 'within';

export const isGroup = (filter: Filter): filter is Group => 'and' in filter || 'or' in filter;
export const isRelated = (filter: Filter): filter is Related => 'any' in filter || 'none' in filter;
export const relationOf = (related: Related): string => ('any' in related ? related.any : related.none);
export const makeRelated = (way: 'any' | 'none', name: string, where?: Filter): Related => {
  const condition = where && { where };
  return way === 'any' ? { any: name, ...condition } : { none: name, ...condition };
};
export const partsOf = (group: Group): Filter[] => ('and' in group ? group.and : group.or);
export const joinOf = (group: Group): 'and' | 'or' => ('and' in group ? 'and' : 'or');
export const makeGroup = (join: 'and' | 'or', parts: Filter[]): Group =>
  join === 'and' ? { and: parts } : { or: parts };

/** The API takes 50: groups, columns, days and views have conditions of their own beside those somebody writes. */
export const conditions_max = 40;

export function countConditions(filter: Filter | null | undefined): number {
  if (!filter) return 0;
  if (isGroup(filter)) return partsOf(filter).reduce((sum, part) => sum + countConditions(part), 0);
  return 1 + (isRelated(filter) ? countConditions(filter.where) : 0);
}

const textual: Operator[] = ['contains', 'eq', 'ne', 'starts_with', 'is_empty', 'not_empty'];
const numeric: Operator[] = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'is_empty', 'not_empty'];
const temporal: Operator[] = ['within', 'gte', 'lte', 'between', 'eq', 'is_empty', 'not_empty'];
const listed: Operator[] = ['contains', 'is_empty', 'not_empty'];
const discrete: Operator[] = ['in', 'eq', 'ne', 'is_empty', 'not_empty'];

const byKind: Record<FieldKind, Operator[]> = {
  text: textual,
  email: textual,
  phone: textual,
  url: textual,
  long_text: listed,
  integer: numeric,
  decimal: numeric,
  duration: [],
  money: numeric,
  currency: ['eq', 'ne'],
  date: temporal,
  time: temporal.filter((op) => op !== 'eq'),
  boolean: ['eq'],
  select: discrete,
  multi_select: ['has', 'has_not', 'is_empty', 'not_empty'],
  reference: ['eq', 'ne', 'in', 'is_empty', 'not_empty'],
  tags: ['has', 'has_not', 'is_empty', 'not_empty'],
  records: [],
  labelled: listed,
  addresses: listed,
  birthday: textual,
  lines: [],
};

export function operatorsFor(field: FieldDef): Operator[] {
  const all = byKind[field.kind];
  // One of the workspace's own may be empty in records from before it became required.
  const isNeverEmpty = field.required && !field.key.startsWith('custom.');
  return isNeverEmpty ? all.filter((op) => op !== 'is_empty' && op !== 'not_empty') : all;
}

const words: Record<Operator, string> = {
  eq: t('is'),
  ne: t('is not'),
  in: t('is any of'),
  contains: t('contains'),
  starts_with: t('starts with'),
  lt: t('is less than'),
  lte: t('is at most'),
  gt: t('is more than'),
  gte: t('is at least'),
  between: t('is between'),
  is_empty: t('is empty'),
  not_empty: t('is not empty'),
  has: t('include'),
  has_not: t('do not include'),
  within: t('is within'),
};

const temporalWords: Partial<Record<Operator, string>> = {
  gte: t('is on or after'),
  lte: t('is on or before'),
  between: t('is between'),
};

/** Of a field with several values. */
const pluralWords: Partial<Record<Operator, string>> = { is_empty: t('are empty'), not_empty: t('are not empty') };
const plural: ReadonlySet<FieldKind> = new Set(['tags', 'multi_select', 'labelled', 'addresses']);

export function wordFor(op: Operator, kind: FieldKind): string {
  const own = kind === 'date' || kind === 'time' ? temporalWords : plural.has(kind) ? pluralWords : {};
  return own[op] ?? words[op];
}

export const takesValue = (op: Operator) => op !== 'is_empty' && op !== 'not_empty';

/** Periods of one's own calendar, as the API names them. */
export const periods = [
  ['today', t('today')],
  ['yesterday', t('yesterday')],
  ['tomorrow', t('tomorrow')],
  ['this_week', t('this week')],
  ['last_week', t('last week')],
  ['next_week', t('next week')],
  ['this_month', t('this month')],
  ['last_month', t('last month')],
  ['next_month', t('next month')],
  ['this_quarter', t('this quarter')],
  ['last_quarter', t('last quarter')],
  ['next_quarter', t('next quarter')],
  ['this_year', t('this year')],
  ['last_year', t('last year')],
  ['next_year', t('next year')],
  ['last_7_days', t('the last 7 days')],
  ['last_30_days', t('the last 30 days')],
  ['last_90_days', t('the last 90 days')],
  ['last_365_days', t('the last 365 days')],
  ['next_7_days', t('the next 7 days')],
  ['next_30_days', t('the next 30 days')],
  ['next_90_days', t('the next 90 days')],
].map(([value, label]) => ({ value: value as string, label: label as string }));

export const periodLabel = (value: unknown): string =>
  periods.find((period) => period.value === value)?.label ?? String(value).replaceAll('_', ' ');

/** What a condition starts with when its field or operator changes. */
export function startValue(op: Operator, kind: FieldKind): unknown {
  if (!takesValue(op)) return undefined;
  if (op === 'in') return [];
  if (op === 'between') return ['', ''];
  if (op === 'within') return 'this_month';
  return kind === 'boolean' ? true : '';
}

export function isComplete(filter: Filter): boolean {
  if (isRelated(filter)) return true;
  if (isGroup(filter)) return partsOf(filter).some(isComplete);
  const { op, value } = filter;
  if (!takesValue(op)) return true;
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => item !== '' && item !== null);
  return value !== '' && value !== null && value !== undefined;
}

/** What is sent: conditions still being written are left out. Null when nothing is left. */
export function prune(filter: Filter | null): Filter | null {
  if (!filter) return null;
  if (isRelated(filter)) {
    const where = prune(filter.where ?? null) ?? undefined;
    return makeRelated('any' in filter ? 'any' : 'none', relationOf(filter), where);
  }
  if (!isGroup(filter)) return isComplete(filter) ? filter : null;
  const parts = partsOf(filter)
    .map(prune)
    .filter((part) => part !== null);
  if (parts.length === 0) return null;
  return parts.length === 1 ? (parts[0] as Filter) : makeGroup(joinOf(filter), parts);
}

/** What holds on a day, of records that hold from their first day to their last, or until further notice. */
export const holdsOn = ({ from, to }: { from: string; to: string }, day: string): Filter => ({
  and: [
    { field: from, op: 'lte', value: day },
    {
      or: [
        { field: to, op: 'is_empty' },
        { field: to, op: 'gte', value: day },
      ],
    },
  ],
});

/** Both filters at once, no deeper than they are where all of their conditions hold anyway. */
export function both(a: Filter | null, b: Filter | null): Filter | null {
  if (!a || !b) return a ?? b;
  return { and: [...allOf(a), ...allOf(b)] };
}

const allOf = (filter: Filter): Filter[] => ('and' in filter ? filter.and : [filter]);

const implied: ReadonlySet<FieldKind> = new Set(['text', 'select', 'boolean', 'reference']);

/** What a new record has to have to be in a list with this filter, as far as its form asks for it. */
export function impliedBy(filter: Filter | null, fields: readonly FieldDef[]): Record<string, unknown> {
  const values = (filter ? allOf(filter) : []).flatMap((part) => {
    if (isGroup(part) || isRelated(part)) return [];
    const field = fields.find(({ key }) => key === part.field);
    const named = part.op === 'eq' ? [part.value] : part.op === 'in' ? (part.value as unknown[]) : [];
    return field?.inForm && !field.readOnly && implied.has(field.kind) && named.length === 1
      ? [[field.key, named[0]]]
      : [];
  });
  return Object.fromEntries(values);
}
