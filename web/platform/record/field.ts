import type {
  LabelledValue,
  NamedReference,
  RecordOfEntry,
  TagReference,
} from '../../../src/kernel/contract/fields.ts';
import type { Meaning } from '../../ui/Badge.tsx';
import { readDuration } from '../../ui/duration.ts';
import { isUnread, type TypedNumber } from '../../ui/number.ts';
import { refusal } from '../query/problem.ts';
import type { Resource } from '../query/resources.ts';
import { countryText } from './countries.ts';

/** As the contracts name them. */
export type FieldKind =
  | 'text'
  | 'email'
  | 'phone'
  | 'url'
  | 'long_text'
  | 'integer'
  | 'decimal'
  /** ISO 8601; typed as `1:30`. */
  | 'duration'
  | 'money'
  | 'currency'
  | 'date'
  | 'time'
  | 'boolean'
  | 'select'
  | 'multi_select'
  | 'reference'
  | 'tags'
  /** The records of any type that an entry is about. */
  | 'records'
  /** Texts, one a line. */
  | 'lines'
  /** Values with a label each. */
  | 'labelled'
  /** Postal addresses with a label each. */
  | 'addresses'
  /** A day with or without its year. */
  | 'birthday';

/** How much of a record somebody sees, where its record type shows itself by degree. */
const shownDegrees = ['exists', 'subject', 'everything'] as const;
type Degree = (typeof shownDegrees)[number];

export interface SelectOption {
  value: string;
  label: string;
  meaning?: Meaning;
  /** What choosing it means, where its name does not say it. */
  detail?: string;
}

/** What the page needs to know of a field to show it, edit it, filter and sort by it. */
export interface FieldDef {
  /** As the API names it; `custom.<key>` for a field of the tenant's own. */
  key: string;
  label: string;
  kind: FieldKind;
  /** Heading on the record page and in the form. Without one the field is shown by the page itself. */
  section?: string;
  options?: readonly SelectOption[];
  /** For references: of what, and under which name answers carry `{id, name}`. */
  of?: Resource;
  expand?: string;
  currencyKey?: string;
  /** Of several values with labels: what each of them is. */
  each?: 'email' | 'phone' | 'url' | 'profile';
  /** Of several values with labels: the fields of the record that hold the first of them, by its parts. */
  first?: Readonly<Record<string, string>>;
  /** The field that edits it together with others on a record that is there. */
  within?: string;
  /** A text that names a country. */
  isCountry?: true;
  required?: boolean;
  readOnly?: boolean;
  /** How much of a record one has to see for this field to be shown; absent: that it exists. */
  showsFrom?: Degree;
  /** True asks for attention, and is shown so. */
  warns?: boolean;
  /** Cannot be changed once the record is there. */
  createOnly?: boolean;
  /** Written, never read: left as it is when nothing is typed. */
  secret?: boolean;
  /** The value that a merge proposes whoever of the records has it. */
  prevails?: string;
  /** Asked for only with these other values. */
  shownWhen?: (values: Readonly<Record<string, unknown>>) => boolean;
  help?: string;
  placeholder?: string;
  sortable?: boolean;
  filterable?: boolean;
  /** In the table from the start, at this width. Others can be switched on. */
  width?: number;
  inTable?: boolean;
  /** Offered when a record is created; the others are filled in on its page. */
  inForm?: boolean;
}

export type { LabelledValue, NamedReference as Named, TagReference as TagValue };

/** The parts of a postal address, in the order in which they are edited. */
export const addressParts = ['street', 'postal_code', 'city', 'region', 'country'] as const;
export type AddressValue = { label: string | null } & Partial<Record<(typeof addressParts)[number], string | null>>;
export type ListedValue = LabelledValue | AddressValue;

/** An amount that has its currency with it, as fields of the workspace's own do. */
export interface MoneyValue {
  amount: TypedNumber;
  currency: string;
}

export interface AnyRecord {
  id: string;
  version: number;
  custom?: Record<string, unknown>;
  /** Of a record type that shows itself by degree: how much of it its reader sees. */
  shown?: Degree;
  /** Those that wait in this browser to be sent; `*` when the record itself does. */
  waiting_fields?: readonly string[];
  [key: string]: unknown;
}

/** Edited by several controls, each with a name of its own. */
export const hasSeveralControls = ({ kind }: FieldDef): boolean =>
  kind === 'labelled' || kind === 'addresses' || kind === 'birthday';

/** That its reader sees less than all of it, and so may not change it either. */
export const isPartial = ({ shown = 'everything' }: Pick<AnyRecord, 'shown'>): boolean => shown !== 'everything';

/** That a field is not empty or filled but not shown to this reader. */
export const isHidden = (
  { shown = 'everything' }: Pick<AnyRecord, 'shown'>,
  { showsFrom = 'exists' }: Pick<FieldDef, 'showsFrom'>,
): boolean => shownDegrees.indexOf(shown) < shownDegrees.indexOf(showsFrom);

const lists = new Set<FieldKind>(['tags', 'records', 'multi_select', 'lines', 'labelled', 'addresses']);
const custom_prefix = 'custom.';

/** What a line of text says of a value: of another record its name. */
export function nameOrText(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'name' in value) return String(value.name);
  return typeof value === 'string' ? value : '';
}

