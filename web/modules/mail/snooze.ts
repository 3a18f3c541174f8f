import { t } from '../../text/text.ts';
import { zoneOfReader } from '../../ui/format.ts';
import { Temporal } from '../../ui/temporal.ts';

const morning_hour = 8;
const later_hours = 3;
const days_of_week = 7;

/** When a conversation that is put off may come back, in the zone of whoever reads it. */
export function snoozeChoices(): { label: string; until: string }[] {
  const now = Temporal.Now.zonedDateTimeISO(zoneOfReader());
  const morning = (days: number) =>
    now
      .add({ days })
      .toPlainDate()
      .toZonedDateTime({ timeZone: now.timeZoneId, plainTime: { hour: morning_hour } });
  const untilMonday = days_of_week + 1 - now.dayOfWeek;
  return [
    { label: t('In three hours'), until: now.add({ hours: later_hours }) },
    { label: t('Tomorrow morning'), until: morning(1) },
    { label: t('Monday morning'), until: morning(untilMonday) },
    { label: t('In two weeks'), until: morning(2 * days_of_week) },
  ].map(({ label, until }) => ({ label, until: until.toInstant().toString({ smallestUnit: 'second' }) }));
}
