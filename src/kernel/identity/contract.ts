import { z } from 'zod';

const zones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);
const currencies = new Set(Intl.supportedValuesOf('currency'));

export const timeZone = z
  .string()
  .refine((name) => zones.has(name), { error: 'Write a time zone such as Europe/Zurich' });

export const currencyCode = z
  .string()
  .refine((code) => currencies.has(code), { error: 'Write an ISO 4217 code such as USD' });

export const locale = z.string().max(35).refine(isLocale, { error: 'Write a language such as en or pt-BR' });

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
}
