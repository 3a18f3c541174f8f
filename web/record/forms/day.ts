import { Temporal } from 'temporal-polyfill';
import { today, zoneOfReader } from '../../ui/format.ts';
import type { FieldDef } from '../field.ts';
import type { Filter } from '../filter/filter.ts';

/** The day a value lies on, where the reader is. */
export const dayOf = (value: string): string => (value.length === 10 ? value : today(Date.parse(value)));

/** What a value becomes on another day: the same time of day by the clock. */
export function onDay(value: string, day: string): string {
  if (value.length === 10) return day;
  const moment = Temporal.Instant.from(value).toZonedDateTimeISO(zoneOfReader());
  const { year, month, day: date } = Temporal.PlainDate.from(day);
  return moment.with({ year, month, day: date }).toInstant().toString();
}

const midnight = (day: Temporal.PlainDate) => day.toZonedDateTime(zoneOfReader()).toInstant().toString();

/** Records whose field lies on one of these days. */
export function onDays(field: FieldDef, days: readonly string[]): Filter {
  const [first, last] = [days[0] as string, days.at(-1) as string];
  if (field.kind === 'date') return { field: field.key, op: 'between', value: [first, last] };
  return {
    and: [
      { field: field.key, op: 'gte', value: midnight(Temporal.PlainDate.from(first)) },
      { field: field.key, op: 'lt', value: midnight(Temporal.PlainDate.from(last).add({ days: 1 })) },
    ],
  };
}
