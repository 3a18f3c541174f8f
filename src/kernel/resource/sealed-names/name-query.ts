import { comparedText, countLetters, errorsIn, isMisspelt, letterSet, similarity } from './comparing.ts';

const unspaced = /^[\u2e80-\u9fff]+$/;
const part_letters_min = 3;
const unspaced_letters_min = 2;
const misspelt_letters_min = 4;

/** What people search a name by, as it is compared. Best first: begins with it, a word does, any part. */
export type NameTier = 2 | 3 | 4;

/** A search for names, by the rules of `app.search` (db/routines/search.sql). */
export class NameQuery {
  /** Names are found by how they begin alone: a shorter part stands in too many. */
  readonly isShort: boolean;
  readonly letters: number;
  private readonly folded: string;
  /** The longest first, by which most names are ruled out. */
  private readonly words: readonly string[];
  private readonly errors_max: number;

  constructor(q: string) {
    this.folded = comparedText(q).replace(/\s+/g, ' ').trim();
    this.words = this.folded
      .split(/[ ,]+/)
      .filter(Boolean)
      .sort((a, b) => b.length - a.length);
    this.letters = letterSet(this.words.join(''));
    this.errors_max = this.words.reduce((sum, word) => sum + errorsIn(word), 0);
    this.isShort = !this.words.some(
      (word) => word.length >= (unspaced.test(word) ? unspaced_letters_min : part_letters_min),
    );
  }

  /** How well a compared text matches; undefined where it does not. */
  tierOf(text: string): NameTier | undefined {
    const [longest] = this.words;
    if (longest === undefined) return undefined;
    if (text.startsWith(this.folded)) return 2;
    if (this.isShort || !this.words.every((word) => text.includes(word))) return undefined;
    const beginsWord = text.startsWith(longest) || text.includes(` ${longest}`) || unspaced.test(longest);
    return beginsWord ? 3 : 4;
  }

  /** Whether names are looked for that nearly match. */
  get allowsErrors(): boolean {
    const [longest = ''] = this.words;
    return longest.length >= misspelt_letters_min && /^\p{L}+$/u.test(longest);
  }

  /** How alike a compared text is that has each word, with a typing error or without; undefined where it has not. */
  likenessOf(text: string): number | undefined {
    const names = text.split(' ');
    let least = 1;
    for (const word of this.words) {
      const near = names.filter((name) => name.includes(word) || isMisspelt(name, word));
      if (near.length === 0) return undefined;
      least = Math.min(least, Math.max(...near.map((name) => similarity(name, word))));
    }
    return least;
  }

  /** Whether a text with these letters may nearly match: it lacks a typed letter for each error at most. */
  mayNearlyMatch(letters: number): boolean {
    return countLetters(this.letters & ~letters) <= this.errors_max;
  }
}
