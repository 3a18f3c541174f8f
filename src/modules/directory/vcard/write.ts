import ICAL from 'ical.js';
import type { LabelledValue } from '../../../kernel/contract/fields.ts';
import { spacedFullName } from '../../../kernel/contract/person-name.ts';
import { type Card, id_property } from './card.ts';
import type { PersonAddress } from './person.ts';
import { ownUid } from './read.ts';

type JsonParameters = Record<string, string | string[]>;
type JsonProperty = [name: string, parameters: JsonParameters, type: string, ...values: (string | string[])[]];

/** A card of version 4.0 (RFC 6350). */
export function writeCard(card: Card): string {
  const given = card.given_name ?? '';
  const family = card.family_name ?? '';
  const formatted =
    spacedFullName(given, family, { middle: card.middle_name, suffix: card.suffix }) ||
    card.emails[0]?.value ||
    card.phones[0]?.value ||
    'No name';
  const one = (name: string, value: string | null): JsonProperty[] => (value ? [[name, {}, 'text', value]] : []);
  const group = groupNames();
  const properties: JsonProperty[] = [
    ['version', {}, 'text', '4.0'],
    ...one('uid', card.uid ?? (card.id && ownUid(card.id))),
    ['fn', {}, 'text', formatted],
    ['n', {}, 'text', [family, given, card.middle_name ?? '', card.salutation ?? '', card.suffix ?? '']],
    ...labelled(group, 'email', 'text', card.emails),
    ...labelled(group, 'tel', 'text', card.phones),
    ...positions(group, card.positions),
    ...labelled(
      group,
      'adr',
      'text',
      card.addresses.map((address) => ({ label: address.label, value: parts(address) })),
    ),
    ...labelled(group, 'url', 'uri', card.sites),
    ...card.profiles.flatMap((profile) => profileOf(group, profile)),
    ...(card.birthday ? [['bday', {}, 'date-and-or-time', card.birthday] as JsonProperty] : []),
    ...one('tz', card.time_zone),
    ...(card.tags.length > 0 ? [['categories', {}, 'text', ...card.tags] as JsonProperty] : []),
    ...one(id_property, card.id),
  ];
  const written = properties.map(withoutControls);
  return `${ICAL.stringify(['vcard', written, []] as unknown as Parameters<typeof ICAL.stringify>[0])}\r\n`;
}

/**
 * ical.js escapes the line feeds of texts and nothing else: a carriage return, or any of them in an address of the web,
 * would end the line.
 */
const withoutControls = ([name, parameters, type, ...values]: JsonProperty): JsonProperty => {
  const clean = type === 'text' ? severalLines : oneLine;
  return [
    name,
    parameters,
    type,
    ...values.map((value) => (typeof value === 'string' ? clean(value) : value.map(clean))),
  ];
};
const severalLines = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, ' ');

/** Properties with the same group before their names belong together. */
function groupNames(): () => string {
  let count = 0;
  return () => `item${++count}`;
}

/** Words of labels that vCard has types for; `cell`, `fax` and `pager` are types of telephone numbers only. */
const places = [['Home', 'home'], ['Work', 'work']] as const; // biome-ignore format: a table
const place_types: ReadonlyMap<string, string> = new Map(places);
const phone_types: ReadonlyMap<string, string> = new Map([
  ...places,
  ['Mobile', 'cell'],
  ['Fax', 'fax'],
  ['Pager', 'pager'],
]);

/**
 * `Work Fax` becomes types; any other label a property beside, as address books of Apple and Google write and read it.
 */
function withLabel(group: () => string, label: string | null, property: JsonProperty): JsonProperty[] {
  if (!label) return [property];
  const [name, parameters, ...rest] = property;
  const known = name === 'tel' ? phone_types : place_types;
  const types = label.split(' ').flatMap((word) => known.get(word) ?? []);
  if (types.length === label.split(' ').length) return [[name, { ...parameters, type: types }, ...rest]];
  const named = group();
  return [
    [name, { ...parameters, group: named }, ...rest],
    ['x-ablabel', { group: named }, 'unknown', label],
  ];
}

/** The first of several is the preferred one. */
const labelled = (
  group: () => string,
  name: string,
  type: string,
  all: { label: string | null; value: string | string[] }[],
): JsonProperty[] =>
  all.flatMap(({ label, value }, at) =>
    withLabel(group, label, [name, at === 0 && all.length > 1 ? { pref: '1' } : {}, type, value]),
  );

const parts = ({ street, city, region, postal_code, country }: PersonAddress): string[] =>
  ['', '', ...[street, city, region, postal_code, country].map((part) => part ?? '')]; // biome-ignore format: one expression

/** The network is a type, and beside that a label, since types know no capitals. */
function profileOf(group: () => string, { label, value }: LabelledValue): JsonProperty[] {
  const type: JsonParameters = label && /^[\w-]+$/.test(label) ? { type: label.toLowerCase() } : {};
  return withLabel(group, label, ['x-socialprofile', type, 'unknown', value]);
}

/**
 * A value that ical.js writes as it stands must not begin another property, and its backslashes are read as those of
 * escapes.
 */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').replaceAll('\\', '\\\\');

/**
 * Programs pair titles with organisations by group or by their order, so a position stands in the card only where both
 * agree: further ones follow a main one at a company, and have a role only when that has one too.
 */
function positions(group: () => string, [main, ...further]: Card['positions']): JsonProperty[] {
  if (!main) return [];
  const withRole = further.filter(({ role }) => role);
  const inStep = main.company ? [...(main.role ? withRole : []), ...further.filter(({ role }) => !role)] : [];
  return [main, ...inStep].flatMap(({ company, role }, at) => {
    const together: JsonParameters = at === 0 ? {} : { group: group() };
    const properties: JsonProperty[] = [];
    if (company) properties.push(['org', together, 'text', [company]]);
    if (role) properties.push(['title', together, 'text', role]);
    return properties;
  });
}
