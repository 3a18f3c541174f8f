import { t } from '../../text/text.ts';
import { replaceRow } from '../query/lists.ts';
import { ApiError } from '../query/problem.ts';
import { saveRecord } from '../query/records.ts';
import type { Resource } from '../query/resources.ts';
import { type AnyRecord, type FieldDef, lookOf, readField, toBody } from './field.ts';

/**
 * Saves one field and offers to undo it; answers the record as it is then. A change by someone else to another field is
 * no conflict.
 */
export async function saveField(
  resource: Resource,
  record: AnyRecord,
  field: FieldDef,
  value: unknown,
): Promise<AnyRecord> {
  const before = readField(record, field);
  const changes = toBody([field], { [field.key]: value });
  const previous = toBody([field], { [field.key]: before });
  if (same(changes, previous)) return record;
  const look = lookOf([field], { [field.key]: value });
  const title = t('{field} saved', { field: field.label });
  try {
    return await saveRecord(resource, record, changes, title, look);
  } catch (error) {
    const current = currentOf(error);
    if (!current) throw error;
    replaceRow(resource, current);
    if (!same(toBody([field], { [field.key]: readField(current, field) }), previous)) throw error;
    return saveRecord(resource, current, changes, title, look);
  }
}

/** With 412: the record as somebody else has left it. */
export function currentOf(error: unknown): AnyRecord | null {
  return error instanceof ApiError && error.status === 412 ? (error.problem.current as AnyRecord | null) : null;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
