import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { StartFailure } from '../database/embedded/start-failure.ts';
import { awsKeyWrapper, isWrapped, KeyWrapperError, withRetries } from './key-wrapper.ts';

const key_bytes = 32;
/** Random bytes give about 155 bits by this estimate, 32 random letters and digits about 140, a sentence about 120. */
const entropy_bits_min = 128;
const key_file_bytes_max = 16_384;
/** Mounted secrets may be read by others, but a key that anybody can replace is nobody's. */
const others_write = 0o002;

const howToMake =
  'Make one with: node -e "console.log(crypto.randomBytes(32).toString(\'base64url\'))" and keep a copy in a safe place: what it sealed cannot be read without it.';

/** The key is missing, cannot be read, or is weak. The message says what to do and never contains the key. */
export class MasterKeyError extends Error {
  constructor(problem: string, options?: ErrorOptions) {
    super(`HOLDFAST_KEY ${problem}. ${howToMake}`, options);
    this.name = 'MasterKeyError';
  }
}

export interface MasterKeySource {
  /** The value of HOLDFAST_KEY. */
  value?: string | undefined;
  /** A file that holds the same text, such as a mounted secret. */
  file?: string | undefined;
  /** The key of the KMS that wraps the text, where it is wrapped. */
  kmsKeyId?: string | undefined;
}

/** Master keys by version. New values are sealed with `current`; values sealed with the others still open. */
export interface MasterKeys {
  readonly current: number;
  readonly keys: ReadonlyMap<number, KeyObject>;
}

/**
 * The master keys from the environment or from a file. A `KeyObject` does not reveal its content when logged or
 * serialised.
 */
export async function loadMasterKeys({ value, file, kmsKeyId }: MasterKeySource): Promise<MasterKeys> {
  if (value && file) throw new MasterKeyError('is given twice, as a value and as a file: keep one of the two');
  if (file) return openMasterKeys(await readKeyFile(file), kmsKeyId);
  if (value) return openMasterKeys(value, kmsKeyId);
  throw new MasterKeyError('is not set');
}

/**
 * The last that was unwrapped here. The text is read every few seconds, and a KMS that is away later takes nothing from
 * a process that runs.
 */
let unwrapped: { of: string; keys: MasterKeys } | undefined;

async function openMasterKeys(text: string, kmsKeyId: string | undefined): Promise<MasterKeys> {
  if (!isWrapped(text)) return parseMasterKeys(text);
  const of = `${kmsKeyId} ${text.trim()}`;
  if (unwrapped?.of !== of) unwrapped = { of, keys: parseMasterKeys(await unwrapText(text, kmsKeyId)) };
  return unwrapped.keys;
}

/** The text of keys that a KMS wrapped. */
export async function unwrapText(text: string, kmsKeyId: string | undefined): Promise<string> {
  if (!kmsKeyId)
    throw new StartFailure(
      'HOLDFAST_KEY is wrapped by a KMS: name the key of the KMS in HOLDFAST_KMS_KEY_ID (docs/operating/keys.md).',
    );
  const wrapper = awsKeyWrapper(kmsKeyId);
  try {
    return await withRetries(() => wrapper.unwrap(text));
  } catch (error) {
    if (!(error instanceof KeyWrapperError)) throw error;
    throw new StartFailure(
      `HOLDFAST_KEY is wrapped, and was not unwrapped. ${error.message}. Nothing was changed (docs/operating/keys.md).`,
      { cause: error },
    );
  }
}

/**
 * Puts a text in the place of that in a key file, whose owner and mode it keeps. Killed anywhere, it leaves one of the
 * two, whole; what it leaves beside, the next call removes first.
 */
export async function replaceKeyFile(file: string, text: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  await rm(unfinished, { force: true });
  const { uid, gid, mode } = await stat(file);
  await writeFile(unfinished, `${text.trim()}\n`, { mode: 0o600, flush: true });
  await chown(unfinished, uid, gid);
  await chmod(unfinished, mode & 0o777);
  await rename(unfinished, file);
}

