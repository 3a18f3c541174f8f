import type { LabelledValue } from '../../../kernel/contract/fields.ts';
import type { Card } from './card.ts';
import type { PersonAddress } from './person.ts';

/** The fields of a contact that go into a card, in the form of the API. */
export interface ContactOfCard {
  id: string;
  external_id: string | null;
  salutation: string | null;
  given_name: string | null;
  middle_name: string | null;
  family_name: string | null;
  suffix: string | null;
  email: string | null;
  email_label: string | null;
  other_emails: LabelledValue[];
  phone: string | null;
  phone_label: string | null;
  other_phones: LabelledValue[];
  street: string | null;
  city: string | null;
  region: string | null;
  postal_code: string | null;
  country: string | null;
  address_label: string | null;
  other_addresses: PersonAddress[];
  sites: LabelledValue[];
  social_profiles: LabelledValue[];
  birthday: string | null;
  time_zone: string | null;
  job_title: string | null;
  company: { name: string } | null;
  positions: { company: { name: string } | null; role: string | null; ended_on: string | null }[];
  tags: { name: string }[];
}

/** A card cannot say from when to when somebody had a position, so it has only those of `today` (`YYYY-MM-DD`). */
export function cardOf(contact: ContactOfCard, today: string): Card {
  const { street, city, region, postal_code, country, address_label: label } = contact;
  const main = { label, street, city, region, postal_code, country };
  const { job_title, company, email, phone } = contact;
  const current = contact.positions.filter(({ ended_on }) => ended_on === null || ended_on >= today);
  const further = current.flatMap(({ company, role }) => (company ? { company: company.name, role } : []));
  return {
    id: contact.id,
    uid: contact.external_id,
    salutation: contact.salutation,
    given_name: contact.given_name,
    middle_name: contact.middle_name,
    family_name: contact.family_name,
    suffix: contact.suffix,
    emails: [...(email ? [{ label: contact.email_label, value: email }] : []), ...contact.other_emails],
    phones: [...(phone ? [{ label: contact.phone_label, value: phone }] : []), ...contact.other_phones],
    addresses: [...(street || city || region || postal_code || country ? [main] : []), ...contact.other_addresses],
    sites: contact.sites,
    profiles: contact.social_profiles,
    birthday: contact.birthday,
    time_zone: contact.time_zone,
    positions: job_title || company ? [{ company: company?.name ?? null, role: job_title }, ...further] : [],
    tags: contact.tags.map(({ name }) => name),
  };
}

export const todayInUtc = (): string => new Date().toISOString().slice(0, 10);
