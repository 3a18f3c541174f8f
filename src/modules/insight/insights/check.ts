import { z } from 'zod';

/** The form in which a model answers. Lengths are checked here: not every endpoint takes them in a schema. */
export const modelAnswer = z.strictObject({
  sentences: z.array(z.strictObject({ text: z.string(), sources: z.array(z.string()) })),
});

const sentences_max = 12;
const sources_max = 10;
const letters_max = 600;
const word_letters_max = 60;

/** What nobody sees: format and control characters, private and unassigned ones, variation selectors. */
const invisible = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Variation_Selector}]/gu;
const controls = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** A text as somebody sees it who reads it. */
export const visible = (text: string): string => text.normalize('NFC').replace(invisible, '').replace(controls, ' ');

/**
 * What no sentence needs, and what leads elsewhere or would be read as more than words: links in any form, addresses of
 * people and machines, HTML, links and images of Markdown, code, and ids.
 */
const refused: readonly RegExp[] = [
  /\/\//,
  /\b(?:https?|ftp|mailto|javascript|vbscript|file|blob|tel|sms):/i,
  /\bdata:\S/i,
  /[\p{L}\p{N}_-][.。]\p{L}{2}/u,
  /\d\.\d{1,3}\.\d{1,3}\.\d/,
  /\S@\S/,
  /<[^\s\d=]/,
  /&#|&[a-z]{2,10};/i,
  /\]\s?[([]|!\[/,
  /[{}\\]/,
  /[0-9a-f]{8}-[0-9a-f]{4}-/i,
];

const marks = /\*\*|__|~~|`/g;
const leading = /^\s?(?:#{1,6}|[>*•-]|\d{1,2}[.)])\s/;

/** A sentence as plain text; null where it is not plain, or too long. */
export function plainSentence(written: string): string | null {
  if (written.length > 4 * letters_max) return null;
  const text = visible(written).replace(marks, '').replace(leading, '').replace(/\s+/g, ' ').trim();
  if (text === '' || text.length > letters_max) return null;
  if (text.split(' ').some((word) => word.length > word_letters_max)) return null;
  // Other forms of the same letters, such as ＜ for <, are what they look like.
  const folded = text.normalize('NFKC');
  return refused.some((pattern) => pattern.test(folded)) ? null : text;
}

export interface CheckedSentence {
  text: string;
  /** The labels of texts that were sent. */
  sources: string[];
}

export interface CheckedAnswer {
  sentences: CheckedSentence[];
  /** How many sentences were left out. */
  dropped: number;
}

/** The sentences of an answer that are plain text and name only texts that were sent; null where it has another form. */
export function checkAnswer(content: string, labels: ReadonlySet<string>): CheckedAnswer | null {
  const parsed = modelAnswer.safeParse(jsonOf(content));
  if (!parsed.success) return null;
  const found = parsed.data.sentences.slice(0, sentences_max).flatMap(({ text, sources }): CheckedSentence[] => {
    const plain = plainSentence(text);
    const named = [...new Set(sources)];
    const isSourced = named.length > 0 && named.length <= sources_max && named.every((label) => labels.has(label));
    return plain !== null && isSourced ? [{ text: plain, sources: named }] : [];
  });
  return { sentences: found, dropped: parsed.data.sentences.length - found.length };
}

function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