export async function readKeyFile(file: string): Promise<string> {
  try {
    if (((await stat(file)).mode & others_write) !== 0)
      throw new Error('everybody on this machine may write to it; take that away with chmod o-w');
    const bytes = await readFile(file);
    if (bytes.length > key_file_bytes_max) throw new Error(`it has ${bytes.length} bytes, which no key has`);
    return bytes.toString('utf8');
  } catch (cause) {
    throw new MasterKeyError(`cannot be read from the file ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** Makes the key of an installation that has none. */
export async function makeKeyFile(file: string): Promise<void> {
  if (existsSync(file)) return;
  const text = `${randomBytes(key_bytes).toString('base64url')}\n`;
  await writeKeyFile(file, text).catch((error: NodeJS.ErrnoException) => {
    // Another process that starts at the same time has made it.
    if (error.code !== 'EEXIST') throw error;
  });
}

/**
 * Writes a key where none is. Only a whole one gets the name: a process that is killed here, or a disk that is full,
 * would leave an empty file, which keeps every later start from making a key.
 */
export async function writeKeyFile(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  try {
    await writeFile(unfinished, text, { mode: 0o600, flush: true });
    await link(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/**
 * One key, which is then version 1, or several as `2:KEY,1:KEY`, of which the first writes and all read. To rotate
 * where several nodes run, first give every node the new key in second place, then put it in front.
 */
export function parseMasterKeys(text: string): MasterKeys {
  const entries = text
    .trim()
    .split(/[\s,]+/)
    .map((entry) => /^(\d{1,9}):(.+)$/.exec(entry));
  if (entries.some((entry) => entry === null)) return { current: 1, keys: new Map([[1, parseMasterKey(text)]]) };
  const keys = new Map(entries.map((entry) => [Number(entry![1]), parseMasterKey(entry![2]!)]));
  if (keys.size < entries.length || keys.has(0))
    throw new MasterKeyError(
      'has a version twice, or version 0: number its keys 1, 2, 3 and never give a number again',
    );
  return { current: Number(entries[0]![1]), keys };
}

/** Reads 32 bytes written as base64url, base64, hex or as a text of 32 bytes, and refuses weak ones. */
export function parseMasterKey(text: string): KeyObject {
  const bytes = decode(text.trim());
  refuseWeak(bytes);
  return createSecretKey(bytes);
}

function decode(text: string): Buffer {
  if (text === '') throw new MasterKeyError('is empty');
  if (/^[0-9a-f]+$/i.test(text) && text.length <= key_bytes * 2) {
    if (text.length === key_bytes * 2) return Buffer.from(text, 'hex');
    throw new MasterKeyError(`is too short: ${text.length} hexadecimal digits where 64 are needed`);
  }
  if (/^(?:[\w-]{43}|[A-Za-z0-9+/]{43})=?$/.test(text)) return decodeBase64(text);
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === key_bytes) return bytes;
  const size = bytes.length < key_bytes ? 'too short' : 'of no known form';
  throw new MasterKeyError(`is ${size}: it must be 32 bytes as base64url, base64, hexadecimal or plain text`);
}

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  // The last digit has two unused bits; if they are not zero, there is a typing error.
  const canonical = bytes.toString('base64url');
  if (text.replaceAll('+', '-').replaceAll('/', '_').replace('=', '') !== canonical) {
    throw new MasterKeyError('is damaged: its last base64 digit is impossible');
  }
  return bytes;
}

function refuseWeak(bytes: Buffer): void {
  if (entropyBits(bytes) < entropy_bits_min) throw new MasterKeyError('is weak: its bytes repeat or are easy to guess');
  if (hasPeriod(bytes)) throw new MasterKeyError('is weak: it repeats one pattern');
  if (isSequence(bytes)) throw new MasterKeyError('is weak: it counts up or down');
}

/** Shannon's estimate over the bytes: coarse, but it stops passwords, sentences and placeholders. */
function entropyBits(bytes: Buffer): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / bytes.length);
  return bits;
}

function hasPeriod(bytes: Buffer): boolean {
  for (let period = 1; period <= bytes.length / 2; period++) {
    if (bytes.subarray(period).equals(bytes.subarray(0, -period))) return true;
  }
  return false;
}

function isSequence(bytes: Buffer): boolean {
  const steps = new Map<number, number>();
  for (let i = 1; i < bytes.length; i++) {
    const step = (bytes[i]! - bytes[i - 1]!) & 0xff;
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  return Math.max(...steps.values()) > bytes.length / 2;
}

/** Each request with an idempotency key asks for one. */
const derived = new WeakMap<KeyObject, Map<string, KeyObject>>();

/**
 * Derives a key for one purpose, such as `session` or `fields`; keys of different purposes reveal nothing about each
 * other.
 */
export function deriveKey(master: KeyObject, purpose: string): KeyObject {
  if (purpose === '') throw new RangeError('A key needs a purpose');
  const known = derived.get(master) ?? new Map<string, KeyObject>();
  derived.set(master, known);
  const key =
    known.get(purpose) ?? createSecretKey(Buffer.from(hkdfSync('sha256', master, 'holdfast', purpose, key_bytes)));
  known.set(purpose, key);
  return key;
}
