/** With its photograph, that is. */
const card_characters_max = 8 * 1024 ** 2;

export class CardError extends Error {}

/** The content lines of each card of a file, unfolded (RFC 6350, section 3.2), what is outside of cards left out. */
export async function* cardLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let lines: FoldedLine[] | undefined;
  let length = 0;
  let number = 0;
  for await (const line of physicalLines(source)) {
    if (/^BEGIN:VCARD\s*$/i.test(line)) {
      lines = [];
      length = 0;
      number++;
      continue;
    }
    if (!lines) continue;
    if (/^END:VCARD\s*$/i.test(line)) {
      yield lines.map(({ pieces }) => pieces.join(''));
      lines = undefined;
      continue;
    }
    length += line.length;
    if (length > card_characters_max)
      throw new CardError(`Card ${number} has more than ${card_characters_max} characters, or does not end. Leave it out, or end it with END:VCARD.`); // biome-ignore format: one message
    append(lines, line);
  }
}

/** A content line while it is read. Its pieces are joined once: a photograph has so many that to join them one by one would take minutes. */
interface FoldedLine {
  pieces: string[];
  /** In vCard 2.1 such a line goes on after an equals sign at the end of a piece. */
  isQuotedPrintable: boolean;
}

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

async function* physicalLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    if (rest.length > card_characters_max) throw new CardError('A line of the file does not end. Is it a vCard file?');
    yield* lines;
  }
  yield rest + decoder.decode();
}