export function readField(record: Readonly<Record<string, unknown>>, field: FieldDef): unknown {
  if (field.key.startsWith(custom_prefix)) {
    return (record.custom as Record<string, unknown> | undefined)?.[field.key.slice(custom_prefix.length)] ?? null;
  }
  if (field.kind === 'reference' && field.expand && record[field.expand]) return record[field.expand];
  if (field.first) return [...firstOf(record, field.first), ...((record[field.key] as ListedValue[] | null) ?? [])];
  return record[field.key] ?? null;
}

/** The first of several values with labels, from the fields of the record that hold it. */
function firstOf(record: Readonly<Record<string, unknown>>, first: Readonly<Record<string, string>>): ListedValue[] {
  const entries = Object.entries(first).map(([part, key]) => [part, (record[key] as string | null) ?? null]);
  return entries.some(([part, value]) => part !== 'label' && value) ? [Object.fromEntries(entries)] : [];
}

/** What is left empty, a label alone too, is none. */
const filledOnly = (values: readonly ListedValue[]): ListedValue[] =>
  values
    .map((value) => Object.fromEntries(Object.entries(value).map(([part, text]) => [part, text?.trim() || null])))
    .filter((value) => Object.entries(value).some(([part, text]) => part !== 'label' && text)) as ListedValue[];

export const isBlank = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Whether a form holds something else than it began with. What was emptied again is as if nobody had typed there. */
export const differ = (values: Readonly<Record<string, unknown>>, begun: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(values).some(([name, value]) =>
    isBlank(value) ? !isBlank(begun[name]) : JSON.stringify(value) !== JSON.stringify(begun[name]),
  );

/** From what an editor holds to what the API takes. Throws what could not be read. */
export function toWire(field: FieldDef, value: unknown): unknown {
  if (isBlank(value)) return lists.has(field.kind) ? [] : null;
  if (field.kind === 'reference') return typeof value === 'string' ? value : (value as NamedReference).id;
  if (field.kind === 'tags') return (value as TagReference[]).map((tag) => tag.id);
  if (field.kind === 'records')
    return (value as RecordOfEntry[]).flatMap(({ type, id }) => (id === null ? [] : { type, id }));
  if (field.kind === 'lines') return (value as string[]).map((line) => line.trim()).filter((line) => line !== '');
  if (field.kind === 'labelled' || field.kind === 'addresses') return filledOnly(value as ListedValue[]);
  if (field.kind === 'money' && !field.currencyKey) return moneyToWire(field.key, value as MoneyValue);
  if (field.kind === 'decimal' || field.kind === 'money') return numberToWire(field.key, value as TypedNumber);
  if (field.kind === 'duration') return readDuration(value as string);
  if (field.kind === 'integer') {
    const figure = Number(numberToWire(field.key, value as TypedNumber));
    return Number.isFinite(figure) ? figure : value;
  }
  if (typeof value !== 'string') return value;
  return field.kind === 'currency' ? value.trim().toUpperCase() : value.trim();
}

/** A number that was typed at this field. */
export function numberToWire(name: string, value: TypedNumber): string {
  if (isUnread(value)) throw refusal(name, value.reason);
  return String(value);
}

function moneyToWire(name: string, { amount, currency }: MoneyValue) {
  const figure = numberToWire(name, amount);
  return figure === '' ? null : { amount: figure, currency };
}

/** The body of a request that sets these fields. */
export function toBody(
  fields: readonly FieldDef[],
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    if (!(field.key in values)) continue;
    if (field.secret && isBlank(values[field.key])) continue;
    const wire = toWire(field, values[field.key]);
    if (field.first) {
      const [first, ...others] = wire as Record<string, string | null>[];
      for (const [part, key] of Object.entries(field.first)) body[key] = first?.[part] ?? null;
      body[field.key] = others;
    } else if (field.key.startsWith(custom_prefix)) {
      body.custom = { ...(body.custom as object), [field.key.slice(custom_prefix.length)]: wire };
    } else body[field.key] = wire;
  }
  return body;
}

/**
 * What a form begins with for fields that have no value: a switch that stands at "no" says so, it is an answer as it is
 * shown.
 */
export const startOf = (fields: readonly FieldDef[]): Record<string, unknown> =>
  Object.fromEntries(fields.filter(({ kind }) => kind === 'boolean').map(({ key }) => [key, false]));

/** What is shown in place of the ids in such a body: answers carry `owner` beside `owner_id`. */
export function lookOf(
  fields: readonly FieldDef[],
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const look: Record<string, unknown> = {};
  for (const { key, kind, expand } of fields) {
    if (!(key in values) || key.startsWith(custom_prefix)) continue;
    if (kind === 'reference') look[expand ?? key.replace(/_id$/, '')] = values[key] ?? null;
    else if (kind === 'tags' || kind === 'records') look[key] = values[key];
  }
  return look;
}

/** Values with labels as lines of text: `Work: ada@example.com`. */
export const toLines = (values: readonly ListedValue[]): string => values.map(lineOf).join('\n');

function lineOf(listed: ListedValue): string {
  const value = 'value' in listed ? listed.value : addressText(listed as AddressValue);
  return listed.label ? `${listed.label}: ${value}` : value;
}

export const addressText = (address: AddressValue): string =>
  addressParts
    .flatMap((part) => (part === 'country' ? address[part] && countryText(address[part]) : address[part]) ?? [])
    .join(', ');
