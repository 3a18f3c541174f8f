import type { SelectOption } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { formatDate, formatList, nameOfWeekday } from '../../../ui/format.ts';
import { onDueWeekday, type Rule, readRule, type Weekday, weekdays, writeRule } from './rule.ts';

/** How tasks mostly repeat, as rules of RFC 5545. */
const usual: SelectOption[] = [
  { value: 'FREQ=DAILY', label: t('Every day') },
  { value: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', label: t('Every working day') },
  { value: 'FREQ=WEEKLY', label: t('Every week') },
  { value: 'FREQ=WEEKLY;INTERVAL=2', label: t('Every two weeks') },
  { value: 'FREQ=MONTHLY', label: t('Every month') },
  { value: 'FREQ=MONTHLY;INTERVAL=3', label: t('Every quarter') },
  { value: 'FREQ=YEARLY', label: t('Every year') },
];

/** The choice that leads to all others. */
export const own_choice = 'own';

/** What can be chosen, among it the rule there is; `startOf`: from which day a series by this rule is counted. */
export function recurrences(current: string | null | undefined, startOf: (rule: string) => string): SelectOption[] {
  const values = usual.map(({ value }) => value);
  const all = !current || values.includes(current) ? values : [...values, current];
  return [
    ...all.map((value) => ({ value, label: recurrenceText(value, startOf(value)) })),
    { value: own_choice, label: t('Custom…') },
  ];
}

export const weekdayName = (day: Weekday, width?: 'short'): string => nameOfWeekday(weekdays.indexOf(day), width);

/**
 * A rule in words; one that says more than people can choose here as it is written. With the day from which it is
 * counted, a weekly one names the weekday.
 */
export function recurrenceText(text: string, start?: string): string {
  const read = readRule(text);
  const rule = read && start ? onDueWeekday(read, start) : read;
  const known = usual.find(({ value }) => value === (rule ? writeRule(rule) : text))?.label;
  return known ?? (rule ? ruleText(rule) : t('Custom: {current}', { current: text }));
}

function ruleText(rule: Rule): string {
  const { ends, until, count } = rule;
  const often = oftenText(rule);
  if (ends === 'until' && until !== '') return t('{often}, until {day}', { often, day: formatDate(until) });
  if (ends === 'count') return t('{often}, {count, plural, one {once} other {# times}}', { often, count });
  return often;
}

function oftenText({ frequency, interval, days, on, day, or_last, nth, weekday }: Rule): string {
  if (frequency === 'DAILY') return t('{interval, plural, one {Every day} other {Every # days}}', { interval });
  if (frequency === 'YEARLY') return t('{interval, plural, one {Every year} other {Every # years}}', { interval });
  if (frequency === 'WEEKLY') {
    if (days.length === 0) return t('{interval, plural, one {Every week} other {Every # weeks}}', { interval });
    const names = formatList(weekdays.filter((each) => days.includes(each)).map((each) => weekdayName(each)));
    return t('{interval, plural, one {Every week on {days}} other {Every # weeks on {days}}}', {
      interval,
      days: names,
    });
  }
  if (on === 'weekday')
    return t(
      '{interval, plural, one {Every month} other {Every # months}} on the {nth, select, 1 {first} 2 {second} 3 {third} 4 {fourth} 5 {fifth} other {last}} {weekday}',
      { interval, nth, weekday: weekdayName(weekday) },
    );
  if (on === 'day' && day < 0)
    return t('{interval, plural, one {Every month} other {Every # months}} on the last day', { interval });
  if (on === 'day' && day > 28 && or_last)
    return t('{interval, plural, one {Every month} other {Every # months}} on day {day, number} or the last day', {
      interval,
      day,
    });
  if (on === 'day')
    return t('{interval, plural, one {Every month} other {Every # months}} on day {day, number}', { interval, day });
  return t('{interval, plural, one {Every month} other {Every # months}}', { interval });
}
