import ICAL from 'ical.js';
import { type Card, id_property } from './card.ts';

interface Property {
  name: string;
  parameters: Record<string, string | string[]>;
  values: (string | string[])[];
}

/** A card of version 2.1, 3.0 or 4.0. A line that cannot be read is left out, the others count. */
export function readCard(lines: readonly string[]): Card | undefined {
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
  return {
    id,
    uid: id && uid === ownUid(id) ? null : uid,
    given_name: given_name ?? null,
    family_name: family_name ?? null,
    emails: unique(texts('email')),
    phones: unique(texts('tel').map((value) => value.replace(/^tel:/i, ''))),
    job_title: texts('title')[0] ?? null,
    company: part('org', 0),
    street: [part('adr', 1), part('adr', 2)].filter(Boolean).join(', ') || null,
    city: part('adr', 3),
    region: part('adr', 4),
    postal_code: part('adr', 5),
    country: part('adr', 6),
    time_zone: texts('tz').find((value) => /^[A-Z]\w+\//.test(value)) ?? null,
    tags: unique(all('categories').flatMap(({ values }) => values.flat()).map((value) => value.trim()).filter(Boolean)), // biome-ignore format: one chain
  };
}

export const ownUid = (id: string): string => `urn:uuid:${id}`;

function named(family: string | null, given: string | null, formatted: string | null): (string | null)[] {
  if (family || given || !formatted) return [null, family, given];
  const [, first = null, last = formatted] = /^(.*\S)\s+(\S+)$/.exec(formatted) ?? [];
  return first ? [null, last, first] : [null, null, formatted];
}

const clean = (value: string | undefined): string | null => value?.trim() || null;
const unique = (values: string[]): string[] => [...new Set(values)];
const text = ({ values }: Property): string => values.flat().join(',').trim();
const parts = (property: Property | undefined): string[] => (property?.values[0] === undefined ? [] : [property.values[0]].flat().map(String)); // biome-ignore format: one expression

function preference({ parameters }: Property): number {
  if (parameters.pref) return Number(parameters.pref);
  return [parameters.type ?? []].flat().some((type) => /^pref$/i.test(type)) ? 0 : 101;
}

/** What stands between the parts of a property of several. ical.js takes the separator behind an escaped backslash for an escaped one. */
const separators: Record<string, string> = { n: ';', adr: ';', org: ';', categories: ',' };

/** A contact has no field that holds as much: it is a photograph, or no card. */
const line_characters_max = 64 * 1024;

function property(line: string): Property | undefined {
  if (line.length > line_characters_max) return undefined;
  try {
    const { head, value } = asVersion4(line);
    const [name, parameters, , ...values] = ICAL.parse.property(`${head}:${value}`, ICAL.design.vcard) as unknown as [
      string,
      Record<string, string | string[]>,
      string,
      ...(string | string[])[],
    ];
    const separator = separators[name];
    return { name, parameters, values: separator ? [partsOf(value, separator)] : values };
  } catch {
    // Not a content line: the rest of the card still counts.
    return undefined;
  }
}

/** The texts between separators that no backslash stands before, without their escapes (RFC 6350, 3.4). */
function partsOf(value: string, separator: string): string[] {
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

/** Of vCard 2.1: parameters without a name, and quoted-printable. */
function asVersion4(line: string): { head: string; value: string } {
  const [, head = '', value = ''] = /^((?:[^":]|"[^"]*")*):(.*)$/s.exec(line) ?? [];
  const [name, ...given] = head.split(';');
  let [encoding, charset] = ['', 'utf-8'];
  const kept: string[] = [];
  for (const parameter of given) {
    const [, key = 'TYPE', content = parameter] = /^([\w-]+)=(.*)$/s.exec(parameter) ?? [];
    if (/^ENCODING$/i.test(key) || /^(QUOTED-PRINTABLE|BASE64|8BIT|7BIT)$/i.test(content))
      encoding = content.toUpperCase();
    else if (/^CHARSET$/i.test(key)) charset = content;
    else if (!/^VALUE$/i.test(key)) kept.push(`${key}=${content}`);
  }
  const plain = encoding === 'QUOTED-PRINTABLE' ? decodeQuotedPrintable(value, charset) : value;
  return { head: [name, ...kept].join(';'), value: plain };
}

function decodeQuotedPrintable(value: string, charset: string): string {
  const bytes = Buffer.from(value, 'utf8').toString('latin1').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))); // biome-ignore format: one expression
  return new TextDecoder(charset).decode(Buffer.from(bytes, 'latin1')).replace(/\r?\n/g, '\\n');
}
