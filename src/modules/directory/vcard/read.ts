import ICAL from 'ical.js';
import type { LabelledValue } from '../../../kernel/contract/fields.ts';
import { splitEastAsian } from '../../../kernel/contract/person-name.ts';
import { phoneOfLink } from '../../../kernel/contract/phone.ts';
import { id_property } from './card.ts';
import { decodeText } from './lines.ts';
import { nobody, type Person, type PersonAddress } from './person.ts';

interface Property {
  /** `item1` in `item1.EMAIL`: properties of one group belong together. */
  group: string | null;
  name: string;
  parameters: Record<string, string | string[]>;
  values: string[];
}

/** A card of version 2.1, 3.0 or 4.0. A line that cannot be read is left out, the others count. */
export function readCard(lines: readonly string[]): Person | undefined {
  const properties = lines.flatMap((line) => property(line) ?? []);
  const all = (name: string) =>
    properties.filter((one) => one.name === name).sort((a, b) => preference(a) - preference(b));
  const texts = (name: string) =>
    all(name)
      .map(text)
      .filter((value) => value !== '');
  if (/^(group|location|application)$/i.test(texts('kind')[0] ?? '')) return undefined;
  const part = (name: string, at: number) => clean(parts(all(name)[0])[at]);
  const id = texts(id_property)[0] ?? null;
  const uid = texts('uid')[0] ?? null;
  const [, family_name, given_name] = named(part('n', 0), part('n', 1), texts('fn')[0] ?? null);
  const labelOf = labels(properties);
  const labelled = (name: string) =>
    all(name)
      .map((one) => ({ label: labelOf(one), value: text(one) }))
      .filter(({ value }) => value !== '');
  const [companies, roles] = [all('org').map(parts), texts('title')];
  return {
    ...nobody(),
    id,
    uid: id && uid === ownUid(id) ? null : uid,
    salutation: part('n', 3),
    given_name: given_name ?? null,
    middle_name: part('n', 2),
    family_name: family_name ?? null,
    suffix: part('n', 4),
    emails: labelled('email'),
    phones: labelled('tel').map(({ label, value }) => ({
      label,
      value: /^tel:/i.test(value) ? phoneOfLink(value) : value,
    })),
    addresses: all('adr')
      .map((one) => address(one, labelOf(one)))
      .filter(({ label: _, ...of }) => Object.values(of).some(Boolean)),
    sites: labelled('url'),
    profiles: [...labelled('x-socialprofile'), ...labelled('socialprofile'), ...labelled('impp')],
    birthday: birthdayOf(all('bday')[0]),
    time_zone: texts('tz').find((value) => /^[A-Z]\w+\//.test(value)) ?? null,
    positions: Array.from({ length: Math.max(companies.length, roles.length) }, (_, at) => ({
      company: clean(companies[at]?.[0]),
      role: roles[at] ?? null,
    })),
    tags: unique(
      all('categories')
        .flatMap(parts)
        .map((value) => value.trim())
        .filter((tag) => tag !== '' && !/^(\* )?myContacts$/i.test(tag)),
    ),
    notes: texts('note'),
    details: [
      ...companies.flatMap(([, ...departments]) => detail('Department', clean(departments.filter(Boolean).join(', ')))),
      ...(birthdayOf(all('bday')[0]) ? [] : detail('Birthday', texts('bday')[0])),
      ...texts('tz')
        .filter((value) => !/^[A-Z]\w+\//.test(value))
        .flatMap((value) => detail('Time zone', value)),
      ...properties
        .filter(({ name }) => !read.has(name) && !name.startsWith('x-ab'))
        .flatMap((one) => detail(one.name.toUpperCase(), text(one))),
      ...leftOut(lines),
    ],
  };
}

/** Properties that go into fields, or say nothing of the person. */
const read: ReadonlySet<string> = new Set([
  'begin',
  'end',
  'version',
  'prodid',
  'rev',
  'kind',
  'uid',
  id_property,
  'n',
  'fn',
  'email',
  'tel',
  'adr',
  'url',
  'x-socialprofile',
  'socialprofile',
  'impp',
  'bday',
  'tz',
  'org',
  'title',
  'categories',
  'note',
  'x-apple-omit-year',
  'photo',
  'logo',
  'sound',
  'key',
]);

const detail = (label: string, value: string | null | undefined): LabelledValue[] => (value ? [{ label, value }] : []);

/** What is said of those that are not imported, and of lines that are too long to be read. */
const leftOut = (lines: readonly string[]): LabelledValue[] =>
  lines.flatMap((line) => {
    const [, name = ''] = /^(?:[\w-]+\.)?([\w-]+)[;:]/.exec(line) ?? [];
    const isPicture = /^(PHOTO|LOGO|SOUND|KEY)$/i.test(name);
    return name && (isPicture || line.length > line_characters_max)
      ? [{ label: name.toUpperCase(), value: `not imported (${line.length} characters)` }]
      : [];
  });

function address(property: Property, label: string | null): PersonAddress {
  const of = parts(property);
  const at = (place: number) => clean(of[place]?.split('\n').flatMap((line) => clean(line) ?? []).join(', ')); // biome-ignore format: one chain
  return {
    label,
    street: [at(2), at(1), at(0)].filter(Boolean).join(', ') || null,
    city: at(3),
    region: at(4),
    postal_code: at(5),
    country: at(6),
  };
}

/** `1990-04-30`, or `--04-30` without the year, as which some programs write 1604. */
function birthdayOf(property: Property | undefined): string | null {
  if (!property) return null;
  const [, year, month, day] = /^(\d{4}|-)-?(\d\d)-?(\d\d)(?:T.*)?$/.exec(text(property)) ?? [];
  if (!month) return null;
  const isOmitted = year === '-' || property.parameters['x-apple-omit-year'] === year || year === '1604';
  return `${isOmitted ? '-' : year}-${month}-${day}`;
}

const types: Record<string, string> = {
  cell: 'Mobile',
  iphone: 'iPhone',
  home: 'Home',
  work: 'Work',
  fax: 'Fax',
  pager: 'Pager',
  main: 'Main',
  other: 'Other',
};
const silent: ReadonlySet<string> = new Set([
  'pref',
  'internet',
  'voice',
  'text',
  'msg',
  'video',
  'dom',
  'intl',
  'parcel',
  'postal',
]);

/** What a value is for: what the person wrote beside it, or its types. */
function labels(properties: Property[]): (property: Property) => string | null {
  const written = new Map(properties.filter(({ name }) => name === 'x-ablabel').map((one) => [one.group, text(one)]));
  return ({ group, parameters }) => {
    const own = group === null ? undefined : written.get(group);
    if (own) return /^_\$!<(.+)>!\$_$/.exec(own)?.[1] ?? own;
    const told = [parameters.type ?? []]
      .flat()
      .flatMap((type) => type.split(','))
      .map((type) => type.toLowerCase())
      .filter((type) => !silent.has(type));
    return told.map((type) => types[type] ?? type).join(' ') || null;
  };
}

export const ownUid = (id: string): string => `urn:uuid:${id}`;

function named(family: string | null, given: string | null, formatted: string | null): (string | null)[] {
  if (family || given || !formatted) return [null, family, given];
  const eastAsian = splitEastAsian(formatted);
  if (eastAsian) return [null, eastAsian.family_name, eastAsian.given_name];
  const [, first = null, last = formatted] = /^(.*\S)\s+(\S+)$/.exec(formatted) ?? [];
  return first ? [null, last, first] : [null, null, formatted];
}

const clean = (value: string | undefined): string | null => value?.trim() || null;
const unique = (values: string[]): string[] => [...new Set(values)];
const text = ({ values }: Property): string => values.join(',').trim();
const parts = (property: Property | undefined): string[] => property?.values ?? [];

function preference({ parameters }: Property): number {
  if (parameters.pref) return Number(parameters.pref);
  return [parameters.type ?? []].flat().some((type) => /^pref$/i.test(type)) ? 0 : 101;
}

/**
 * What stands between the parts of a property of several. Values are read here, because ical.js takes the separator
 * behind an escaped backslash for an escaped one, and leaves the escapes of addresses of the web, which programs write
 * all the same.
 */
const separators: Record<string, string> = { n: ';', adr: ';', org: ';', categories: ',' };

/** A contact has no field that holds as much: it is a photograph, or no card. */
const line_characters_max = 64 * 1024;

function property(line: string): Property | undefined {
  if (line.length > line_characters_max) return undefined;
  try {
    const { group, head, value } = asVersion4(line);
    const [name, parameters, type, ...values] = ICAL.parse.property(
      `${head}:${value}`,
      ICAL.design.vcard,
    ) as unknown as [string, Record<string, string | string[]>, string, ...string[]];
    // Days are written in one form.
    return { group, name, parameters, values: /^date|^time/.test(type) ? values : partsOf(value, separators[name]) };
  } catch {
    // Not a content line: the rest of the card still counts.
    return undefined;
  }
}

/**
 * The texts between separators that no backslash stands before, without their escapes (RFC 6350, 3.4); without a
 * separator there is one.
 */
function partsOf(value: string, separator: string | undefined): string[] {
  const parts = [''];
  for (const [token] of value.matchAll(/\\.|[^\\]|\\$/gsu)) {
    if (token === separator) parts.push('');
    else
      parts[parts.length - 1] += /^\\n$/i.test(token)
        ? '\n'
        : token.length > 1 && token.startsWith('\\')
          ? token.slice(1)
          : token;
  }
  return parts;
}

/** A line of vCard 2.1 in the form of version 4: 2.1 has parameters without a name, and quoted-printable. */
function asVersion4(line: string): { group: string | null; head: string; value: string } {
  const [, head = '', value = ''] = /^((?:[^":]|"[^"]*")*):(.*)$/s.exec(line) ?? [];
  const [grouped = '', ...given] = head.split(';');
  const [, group = null, name = grouped] = /^([\w-]+)\.(.+)$/.exec(grouped) ?? [];
  let encoding = '';
  let charset: string | undefined;
  const kept: string[] = [];
  for (const parameter of given) {
    const [, key = 'TYPE', content = parameter] = /^([\w-]+)=(.*)$/s.exec(parameter) ?? [];
    if (/^ENCODING$/i.test(key) || /^(QUOTED-PRINTABLE|BASE64|8BIT|7BIT)$/i.test(content))
      encoding = content.toUpperCase();
    else if (/^CHARSET$/i.test(key)) charset = content;
    else if (!/^VALUE$/i.test(key)) kept.push(`${key}=${content}`);
  }
  const plain = encoding === 'QUOTED-PRINTABLE' ? decodeQuotedPrintable(value, charset) : value;
  return { group, head: [name, ...kept].join(';'), value: plain };
}

function decodeQuotedPrintable(value: string, charset: string | undefined): string {
  const bytes = Buffer.from(value, 'utf8')
    .toString('latin1')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decodeText(Buffer.from(bytes, 'latin1'), charset).replace(/\r?\n/g, '\\n');
}
