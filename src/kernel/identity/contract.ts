import { z } from 'zod';

const listedZones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);
const currencies = new Set(Intl.supportedValuesOf('currency'));

export const timeZone = z.string().max(100).refine(isTimeZone, { error: 'Write a time zone such as Europe/Zurich' });

export const currencyCode = z
  .string()
  .max(3)
  .refine((code) => currencies.has(code), { error: 'Write an ISO 4217 code such as USD' });

export const locale = z.string().max(35).refine(isLocale, { error: 'Write a language such as en or pt-BR' });

/**
 * Also a name that Intl lists under an older one, such as Asia/Kolkata. Unlisted names without a slash are offsets and
 * abbreviations, which mean one zone to Intl and another to PostgreSQL.
 */
function isTimeZone(name: string): boolean {
  return listedZones.has(name) || (name.includes('/') && isKnownToIntl(name));
}

function isKnownToIntl(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
}
