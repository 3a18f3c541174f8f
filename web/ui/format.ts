import { decimalsOf } from '../../src/kernel/contract/currency.ts';
import { dates, isoDays, lists, numbers, relatives } from '../text/intl.ts';
import { direction, setLocale } from '../text/locale.ts';
import { t } from '../text/text.ts';
import { isDay } from './isDay.ts';

/** Numbers, money and times as the signed-in person reads them. The session sets locale and zone once. */
let timeZone: string | undefined;

export function setFormat(person: { locale: string | null; time_zone: string | null }): void {
  setLocale(person.locale);
  timeZone = knownZone(person.time_zone) ? (person.time_zone ?? undefined) : undefined;
}

/** The zone times are shown in, and typed in. */
export const zoneOfReader = (): string => timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

export function formatNumber(value: number | string, options: Intl.NumberFormatOptions = {}): string {
  return isolated(numbers(options).format(value as Intl.StringNumericLiteral));
}

/** A decimal with all its digits: none is rounded away. */
export const formatDecimal = (value: string | number, minimumFractionDigits = 0): string =>
  formatNumber(value, { minimumFractionDigits, maximumFractionDigits: 20 });

/**
 * Among words from right to left a sign would stand behind its number, and an ellipsis before its text: what is
 * isolated keeps its own order.
 */
export const isolated = (text: string): string => (direction === 'rtl' ? `\u2068${text}\u2069` : text);

/** 53.5 as "53.5%". */
export const formatPercent = (percent: number | string): string =>
  formatNumber(Number(percent) / 100, { style: 'percent', maximumFractionDigits: 1 });

/**
 * A decimal string stays a string up to the formatter: no amount passes through a float. `aligned`: with the decimals
 * of its currency also when they are zeros, as amounts that stand under each other have them.
 */
export function formatMoney(
  amount: string,
  currency: string | null,
  { compact = false, aligned = false, digits = 1 } = {},
): string {
  // A change that waits to be sent may have a currency that the server will refuse.
  if (currency && !isCurrencyCode(currency))
    return `${formatMoney(amount, null, { compact, aligned, digits })} ${isolated(currency)}`;
  const whole = /^-?\d+(\.0*)?$/.test(amount);
  const decimals = currency ? decimalsOf(currency.toUpperCase()) : undefined;
  return formatNumber(amount, {
    style: currency ? 'currency' : 'decimal',
    currency: currency ?? undefined,
    ...(compact ? compactly(amount, digits) : whole && !aligned ? { maximumFractionDigits: 0 } : digitsOf(decimals)),
  });
}

const digitsOf = (decimals: number | undefined): Intl.NumberFormatOptions =>
  decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };

/** Other codes Intl refuses with an error. */
const isCurrencyCode = (text: string) => /^[a-z]{3}$/i.test(text);

/**
 * Languages begin to abbreviate at different sizes: 129.2K, but 129.180 and 1,7 Mio. What is not abbreviated needs no
 * fraction.
 */
function compactly(amount: string, digits: number): Intl.NumberFormatOptions {
  const options = { notation: 'compact', useGrouping: 'always' } as const;
  const abbreviated = numbers(options)
    .formatToParts(amount as Intl.StringNumericLiteral)
    .some(({ type }) => type === 'compact');
  return { ...options, maximumFractionDigits: abbreviated ? digits : 0 };
}

/** How many decimals abbreviated amounts need, for the marks of an axis over them to differ: $1.05M and $1.08M. */
export function digitsBetween(amounts: readonly number[]): number {
  const most = Math.max(...amounts.map(Math.abs));
  const span = Math.max(...amounts) - Math.min(...amounts);
  if (!(span > 0)) return 1;
  const unit = 1_000 ** Math.floor(Math.log10(most) / 3);
  return Math.min(3, Math.max(1, Math.ceil(-Math.log10(span / marks_max / unit))));
}
const marks_max = 8;

