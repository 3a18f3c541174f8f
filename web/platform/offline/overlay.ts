import { fullName } from '../../../src/kernel/contract/person-name.ts';
import type { Resource } from '../query/resources.ts';
import type { Filter } from '../record/filter/filter.ts';
import { fieldsOf, idOf } from './conflict.ts';
import type { Fields, PendingMutation } from './waiting.ts';

/** What records look like with the changes that wait to be sent. */
export interface WithWaiting {
  /** The fields that are not at the server yet; `*` when the record itself is not. */
  waiting_fields?: readonly string[];
}

export function withWaiting<T extends { id: string }>(record: T, entries: readonly PendingMutation[]): T & WithWaiting {
  return entries
    .filter((entry) => changesFields(entry) && entry.record_id === record.id && entry.state !== 'conflict')
    .reduce<T & WithWaiting>((shown, { body, optimistic }) => {
      const names = fieldsOf(body ?? {}).map(([name]) => name);
      return { ...merged(shown, body ?? {}, optimistic), waiting_fields: [...(shown.waiting_fields ?? []), ...names] };
    }, record);
}

const changesFields = ({ kind }: PendingMutation) => kind === 'update' || kind === 'reopen';

function merged<T extends object>(record: T, body: Fields, optimistic: Fields): T {
  const custom = { ...((record as Fields).custom as Fields), ...(body.custom as Fields) };
  return { ...record, ...body, ...optimistic, ...('custom' in record || 'custom' in body ? { custom } : {}) };
}

/** A record that nobody but this browser knows. */
export const newRecord = <T extends object>({ record_id, body, optimistic, at }: PendingMutation): T & WithWaiting =>
  ({
    status: 'open',
    lines: [],
    records: [],
    name: nameOf(body ?? {}),
    ...body,
    ...optimistic,
    id: record_id,
    version: 0,
    created_at: new Date(at).toISOString(),
    waiting_fields: ['*'],
  }) as unknown as T & WithWaiting;

export const nameOf = ({ name, title, given_name, family_name }: Fields): string =>
  String(name ?? title ?? fullName(given_name as string | null, family_name as string | null));

const name_fields = ['name', 'title', 'given_name', 'family_name'];

/** What names the record of a change, and what the change is compared with: nothing else is needed to decide about it. */
export function namesOnly({ record, body }: Pick<PendingMutation, 'record' | 'body'>): Fields {
  const needed = new Set(['id', 'version', ...name_fields, ...Object.keys(body ?? {})]);
  return Object.fromEntries(Object.entries(record).filter(([name]) => needed.has(name)));
}

export const newOnes = (entries: readonly PendingMutation[], resource: Resource) =>
  entries.filter((entry) => entry.kind === 'create' && entry.resource === resource);

/** The rows of a list: without what is deleted, with what was changed, and first what is new and would stand there. */
export function rowsWithWaiting<T extends { id: string }>(
  rows: readonly T[],
  entries: readonly PendingMutation[],
  resource: Resource,
  filter: Filter | null,
): T[] {
  const own = entries.filter((entry) => entry.resource === resource);
  if (own.length === 0) return rows as T[];
  const fresh = existingWithWaiting(newOnes(own, resource).map(newRecord<T>), own, resource);
  return [...fresh.filter((row) => fits(row as Fields, filter)), ...existingWithWaiting(rows, own, resource)];
}

/** These rows without what is deleted, and with what was changed. */
export function existingWithWaiting<T extends { id: string }>(
  rows: readonly T[],
  entries: readonly PendingMutation[],
  resource: Resource,
): (T & WithWaiting)[] {
  const own = entries.filter((entry) => entry.resource === resource);
  const gone = new Set(own.filter(({ kind }) => kind === 'delete').map(({ record_id }) => record_id));
  return rows.filter(({ id }) => !gone.has(id)).map((row) => withWaiting(row, own));
}

/** Whether anything of this record is not at the server yet, or that field of it: `*` for the record itself. */
export const waits = ({ waiting_fields: fields }: WithWaiting, name?: string): boolean =>
  fields !== undefined && (name === undefined || fields.includes(name));

/** As far as the page can tell by itself: what it cannot judge, it leaves to the server. */
function fits(row: Fields, filter: Filter | null): boolean {
  if (!filter) return true;
  if ('and' in filter) return filter.and.every((part) => fits(row, part));
  if (!('field' in filter)) return false;
  const value = row[filter.field];
  if (filter.op === 'has') return Array.isArray(value) && value.some((each) => idOf(each) === filter.value);
  return filter.op === 'eq' && value === filter.value;
}
