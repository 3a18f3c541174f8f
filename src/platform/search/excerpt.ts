import { plain } from '../../kernel/resource/plain.ts';

const before_max = 30;
const excerpt_max = 160;

/**
 * What a text says around the first of the words searched for, without markup; from its beginning when none stands
 * there.
 */
export function excerptOf(html: string, q: string): string {
  const text = plain(html);
  const words = q.trim().split(/\s+/);
  const place =
    firstOf(
      text.toLowerCase(),
      words.map((word) => word.toLowerCase()),
    ) ??
    firstFolded(text, words) ??
    0;
  const start = Math.max(0, place - before_max);
  const cut = text.slice(start, start + excerpt_max);
  return `${start > 0 ? '…' : ''}${cut}${start + excerpt_max < text.length ? '…' : ''}`;
}

function firstOf(text: string, words: readonly string[]): number | undefined {
  const places = words.map((word) => text.indexOf(word)).filter((place) => place >= 0);
  return places.length > 0 ? Math.min(...places) : undefined;
}

/** The same without accents. That makes some letters more or none, so the place of each in the text is kept. */
function firstFolded(text: string, words: readonly string[]): number | undefined {
  const places: number[] = [];
  let letters = '';
  for (let at = 0; at < text.length; at++) {
    const folded = fold(text[at]!);
    letters += folded;
    for (let more = 0; more < folded.length; more++) places.push(at);
  }
  const first = firstOf(letters, words.map(fold));
  return first === undefined ? undefined : places[first];
}

/** As words are compared (app.spellings). Most letters are ASCII, which is recognised at once. */
const fold = (text: string): string =>
  /^[ -~]*$/.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
        .toLowerCase()
        .replaceAll('ß', 'ss');
