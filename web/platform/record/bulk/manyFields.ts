import type { FieldDef } from '../field.ts';

/**
 * Kinds that are changed one by one: their value is not the same thing on each record, moves others with it, or is a
 * list to which one adds rather than have it replaced everywhere.
 */
const singleKinds = new Set<FieldDef['kind']>(['money', 'currency', 'tags', 'labelled', 'addresses']);

/** The fields that can be set on many records at once. `singleFields`: those that the record type excepts. */
export const fieldsForMany = (fields: readonly FieldDef[], singleFields: readonly string[]): FieldDef[] =>
  fields.filter(
    ({ kind, key, readOnly, createOnly }) =>
      !readOnly && !createOnly && !singleKinds.has(kind) && key !== 'external_id' && !singleFields.includes(key),
  );
