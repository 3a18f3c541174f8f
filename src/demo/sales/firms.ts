import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { Clock } from '../clock.ts';
import type { Colleague } from '../demo.ts';
import type { Dice } from '../random.ts';
import { asia } from '../words/asia.ts';
import { east } from '../words/east.ts';
import type { Locale } from '../words/locale.ts';
import { pairs, words } from '../words/parse.ts';
import { west } from '../words/west.ts';

const locales: Locale[] = [...west, ...east, ...asia];

export interface Firm {
  id: string;
  name: string;
  /** As people call it. */
  short: string;
  domain: string;
  locale: Locale;
  industry: string;
  city: string;
  region: string;
  street: string;
  postal_code: string;
  employees: number;
  founded: number;
  parent_id: string | null;
  owner: Colleague;
  created: number;
  /** How its mail addresses are made. */
  addresses: 'given.family' | 'g.family' | 'family';
  /** Others are still to be won. */
  buys: boolean;
  customer: boolean;
}

export function foundFirms(count: number, dice: Dice, clock: Clock, staff: Colleague[]): Firm[] {
  const firms = new Map<string, Firm>();
  while (firms.size < count) {
    const locale = dice.weighted(locales);
    const brand = dice.pick(words(locale.brands, locale));
    const trade = dice.pick(pairs(locale.trades, locale));
    const domain = `${brand.latin}-${trade.latin}.example`;
    if (firms.has(domain)) continue;
    const elder = [...firms.values()].find((firm) => firm.locale === locale && firm.short === brand.text);
    const [city = '', region = ''] = place(dice, locale);
    firms.set(domain, {
      id: uuidV7(),
      name: locale.firm.replace('{brand}', brand.text).replace('{trade}', trade.text),
      short: brand.text,
      domain,
      locale,
      industry: trade.meaning,
      city,
      region,
      street: street(dice, locale),
      postal_code: dice.digits(locale.postal),
      employees: Math.round(Math.exp(2.5 + 6 * dice.roll())),
      founded: dice.int(1888, 2021),
      parent_id: elder && dice.chance(0.6) ? (elder.parent_id ?? elder.id) : null,
      owner: ownerFor(dice, locale, staff),
      created: clock.working(clock.daysAgo(dice.int(20, 760))),
      addresses: dice.pick(['given.family', 'given.family', 'g.family', 'family']),
      buys: dice.chance(0.6),
      customer: false,
    });
  }
  return [...firms.values()];
}

export function firmRow(firm: Firm, dice: Dice) {
  const { language, country, currency, phone } = firm.locale;
  const revenue = firm.employees * dice.int(90, 320) * 1000;
  return {
    id: firm.id,
    external_id: null,
    name: firm.name,
    domain: firm.domain,
    industry: firm.industry,
    employee_count: firm.employees,
    annual_revenue: dice.chance(0.7) ? revenue * (currency === 'JPY' ? 160 : 100) : null,
    currency,
    founded_year: dice.chance(0.85) ? firm.founded : null,
    phone: dice.digits(phone),
    website: `https://www.${firm.domain}`,
    street: firm.street,
    city: firm.city,
    region: firm.region || null,
    postal_code: firm.postal_code,
    country,
    description: dice.chance(0.3) ? `${firm.industry}, ${firm.employees} people. Writes in ${language}.` : null,
    parent_id: firm.parent_id,
    owner_id: firm.owner.id,
    custom: {
      service_level: firm.customer ? dice.pick(['None', 'Silver', 'Gold']) : 'None',
      ...(firm.customer && { installed_base: dice.int(2, 140) }),
    },
    created_at: new Date(firm.created),
    updated_at: new Date(firm.created),
  };
}

export function street(dice: Dice, locale: Locale): string {
  return dice.pick(locale.streets.split('; ')).replace('{n}', String(dice.int(1, 180)));
}

function place(dice: Dice, locale: Locale): string[] {
  return dice
    .pick(locale.cities.split(', '))
    .split(':')
    .map((part) => part.trim());
}

/** Mostly somebody who speaks the language; the administrator keeps a few. */
function ownerFor(dice: Dice, { language }: Locale, staff: Colleague[]): Colleague {
  const administrator = staff.find(({ role }) => role === 'admin');
  if (administrator && dice.chance(0.05)) return administrator;
  const speakers = staff.filter(({ languages }) => languages.includes(language));
  return dice.pick(speakers.length > 0 ? speakers : staff.filter(({ role }) => role === 'member'));
}
