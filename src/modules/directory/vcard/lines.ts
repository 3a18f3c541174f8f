/** With its photograph, that is. */
const card_characters_max = 8 * 1024 ** 2;

export class CardError extends Error {}

/** The content lines of each card of a file, unfolded (RFC 6350, section 3.2), what is outside of cards left out. */
export async function* cardLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let lines: string[] | undefined;
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
      yield lines;
      lines = undefined;
      continue;
    }
    length += line.length;
    if (length > card_characters_max)
      throw new CardError(`Card ${number} has more than ${card_characters_max} characters, or does not end. Leave it out, or end it with END:VCARD.`); // biome-ignore format: one message
    append(lines, line);
  }
}

function append(lines: string[], line: string): void {
  const before = lines.at(-1);
  if (before !== undefined && isSoftBreak(before)) lines[lines.length - 1] = before.slice(0, -1) + line;
  else if (before !== undefined && /^[ \t]/.test(line)) lines[lines.length - 1] = before + line.slice(1);
  else if (line.trim() !== '') lines.push(line);
}

/** In vCard 2.1 a line of quoted-printable goes on after an equals sign at its end. */
const isSoftBreak = (line: string): boolean =>
  line.endsWith('=') && /^[^:]*;(ENCODING=)?QUOTED-PRINTABLE[;:]/i.test(line);

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
