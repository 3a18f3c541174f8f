import { createCipheriv, createDecipheriv, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { type Binding, VaultError } from './seal.ts';

/**
 * A sealed value of a record. 1 byte format, 16 bytes id of the data key, 12 bytes nonce, 16 bytes blind index (zeros
 * where the field has none), in format 2 4 bytes index of parts, ciphertext, 16 bytes tag. Format 3 is of a list: in the
 * place of the blind index 1 byte with the number of those of its entries, and these. Migrations check the length and
 * cut the indexes out of it: docs/add-a-field.md
 */
const algorithm = 'aes-256-gcm';
const formats = { plain: 1, withParts: 2, ofList: 3 };
const key_id_at = 1;
const nonce_at = 17;
const index_at = 29;
const parts_at = 45;
const tag_bytes = 16;
const nonce_bytes = index_at - nonce_at;
export const index_bytes = 16;
/** A bit for each token of a part, so that it tells nothing of their order, and of how often one is there. */
const parts_bytes = 4;
const tokens = parts_bytes * 8;
/** The bytes of an envelope beside those of its text and the index of its parts. */
export const envelope_bytes = parts_at + tag_bytes;

export interface DataKey {
  /** A UUID. */
  id: string;
  key: KeyObject;
}

export function sealText(
  { id, key }: DataKey,
  text: string,
  binding: Binding,
  index: Buffer = Buffer.alloc(index_bytes),
  parts?: Buffer,
): Buffer {
  const format = parts ? formats.withParts : formats.plain;
  const nonce = randomBytes(nonce_bytes);
  return sealBehind(
    key,
    Buffer.concat([Buffer.of(format), idBytes(id), nonce, index, parts ?? Buffer.alloc(0)]),
    text,
    binding,
  );
}

/** The blind index of a text, or those of the entries of a list. */
export type TextIndex = Buffer | readonly Buffer[];

/**
 * The same text in the same place gives the same envelope, as long as its keys are the same: history, undo and imports
 * compare stored values. The nonce is a keyed hash of place, index and text, so that it is never used for two texts, nor
 * for one with two indexes.
 */
export function sealEqually({ id, key }: DataKey, text: string, binding: Binding, index?: TextIndex): Buffer {
  const hmac = createHmac('sha256', key)
    .update(index ? 'indexed nonce\0' : 'nonce\0')
    .update(associatedData(idBytes(id), binding));
  if (index) hmac.update(indexPart(index));
  const nonce = hmac.update(text).digest().subarray(0, nonce_bytes);
  const format = Array.isArray(index) ? formats.ofList : formats.plain;
  const head = Buffer.concat([Buffer.of(format), idBytes(id), nonce, indexPart(index ?? Buffer.alloc(index_bytes))]);
  return sealBehind(key, head, text, binding);
}

const indexPart = (index: TextIndex): Buffer =>
  Buffer.isBuffer(index) ? index : Buffer.concat([Buffer.of(index.length), ...index]);

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

function sealBehind(key: KeyObject, head: Buffer, text: string, binding: Binding): Buffer {
  const nonce = head.subarray(nonce_at, index_at);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(associatedData(head, binding));
  return Buffer.concat([head, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Throws a `VaultError` unless exactly these bytes were sealed by this key for exactly this binding. */
export function openText(key: KeyObject, envelope: Buffer, binding: Binding): string {
  keyIdOf(envelope);
  const text_at = textAt(envelope);
  const head = envelope.subarray(0, text_at);
  const decipher = createDecipheriv(algorithm, key, head.subarray(nonce_at, index_at), { authTagLength: tag_bytes });
  decipher.setAAD(associatedData(head, binding)).setAuthTag(envelope.subarray(-tag_bytes));
  const start = decipher.update(envelope.subarray(text_at, -tag_bytes));
  try {
    return Buffer.concat([start, decipher.final()]).toString('utf8');
  } catch {
    throw new VaultError('sealed_broken', 'This value was changed, moved, or sealed with another key');
  }
}

/** The id of the data key that opens an envelope. */
export function keyIdOf(envelope: Buffer): string {
  const isKnown = Object.values(formats).includes(envelope[0]!);
  if (!isKnown || envelope.length <= textAt(envelope) + tag_bytes)
    throw new VaultError('sealed_malformed', 'This is not a sealed value of a known format');
  const hex = envelope.toString('hex', key_id_at, nonce_at);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function textAt(envelope: Buffer): number {
  if (envelope[0] === formats.ofList) return index_at + 1 + index_bytes * (envelope[index_at] ?? 0);
  return envelope[0] === formats.withParts ? parts_at + parts_bytes : parts_at;
}

/** The index of a value, by which equal values of one column are found without opening them. */
export function blindIndex(key: KeyObject, { table, column }: Pick<Binding, 'table' | 'column'>, text: string): Buffer {
  const hmac = createHmac('sha256', key).update(`${table}\0${column}\0${comparedForm(text)}`);
  return hmac.digest().subarray(0, index_bytes);
}

/** Values that differ in case, spaces and separators alone are equal: `123-45-6789` is `123456789`. */
export const comparedForm = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

const cjk = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u;

/** Whether a text has a part that is indexed: three characters, or two of Chinese, Japanese or Korean. */
export const hasPart = (text: string): boolean => partsIn(text).size > 0;

/**
 * The parts of a value as they are indexed: each three characters in a row, and each two of Chinese, Japanese or
 * Korean.
 */
function partsIn(text: string): Set<string> {
  const characters = [...comparedForm(text)];
  const parts = new Set<string>();
  for (const at of characters.keys()) {
    if (at + 3 <= characters.length) parts.add(characters.slice(at, at + 3).join(''));
    const pair = characters.slice(at, at + 2);
    if (pair.length === 2 && cjk.test(pair.join(''))) parts.add(pair.join(''));
  }
  return parts;
}

/**
 * The tokens of a text's parts, numbers below 32: so many parts have the same that a token says little, and what it
 * finds has to be opened.
 */
export function partTokens(
  key: KeyObject,
  { table, column }: Pick<Binding, 'table' | 'column'>,
  text: string,
): number[] {
  const found = [...partsIn(text)].map((part) => {
    const hmac = createHmac('sha256', key).update(`${table}\0${column}\0part\0${part}`);
    return hmac.digest()[0]! % tokens;
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

/**
 * The index of a value's parts: the bits of their tokens, of each byte the lowest first, as PostgreSQL's `get_bit`
 * counts.
 */
export function partIndex(key: KeyObject, place: Pick<Binding, 'table' | 'column'>, text: string): Buffer {
  const bits = Buffer.alloc(parts_bytes);
  for (const token of partTokens(key, place, text)) bits[token >> 3]! |= 1 << (token & 7);
  return bits;
}

/**
 * Binds a value to its place, its key and its index. Each part is preceded by its length: ("ab", "c") and ("a", "bc")
 * must not bind alike.
 */
function associatedData(head: Buffer, { tenant, table, column, row }: Binding): Buffer {
  const parts = [tenant, table, column, row].flatMap((part) => {
    if (part === '')
      throw new RangeError('A sealed value is bound to tenant, table, column and row; none may be empty');
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat([head, ...parts]);
}
