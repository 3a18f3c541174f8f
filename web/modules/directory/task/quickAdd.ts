import { Temporal } from 'temporal-polyfill';
import { language } from '../../../text/locale.ts';
import { formatTime, formatWeekday, today, zoneOfReader } from '../../../ui/format.ts';
import { fromTyped } from '../../../ui/zoned.ts';
import { whenSaid } from './whenSaid.ts';

/** "am 24. Dezember 2026 um 15 Uhr", "on Dec 24, 2026 at 3 pm". */
const words_max = 7;

export interface QuickTask {
  title: string;
  /** Where only a day was said, or nothing. */
  due_on: string | null;
  due_at: string | null;
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
    const due_at = when.time ? fromTyped(`${when.day}T${when.time}`) : null;
    const title = words.slice(0, -count).join(' ');
    return { title, due_on: due_at ? null : when.day, due_at, words: last.join(' ') };
  }
  const title = words.join(' ');
  return title === '' ? null : { title, due_on: today(now), due_at: null, words: null };
}

/** "Fri, 2026-11-27", and the time that was said, so that nobody has to guess what was understood. */
export function dueShown({ due_on, due_at }: Pick<QuickTask, 'due_on' | 'due_at'>): string {
  const day = due_on ?? today(Date.parse(due_at!));
  return [formatWeekday(day), day, ...(due_at ? [formatTime(due_at)] : [])].join(', ');
}
