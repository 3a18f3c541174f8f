import { isSpoken } from '../../text/locale.ts';
import { t } from '../../text/text.ts';

/** Their words are there, in their own name. */
const spoken = ['en', 'en-GB', 'de', 'de-AT', 'de-CH'];
/** Only their ways with numbers and dates. */
const written = ['es', 'fr', 'it', 'ja', 'nl', 'pl', 'pt-BR', 'sv'];

const nameOf = (tag: string) =>
  new Intl.DisplayNames(tag, { type: 'language', languageDisplay: 'standard' }).of(tag) ?? tag;

const labelOf = (tag: string) =>
  isSpoken(tag) ? nameOf(tag) : t('English, with numbers and dates of {language}', { language: nameOf(tag) });

/** The languages one can choose; the present one is always among them. */
export function localeOptions(present: string) {
  return [...new Set([...spoken, present, ...written])].map((value) => ({ value, label: labelOf(value) }));
}

export function zoneOptions(present: string) {
  const zones = new Set([present, 'UTC', ...Intl.supportedValuesOf('timeZone')]);
  return [...zones].map((value) => ({ value, label: value.replaceAll('_', ' ') }));
}
