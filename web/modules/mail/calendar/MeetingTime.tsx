import { placeOf } from '../../../ui/calendar/days.ts';
import { formatDateTime, formatDay, formatDays, formatTime, zoneOfReader } from '../../../ui/format.ts';
import type { Meeting } from './meetings.ts';

/** When a meeting is, by the clock of its reader. */
export function MeetingTime({ meeting }: { meeting: Meeting }) {
  const { occurred_at, ends_at, starts_on, ends_on } = meeting;
  if (starts_on) return ends_on && ends_on !== starts_on ? formatDays(starts_on, ends_on) : formatDay(starts_on);
  const [from, to] = [occurred_at ?? '', ends_at ?? ''];
  const isSameDay = placeOf(from, zoneOfReader()).day === placeOf(to, zoneOfReader()).day;
  return `${formatDateTime(from)} – ${isSameDay ? formatTime(to) : formatDateTime(to)}`;
}
