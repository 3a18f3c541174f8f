import type { SelectOption } from '../../../record/field.ts';
import { t } from '../../../text/text.ts';

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

/** What can be chosen; a rule of another kind, made through the API, stays. */
export function recurrences(current: string | null | undefined): SelectOption[] {
  const isUsual = !current || usual.some(({ value }) => value === current);
  return isUsual ? usual : [...usual, { value: current, label: t('By its own rule: {current}', { current }) }];
}

export const recurrenceText = (rule: string): string =>
  usual.find(({ value }) => value === rule)?.label ?? t('Repeats by a rule of its own');