/** "€", as amounts in it are written wherever one is. */
export const currencySign = (currency: string): string | undefined =>
  isCurrencyCode(currency)
    ? numbers({ style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
        .formatToParts(0)
        .find(({ type }) => type === 'currency')?.value
    : undefined;

/** "US dollars". */
export const currencyName = (currency: string): string | undefined =>
  numbers({ style: 'currency', currency, currencyDisplay: 'name' })
    .formatToParts(0)
    .find(({ type }) => type === 'currency')?.value;

const byte_units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

export function formatBytes(bytes: number): string {
  const power = Math.min(byte_units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  return formatNumber(bytes / 1000 ** power, {
    style: 'unit',
    unit: byte_units[power],
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: 1,
  });
}

/** "Ada, Grace and Barbara". */
export const formatList = (names: readonly string[], type: Intl.ListFormatType = 'conjunction'): string =>
  lists({ type }).format(names);

/** A calendar date (`2026-11-20`) is the same day everywhere. */
export function formatDate(date: string): string {
  const calendar = date.length === 10;
  return dates({ dateStyle: 'medium', timeZone: calendar ? 'UTC' : timeZone }).format(new Date(date));
}

export function formatDateTime(time: string): string {
  return dates({ dateStyle: 'full', timeStyle: 'short', timeZone }).format(new Date(time));
}

/** Numbers and days as one would type them: in the reader's way, without marks that are for reading only. */
const typed = { calendar: 'gregory', numberingSystem: 'latn' } as const;
const typedDay = { ...typed, year: 'numeric', month: '2-digit', day: '2-digit' } as const;

/** Without the marks that only steer the direction of writing. */
export const unmarked = (text: string) => text.replace(/[\u061c\u200e\u200f\u2066-\u2069]/g, '');

/** "1234,50": with all decimals that it has. */
export function typedNumber(value: number | string): string {
  const decimals = String(value).split('.')[1]?.length ?? 0;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return unmarked(formatNumber(value, { useGrouping: false, ...digits, numberingSystem: 'latn' }));
}

/** "20.11.2026"; of a moment with the time of day. */
export function typedDate(date: string): string {
  const calendar = date.length === 10;
  const time = calendar
    ? { timeZone: 'UTC' }
    : ({ timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const);
  return unmarked(dates({ ...typedDay, ...time }).format(new Date(date)));
}

/** The marks within a number, and the order of day, month and year, as the reader types them. */
export function typingHabits() {
  const mark = (type: string) =>
    numbers({ numberingSystem: 'latn' } as Intl.NumberFormatOptions)
      .formatToParts(1_234_567.5)
      .find((part) => part.type === type)?.value;
  const parts = dates({ ...typedDay, timeZone: 'UTC' }).formatToParts(0);
  const order = parts.map(({ type }) => type).filter((type) => type === 'day' || type === 'month' || type === 'year');
  return { group: mark('group') ?? '', decimal: mark('decimal') ?? '.', order };
}

/** "November 2026". */
export function formatMonth(time: string, month: 'long' | 'short' = 'long'): string {
  const calendar = time.length === 10;
  return dates({ month, year: 'numeric', timeZone: calendar ? 'UTC' : timeZone }).format(new Date(time));
}

const steps: [Intl.RelativeTimeFormatUnit, number, number][] = [
  ['minute', 60, 60],
  ['hour', 3600, 24],
];

/** "5 minutes ago", from 24 hours on "in 3 days" by the calendar; the date itself when it is two weeks away. */
export function formatRelative(time: string, now = Date.now()): string {
  if (time.length === 10) return formatRelativeDay(time, now);
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (Math.abs(seconds) < 60) return t('just now');
  for (const [unit, size, limit] of steps) {
    const count = Math.round(seconds / size);
    if (Math.abs(count) < limit) return relatives().format(count, unit);
  }
  return formatRelativeDay(time, now);
}

/** How many calendar days lie between today, where the person is, and the date. */
export function daysFromToday(date: string, now = Date.now()): number {
  const day = date.length === 10 ? date : today(Date.parse(date));
  return Math.round((Date.parse(day) - Date.parse(today(now))) / 86_400_000);
}

export function today(now = Date.now()): string {
  return isoDays(timeZone).format(now);
}

/** "Friday, November 20". */
export function formatToday(now: number): string {
  return dates({ weekday: 'long', month: 'long', day: 'numeric', timeZone }).format(now);
}

const calendarDay = (day: string, options: Intl.DateTimeFormatOptions) =>
  dates({ ...options, timeZone: 'UTC' }).format(new Date(day));

/**
 * "April 30, 1990" of a birthday, or "April 30" of one without its year (`--04-30`). One that is not whole stays as it
 * was typed.
 */
export function formatBirthday(day: string): string {
  const full = day.startsWith('--') ? `2000-${day.slice(2)}` : day;
  if (!isDay(full)) return day;
  return calendarDay(full, { month: 'long', day: 'numeric', ...(full === day && { year: 'numeric' }) });
}

/** "April" of `04`. */
export const monthName = (month: string): string => calendarDay(`2000-${month}-01`, { month: 'long' });

/** "Friday, November 20" of a date. */
export const formatDay = (day: string): string => calendarDay(day, { weekday: 'long', month: 'long', day: 'numeric' });

/** "Fri" of a date. */
export const formatWeekday = (day: string): string => calendarDay(day, { weekday: 'short' });

/** "Monday" by its place in a week that begins with it. */
export const nameOfWeekday = (at: number, weekday: 'long' | 'short' = 'long'): string =>
  calendarDay(`2024-01-0${at + 1}`, { weekday });

/**
 * "monday" and "mon", from Monday to Sunday, as one may type them; names of two letters are words of their own in some
 * languages.
 */
export const weekdayNames = (): string[][] =>
  Array.from({ length: 7 }, (_, at) =>
    (['long', 'short'] as const)
      .map((weekday) => nameOfWeekday(at, weekday).toLocaleLowerCase())
      .filter((name) => name.length > 2),
  );

/** "November 16 – 22, 2026". */
export const formatDays = (from: string, to: string): string =>
  dates({ dateStyle: 'medium', timeZone: 'UTC' }).formatRange(new Date(from), new Date(to));

/** "9:30" of a moment, as clocks show it where the reader is. */
export const formatTime = (time: string, to: 'minute' | 'second' = 'minute'): string =>
  dates({ hour: 'numeric', minute: '2-digit', second: to === 'second' ? '2-digit' : undefined, timeZone }).format(
    new Date(time),
  );

/** "9 AM" of a full hour. */
export const formatHour = (hour: number): string =>
  dates({ hour: 'numeric', timeZone: 'UTC' }).format(new Date(Date.UTC(2000, 0, 1, hour)));

export function hourOfDay(now: number): number {
  return Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone }).format(now));
}

function formatRelativeDay(date: string, now: number): string {
  const days = daysFromToday(date, now);
  return Math.abs(days) < 14 ? relatives().format(days, 'day') : formatDate(date);
}

function knownZone(zone: string | null): boolean {
  try {
    return zone !== null && Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

/** "Nov 24, 2026, 15:04:05.678", as exact as a log is; to the minute where that is enough. */
export const formatExactTime = (time: string, to: 'ms' | 'minute' = 'ms'): string =>
  dates({
    year: to === 'ms' ? 'numeric' : undefined,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
    ...(to === 'ms' && { second: '2-digit', fractionalSecondDigits: 3 }),
  }).format(new Date(time));

/** "15:04:05.678" */
export const formatClock = (time: string): string =>
  dates({
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZone,
  }).format(new Date(time));
