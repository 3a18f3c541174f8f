import { foldedName } from '../../kernel/contract/names.ts';

/**
 * What two names have in common when a person takes them for the same: letters and digits, without case, accents,
 * spaces and punctuation. `GTX Pro` and `gtx-pro` both give `gtxpro`. What tells names apart stays: `C` and `C#`, `A+`
 * and `A-`, `<10` and `>10`, `1.10` and `11.0`, and the marks of scripts in which they are no accents. Empty for a name
 * of signs alone, which is like no other.
 */
export function normalise(text: string): string {
  if (plain.test(text)) return withoutPunctuation(text.toLowerCase());
  const letters = text.normalize('NFKD').toLowerCase().replace(/ß/g, 'ss');
  return withoutPunctuation(letters.replace(accents, ''));
}

/** By which names are told apart, those of signs alone too. */
export const nameKey = (text: string): string => normalise(text) || foldedName(text);

const plain = /^[\x20-\x7e]*$/;
/** And what chooses between the looks of a sign, as of ❤︎ and ❤️. */
const accents =
  /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}])\p{M}+|[\uFE00-\uFE0F]/gu;
/** As in `Meyer GmbH + Co. KG`, where others write `&`. */
const plusBetweenWords = /(?<=\s)\+(?=\s)/g;
const punctuation = /(?<=\p{N})([^\p{L}\p{M}\p{N}+#<>]+)(?=\p{N})|[^\p{L}\p{M}\p{N}+#<>]+/gu;
const minusAtEnd = /[\p{L}\p{M}\p{N}][-−]\s*$/u;

function withoutPunctuation(text: string): string {
  const letters = text
    .replace(plusBetweenWords, ' ')
    .replace(punctuation, (_, betweenFigures?: string) => (betweenFigures ? '.' : ''));
  return minusAtEnd.test(text) ? `${letters}-` : letters;
}
