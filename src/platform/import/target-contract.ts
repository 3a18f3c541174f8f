import type { FieldMeta, FieldType } from '../../kernel/contract/fields.ts';
import { keyColumn, type Resource, resourceOfTable } from '../../kernel/contract/resource.ts';
import { equalityKey } from '../duplicate/index.ts';
import type { Load, LoadRow } from './load.ts';
import { gatherRecords, keepOtherRecords, recordFields } from './records-field.ts';
import { indexColumn } from './sealed.ts';
import type { ImportTarget, MatchKey, TargetField, TargetType } from './target.ts';
import { externalId, field, holdfastId, note, owner, tags } from './target-fields.ts';

const types: Partial<Record<FieldType, TargetType>> = {
  text: 'text',
  long_text: 'long_text',
  email: 'email',
  phone: 'phone',
  url: 'url',
  integer: 'integer',
  money: 'money',
  currency: 'currency',
  date: 'date',
  boolean: 'boolean',
  select: 'select',
  time: 'time',
  secret: 'secret',
};

/**
 * What a record type looks like in files, as its contract says: for those that no target of their own describes better.
 */
export function contractTarget(contract: Resource): ImportTarget {
  const { name, plural, meta, attachable, duplicateKeys } = contract;
  const isEntry = meta.get('records')?.type === 'records';
  const words = plural.replaceAll('-', ' ');
  const named = ['name', 'title'].filter((each) => meta.has(each));
  const keys = ['external_id', ...named.filter((each) => each === 'name')].filter((each) => meta.has(each));
  return {
    resource: name,
    label: words.charAt(0).toUpperCase() + words.slice(1),
    synonyms: [contract.title],
    identity: [...named, ...keys],
    fields: [
      holdfastId(),
      ...[...meta].flatMap(([key, field]) => targetField(contract, key, field) ?? []),
      ...(isEntry ? recordFields() : []),
      ...(attachable ? [note()] : []),
    ],
    contract,
    keys: [
      { from: ['holdfast_id'], columns: ['id'] },
      ...(meta.has('external_id') ? [{ from: ['external_id'], columns: ['external_id'] }] : []),
      ...sealedKeys(contract),
    ],
    namedBy: keys,
    defaults: ({ currency, owner_id }) => ({
      ...Object.fromEntries([...meta].flatMap(([key, { type }]) => (type === 'currency' ? [[key, currency]] : []))),
      ...(contract.owner && { [contract.owner]: owner_id }),
      ...(isEntry && { records: '{}' }),
    }),
    ...(isEntry && {
      prepare: async (_: Load, rows: LoadRow[]) => gatherRecords(rows),
      check: (load: Load, rows: LoadRow[]) => keepOtherRecords(load, contract, rows),
    }),
    // The database works them out as well; here it is to find the record by them.
    ...(duplicateKeys && {
      shape: ({ values }) => {
        for (const field of duplicateKeys) values[keyColumn(field)] = equalityKey(values[field] ?? '');
      },
    }),
  };
}

/** Records are found by the blind indexes of their sealed values too, after all else. */
const sealedKeys = ({ meta }: Resource): MatchKey[] =>
  [...meta].flatMap(([name, { sealed }]) =>
    sealed?.index
      ? [{ from: [name], columns: [indexColumn(name)], ...(sealed.within && { within: [sealed.within] }) }]
      : [],
  );

function targetField(contract: Resource, key: string, meta: FieldMeta): TargetField | undefined {
  const {
    type,
    title,
    headers = [],
    required = false,
    readOnly = false,
    values,
    expand,
    table,
    ofAnyType,
    sealed,
  } = meta;
  if (type === 'tags') return tags();
  if (key === 'external_id') return externalId();
  const words = [key.replaceAll('_', ' '), ...headers];
  if (type === 'reference') {
    // A name says nothing of the type.
    if (ofAnyType && expand) return field(expand, 'text', title, words, { readOnly: true, columns: [key] });
    const target = resourceOfTable(table);
    if (!target || !expand) return undefined;
    const reference = { resource: target.name, by: 'name' } as const;
    const named = field(expand, 'text', title, words, { required, readOnly, reference, columns: [key] });
    return key === 'owner_id' && key === contract.owner ? owner() : named;
  }
  const known = types[type];
  return (
    known &&
    field(key, known, title, words, {
      required,
      readOnly,
      ...(values && { values }),
      ...(sealed && { mask: sealed.mask }),
    })
  );
}
