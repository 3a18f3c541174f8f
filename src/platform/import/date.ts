import { Temporal } from 'temporal-polyfill';
import { lazy } from '../../kernel/lazy.ts';
import { isRefusal, type Refusal, refuse, shown } from './refusal.ts';

export const dateFormats = [
  'YYYY-MM-DD',
  'M/D/YYYY',
  'D/M/YYYY',
  'M-D-YYYY',
  'D-M-YYYY',
  'M.D.YYYY',
  'D.M.YYYY',
  'M/D/YY',
  'D/M/YY',
  'M-D-YY',
  'D-M-YY',
  'M.D.YY',
  'D.M.YY',
  'YYYYMMDD',
  'D MMM YYYY',
  'MMM D, YYYY',
  'excel',
] as const;

export type DateFormat = (typeof dateFormats)[number];

/** Two digits mean 1950 to 2049. */
const two_digit_years_from = 50;

const time = String.raw`(?:(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp])?\.?(?:[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$`;
const shapes = {
  yearFirst: new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${time}`),
  yearLast: new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${time}`),
  compact: new RegExp(String.raw`^((?:19|20)\d{2})()(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])${time}`),
  dayName: new RegExp(
    String.raw`^(\d{1,2})(?:\.|st|nd|rd|th)?([-\s]\s*)(\p{L}{3,})\.?,?[-\s]\s*(\d{4}|\d{2})${time}`,
    'u',
  ),
  nameDay: new RegExp(String.raw`^(\p{L}{3,})\.?(\s+)(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})${time}`, 'u'),
};
type Shape = keyof typeof shapes;

/** No date is longer; of a text that is, a shape would try each way to part its spaces. */
const date_characters_max = 100;

const inShape = (shape: Shape, text: string): RegExpExecArray | null =>
  text.length <= date_characters_max ? shapes[shape].exec(text) : null;

/** The number of each month by its name. */
const months = lazy(() => {
  const names = new Map<string, number>();
  for (const locale of ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl']) {
    for (const style of ['long', 'short'] as const) {
      const format = new Intl.DateTimeFormat(locale, { month: style, timeZone: 'UTC' });
      for (let month = 1; month <= 12; month++) {
        names.set(
          format
            .format(Date.UTC(2024, month - 1, 15))
            .replace('.', '')
            .toLowerCase(),
          month,
        );
      }
    }
  }
  return names;
});

function shapeOf(format: DateFormat): Shape {
  if (format === 'YYYY-MM-DD') return 'yearFirst';
  if (format === 'YYYYMMDD') return 'compact';
  if (format === 'D MMM YYYY') return 'dayName';
  if (format === 'MMM D, YYYY') return 'nameDay';
  return 'yearLast';
}

/**
 * `2024-02-29`, or `2024-02-29T13:05:00` with the offset when the text has one. A day that is not in the calendar is
 * refused, never moved to the next month.
 */
export function parseDate(text: string, format: DateFormat): string | Refusal {
  const trimmed = text.trim();
  if (format === 'excel') return parseSerial(trimmed);
  const match = inShape(shapeOf(format), trimmed);
  if (!match) return refuse('not_a_date', `${shown(trimmed)} is not a date written as ${format}.`);
  const [, first = '', sign = '', second = '', third = ''] = match;
  const parts = order(format, first, sign, second, third);
  if (!parts) return refuse('not_a_date', `${shown(trimmed)} is not a date written as ${format}.`);
  const date = calendarDate(parts.year, parts.month, parts.day);
  if (date === null)
    return refuse('no_such_day', `${shown(trimmed)} does not exist in the calendar. Correct the day or the month.`);
  const clock = clockTime(match.slice(5));
  if (clock === null) return refuse('no_such_time', `${shown(trimmed)} has no valid time of day.`);
  return date + clock;
}

/**
 * As the dates of its column are written, or as there is no doubt: with the year first, a month by its name, or a year
 * of fewer digits.
 */
export function readDate(text: string, format: DateFormat): string | Refusal {
  const read = parseDate(text, format);
  if (!isRefusal(read) || read.code !== 'not_a_date') return read;
  const other = format.includes('YYYY') ? format.replace('YYYY', 'YY') : format.replace('YY', 'YYYY');
  for (const sure of ['YYYY-MM-DD', 'D MMM YYYY', 'MMM D, YYYY', other] as DateFormat[]) {
    const date = dateFormats.includes(sure) ? parseDate(text, sure) : read;
    if (!isRefusal(date)) return date;
  }
  return read;
}

function order(format: DateFormat, first: string, sign: string, second: string, third: string) {
  switch (shapeOf(format)) {
    case 'yearFirst':
    case 'compact':
      return { year: Number(first), month: Number(second), day: Number(third) };
    case 'dayName':
      return { year: fullYear(third), month: months().get(second.toLowerCase()) ?? 0, day: Number(first) };
    case 'nameDay':
      return { year: fullYear(third), month: months().get(first.toLowerCase()) ?? 0, day: Number(second) };
    case 'yearLast': {
      const yearDigits = format.endsWith('YYYY') ? 4 : 2;
      if (!format.includes(sign) || third.length !== yearDigits) return null;
      const [month, day] = format.startsWith('M') ? [first, second] : [second, first];
      return { year: fullYear(third), month: Number(month), day: Number(day) };
    }
  }
}

