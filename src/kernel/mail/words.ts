import { IntlMessageFormat, type PrimitiveType } from 'intl-messageformat';
import { german } from './de.ts';

/** The texts of mails in the language of the recipient. The key is the English text, an ICU message. */
export interface MailWords {
  (message: string, values?: Readonly<Record<string, PrimitiveType>>): string;
  readonly language: string;
  /** For dates and numbers. */
  readonly locale: string;
}

const catalogues: Readonly<Record<string, Record<string, string>>> = { de: { ...german } };

/** Adds what the mails of a module say in another language. */
export function declareMailWords(language: 'de', words: Readonly<Record<string, string>>): void {
  Object.assign(catalogues[language]!, words);
}

/** All that mails say in another language, by the English text. */
export const mailCatalogue = (language: 'de'): Readonly<Record<string, string>> => catalogues[language]!;

export function mailWords(locale: string): MailWords {
  const [spoken = ''] = locale.split('-');
  const catalogue = catalogues[spoken];
  const language = catalogue ? spoken : 'en';
  const say = (message: string, values?: Readonly<Record<string, PrimitiveType>>) =>
    String(new IntlMessageFormat(catalogue?.[message] ?? message, language).format(values));
  return Object.assign(say, { language, locale: catalogue || spoken === 'en' ? locale : 'en' });
}
