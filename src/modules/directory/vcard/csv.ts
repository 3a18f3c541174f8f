import { csvLine, writeCellList } from '../csv/index.ts';
import type { Card } from './card.ts';
import { cardLines } from './lines.ts';
import { readCard } from './read.ts';

const text_characters = 64 * 1024;

/** Headed as an export of contacts is, so that the import needs to ask nothing. */
const columns: [label: string, value: (card: Card) => string | null][] = [
  ['Holdfast id', (card) => card.id],
  ['Id in the other system', (card) => card.uid],
  ['First name', (card) => card.given_name],
  ['Last name', (card) => card.family_name],
  ['E-mail', (card) => card.emails[0] ?? null],
  ['More e-mail addresses', (card) => writeCellList(card.emails.slice(1))],
  ['Phone', (card) => card.phones[0] ?? null],
  ['More phone numbers', (card) => writeCellList(card.phones.slice(1))],
  ['Job title', (card) => card.job_title],
  ['Company', (card) => card.company],
  ['Street', (card) => card.street],
  ['City', (card) => card.city],
  ['State or region', (card) => card.region],
  ['Postal code', (card) => card.postal_code],
  ['Country', (card) => card.country],
  ['Time zone', (card) => card.time_zone],
  ['Tags', (card) => writeCellList(card.tags)],
];

/** How a file of cards begins. */
export const isCards = (start: Buffer): boolean => /^\uFEFF?\s*BEGIN:VCARD/i.test(start.toString('utf8'));

/** The cards of a file as rows of contacts, in pieces. */
export async function* cardsAsCsv(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let text = csvLine(columns.map(([label]) => label));
  for await (const lines of cardLines(source)) {
    const card = readCard(lines);
    if (card) text += csvLine(columns.map(([, value]) => value(card)));
    if (text.length < text_characters) continue;
    yield text;
    text = '';
  }
  yield text;
}
