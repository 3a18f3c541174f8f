import type { FieldDef, FieldKind } from '../field.ts';

/** The `filter` parameter of docs/api.md. */
export interface Condition {
  field: string;
  op: Operator;
  value?: unknown;
}
export type Group = { and: Filter[] } | { or: Filter[] };
export type Filter = Condition | Group;

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
  | 'has_not';

export const isGroup = (filter: Filter): filter is Group => !('field' in filter);
export const partsOf = (group: Group): Filter[] => ('and' in group ? group.and : group.or);
export const joinOf = (group: Group): 'and' | 'or' => ('and' in group ? 'and' : 'or');
export const makeGroup = (join: 'and' | 'or', parts: Filter[]): Group =>
  join === 'and' ? { and: parts } : { or: parts };

const textual: Operator[] = ['contains', 'eq', 'ne', 'starts_with', 'is_empty', 'not_empty'];
const numeric: Operator[] = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'is_empty', 'not_empty'];
const temporal: Operator[] = ['gte', 'lte', 'between', 'eq', 'is_empty', 'not_empty'];
const discrete: Operator[] = ['in', 'eq', 'ne', 'is_empty', 'not_empty'];

const byKind: Record<FieldKind, Operator[]> = {
  text: textual,
  email: textual,
  phone: textual,
  url: textual,
  long_text: ['contains', 'is_empty', 'not_empty'],
  integer: numeric,
  decimal: numeric,
  money: numeric,
  currency: ['eq', 'ne'],
  date: temporal,
  time: temporal.filter((op) => op !== 'eq'),
  boolean: ['eq'],
  select: discrete,
  multi_select: discrete,
  reference: ['eq', 'ne', 'is_empty', 'not_empty'],
  tags: ['has', 'has_not'],
  lines: [],
};

export function operatorsFor(field: FieldDef): Operator[] {
  const all = byKind[field.kind];
  return field.required ? all.filter((op) => op !== 'is_empty' && op !== 'not_empty') : all;
}

const words: Record<Operator, string> = {
  eq: 'is',
  ne: 'is not',
  in: 'is any of',
  contains: 'contains',
  starts_with: 'starts with',
  lt: 'is less than',
  lte: 'is at most',
  gt: 'is more than',
  gte: 'is at least',
  between: 'is between',
  is_empty: 'is empty',
  not_empty: 'is not empty',
  has: 'include',
  has_not: 'do not include',
};

const temporalWords: Partial<Record<Operator, string>> = {
  gte: 'is on or after',
  lte: 'is on or before',
  between: 'is between',
};

export function wordFor(op: Operator, kind: FieldKind): string {
  return ((kind === 'date' || kind === 'time') && temporalWords[op]) || words[op];
}

export const takesValue = (op: Operator) => op !== 'is_empty' && op !== 'not_empty';

/** What a condition starts with when its field or operator changes. */
export function startValue(op: Operator, kind: FieldKind): unknown {
  if (!takesValue(op)) return undefined;
  if (op === 'in') return [];
  if (op === 'between') return ['', ''];
  return kind === 'boolean' ? true : '';
}

export function isComplete(filter: Filter): boolean {
  if (isGroup(filter)) return partsOf(filter).some(isComplete);
  const { op, value } = filter;
  if (!takesValue(op)) return true;
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => item !== '' && item !== null);
  return value !== '' && value !== null && value !== undefined;
}

/** What is sent: conditions still being written are left out. Null when nothing is left. */
export function prune(filter: Filter | null): Filter | null {
  if (!filter) return null;
  if (!isGroup(filter)) return isComplete(filter) ? filter : null;
  const parts = partsOf(filter)
    .map(prune)
    .filter((part) => part !== null);
  if (parts.length === 0) return null;
  return parts.length === 1 ? (parts[0] as Filter) : makeGroup(joinOf(filter), parts);
}

/** Both filters at once. */
export function both(a: Filter | null, b: Filter | null): Filter | null {
  if (!a || !b) return a ?? b;
  return { and: [a, b] };
}
