import { IntlMessageFormat, type PrimitiveType } from 'intl-messageformat';
import { german } from './de.ts';

/** The texts of mails in the language of the recipient. The key is the English text, an ICU message. */
export interface MailWords {
  (message: string, values?: Readonly<Record<string, PrimitiveType>>): string;
  readonly language: string;
  /** For dates and numbers. */
  readonly locale: string;
}

const catalogues: Readonly<Record<string, Readonly<Record<string, string>>>> = { de: german };

export function mailWords(locale: string): MailWords {
  const [spoken = ''] = locale.split('-');
  const catalogue = catalogues[spoken];
  const language = catalogue ? spoken : 'en';
  const say = (message: string, values?: Readonly<Record<string, PrimitiveType>>) =>
    String(new IntlMessageFormat(catalogue?.[message] ?? message, language).format(values));
  return Object.assign(say, { language, locale: catalogue || spoken === 'en' ? locale : 'en' });
}
