/** The words of whoever tells of it, a page or a mail: of an English ICU message those of the reader's language. */
type Words = (message: string, values: Readonly<Record<string, string | number>>) => string;

interface Finished {
  resource: string;
  /** Its name is the kind of the records that a change was of. */
  record: { name: string } | null;
  work: { kind: string; rows: number | null } | null;
}

/**
 * What an import, an export or a change of many records made; null when that is not known. `countOf`: so many records
 * of a type, in words.
 */
export function madeOf(
  { resource, record, work }: Finished,
  countOf: (type: string, count: number) => string,
  t: Words,
): string | null {
  if (!work || work.rows === null) return null;
  const { kind, rows: count } = work;
  if (resource === 'import')
    return t('{count, plural, one {# record} other {# records}} created or updated', { count });
  if (resource === 'export')
    return t('{count, plural, one {# row} other {# rows}} as {format}', { count, format: kind.toUpperCase() });
  return changedOf(kind, countOf(record?.name ?? '', count), t);
}

/** "3 contacts tagged or untagged": what a change of many records did. */
export function changedOf(kind: string, records: string, t: Words): string {
  switch (kind) {
    case 'tag':
      return t('{records} tagged or untagged', { records });
    case 'delete':
      return t('{records} moved to the trash', { records });
    case 'start_deals':
      return t('{records} added to a pipeline', { records });
    case 'reversal':
      return t('{records} restored to earlier values', { records });
    default:
      return t('{records} changed', { records });
  }
}
