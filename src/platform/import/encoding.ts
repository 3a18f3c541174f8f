import { isAscii, isUtf8 } from 'node:buffer';
import { analyse } from 'chardet';
import { isCentralEuropean } from './encoding-words.ts';

export interface DetectedEncoding {
  encoding: string;
  bom: boolean;
  confidence: number;
  reason: string;
}

const byteOrderMarks: [encoding: string, label: string, bytes: number[]][] = [
  ['utf-8', 'UTF-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', 'UTF-16 LE', [0xff, 0xfe]],
  ['utf-16be', 'UTF-16 BE', [0xfe, 0xff]],
];

export function detectEncoding(sample: Uint8Array): DetectedEncoding {
  return fromByteOrderMark(sample) ?? fromZeroBytes(sample) ?? fromUtf8(sample) ?? fromStatistics(sample);
}

/** The sample may end inside a character; those last bytes are left out rather than taken for damage. */
export function decodeSample(sample: Uint8Array, encoding: string, complete: boolean): string {
  return new TextDecoder(encoding).decode(sample, { stream: !complete });
}

function fromByteOrderMark(sample: Uint8Array): DetectedEncoding | null {
  const found = byteOrderMarks.find(([, , bytes]) => bytes.every((byte, at) => sample[at] === byte));
  if (!found) return null;
  const [encoding, label] = found;
  return { encoding, bom: true, confidence: 1, reason: `The file begins with the byte order mark of ${label}.` };
}

/** Every second byte of western text is zero in UTF-16, and delimiters and line ends are in any script. */
function fromZeroBytes(sample: Uint8Array): DetectedEncoding | null {
  const length = Math.min(sample.length, 65_536) & ~1;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (sample[at] === 0) even++;
    if (sample[at + 1] === 0) odd++;
  }
  // Stray NULs in text that is otherwise sound are damage, not an encoding.
  if (even + odd < length / 4 && isUtf8(withoutCutCharacter(sample))) return null;
  const many = length / 2 / 20;
  const pattern = { bom: false, confidence: 0.9, reason: 'Zero bytes alternate with text, as in UTF-16.' };
  if (odd > many && even < odd / 10) return { encoding: 'utf-16le', ...pattern };
  if (even > many && odd < even / 10) return { encoding: 'utf-16be', ...pattern };
  return null;
}

function fromUtf8(sample: Uint8Array): DetectedEncoding | null {
  if (isAscii(sample)) {
    return {
      encoding: 'utf-8',
      bom: false,
      confidence: 1,
      reason: 'Only ASCII characters: any encoding reads the same.',
    };
  }
  const whole = withoutCutCharacter(sample);
  if (isUtf8(whole)) {
    return { encoding: 'utf-8', bom: false, confidence: 0.99, reason: 'All characters are valid UTF-8.' };
  }
  const text = new TextDecoder('utf-8').decode(whole);
  const damaged = text.split('\uFFFD').length - 1;
  const intact = text.match(/[\u0080-\uFFFC]/g)?.length ?? 0;
  if (intact < damaged) return null;
  return {
    encoding: 'utf-8',
    bom: false,
    confidence: 0.8,
    reason: `UTF-8 with damage: ${intact} characters beyond ASCII are intact, ${damaged} are not.`,
  };
}

function withoutCutCharacter(sample: Uint8Array): Uint8Array {
  let start = sample.length;
  while (start > 0 && sample.length - start < 4 && (sample[start - 1]! & 0xc0) === 0x80) start--;
  const lead = sample[start - 1] ?? 0;
  const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return sample.length - start + 1 < needed ? sample.subarray(0, start - 1) : sample;
}

/**
 * Windows-1252 unless the statistics are clearly for another: they guess wildly on a handful of accented letters, and
 * most files that are not Unicode come from a western Excel.
 */
function fromStatistics(sample: Uint8Array): DetectedEncoding {
  const telling = linesBeyondAscii(sample);
  if (isCentralEuropean(Buffer.from(telling).toString('latin1')))
    return {
      encoding: 'windows-1250',
      bom: false,
      confidence: 0.7,
      reason: 'Not UTF-8; the words have letters of languages of central Europe, as Excel writes them there.',
    };
  const accents = telling.filter((byte) => byte >= 0x80).length;
  const guesses = analyse(telling).filter((guess) => fits(guess.name, accents, letterCount(telling)));
  const western = guesses.find((guess) => guess.name === 'ISO-8859-1' || guess.name === 'windows-1252');
  const best = guesses[0];
  if (best && best !== western && best.confidence >= Math.max(15, 2 * (western?.confidence ?? 0))) {
    return {
      encoding: best.name.toLowerCase(),
      bom: false,
      confidence: best.confidence / 100,
      reason: `Not UTF-8; letter frequencies point to ${best.name}.`,
    };
  }
  return {
    encoding: 'windows-1252',
    bom: false,
    confidence: Math.max(0.5, (western?.confidence ?? 0) / 100),
    reason: 'Not UTF-8; read as Windows-1252, what Excel writes in western Europe and America.',
  };
}

const accents_for_statistics_min = 40;

/** In Latin scripts accents are the exception; in others letters beyond ASCII are the rule, and soon tell which. */
function fits(encoding: string, accents: number, letters: number): boolean {
  if (accents > 0.4 * letters) return isDecodable(encoding);
  if (accents < accents_for_statistics_min) return encoding === 'ISO-8859-1';
  return /^(windows-125[0247]|ISO-8859-[129])$/.test(encoding);
}

function letterCount(bytes: Uint8Array): number {
  return bytes.filter((byte) => byte >= 0x80 || (byte | 0x20) >= 0x61).length;
}

function isDecodable(encoding: string): boolean {
  try {
    return !new TextDecoder(encoding).encoding.startsWith('utf');
  } catch {
    return false;
  }
}

/** Statistics over mostly ASCII bytes say nothing; the lines with other bytes do. */
function linesBeyondAscii(sample: Uint8Array): Uint8Array {
  const lines = Buffer.from(sample).toString('latin1').split('\n');
  const telling = lines.filter((line) => /[\x80-\xff]/.test(line)).slice(0, 500);
  return Buffer.from(telling.join('\n'), 'latin1');
}
