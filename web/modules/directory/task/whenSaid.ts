import { Temporal } from 'temporal-polyfill';
import { monthName, typingHabits, weekdayNames } from '../../../ui/format.ts';
import { isDay } from '../../../ui/isDay.ts';

export interface When {
  day: string;
  /** "15:00"; null when only a day was said. */
  time: string | null;
}

type Unit = 'minutes' | 'hours' | 'days' | 'weeks' | 'months';

/** How a language says days and times; patterns are of whole words in small letters. */
interface Vocabulary {
  days: ReadonlyMap<string, number>;
  weekday: RegExp;
  next: Record<string, 'week' | 'month'>;
  within: RegExp;
  one: RegExp;
  units: Record<string, Unit>;
  /** A day of a month that is named; a year may follow. */
  dates: readonly RegExp[];
  time: RegExp;
}

const english: Vocabulary = {
  days: new Map([
    ['today', 0],
    ['tomorrow', 1],
  ]),
  weekday: /^(?:(?:on|next) )?(\p{L}+)$/u,
  next: { 'next week': 'week', 'next month': 'month' },
  within: /^in (\d{1,3}|an?|one) (minute|min|hour|day|week|month)s?$/,
  one: /^(an?|one)$/,
  units: { minute: 'minutes', min: 'minutes', hour: 'hours', day: 'days', week: 'weeks', month: 'months' },
  dates: [
    /^(?:on )?(?<month>\p{L}{3,})\.? (?<day>\d\d?)(?:st|nd|rd|th)?(?:,? (?<year>\d{4}))?$/u,
    /^(?:on )?(?:the )?(?<day>\d\d?)(?:st|nd|rd|th)? (?:of )?(?<month>\p{L}{3,})\.?(?:,? (?<year>\d{4}))?$/u,
  ],
  // A number alone is no time.
  time: /^(?:(?:at )?(\d\d?)(?::(\d\d))? ?(am|pm)|(?:at )?(\d\d?):(\d\d)|at (\d\d?))$/,
};

const german: Vocabulary = {
  days: new Map([
    ['heute', 0],
    ['morgen', 1],
    ['übermorgen', 2],
  ]),
  weekday: /^(?:(?:am|nächsten|kommenden) )?(\p{L}+)$/u,
  next: { 'nächste woche': 'week', 'nächsten monat': 'month' },
  within: /^in (\d{1,3}|eine[mr]) (minute|min|stunde|tag|woche|monat)(?:en|n)?$/,
  one: /^eine[mr]$/,
  units: { minute: 'minutes', min: 'minutes', stunde: 'hours', tag: 'days', woche: 'weeks', monat: 'months' },
  dates: [/^(?:am )?(?<day>\d\d?)\. ?(?<month>\p{L}{3,})\.?(?: (?<year>\d{4}))?$/u],
  time: /^(?:(?:um )?(\d\d?)(?::(\d\d))? ?(uhr)|(?:um )?(\d\d?):(\d\d)|um (\d\d?))$/,
};

/**
 * A day, a time or both, in either order, as these words say them and nothing else; null when they say anything more.
 * `now` is the moment where the reader is. A time alone is the next one that is to come.
 */
export function whenSaid(words: readonly string[], now: Temporal.PlainDateTime, of: string): When | null {
  const said = of === 'de' ? german : english;
  const part = (from: number, to?: number) => words.slice(from, to).join(' ').toLocaleLowerCase();
  const today = now.toPlainDate();
  const within = withinOf(part(0), said);
  if (within?.minutes || within?.hours) {
    const [day, time] = now.add(within).toString({ smallestUnit: 'minute' }).split('T') as [string, string];
    return { day, time };
  }
  const whole = dayOf(part(0), today, said);
  if (whole) return { day: whole, time: null };
  const alone = timeOf(part(0), said);
  if (alone) {
    const isOver = Temporal.PlainTime.compare(alone, now.toPlainTime()) <= 0;
    return { day: today.add({ days: isOver ? 1 : 0 }).toString(), time: alone };
  }
  for (let at = 1; at < words.length; at++) {
    const [first, second] = [part(0, at), part(at)];
    const day = dayOf(first, today, said) ?? dayOf(second, today, said);
    const time = timeOf(second, said) ?? timeOf(first, said);
    if (day && time) return { day, time };
  }
  return null;
}

