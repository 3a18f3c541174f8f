import type { SelectOption } from '../../../record/field.ts';

/** How tasks mostly repeat, as rules of RFC 5545. */
const usual: SelectOption[] = [
  { value: 'FREQ=DAILY', label: 'Every day' },
  { value: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', label: 'Every working day' },
  { value: 'FREQ=WEEKLY', label: 'Every week' },
  { value: 'FREQ=WEEKLY;INTERVAL=2', label: 'Every two weeks' },
  { value: 'FREQ=MONTHLY', label: 'Every month' },
  { value: 'FREQ=MONTHLY;INTERVAL=3', label: 'Every quarter' },
  { value: 'FREQ=YEARLY', label: 'Every year' },
];

/** What can be chosen; a rule of another kind, made through the API, stays. */
export function recurrences(current: string | null | undefined): SelectOption[] {
  const isUsual = !current || usual.some(({ value }) => value === current);
  return isUsual ? usual : [...usual, { value: current, label: `By its own rule: ${current}` }];
}

export const recurrenceText = (rule: string): string =>
  usual.find(({ value }) => value === rule)?.label ?? 'Repeats by a rule of its own';
