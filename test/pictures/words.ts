import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';

/**
 * What the page calls things in the language it is photographed in, by the same messages: the English text is the key.
 */

const folder = resolve(import.meta.dirname, '../../web/text');
let language = 'en';
let catalogue: Record<string, string> | null = null;

/** Before the scenes are read. A language without a catalogue has English words. */
export function speak(locale: string): void {
  language = locale.split('-')[0]!;
  const files = globSync('*.json', { cwd: join(folder, language) });
  if (files.length === 0) return;
  const parts = files.map((file) => JSON.parse(readFileSync(join(folder, language, file), 'utf8')));
  catalogue = Object.assign({}, ...parts);
}

function wordsOf(message: string): string {
  const words = catalogue ? catalogue[message] : message;
  if (words === undefined) throw new Error(`The page has no ${language} words for “${message}”.`);
  return words;
}

export const said = (message: string, values: Record<string, string | number> = {}): string =>
  String(new IntlMessageFormat(wordsOf(message), language).format(values));

/** What begins with one of these messages, whatever stands at their places. */
export function beginningWith(...messages: string[]): RegExp {
  const patterns = messages.map((message) =>
    wordsOf(message)
      .split(/\{[^}]*\}/)
      .map(RegExp.escape)
      .join('.+'),
  );
  return new RegExp(`^(?:${patterns.join('|')})`);
}

/** A label within a sentence: as English begins it with a small letter. */
export const inSentence = (label: string): string => (catalogue ? label : label.toLowerCase());
