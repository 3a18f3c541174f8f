import { activeLocale } from '../../text/locale.ts';
import type { FieldDef } from './field.ts';

const family_first = new Set(['CN', 'HK', 'HU', 'JP', 'KR', 'MO', 'TW', 'VN']);
/** Addresses from the large to the small. */
const place_first = new Set(['CN', 'JP', 'KR', 'TW']);
/** The postal code follows the place and its region. */
const code_last = new Set(['AU', 'CA', 'GB', 'HK', 'IE', 'IN', 'KE', 'NG', 'NZ', 'PH', 'SG', 'TH', 'TW', 'US', 'ZA']);

function orderOfAddress(region: string): string[] {
  if (place_first.has(region)) return ['country', 'postal_code', 'region', 'city', 'street'];
  if (code_last.has(region)) return ['street', 'city', 'region', 'postal_code', 'country'];
  return ['street', 'postal_code', 'city', 'region', 'country'];
}

const orderOfName = (region: string) =>
  family_first.has(region)
    ? ['salutation', 'family_name', 'given_name', 'middle_name', 'suffix']
    : ['salutation', 'given_name', 'middle_name', 'family_name', 'suffix'];

/**
 * The parts of names and addresses one after the other as the reader's country writes them; all other fields stay in
 * their places.
 */
export function inLocalOrder(fields: readonly FieldDef[], locale = activeLocale()): readonly FieldDef[] {
  const region = new Intl.Locale(locale ?? 'en').maximize().region ?? '';
  const sorted = [...fields];
  for (const order of [orderOfName(region), orderOfAddress(region)]) {
    const places = fields.flatMap(({ key }, place) => (order.includes(key) ? [place] : []));
    const parts = places.map((place) => fields[place] as FieldDef);
    parts.sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
    for (const [at, place] of places.entries()) sorted[place] = parts[at] as FieldDef;
  }
  return sorted;
}
