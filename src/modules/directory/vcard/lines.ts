import { isAscii, isUtf8 } from 'node:buffer';
import { ParseError } from '../../../kernel/parsing/parse-error.ts';

/** A photograph in the card counts too. */
const card_characters_max = 8 * 1024 ** 2;
/** No person has as many telephones, and a cell would not hold them. */
const card_lines_max = 5_000;

const damaged = (message: string) => new ParseError('cards_damaged', message);

/**
 * The content lines of each card of a file, unfolded (RFC 6350, section 3.2), what is outside of cards left out. They
 * are put together as bytes, a character each, because a line may be folded within a character and each may be in an
 * encoding of its own.
 */
export async function* cardLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let lines: FoldedLine[] | undefined;
  let isAgent = false;
  let length = 0;
  let number = 0;
  for await (const line of physicalLines(source)) {
    const ends = /^END:VCARD\s*$/i.test(line);
    if (isAgent) {
      isAgent = !ends;
      continue;
    }
    if (/^BEGIN:VCARD\s*$/i.test(line)) {
      isAgent = awaitsAgent(lines);
      if (isAgent) continue;
      lines = [];
      length = 0;
      number++;
      continue;
    }
    if (!lines) continue;
    if (ends) {
      yield lines.map(({ pieces }) => decoded(pieces.join('')));
      lines = undefined;
      continue;
    }
    length += line.length;
    if (length > card_characters_max)
      throw damaged(
        `Card ${number} has more than ${card_characters_max} characters, or does not end. Leave it out, or end it with END:VCARD.`,
      );
    append(lines, line);
    if (lines.length > card_lines_max)
      throw new ParseError(
        'too_many_lines',
        `Card ${number} has more than ${card_lines_max} lines. Leave it out, or leave out what nobody needs of it.`,
      );
  }
}

/**
 * A content line while it is read. Its pieces are joined once: a photograph has so many that to join them one by one
 * would take minutes.
 */
interface FoldedLine {
  pieces: string[];
  /** In vCard 2.1 such a line goes on after an equals sign at the end of a piece. */
  isQuotedPrintable: boolean;
}

/** In vCard 2.1 the card of who acts for somebody stands within theirs. */
const awaitsAgent = (lines: FoldedLine[] | undefined): boolean =>
  /^([\w-]+\.)?AGENT(;[^:]*)?:\s*$/i.test(lines?.at(-1)?.pieces.join('') ?? '');

function append(lines: FoldedLine[], piece: string): void {
  const last = lines.at(-1);
  const end = last?.pieces.at(-1);
  if (last?.isQuotedPrintable && end?.endsWith('=')) {
    last.pieces.splice(-1, 1, end.slice(0, -1), piece);
  } else if (last && /^[ \t]/.test(piece)) {
    last.pieces.push(piece.slice(1));
  } else if (piece.trim() !== '') {
    lines.push({ pieces: [piece], isQuotedPrintable: /^[^:]*;(ENCODING=)?QUOTED-PRINTABLE[;:]/i.test(piece) });
  }
}

/**
 * Many programs label what they write in UTF-8 with another encoding, or keep the label of a file that was converted.
 * So the label counts where the bytes are no UTF-8, and where they look like ASCII and are not.
 */
function decoded(line: string): string {
  const charset = /^[^:]*;CHARSET="?([\w-]+)/i.exec(line)?.[1] ?? '';
  const bytes = Buffer.from(line, 'latin1');
  const isLabelled = isUtf8(bytes)
    ? /^(cs)?iso-?2022-?jp/i.test(charset) && isAscii(bytes)
    : !/^utf-?16/i.test(charset);
  return decodeText(bytes, isLabelled && charset !== '' ? charset : undefined);
}

/** In the encoding that a value names; else as UTF-8 if it is that, or as programs wrote before. */
export function decodeText(bytes: Uint8Array, charset?: string): string {
  try {
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) return new TextDecoder(charset).decode(bytes);
  } catch {
    // Nobody knows such an encoding.
  }
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : mended(bytes);
}

/**
 * Programs cut notes within a character. One that is broken makes no Windows-1252 of a text with more that are whole,
 * as hardly any of that has.
 */
function mended(bytes: Uint8Array): string {
  // As of a stream that goes on, which leaves out the beginning of a character at the end.
  const text = new TextDecoder().decode(bytes, { stream: true });
  const count = (characters: RegExp) => text.match(characters)?.length ?? 0;
  const isUtf8Mostly = count(/[^\0-\x7f\ufffd]/gu) > count(/\ufffd/g);
  return isUtf8Mostly ? text : new TextDecoder('windows-1252').decode(bytes);
}

/** The UTF-16 of a file, by its byte order mark or by the first bytes of `BEGIN`. */
export function utf16Of([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if ((first === 0xff && second === 0xfe) || (first === 0x42 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second === 0x42) ? 'utf-16be' : undefined;
}

async function* physicalLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of byteTexts(source)) {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    if (rest.length > card_characters_max) throw damaged('A line of the file does not end. Is it a vCard file?');
    yield* lines;
  }
  yield rest;
}

/** The bytes as characters; of UTF-16 those of the same text in UTF-8. */
async function* byteTexts(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | null | undefined;
  for await (const chunk of source) {
    const isFirst = decoder === undefined;
    if (decoder === undefined) {
      const utf16 = utf16Of(chunk);
      decoder = utf16 ? new TextDecoder(utf16) : null;
    }
    const bytes = decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : Buffer.from(chunk);
    const text = bytes.toString('latin1');
    yield isFirst ? text.replace(/^\xEF\xBB\xBF/, '') : text;
  }
}
