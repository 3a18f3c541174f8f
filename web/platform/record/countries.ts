import { countryCodeOf, countryCodes, countryNamesIn } from '../../../src/kernel/contract/country.ts';
import { wordsLocale } from '../../text/locale.ts';

let names: ((code: string) => string | undefined) | undefined;
/** What a country is called in the language of the page, which changes with a new load alone. */
function nameOf(code: string): string | undefined {
  names ??= countryNamesIn(wordsLocale());
  return names(code);
}

/** The countries in the language of the page, in the order of its alphabet. */
export const countryNames = (): string[] =>
  countryCodes()
    .flatMap((code) => nameOf(code) ?? [])
    .sort(new Intl.Collator(wordsLocale()).compare);

/** A stored country in the language of the page; any other text as it is. */
export function countryText(stored: string): string {
  const code = countryCodeOf(stored);
  return (code && nameOf(code)) || stored;
}
