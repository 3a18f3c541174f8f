import { distance } from 'fastest-levenshtein';
import { collator } from '../row.ts';

/** A text as people compare it, like `app.compared_text` of the database. */
export function comparedText(text: string): string {
  const folded = /^[ -~]*$/.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
        .toLowerCase()
        .replace(/[‘’ʼ]/g, "'")
        .replace(/[‐‒–—−]/g, '-')
        .replaceAll('ß', 'ss');
  return folded.includes('  ') ? folded.replace(/ +/g, ' ') : folded;
}

/** The order of names: that of the column `name`, and where two are alike, of their ids. */
export interface NamePosition {
  name: string;
  id: string;
}
export function compareNames(a: NamePosition, b: NamePosition): number {
  return collator.compare(a.name, b.name) || compareTexts(a.name, b.name) || compareTexts(a.id, b.id);
}
const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const bits = 31;
/**
 * Which letters a text has, some of them sharing a bit. A text lacks a word where it lacks one of its letters, which is
 * seen at once.
 */
export function letterSet(text: string): number {
  let set = 0;
  for (let at = 0; at < text.length; at++) set |= 1 << (text.charCodeAt(at) % bits);
  return set;
}

export function countLetters(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

const long_word_letters = 8;
const word_letters_max = 60;

/** How many typing errors a word may have. What is meant has two letters more at most. */
export const errorsIn = (wanted: string): number => (wanted.length + 2 >= long_word_letters ? 2 : 1);

/** Whether two words differ by a typing error, like `app.is_misspelt` of the database. */
export function isMisspelt(word: string, wanted: string): boolean {
  if (Math.abs(word.length - wanted.length) > 2 || Math.max(word.length, wanted.length) > word_letters_max)
    return false;
  const errors = distance(word, wanted);
  if (errors === 1) return true;
  return errors === 2 && (Math.max(word.length, wanted.length) >= long_word_letters || isSwapped(word, wanted));
}

const isSwapped = (word: string, wanted: string): boolean =>
  word[0] === wanted[0] && [...word].sort().join('') === [...wanted].sort().join('');

/** How alike two words are, from 0 to 1, like `similarity` of pg_trgm. */
export function similarity(word: string, other: string): number {
  const [ours, theirs] = [trigrams(word), trigrams(other)];
  const shared = [...ours].filter((one) => theirs.has(one)).length;
  return shared / (ours.size + theirs.size - shared);
}

function trigrams(word: string): Set<string> {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3)));
}
