import { t } from '../../text/text.ts';
import type { Resource } from '../query/resources.ts';
import type { RecordDefinition } from './definition.ts';
import { findDefinition } from './definitions.ts';
import { type AnyRecord, isHidden, readField } from './field.ts';
import { wordsOf } from './recordTypes.ts';

/**
 * What a record is called: by one of the fields that the server calls records by, else by the first of its record type;
 * empty where that is too.
 */
function givenName({ fields, fullName }: RecordDefinition, record: AnyRecord): string {
  const [first] = fields;
  const value =
    fullName?.(record) ??
    record.name ??
    record.title ??
    record.subject ??
    record.label ??
    (first && readField(record, first));
  if (first && isHidden(record, first)) return t('Not shown to you');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** As lists name it. */
export const nameInList = (definition: RecordDefinition, record: AnyRecord): string =>
  givenName(definition, record) || t('Unnamed');

/** As the head of its own page names it. */
export const nameOnPage = (definition: RecordDefinition, record: AnyRecord): string =>
  givenName(definition, record) || t('Unnamed {type}', { type: wordsOf(definition.resource).type });

/** The same of several records of a type, by their ids. */
export function namesOnPage(resource: Resource, records: readonly AnyRecord[]): ReadonlyMap<string, string> {
  const definition = findDefinition(resource);
  return new Map(definition && records.map((record) => [record.id, nameOnPage(definition, record)]));
}
