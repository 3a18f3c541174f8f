import { isEmail } from '../../../kernel/contract/email.ts';
import { addressParts, type LabelledValue, label_characters_max } from '../../../kernel/contract/fields.ts';
import { csvLine, writeCellList } from '../../../platform/csv/index.ts';

export interface PersonAddress {
  label: string | null;
  street: string | null;
  city: string | null;
  region: string | null;
  postal_code: string | null;
  country: string | null;
}

/** A person as address books describe one. */
export interface Person {
  id: string | null;
  uid: string | null;
  salutation: string | null;
  given_name: string | null;
  middle_name: string | null;
  family_name: string | null;
  suffix: string | null;
  emails: LabelledValue[];
  phones: LabelledValue[];
  addresses: PersonAddress[];
  sites: LabelledValue[];
  profiles: LabelledValue[];
  birthday: string | null;
  time_zone: string | null;
  /** The first is the main one. */
  positions: { company: string | null; role: string | null }[];
  tags: string[];
  notes: string[];
  /** What a contact has no field for: kept in a note, so that nothing of the file is lost. */
  details: LabelledValue[];
}

export const nobody = (): Person => ({
  id: null,
  uid: null,
  salutation: null,
  given_name: null,
  middle_name: null,
  family_name: null,
  suffix: null,
  emails: [],
  phones: [],
  addresses: [],
  sites: [],
  profiles: [],
  birthday: null,
  time_zone: null,
  positions: [],
  tags: [],
  notes: [],
  details: [],
});

const further_max = 20;
const site_characters_max = 2_000;
const phone_characters_max = 50;
const profile_characters_max = 500;

const cutLabel = (label: string | null): string | null => label?.trim().slice(0, label_characters_max) || null;

interface Cells {
  person: Person;
  emails: LabelledValue[];
  phones: LabelledValue[];
  sites: LabelledValue[];
  profiles: LabelledValue[];
  addresses: PersonAddress[];
  details: LabelledValue[];
}

/** Headed as an export of contacts is, so that the import needs to ask nothing. */
const columns: [label: string, value: (cells: Cells) => string | null | undefined][] = [
  ['Holdfast id', ({ person }) => person.id],
  ['Id in the other system', ({ person }) => person.uid],
  ['Salutation', ({ person }) => person.salutation],
  ['First name', ({ person }) => person.given_name],
  ['Middle name', ({ person }) => person.middle_name],
  ['Last name', ({ person }) => person.family_name],
  ['Suffix', ({ person }) => person.suffix],
  ['E-mail', ({ emails }) => emails[0]?.value],
  ['E-mail label', ({ emails }) => emails[0]?.label],
  ['More e-mail addresses', ({ emails }) => listed(emails.slice(1))],
  ['Phone', ({ phones }) => phones[0]?.value],
  ['Phone label', ({ phones }) => phones[0]?.label],
  ['More phone numbers', ({ phones }) => listed(phones.slice(1))],
  ['Job title', ({ person }) => person.positions[0]?.role],
  ['Company', ({ person }) => person.positions[0]?.company],
  ['Street', ({ addresses }) => addresses[0]?.street],
  ['City', ({ addresses }) => addresses[0]?.city],
  ['State or region', ({ addresses }) => addresses[0]?.region],
  ['Postal code', ({ addresses }) => addresses[0]?.postal_code],
  ['Country', ({ addresses }) => addresses[0]?.country],
  ['Address label', ({ addresses }) => addresses[0]?.label],
  ['More addresses', ({ addresses }) => (addresses.length > 1 ? JSON.stringify(addresses.slice(1)) : null)],
  ['Sites', ({ sites }) => listed(sites)],
  ['Social profiles', ({ profiles }) => listed(profiles)],
  ['Birthday', ({ person }) => person.birthday],
  ['Further companies', ({ person }) => writeCellList(further(person).map(({ company }) => company!))],
  [
    'Further job titles',
    ({ person }) => (further(person).length > 0 ? JSON.stringify(further(person).map(({ role }) => role)) : null),
  ],
  ['Time zone', ({ person }) => person.time_zone],
  ['Tags', ({ person }) => writeCellList(unique(person.tags))],
  ['Note', ({ person }) => person.notes.join('\n\n')],
  [
    'Further details',
    ({ details }) => details.map(({ label, value }) => (label ? `${label}: ${value}` : value)).join('\n'),
  ],
];

/** The columns of tables made of cards or of an address book. */
export const personHeader = columns.map(([label]) => label);
export const personLine = (person: Person, more: readonly string[] = []): string => {
  const cells = cellsOf(person);
  return csvLine([...columns.map(([, value]) => value(cells) ?? null), ...more]);
};

const unique = (values: string[]): string[] => [...new Set(values)];
const further = ({ positions }: Person) => positions.slice(1).filter(({ company }) => company);

/** `Work: a@b.example; c@d.example`. A value that would itself read as one with a label begins with a colon. */
const listed = (values: LabelledValue[]): string =>
  writeCellList(
    values.map(({ label, value }) =>
      label ? `${label.replaceAll(': ', ':')}: ${value}` : /^.{0,60}?:\s/.test(value) ? `: ${value}` : value,
    ),
  );

/** What does not fit where it belongs, by its form or because there is too much of it, becomes a detail. */
function cellsOf(person: Person): Cells {
  const details = [...person.details];
  const fitting = (name: string, values: LabelledValue[], max: number, fits: (value: string) => boolean) => {
    const known = new Set<string>();
    const fit: LabelledValue[] = [];
    for (const { label, value } of values) {
      const text = value.trim();
      if (text === '' || known.has(text.toLowerCase())) continue;
      known.add(text.toLowerCase());
      if (fit.length < max && fits(text)) fit.push({ label: cutLabel(label), value: text });
      else details.push({ label: label ? `${name} (${label})` : name, value: text });
    }
    return fit;
  };
  const isShort = (max: number) => (value: string) => value.length <= max && !/[\r\n]/.test(value);
  const addresses: PersonAddress[] = [];
  for (const address of person.addresses) {
    const fits = Object.entries(addressParts).every(([part, max]) => (address[part as 'city']?.length ?? 0) <= max);
    if (fits && addresses.length <= further_max) addresses.push({ ...address, label: cutLabel(address.label) });
    else details.push({ label: address.label ? `Address (${address.label})` : 'Address', value: asText(address) });
  }
  for (const { company, role } of person.positions.slice(1))
    if (!company && role) details.push({ label: 'Job title', value: role });
  return {
    person,
    addresses,
    details,
    emails: fitting('E-mail', person.emails, further_max + 1, isEmail),
    phones: fitting('Phone', person.phones, further_max + 1, isShort(phone_characters_max)),
    sites: fitting('Site', person.sites.map(withProtocol), further_max, isSite),
    profiles: fitting('Profile', person.profiles, further_max, isShort(profile_characters_max)),
  };
}

const asText = ({ label: _, ...parts }: PersonAddress): string => Object.values(parts).filter(Boolean).join(', ');

const withProtocol = ({ label, value }: LabelledValue): LabelledValue => ({
  label,
  value: /^[a-z][a-z\d+.-]*:/i.test(value.trim()) ? value : `https://${value.trim()}`,
});

const isSite = (value: string): boolean =>
  value.length <= site_characters_max && /^https?:$/.test(URL.parse(value)?.protocol ?? '') && !/\s/.test(value);
