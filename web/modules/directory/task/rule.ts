import { Temporal } from '../../../ui/temporal.ts';

/** Days of the week as RFC 5545 names them, from Monday. */
export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof weekdays)[number];
export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** A recurrence rule as people choose one. What is chosen elsewhere is kept for whoever changes their mind. */
export interface Rule {
  frequency: Frequency;
  interval: number;
  /** The days of a week; when empty, the day on which the task was first due. */
  days: readonly Weekday[];
  /**
   * Of a month: the day on which it first was due, one of its days by number (-1: the last), or one of its weekdays.
   */
  on: 'same' | 'day' | 'weekday';
  day: number;
  /** Whether the last day of a month is used where the month has no such day. */
  or_last: boolean;
  nth: number;
  weekday: Weekday;
  ends: 'never' | 'until' | 'count';
  /** A calendar day; empty: not chosen yet. */
  until: string;
  count: number;
}

export const firstRule: Rule = {
  frequency: 'WEEKLY',
  interval: 1,
  days: [],
  on: 'same',
  day: 1,
  or_last: true,
  nth: 1,
  weekday: 'MO',
  ends: 'never',
  until: '',
  count: 10,
};

const weekdayList = /^(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*$/;

/** A part of a rule; undefined where it says more than can be chosen here. */
function readPart(name: string, value: string, frequency: Frequency): Partial<Rule> | undefined {
  if (name === 'FREQ') return { frequency };
  if (name === 'INTERVAL') return { interval: Number(value) };
  if (name === 'COUNT') return { ends: 'count', count: Number(value) };
  if (name === 'UNTIL') return { ends: 'until', until: value.replace(/^(\d{4})(\d\d)(\d\d).*$/, '$1-$2-$3') };
  if (name === 'BYDAY' && frequency === 'WEEKLY' && weekdayList.test(value))
    return { days: value.split(',') as Weekday[] };
  if (name === 'BYMONTHDAY' && frequency === 'MONTHLY' && /^(?:\d+|-1)$/.test(value))
    return { on: 'day', day: Number(value), or_last: false };
  const [, nth, weekday] = /^\+?([1-5]|-1)(MO|TU|WE|TH|FR|SA|SU)$/.exec(value) ?? [];
  if (name === 'BYDAY' && frequency === 'MONTHLY' && nth)
    return { on: 'weekday', nth: Number(nth), weekday: weekday as Weekday };
  return undefined;
}

/** As RFC 5545 has a day or, in a shorter month, the last one: of these the last that there is. */
const dayOrLast = (day: number): string => `BYMONTHDAY=${daysUpTo(day)};BYSETPOS=-1`;
const daysUpTo = (day: number): string => [28, 29, 30, 31].slice(0, day - 27).join(',');

/** Null for a rule that says more than can be chosen here. */
export function readRule(text: string): Rule | null {
  const day = [29, 30, 31].find(
    (each) => text.endsWith(`;${dayOrLast(each)}`) || text.includes(`;${dayOrLast(each)};`),
  );
  if (day) {
    const rest = readRule(text.replace(`;${dayOrLast(day)}`, ''));
    return rest?.frequency === 'MONTHLY' && rest.on === 'same' ? { ...rest, on: 'day', day, or_last: true } : null;
  }
  const parts = text.split(';').map((part) => part.split('=') as [string, string]);
  const frequency = parts.find(([name]) => name === 'FREQ')?.[1] as Frequency;
  const read = parts.map(([name, value]) => readPart(name, value, frequency));
  const isWhole =
    read.every((part) => part !== undefined) &&
    !(parts.some(([name]) => name === 'BYDAY') && parts.some(([name]) => name === 'BYMONTHDAY'));
  return isWhole ? Object.assign({}, firstRule, ...read) : null;
}

export function writeRule({
  frequency,
  interval,
  days,
  on,
  day,
  or_last,
  nth,
  weekday,
  ends,
  until,
  count,
}: Rule): string {
  const isMonthly = frequency === 'MONTHLY';
  const parts = [
    `FREQ=${frequency}`,
    interval > 1 && `INTERVAL=${interval}`,
    frequency === 'WEEKLY' && days.length > 0 && `BYDAY=${weekdays.filter((each) => days.includes(each)).join(',')}`,
    isMonthly && on === 'day' && (day > 28 && or_last ? dayOrLast(day) : `BYMONTHDAY=${day}`),
    isMonthly && on === 'weekday' && `BYDAY=${nth}${weekday}`,
    ends === 'until' && until !== '' && `UNTIL=${until.replaceAll('-', '')}`,
    ends === 'count' && `COUNT=${count}`,
  ];
  return parts.filter(Boolean).join(';');
}

/** With the weekday on which a task comes that is due on this day, where a weekly rule names none. */
export const onDueWeekday = (rule: Rule, due_on: string): Rule =>
  rule.frequency === 'WEEKLY' && rule.days.length === 0
    ? { ...rule, days: [weekdays[Temporal.PlainDate.from(due_on).dayOfWeek - 1]!] }
    : rule;

/**
 * A rule for each month, as it is meant of a task that is due on this day: by the rule alone, the 31st comes only in
 * months that have one.
 */
export function inEachMonth(text: string, due_on: string): string {
  const rule = readRule(text);
  const day = Number(due_on.slice(8));
  return rule?.frequency === 'MONTHLY' && rule.on === 'same' && day > 28
    ? writeRule({ ...rule, on: 'day', day, or_last: true })
    : text;
}
