import { t } from '../../../text/text.ts';

const kinds: Readonly<Record<string, string>> = {
  email: t('E-mail'),
  letter: t('Letter'),
  call: t('Call note'),
  message: t('Message'),
};
export const communicationKindText = (kind: string): string => kinds[kind] ?? kind;
export const communicationKindOptions = Object.entries(kinds).map(([value, label]) => ({ value, label }));

const directions: Readonly<Record<string, string>> = { incoming: t('Incoming'), outgoing: t('Outgoing') };
export const directionText = (direction: string): string => directions[direction] ?? direction;
export const directionOptions = Object.entries(directions).map(([value, label]) => ({ value, label }));
