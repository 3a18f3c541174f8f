import { Temporal } from 'temporal-polyfill';
import type { NotificationSettings } from './contract.ts';

type Rhythm = Pick<NotificationSettings, 'digest' | 'digest_hour' | 'digest_weekday' | 'time_zone'>;

const week_days = 7;

/** The next time of somebody's digest after a moment, by the clock where they live; an hour that the clocks skip is the one after it. */
export function nextDigestAt(after: Date, { digest, digest_hour: hour, digest_weekday, time_zone }: Rhythm): Date {
  const moment = Temporal.Instant.fromEpochMilliseconds(after.getTime());
  const today = moment.toZonedDateTimeISO(time_zone).toPlainDate();
  const step = digest === 'weekly' ? week_days : 1;
  const first =
    digest === 'weekly' ? today.add({ days: (digest_weekday - today.dayOfWeek + week_days) % week_days }) : today;
  for (let day = first; ; day = day.add({ days: step })) {
    const { epochMilliseconds } = day.toZonedDateTime({ timeZone: time_zone, plainTime: { hour } });
    if (epochMilliseconds > after.getTime()) return new Date(epochMilliseconds);
  }
}
