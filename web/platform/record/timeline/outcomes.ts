import { t } from '../../../text/text.ts';
import type { SelectOption } from '../field.ts';

/** What can come of a call. */
export const callOutcomes: SelectOption[] = [
  { value: 'connected', label: t('Connected') },
  { value: 'voicemail', label: t('Voicemail') },
  { value: 'no_answer', label: t('No answer') },
  { value: 'wrong_number', label: t('Wrong number') },
];
