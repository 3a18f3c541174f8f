/** The languages the page speaks. Each but English has its catalogue in a folder beside this file. */
const languages = ['en', 'de'] as const;
type Language = (typeof languages)[number];

/** English words from right to left: how a language written that way would look, for tests. */
const pseudo_right_to_left = 'en-XB';

const kept_under = 'holdfast.locale';
const reloaded_under = 'holdfast.reloaded-for-locale';

const speaks = (language: string, tag: string) => tag === language || tag.startsWith(`${language}-`);
/** Whether its words are there, and not only its ways with numbers and dates. */
export const isSpoken = (tag: string): boolean => languages.some((language) => speaks(language, tag));

const languageOf = (tag: string): Language => languages.find((language) => speaks(language, tag)) ?? 'en';

/** The one used here last, else the browser's. Node, where tests run, has no page and gets English. */
const first = 'document' in globalThis ? (window.localStorage.getItem(kept_under) ?? navigator.language) : 'en';

/**
 * Why this page was loaded again. When it begins in another language all the same, something else writes the locale
 * too, and loading it once more would be no use.
 */
const reloaded_for = 'document' in globalThis ? takeReason() : null;

function takeReason(): string | null {
  const reason = window.sessionStorage.getItem(reloaded_under);
  window.sessionStorage.removeItem(reloaded_under);
  return reason;
}

/** Of the words. They do not change while the page is open: they are there before anything is drawn. */
export const language: Language = languageOf(first);
export const direction = first === pseudo_right_to_left ? 'rtl' : 'ltr';

/** By how many places the key ArrowRight goes on along a line. */
export const rightward = direction === 'rtl' ? -1 : 1;

let chosen: string | undefined = first;

/**
 * The locale of numbers and dates. One without a catalogue, such as `fr`, has them its own way beside English words.
 */
export const activeLocale = (): string | undefined => chosen;

/** The locale of what is made of words: "3 days ago". */
export const wordsLocale = (): string => (chosen && speaks(language, chosen) ? chosen : language);

export function setLocale(locale: string | null): void {
  chosen = locale !== null && isLocale(locale) ? locale : undefined;
}

/** Remembers the choice of whoever is signed in, and begins anew when it needs other words than these. */
export function keepLocale(locale: string | null): void {
  if (locale === null || !isLocale(locale) || locale === window.localStorage.getItem(kept_under)) return;
  window.localStorage.setItem(kept_under, locale);
  const other = languageOf(locale) !== language || (locale === pseudo_right_to_left) !== (direction === 'rtl');
  if (other && locale !== reloaded_for) {
    window.sessionStorage.setItem(reloaded_under, locale);
    window.location.reload();
  }
}

function isLocale(locale: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}
