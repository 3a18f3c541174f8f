import { csvLine } from '../../../platform/csv/index.ts';
import { cardLines, utf16Of } from './lines.ts';
import { personHeader, personLine } from './person.ts';
import { readCard } from './read.ts';

const text_characters = 64 * 1024;

/** How a file of cards begins. */
export const isCards = (start: Buffer): boolean =>
  /^\s*BEGIN:VCARD/i.test(new TextDecoder(utf16Of(start) ?? 'utf-8').decode(start));

/** The cards of a file as rows of contacts, in pieces. */
export async function* cardsAsCsv(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let text = csvLine(personHeader);
  for await (const lines of cardLines(source)) {
    const person = readCard(lines);
    if (person) text += personLine(person);
    if (text.length < text_characters) continue;
    yield text;
    text = '';
  }
  yield text;
}
