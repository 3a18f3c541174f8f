import { dayAfter, startOf } from '../../../ui/calendar/days.ts';
import { zoneOfReader } from '../../../ui/format.ts';
import type { FieldDef } from '../field.ts';
import type { Filter } from '../filter/filter.ts';

/** Records whose field lies on one of these days. */
export function onDays(field: FieldDef, days: readonly string[]): Filter {
  const [first, last] = [days[0] as string, days.at(-1) as string];
  if (field.kind === 'date') return { field: field.key, op: 'between', value: [first, last] };
  return {
    and: [
      { field: field.key, op: 'gte', value: startOf(first, zoneOfReader()) },
      { field: field.key, op: 'lt', value: startOf(dayAfter(last), zoneOfReader()) },
    ],
  };
}
