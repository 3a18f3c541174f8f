import { t, told } from '../../text/text.ts';
import { formatDateTime, formatList } from '../../ui/format.ts';
import type { Notification } from './notification.ts';

/** Which work has ended: what it made of how many records, and when it was begun. */
export function workOf({ resource, record, fields, work }: Notification): string | null {
  if (!work) return null;
  const what = work.rows === null ? null : madeOf(resource, record?.name ?? '', work.kind, work.rows);
  const begun = t('begun {when}', { when: formatDateTime(work.begun_at) });
  return [what, formatList(fields.map(told)), begun].filter(Boolean).join(' · ');
}

function madeOf(resource: string, noun: string, kind: string, count: number): string {
  if (resource === 'import')
    return t('{count, plural, one {# record} other {# records}} created or updated', { count });
  if (resource === 'export')
    return t('{count, plural, one {# row} other {# rows}} as {format}', { count, format: kind.toUpperCase() });
  const records = t(
    '{noun, select, contact {{count, plural, one {# contact} other {# contacts}}} company {{count, plural, one {# company} other {# companies}}} deal {{count, plural, one {# deal} other {# deals}}} other {{count, plural, one {# record} other {# records}}}}',
    { noun, count },
  );
  return t(
    '{kind, select, tag {{records} tagged or untagged} delete {{records} moved to the trash} start_deals {{records} put into a pipeline} reversal {{records} put back as before} other {{records} changed}}',
    { kind, records },
  );
}
