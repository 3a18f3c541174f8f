/** The words of whoever tells of it, a page or a mail: of an English ICU message those of the reader's language. */
type Words = (message: string, values: Readonly<Record<string, string | number>>) => string;

interface Finished {
  resource: string;
  /** Its name is the kind of the records that a change was of. */
  record: { name: string } | null;
  work: { kind: string; rows: number | null } | null;
}

/** What an import, an export or a change of many records made; null when that is not known. */
export function madeOf({ resource, record, work }: Finished, t: Words): string | null {
  if (!work || work.rows === null) return null;
  const { kind, rows: count } = work;
  if (resource === 'import')
    return t('{count, plural, one {# record} other {# records}} created or updated', { count });
  if (resource === 'export')
    return t('{count, plural, one {# row} other {# rows}} as {format}', { count, format: kind.toUpperCase() });
  return changedOf(kind, record?.name ?? '', count, t);
}

/** "3 contacts tagged or untagged": what a change of many records did. `noun`: of what kind they are. */
export function changedOf(kind: string, noun: string, count: number, t: Words): string {
  const records = t(
    '{noun, select, contact {{count, plural, one {# contact} other {# contacts}}} company {{count, plural, one {# company} other {# companies}}} deal {{count, plural, one {# deal} other {# deals}}} other {{count, plural, one {# record} other {# records}}}}',
    { noun, count },
  );
  return t(
    '{kind, select, tag {{records} tagged or untagged} delete {{records} moved to the trash} start_deals {{records} put into a pipeline} reversal {{records} put back as before} other {{records} changed}}',
    { kind, records },
  );
}
