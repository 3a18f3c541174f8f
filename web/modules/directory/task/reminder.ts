import type { SelectOption } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';

/** How long before a task is due people mostly want to be reminded, as ISO 8601 has it. */
const usual: SelectOption[] = [
  { value: 'PT0M', label: t('When it is due') },
  { value: 'PT10M', label: t('10 minutes before') },
  { value: 'PT30M', label: t('30 minutes before') },
  { value: 'PT1H', label: t('An hour before') },
  { value: 'P1D', label: t('A day before') },
  { value: 'P1W', label: t('A week before') },
];

/** What can be chosen; another distance, made through the API, stays. */
export function reminders(current: string | null | undefined): SelectOption[] {
  const isUsual = !current || usual.some(({ value }) => value === current);
  return isUsual ? usual : [...usual, { value: current, label: t('Before, by {current}', { current }) }];
}

/** One way to be reminded takes the place of the other, and a day that of a time. */
export const instead: Record<string, string> = {
  remind_before: 'remind_at',
  remind_at: 'remind_before',
  due_on: 'due_at',
  due_at: 'due_on',
};
