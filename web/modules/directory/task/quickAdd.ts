import { Temporal } from 'temporal-polyfill';
import { language } from '../../../text/locale.ts';
import { formatTime, formatWeekday, today, zoneOfReader } from '../../../ui/format.ts';
import { fromTyped } from '../../../ui/zoned.ts';
import { whenSaid } from './whenSaid.ts';

/** The end of a day of work: when what is due "today" is due. */
const evening = '17:00';
/** Said later than that, it is still due on that day. */
const midnight = '23:59';
/** "am Freitag um 15 Uhr", "on Friday at 3 pm". */
const words_max = 5;

interface QuickTask {
  title: string;
  due_at: string;
  /** Whether a time was said, and not only a day. */
  timed: boolean;
  /** The words that were understood as a day or a time; null when it is due today for want of them. */
  words: string | null;
}

/**
 * A task as typed in one line. Its last words may say when it is due: "tomorrow 3pm", "on Friday", "in 3 days", "2026-11-20", in the language of the
 * page (`whenSaid`). Nothing else is guessed. `literal` keeps these words in the title.
 */
export function understand(typed: string, literal: boolean, now = Date.now(), of = language): QuickTask | null {
  const words = typed.trim().split(/\s+/);
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zoneOfReader()).toPlainDateTime();
  // A line that says nothing but when is a title.
  const isTitle = literal || whenSaid(words, local, of) !== null;
  for (let count = isTitle ? 0 : Math.min(words_max, words.length - 1); count > 0; count--) {
    const last = words.slice(-count);
    const when = whenSaid(last, local, of);
    if (!when) continue;
    const due_at = when.time ? fromTyped(`${when.day}T${when.time}`)! : endOfWork(when.day, now);
    return { title: words.slice(0, -count).join(' '), due_at, timed: when.time !== null, words: last.join(' ') };
  }
  const title = words.join(' ');
  return title === '' ? null : { title, due_at: endOfWork(today(now), now), timed: false, words: null };
}

function endOfWork(day: string, now: number): string {
  const later = fromTyped(`${day}T${evening}`)!;
  return Date.parse(later) > now ? later : fromTyped(`${day}T${midnight}`)!;
}

/** "Fri, 2026-11-27", and the time that was said, so that nobody has to guess what was understood. */
export function dueShown({ due_at, timed }: Pick<QuickTask, 'due_at' | 'timed'>): string {
  const day = today(Date.parse(due_at));
  return [formatWeekday(day), day, ...(timed ? [formatTime(due_at)] : [])].join(', ');
}
