import { madeOf } from '../../../src/platform/notification/work/contract.ts';
import { countOf } from '../../platform/record/recordTypes.ts';
import { t, translateServerText } from '../../text/text.ts';
import { formatDate, formatDateTime, formatList } from '../../ui/format.ts';
import { isDay } from '../../ui/isDay.ts';
import type { Notification } from './notification.ts';

/** Which work has ended: what it made of how many records, and when it was begun. */
export function workOf(notification: Notification): string | null {
  const { fields, work } = notification;
  if (!work) return null;
  const begun = t('started {when}', { when: formatDateTime(work.begun_at) });
  return [madeOf(notification, countOf, t), formatList(fields.map(translateServerText)), begun]
    .filter(Boolean)
    .join(' · ');
}

/** When a task is due: at a time, or on a day. */
export const dueText = (due: string): string =>
  t('Due {when}', { when: isDay(due) ? formatDate(due) : formatDateTime(due) });