function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  return year + (year < two_digit_years_from ? 2000 : 1900);
}

function calendarDate(year: number, month: number, day: number): string | null {
  if (month < 1 || month > 12 || day < 1 || year < 1) return null;
  if (day > 28 && day > new Temporal.PlainYearMonth(year, month).daysInMonth) return null;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function clockTime([hours, minutes, seconds = '00', half, zone]: (string | undefined)[]): string | null {
  if (hours === undefined || minutes === undefined) return '';
  let hour = Number(hours);
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return `T${String(hour).padStart(2, '0')}:${minutes}:${seconds}${offset(zone)}`;
}

function offset(zone: string | undefined): string {
  if (!zone) return '';
  if (!/\d/.test(zone)) return 'Z';
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

/** Days since 1899-12-30, which makes up for the 29 February 1900 that spreadsheets believe in; 1 March 1900 is 61. */
const serialOrigin = Temporal.PlainDate.from('1899-12-30');
const serial_min = 61;
const serial_max = 2_958_465;

function parseSerial(text: string): string | Refusal {
  const match = /^(\d{2,7})(?:\.(\d{1,12}))?$/.exec(text);
  const days = Number(match?.[1] ?? 0);
  if (!match || days < serial_min || days > serial_max) {
    return refuse('not_a_date', `${shown(text)} is not the number of a day in a spreadsheet.`);
  }
  const date = serialOrigin.add({ days }).toString();
  if (!match[2]) return date;
  const seconds = Math.round(Number(`0.${match[2]}`) * 86_400);
  if (seconds === 86_400) return serialOrigin.add({ days: days + 1 }).toString();
  return `${date}T${Temporal.PlainTime.from('00:00').add({ seconds }).toString({ smallestUnit: 'second' })}`;
}

/** What the values of a column say about how its dates are written. */
export interface DateEvidence {
  shapes: Map<
    string,
    {
      shape: Shape;
      sign: string;
      yearDigits: number;
      times: number;
      dayFirst: number;
      monthFirst: number;
      unclear: string | null;
    }
  >;
}

export function noDates(): DateEvidence {
  return { shapes: new Map() };
}

/** Counts a value in when it looks like a date; answers whether it does. */
export function weighDate(text: string, evidence: DateEvidence): boolean {
  for (const shape of Object.keys(shapes) as Shape[]) {
    const match = inShape(shape, text);
    if (!match) continue;
    if (shape === 'dayName' && !months().has(match[3]!.toLowerCase())) continue;
    if (shape === 'nameDay' && !months().has(match[1]!.toLowerCase())) continue;
    const sign = shape === 'yearLast' ? match[2]! : '';
    const yearDigits = match[4]!.length;
    const key = shape === 'yearLast' ? `${sign}${yearDigits}` : shape;
    const seen = evidence.shapes.get(key) ?? {
      shape,
      sign,
      yearDigits,
      times: 0,
      dayFirst: 0,
      monthFirst: 0,
      unclear: null,
    };
    evidence.shapes.set(key, seen);
    seen.times++;
    if (shape === 'yearLast') {
      const [first, second] = [Number(match[1]), Number(match[3])];
      if (first > 12 && second <= 12) seen.dayFirst++;
      else if (second > 12 && first <= 12) seen.monthFirst++;
      else if (first <= 12 && second <= 12 && first !== second) seen.unclear ??= text;
    }
    return true;
  }
  return false;
}

export interface DateDecision {
  format: DateFormat;
  /** The other reading, with a value to show, when no value of the column decides between day and month first. */
  unclear: { other: DateFormat; sample: string } | null;
  /** Values that contradict the format, so many that the column seems to mix two. */
  mixed: boolean;
}

/** Decided over all values seen: one `25/10/2016` settles every `3/4/2017` of its column. */
export function decideDateFormat(evidence: DateEvidence): DateDecision | null {
  const main = [...evidence.shapes.values()].sort((a, b) => b.times - a.times)[0];
  if (!main) return null;
  const mixedShapes = evidence.shapes.size > 1;
  if (main.shape !== 'yearLast') {
    const formats = {
      yearFirst: 'YYYY-MM-DD',
      compact: 'YYYYMMDD',
      dayName: 'D MMM YYYY',
      nameDay: 'MMM D, YYYY',
    } as const;
    return { format: formats[main.shape], unclear: null, mixed: mixedShapes };
  }
  const year = main.yearDigits === 4 ? 'YYYY' : 'YY';
  const written = (parts: 'D,M' | 'M,D') => `${parts.replace(',', main.sign)}${main.sign}${year}` as DateFormat;
  const undecided = main.dayFirst === 0 && main.monthFirst === 0;
  // With points it is the day that comes first wherever points are used.
  const dayFirst = undecided ? main.sign === '.' : main.dayFirst > main.monthFirst;
  const [format, other] = dayFirst ? [written('D,M'), written('M,D')] : [written('M,D'), written('D,M')];
  return {
    format,
    unclear: undecided && main.unclear !== null && main.sign !== '.' ? { other, sample: main.unclear } : null,
    mixed: mixedShapes || (main.dayFirst > 0 && main.monthFirst > 0),
  };
}
