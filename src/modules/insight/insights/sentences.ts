import { lettersOf, passagesOf, readable, wordsOf } from '../meaning/index.ts';
import type { ReadText } from './queries.ts';

export interface Sentence {
  text: string;
  of: ReadText;
  words: readonly string[];
}

const letters_min = 20;
const letters_max = 400;
/** Salutations and closings say nothing, whoever writes them. */
const salutation = /^(hi|hello|hey|dear|hallo|liebe[rs]?|sehr geehrte[rs]?|guten (tag|morgen))\b[^,.!?]{0,60},\s*/i;
const formal =
  /^(thanks|thank you|best|kind|warm|regards|sincerely|cheers|sent from|danke|vielen dank|viele gr|mit freundlichen|beste gr|gesendet von)\b/i;
/** A link in a summary would lead elsewhere than to the source. */
const link = /\bhttps?:\/\/|\bwww\./i;

/**
 * The sentences that somebody wrote in a text, without what was quoted, and without those that are too short or too
 * long to stand alone.
 */
export function sentencesOf(of: ReadText): Sentence[] {
  const letters = lettersOf(of);
  return passagesOf({ ...of, title: null }).flatMap(({ starts_at, ends_at }) =>
    letters
      .slice(starts_at, ends_at)
      .split(/(?<=[.!?…])\s+(?=[\p{Lu}\p{N}„“"])|\n{2,}|\n(?=[-*•] )/u)
      .map((text) => readable(text).replace(salutation, ''))
      .filter(
        (text) => text.length >= letters_min && text.length <= letters_max && !formal.test(text) && !link.test(text),
      )
      .map((text) => ({ text, of, words: wordsOf(text) }))
      .filter(({ words }) => words.length >= 3),
  );
}

const summary_max = 5;
/** Of more, the newest are compared. */
const sentences_max = 1_000;
const day_ms = 86_400_000;

/**
 * The sentences that say most of what all of them are about, none of which repeats another: each counts by how many of
 * the texts have its words, a little more the newer it is. They stand in the order of their texts, the newest first.
 */
export function summarise(sentences: readonly Sentence[], now: Date): Sentence[] {
  const compared = sentences.slice(0, sentences_max);
  const texts = new Map<string, Set<ReadText>>();
  for (const { words, of } of compared)
    for (const word of words) texts.set(word, (texts.get(word) ?? new Set()).add(of));
  const weight = ({ words, of }: Sentence) => {
    const distinct = new Set(words);
    let sum = 0;
    for (const word of distinct) sum += Math.log(1 + texts.get(word)!.size);
    const age = (now.getTime() - Date.parse(of.at)) / day_ms;
    return (sum / Math.sqrt(distinct.size + 4)) * (1 + Math.exp(-age / 60));
  };
  const left = compared.map((sentence) => ({ sentence, weight: weight(sentence) }));
  const chosen: Sentence[] = [];
  while (chosen.length < summary_max && left.length > 0) {
    left.sort((a, b) => b.weight - a.weight);
    const { sentence } = left.shift()!;
    chosen.push(sentence);
    for (const each of left) each.weight *= 1 - overlap(each.sentence, sentence);
  }
  return chosen.sort((a, b) => Date.parse(b.of.at) - Date.parse(a.of.at));
}

/** The share of words that two sentences have in common. */
export function overlap(one: Pick<Sentence, 'words'>, other: Pick<Sentence, 'words'>): number {
  const words = new Set(other.words);
  const distinct = new Set(one.words);
  const common = [...distinct].filter((word) => words.has(word)).length;
  return common / Math.max(1, Math.min(distinct.size, words.size));
}
