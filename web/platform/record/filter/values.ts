import { t } from '../../../text/text.ts';
import { dayAfter, placeOf, startOf } from '../../../ui/calendar/days.ts';
import { zoneOfReader } from '../../../ui/format.ts';
import { isDay } from '../../../ui/isDay.ts';
import { Temporal } from '../../../ui/temporal.ts';
import type { FieldDef, FieldKind, SelectOption } from '../field.ts';
import { type Condition, type Operator, startValue, takesValue } from './filter.ts';

/** The day that a date or a moment is for the reader; empty for anything else, which an address may hold too. */
export function dayOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  try {
    return isDay(value) ? value : placeOf(Temporal.Instant.from(value).toString(), zoneOfReader()).day;
  } catch {
    return '';
  }
}

/**
 * What a condition on a field sends for a day. A time is compared as a moment: that with which the day begins, or, of
 * the last day of what is meant, that with which it ends.
 */
export function valueOfDay(kind: FieldKind, day: string, isLast: boolean): string {
  if (kind !== 'time') return day;
  if (!isDay(day)) return '';
  return isLast ? endOf(day) : startOf(day, zoneOfReader());
}

/** The last moment of a day that the database tells from the next one. */
const endOf = (day: string): string =>
  Temporal.Instant.from(startOf(dayAfter(day), zoneOfReader()))
    .subtract({ microseconds: 1 })
    .toString();

/** Up to this day, and all of it. */
export const isLastDay = (op: Operator): boolean => op === 'lte';

/** What becomes of the value of a condition under another operator. A period is no day, nor a day a period. */
export function valueUnder(op: Operator, kind: FieldKind, { op: before, value }: Condition): unknown {
  if (op === 'in' && typeof value === 'string' && value !== '') return [value];
  if (before === 'in' && takesValue(op) && Array.isArray(value)) return value[0] ?? startValue(op, kind);
  const start = startValue(op, kind);
  const isLost =
    op === 'within' || before === 'within' || typeof start !== typeof value || [start, value].some(Array.isArray);
  if (isLost) return start;
  return kind === 'time' ? valueOfDay(kind, dayOf(value), isLastDay(op)) : value;
}

/**
 * The options of a field, and those that a filter still names although they were removed from a field of the
 * workspace's own.
 */
export function optionsUnder(
  { key, options = [] }: Pick<FieldDef, 'key' | 'options'>,
  value: unknown,
): readonly SelectOption[] {
  if (!key.startsWith('custom.') || options.length === 0) return options;
  const named = [value].flat().filter((each): each is string => typeof each === 'string' && each !== '');
  const removed = named.filter((each) => !options.some((option) => option.value === each));
  return [...options, ...removed.map((option) => ({ value: option, label: t('{option} (removed)', { option }) }))];
}
