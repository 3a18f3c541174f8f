const ordinal = (most: string) => `[+-]?${most}`;
const listOf = (item: string) => new RegExp(`^${item}(,${item})*$`);
const number = /^[1-9]\d{0,2}$/;
const weekday = '(MO|TU|WE|TH|FR|SA|SU)';
const time = '(T([01]\\d|2[0-3])[0-5]\\d[0-5]\\dZ)';

/**
 * The parts of a recurrence rule (RFC 5545, section 3.3.10) that make sense for tasks: nothing repeats within a day.
 */
const parts: Record<string, RegExp> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: number,
  COUNT: number,
  UNTIL: new RegExp(`^\\d{8}${time}?$`),
  BYDAY: listOf(`(${ordinal('([1-9]|[1-4]\\d|5[0-3])')})?${weekday}`),
  BYMONTHDAY: listOf(ordinal('([1-9]|[12]\\d|3[01])')),
  BYMONTH: listOf('([1-9]|1[0-2])'),
  BYYEARDAY: listOf(ordinal('([1-9]|[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])')),
  BYWEEKNO: listOf(ordinal('([1-9]|[1-4]\\d|5[0-3])')),
  BYSETPOS: listOf(ordinal('([1-9]|[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])')),
  WKST: new RegExp(`^${weekday}$`),
};

/** What is wrong with a recurrence rule, or undefined. */
export function recurrenceError(rule: string): string | undefined {
  const seen = new Map<string, string>();
  for (const part of rule.split(';')) {
    const [name = '', value = '', ...rest] = part.split('=');
    const pattern = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (!pattern) return `"${name.slice(0, 20)}" is no part of a recurrence rule such as FREQ=WEEKLY;BYDAY=MO`;
    if (seen.has(name)) return `${name} stands there twice`;
    if (rest.length > 0 || !pattern.test(value)) return `The value of ${name} does not fit`;
    seen.set(name, value);
  }
  if (!seen.has('FREQ')) return 'A recurrence rule needs FREQ, as in FREQ=WEEKLY;BYDAY=MO';
  if (seen.has('COUNT') && seen.has('UNTIL')) return 'Write COUNT or UNTIL, not both';
  if (seen.has('UNTIL') && !isDate(seen.get('UNTIL')!)) return 'UNTIL is no date of the calendar';
  return undefined;
}

function isDate(until: string): boolean {
  const day = `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`;
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
