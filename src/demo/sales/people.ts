import { uuidV7 } from '../../kernel/database/uuid.ts';
import { type Clock, days } from '../clock.ts';
import type { Dice } from '../random.ts';
import { familyNames, type Word, words } from '../words/parse.ts';
import { type Firm, street } from './firms.ts';
import { jobTitles, sources } from './words/business.ts';

export interface Person {
  id: string;
  given: Word;
  family: Word;
  /** As one writes of them: by the given name, or the whole where the family name comes first. */
  who: string;
  email: string;
  firm: Firm;
  /** Works there; otherwise only lives nearby. */
  employed: boolean;
  created: number;
}

const familyFirst = new Set(['Chinese', 'Japanese', 'Korean']);

/** People of the given firms, more at the larger ones, and some who belong to none. */
export function meetPeople(count: number, firms: Firm[], dice: Dice, clock: Clock): Person[] {
  const taken = new Set<string>();
  const sized = firms.map((firm) => ({ firm, weight: Math.sqrt(firm.employees) }));
  return Array.from({ length: count }, (_, i) => {
    const firm = firms[i] ?? dice.weighted(sized).firm;
    const employed = i < firms.length || dice.chance(0.94);
    return meet(firm, employed, dice, clock, taken);
  });
}

function meet(firm: Firm, employed: boolean, dice: Dice, clock: Clock, taken: Set<string>): Person {
  const { locale } = firm;
  const woman = dice.chance(0.5);
  const given = dice.pick(words(woman ? locale.women : locale.men, locale));
  const family = dice.pick(familyNames(locale, woman));
  const email = freeAddress(
    given.latin,
    family.latin,
    employed ? firm.addresses : 'given.family',
    employed ? firm.domain : 'mail.example',
    taken,
  );
  const known = Math.max(0, Math.floor((clock.now - firm.created) / days(1)));
  return {
    id: uuidV7(),
    given,
    family,
    who: familyFirst.has(locale.language) ? family.text + given.text : given.text,
    email,
    firm,
    employed,
    created: clock.working(clock.daysAgo(dice.int(0, known))),
  };
}

function freeAddress(
  given: string,
  family: string,
  form: Firm['addresses'],
  domain: string,
  taken: Set<string>,
): string {
  const local = { 'given.family': `${given}.${family}`, 'g.family': `${given[0]}.${family}`, family }[form];
  for (let n = 1; ; n++) {
    const address = `${local}${n === 1 ? '' : n}@${domain}`;
    if (taken.has(address)) continue;
    taken.add(address);
    return address;
  }
}

export function personRow({ id, given, family, email, firm, employed, created }: Person, dice: Dice) {
  const { locale } = firm;
  return {
    id,
    given_name: given.text,
    family_name: family.text,
    email: dice.chance(0.93) ? email : null,
    phone: dice.chance(0.7) ? dice.digits(locale.phone) : null,
    job_title: employed && dice.chance(0.85) ? dice.pick(jobTitles) : null,
    company_id: employed ? firm.id : null,
    owner_id: firm.owner.id,
    source: dice.chance(0.8) ? dice.pick(sources) : null,
    lead_status:
      firm.customer && employed ? 'qualified' : dice.pick(['new', 'working', 'working', 'qualified', 'unqualified']),
    lifecycle_stage: firm.customer && employed ? 'customer' : dice.pick(['lead', 'lead', 'subscriber', null]),
    consent_email: dice.pick(['granted', 'granted', 'unknown', 'denied']),
    street: dice.chance(0.2) ? street(dice, locale) : null,
    city: firm.city,
    region: firm.region || null,
    postal_code: dice.chance(0.5) ? firm.postal_code : null,
    country: locale.country,
    time_zone: locale.timeZone,
    custom: { preferred_language: locale.language },
    created_at: new Date(created),
    updated_at: new Date(created),
  };
}
