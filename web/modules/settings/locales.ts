const locales = ['en', 'en-GB', 'de', 'es', 'fr', 'it', 'ja', 'nl', 'pl', 'pt-BR', 'sv'];
const languageNames = new Intl.DisplayNames('en', { type: 'language' });

/** Languages whose ways with numbers and dates one can choose; the present one is always among them. */
export function localeOptions(present: string) {
  return [...new Set([present, ...locales])].map((value) => ({ value, label: languageNames.of(value) ?? value }));
}

export function zoneOptions(present: string) {
  const zones = new Set([present, 'UTC', ...Intl.supportedValuesOf('timeZone')]);
  return [...zones].map((value) => ({ value, label: value.replaceAll('_', ' ') }));
}
