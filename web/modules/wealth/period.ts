import { t } from '../../text/text.ts';
import { formatDate, today } from '../../ui/format.ts';

interface Period {
  from_on: string | null;
  until_on: string | null;
}

export const isOver = ({ until_on }: Period): boolean => until_on !== null && until_on < today();

/** When something ends or ended, for a line that is about today; null for what goes on. */
export const endText = (period: Period): string | null => (period.until_on ? periodText(period) : null);

/** The first and the last day, where they say more than that something holds: "until Jun 30, 2027". */
export function periodText({ from_on, until_on }: Period): string | null {
  // The last day belongs to it: what was ended today still stands among what holds.
  if (until_on === today()) return t('Until today');
  if (from_on && until_on) return t('{from} – {to}', { from: formatDate(from_on), to: formatDate(until_on) });
  if (until_on) return t('Until {date}', { date: formatDate(until_on) });
  return from_on ? t('Since {date}', { date: formatDate(from_on) }) : null;
}

/** Those that hold before those that are over. */
export const holdingFirst = <P extends Period>(rows: readonly P[]): P[] => [
  ...rows.filter((row) => !isOver(row)),
  ...rows.filter(isOver),
];
