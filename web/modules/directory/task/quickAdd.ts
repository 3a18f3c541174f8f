import { Temporal } from 'temporal-polyfill';
import { language } from '../../../text/locale.ts';
import { formatDate, formatTime, formatWeekday, today, zoneOfReader } from '../../../ui/format.ts';
import { fromTyped } from '../../../ui/zoned.ts';
import { repeatSaid } from './repeatSaid.ts';
import { inEachMonth } from './rule.ts';
import { type When, whenSaid } from './whenSaid.ts';

/** "every 2 weeks on Dec 24, 2026 at 3 pm", "am 24. Dezember 2026 um 15 Uhr". */
const words_max = 10;

export interface QuickTask {
  title: string;
  /** Where only a day was said, or nothing. */
  due_on: string | null;
  due_at: string | null;
  /** How often it repeats, as a rule of RFC 5545. */
  recurrence: string | null;
  /** The words that were understood as a day, a time or a rhythm; null when it is due today for want of them. */
  words: string | null;
}

/**
 * A task as typed in one line. Its last words may say when it is due and how often: "tomorrow 3pm", "on Friday", "in 3
 * days", "2026-11-20", "every week", in the language of the page (`whenSaid`, `repeatSaid`). Nothing else is guessed.
 * `literal` keeps these words in the title.
 */
export function understand(typed: string, literal: boolean, now = Date.now(), of = language): QuickTask | null {
  const words = typed.trim().split(/\s+/);
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zoneOfReader()).toPlainDateTime();
  // A line that says nothing but when is a title.
  const isTitle = literal || endSaid(words, local, of) !== null;
  for (let count = isTitle ? 0 : Math.min(words_max, words.length - 1); count > 0; count--) {
    const last = words.slice(-count);
    const when = endSaid(last, local, of);
    if (!when) continue;
    const due_at = when.time ? fromTyped(`${when.day}T${when.time}`) : null;
    const title = words.slice(0, -count).join(' ');
    const recurrence = when.rule && inEachMonth(when.rule, when.day);
    return { title, due_on: due_at ? null : when.day, due_at, recurrence, words: last.join(' ') };
  }
  const title = words.join(' ');
  return title === '' ? null : { title, due_on: today(now), due_at: null, recurrence: null, words: null };
}

/**
 * What these words say of when and how often, and nothing else; null when they say anything more. What repeats begins
 * on the first day that fits.
 */
function endSaid(
  words: readonly string[],
  now: Temporal.PlainDateTime,
  of: string,
): (When & { rule: string | null }) | null {
  const when = whenSaid(words, now, of);
  if (when) return { ...when, rule: null };
  for (let at = 1; at <= words.length; at++) {
    const parts = [words.slice(0, at), words.slice(at)] as const;
    for (const [often, once] of [parts, [parts[1], parts[0]] as const]) {
      const repeat = repeatSaid(often, of);
      if (!repeat) continue;
      const first = once.length > 0 ? whenSaid(once, now, of) : { day: now.toPlainDate().toString(), time: null };
      if (!first) continue;
      let day = Temporal.PlainDate.from(first.day);
      while (repeat.on && !repeat.on.includes(day.dayOfWeek)) day = day.add({ days: 1 });
      return { day: day.toString(), time: first.time, rule: repeat.rule };
    }
  }
  return null;
}

/** "Fri, Nov 27, 2026", and the time that was said, so that nobody has to guess what was understood. */
export function dueShown({ due_on, due_at }: Pick<QuickTask, 'due_on' | 'due_at'>): string {
  const day = due_on ?? today(Date.parse(due_at!));
  return [formatWeekday(day), formatDate(day), ...(due_at ? [formatTime(due_at)] : [])].join(', ');
}
