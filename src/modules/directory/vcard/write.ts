import ICAL from 'ical.js';
import { spacedFullName } from '../../../kernel/contract/person-name.ts';
import { type Card, id_property } from './card.ts';
import { ownUid } from './read.ts';

type JsonProperty = [name: string, parameters: object, type: string, ...values: (string | string[])[]];

/** A card of version 4.0 (RFC 6350). */
export function writeCard(card: Card): string {
  const given = card.given_name ?? '';
  const family = card.family_name ?? '';
  const address = [card.street, card.city, card.region, card.postal_code, card.country];
  const formatted = spacedFullName(given, family) || card.emails[0] || card.phones[0] || 'No name';
  const one = (name: string, value: string | null): JsonProperty[] => (value ? [[name, {}, 'text', value]] : []);
  const many = (name: string, values: string[]): JsonProperty[] =>
    values.map((value, at) => [name, at === 0 && values.length > 1 ? { pref: '1' } : {}, 'text', value]);
  const properties: JsonProperty[] = [
    ['version', {}, 'text', '4.0'],
    ...one('uid', card.uid ?? (card.id && ownUid(card.id))),
    ['fn', {}, 'text', formatted],
    ['n', {}, 'text', [family, given, '', '', '']],
    ...many('email', card.emails),
    ...many('tel', card.phones),
    ...one('title', card.job_title),
    ...(card.company ? [['org', {}, 'text', [card.company]] as JsonProperty] : []),
    ...(address.some(Boolean)
      ? [['adr', {}, 'text', ['', '', ...address.map((part) => part ?? '')]] as JsonProperty]
      : []),
    ...one('tz', card.time_zone),
    ...(card.tags.length > 0 ? [['categories', {}, 'text', ...card.tags] as JsonProperty] : []),
    ...one(id_property, card.id),
  ];
  return `${ICAL.stringify(['vcard', properties, []] as unknown as Parameters<typeof ICAL.stringify>[0])}\r\n`;
}