function dayOf(text: string, today: Temporal.PlainDate, said: Vocabulary): string | null {
  if (isDay(text)) return text;
  const days = said.days.get(text);
  if (days !== undefined) return today.add({ days }).toString();
  if (said.next[text] === 'week') return today.add({ days: 8 - today.dayOfWeek }).toString();
  if (said.next[text] === 'month') return today.add({ months: 1 }).with({ day: 1 }).toString();
  const within = withinOf(text, said);
  if (within) return within.hours || within.minutes ? null : today.add(within).toString();
  const [, name = ''] = said.weekday.exec(text) ?? [];
  const weekday = weekdayNames().findIndex((names) => names.includes(name)) + 1;
  if (weekday > 0) return today.add({ days: ((weekday - today.dayOfWeek + 6) % 7) + 1 }).toString();
  return namedDate(text, today, said) ?? (said === german ? germanDate(text, today) : null) ?? slashedDate(text, today);
}

/** "in 2 hours", "in einer Woche". */
function withinOf(text: string, said: Vocabulary): Partial<Record<Unit, number>> | null {
  const [, count, unit] = said.within.exec(text) ?? [];
  return count && unit ? { [said.units[unit]!]: said.one.test(count) ? 1 : Number(count) } : null;
}

/** "Dec 24", "24. Dezember": of the name of the month as much as one writes. */
function namedDate(text: string, today: Temporal.PlainDate, said: Vocabulary): string | null {
  const { day, month, year } = said.dates.map((date) => date.exec(text)?.groups).find(Boolean) ?? {};
  if (!day || !month) return null;
  const number = 1 + monthNames().findIndex((name) => name.startsWith(month));
  return number > 0 ? dateOf(day, String(number), year, today) : null;
}

const monthNames = (): string[] =>
  Array.from({ length: 12 }, (_, at) => monthName(String(at + 1).padStart(2, '0')).toLocaleLowerCase());

/** "24.12.", "24.12.2026". */
function germanDate(text: string, today: Temporal.PlainDate): string | null {
  const [, day, month, year] = /^(?:am )?(\d\d?)\.(\d\d?)\.(\d{4})?$/.exec(text) ?? [];
  return day && month ? dateOf(day, month, year, today) : null;
}

/**
 * "15/12", "on 12/24", "12/24/2026", as the reader orders them, or as they can be a day at all. Alone, 24/7 and 1/2 are
 * none.
 */
function slashedDate(text: string, today: Temporal.PlainDate): string | null {
  const [, on, first, second, year] = /^(on )?(\d\d?)\/(\d\d?)(?:\/(\d{4}))?$/.exec(text) ?? [];
  if (!first || !second) return null;
  if (!on && !year && (text === '24/7' || (first.length < 2 && second.length < 2))) return null;
  const { order } = typingHabits();
  const dayFirst = dateOf(first, second, year, today);
  const monthFirst = dateOf(second, first, year, today);
  return order.indexOf('day') < order.indexOf('month') ? (dayFirst ?? monthFirst) : (monthFirst ?? dayFirst);
}

/** Without a year it is the next one. */
function dateOf(day: string, month: string, year: string | undefined, today: Temporal.PlainDate): string | null {
  const ofYear = (year: number) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = ofYear(year ? Number(year) : today.year);
  const next = !year && date < today.toString() ? ofYear(today.year + 1) : date;
  return isDay(next) ? next : null;
}

function timeOf(text: string, said: Vocabulary): string | null {
  const found = said.time.exec(text);
  if (!found) return null;
  const hour = Number(found[1] ?? found[4] ?? found[6]);
  const minute = Number(found[2] ?? found[5] ?? 0);
  const half = found[3] === 'am' || found[3] === 'pm' ? found[3] : null;
  if (minute > 59 || (half ? hour < 1 || hour > 12 : hour > 23)) return null;
  const hours = half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour;
  return `${String(hours).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
