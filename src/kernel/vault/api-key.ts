import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { hashToken } from './tokens.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const prefix_length = 8;
/** 43 digits of base 62 are 256 bits. */
const secret_length = 43;
/** 6 digits of base 62 hold any CRC-32. */
const checksum_length = 6;

const pattern = new RegExp(
  `^(hf_([0-9A-Za-z]{${prefix_length}})_[0-9A-Za-z]{${secret_length}})_([0-9A-Za-z]{${checksum_length}})$`,
);

/** `prefix` is public: it is shown in lists and logs, and keys are found by it. `hash` is stored. */
export interface ApiKeyParts {
  prefix: string;
  hash: Buffer;
}

/** A new key, `hf_<prefix>_<secret>_<checksum>`; `key` is shown once and not stored. */
export function makeApiKey(): ApiKeyParts & { key: string } {
  const prefix = randomDigits(prefix_length);
  const body = `hf_${prefix}_${randomDigits(secret_length)}`;
  const key = `${body}_${checksumOf(body)}`;
  return { key, prefix, hash: hashToken(key) };
}

/** Undefined for a text that is not a key. The checksum saves a database look-up for each typing error or guess. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, body, prefix, checksum] = pattern.exec(text) ?? [];
  if (!body || !prefix || checksum !== checksumOf(body)) return undefined;
  return { prefix, hash: hashToken(text) };
}

function randomDigits(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let i = 0; i < checksum_length; i++) {
    digits = alphabet[rest % alphabet.length] + digits;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
}
