import { plain } from '../../../kernel/resource/plain.ts';

/** The texts whose passages are searched. What is sealed, such as the communications of households, is none of them. */
export const sources = ['note', 'activity', 'mail_message'] as const;
export type Source = (typeof sources)[number];

/** Something that was written, as its table has it. */
export interface WrittenText {
  resource: Source;
  id: string;
  title: string | null;
  body: string | null;
}

export interface Passage {
  starts_at: number;
  ends_at: number;
  /** What is counted of it: the first passage has the title too. */
  text: string;
}

const letters_max = 900;
const passages_max = 40;
/** The part of a text that has passages. */
export const text_max = 60_000;

/** The letters that passages count: notes are HTML, all else is plain. */
export const lettersOf = ({ resource, body }: Pick<WrittenText, 'resource' | 'body'>): string =>
  resource === 'note' ? plain(body ?? '') : (body ?? '');

/**
 * A text in passages of some sentences, cut between paragraphs where there are any, else between sentences or words.
 * What a mail quotes of another is none of its own.
 */
export function passagesOf(written: WrittenText): Passage[] {
  const letters = lettersOf(written).slice(0, text_max);
  const passages: Passage[] = [];
  let from = -1;
  let until = 0;
  const close = () => {
    if (from >= 0) passages.push({ starts_at: from, ends_at: until, text: letters.slice(from, until) });
    from = -1;
  };
  for (const [starts, ends] of piecesOf(letters, written.resource === 'mail_message')) {
    if (passages.length >= passages_max) break;
    if (from >= 0 && (ends - from > letters_max || starts - until > gap_max)) close();
    if (from < 0) from = starts;
    until = ends;
  }
  if (passages.length < passages_max) close();
  if (!written.title) return passages;
  const [first, ...others] = passages.length > 0 ? passages : [{ starts_at: 0, ends_at: 0, text: '' }];
  return [{ ...first!, text: `${written.title}\n${first!.text}` }, ...others];
}

/** More than blank lines between two pieces means that something was left out. */
const gap_max = 8;

/**
 * Paragraphs, or parts of them that are no longer than a passage, without quoted lines and what follows a signature.
 */
function* piecesOf(letters: string, mail: boolean): Generator<[number, number]> {
  for (const line of letters.matchAll(/[^\n]+/g)) {
    const [text] = line;
    if (mail && (/^\s*>/.test(text) || /^\s*(on|am) .{6,120}(wrote|schrieb).{0,80}:\s*$/i.test(text))) continue;
    if (mail && /^(-- |-{3,} ?original message|-{3,} ?urspr)/i.test(text)) return;
    if (text.trim() === '') continue;
    let at = line.index;
    const end = at + text.length;
    while (end - at > letters_max) {
      const part = letters.slice(at, at + letters_max);
      const cut = Math.max(part.lastIndexOf('. '), part.lastIndexOf('? '), part.lastIndexOf('! ')) + 1;
      const length = cut > letters_max / 3 ? cut : part.lastIndexOf(' ') > 0 ? part.lastIndexOf(' ') : letters_max;
      yield [at, at + length];
      at += length;
    }
    yield [at, end];
  }
}

/** A passage as people read it. */
export const readable = (letters: string): string => letters.replace(/\s+/g, ' ').trim();
