import { weekdayNames } from '../../../ui/format.ts';
import type { Frequency } from './rule.ts';

interface Repeat {
  /** As RFC 5545 writes it. */
  rule: string;
  /** The days of the week on which it can be, from Monday as 1; undefined: all. */
  on?: readonly number[];
}

interface Vocabulary {
  each: RegExp;
  some: RegExp;
  units: Record<string, Frequency>;
  working_day: RegExp;
}

const english: Vocabulary = {
  each: /^every (.+)$/,
  some: /^every (other|\d{1,2}) (day|week|month|year)s?$/,
  units: { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' },
  working_day: /^(weekday|working day|workday)$/,
};

const german: Vocabulary = {
  each: /^jede[nrs]? (.+)$/,
  some: /^alle (zwei|\d{1,2}) (tag|woche|monat|jahr)(?:e|en|n)?$/,
  units: { tag: 'DAILY', woche: 'WEEKLY', monat: 'MONTHLY', jahr: 'YEARLY' },
  working_day: /^(werktag|arbeitstag)$/,
};

const working_days = [1, 2, 3, 4, 5];

/**
 * How often, as these words say it and nothing else: "every week", "every 2 months", "every Friday", "jeden Montag";
 * null when they say anything more.
 */
export function repeatSaid(words: readonly string[], of: string): Repeat | null {
  const said = of === 'de' ? german : english;
  const text = words.join(' ').toLocaleLowerCase();
  const [, count = '', several = ''] = said.some.exec(text) ?? [];
  const interval = Number(count.replace(/other|zwei/, '2'));
  if (several && interval > 0)
    return { rule: `FREQ=${said.units[several]}${interval > 1 ? `;INTERVAL=${interval}` : ''}` };
  const [, unit = ''] = said.each.exec(text) ?? [];
  if (Object.hasOwn(said.units, unit)) return { rule: `FREQ=${said.units[unit]}` };
  if (said.working_day.test(unit)) return { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', on: working_days };
  const weekday = weekdayNames().findIndex((names) => names.includes(unit)) + 1;
  return weekday > 0 ? { rule: 'FREQ=WEEKLY', on: [weekday] } : null;
}
