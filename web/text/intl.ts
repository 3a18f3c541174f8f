/** The formatters of the platform by the reader's locale. To make one takes long, so each is made once. */
import { activeLocale, language, wordsLocale } from './locale.ts';

const made = new Map<string, unknown>();

function once<F, O extends object>(Format: new (locale: string | undefined, options: O) => F) {
  return (locale: string | undefined, options: O): F => {
    const key = `${Format.name} ${locale} ${JSON.stringify(options)}`;
    const format = (made.get(key) as F | undefined) ?? new Format(locale, options);
    made.set(key, format);
    return format;
  };
}

const number = once(Intl.NumberFormat as new (locale: string | undefined, options: object) => Intl.NumberFormat);
const date = once(Intl.DateTimeFormat as new (locale: string | undefined, options: object) => Intl.DateTimeFormat);
const relative = once(Intl.RelativeTimeFormat);
const plural = once(Intl.PluralRules);
const list = once(Intl.ListFormat);

export const numbers = (options: Intl.NumberFormatOptions = {}) => number(activeLocale(), options);
export const dates = (options: Intl.DateTimeFormatOptions = {}) => date(activeLocale(), options);
/** "2026-11-20", wherever one is. */
export const isoDays = (timeZone: string | undefined) => date('en-CA', { timeZone, dateStyle: 'short' });
export const relatives = () => relative(wordsLocale(), { numeric: 'auto' });
/** By the language of the words: "1 row" must not become the plural of somebody else's grammar. */
export const plurals = (options: Intl.PluralRulesOptions = {}) => plural(language, options);
export const lists = (options: Intl.ListFormatOptions) => list(wordsLocale(), options);
