import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { deriveKey, type MasterKeys } from './master-key.ts';

const algorithm = 'aes-256-gcm';
const format = 1;
const nonce_bytes = 12;
const tag_bytes = 16;
const header_bytes = 1 + 4 + nonce_bytes;
const key_version_max = 0xffff_ffff;

/**
 * Where a sealed value is stored. It opens there and nowhere else, so that values cannot be swapped between rows or
 * tenants.
 */
export interface Binding {
  tenant: string;
  table: string;
  column: string;
  row: string;
}

/** Keys of one purpose by version. New values are sealed with `current`; older versions still open. */
export interface KeyRing {
  readonly current: number;
  readonly keys: ReadonlyMap<number, KeyObject>;
}

export type VaultErrorCode = 'key_missing' | 'sealed_malformed' | 'sealed_broken';

export class VaultError extends Error {
  readonly code: VaultErrorCode;
  /** The number of the master key that this process lacks. */
  readonly missingKey: number | undefined;

  constructor(code: VaultErrorCode, message: string, missingKey?: number) {
    super(message);
    this.name = 'VaultError';
    this.code = code;
    this.missingKey = missingKey;
  }
}

/**
 * `current` is given rather than taken to be the highest: every process must know a new key before the first one seals
 * with it. Nonces are random, which is safe for 2^32 values per key; a purpose that seals more includes the tenant in
 * `purpose`.
 */
export function createKeyRing({ keys: masters, current }: MasterKeys, purpose: string): KeyRing {
  for (const version of masters.keys()) {
    if (!Number.isInteger(version) || version < 1 || version > key_version_max) {
      throw new RangeError(`A key version is a whole number from 1 on, not ${version}`);
    }
  }
  const ring = {
    current,
    keys: new Map([...masters].map(([version, master]) => [version, deriveKey(master, purpose)])),
  };
  keyOf(ring, current);
  return ring;
}

/** The keys for the sealed columns of the database. */
export const fieldRing = (keys: MasterKeys): KeyRing => createKeyRing(keys, 'sealed fields');

/** Format: 1 byte format, 4 bytes key version, 12 bytes nonce, ciphertext, 16 bytes tag. */
export function sealBytes(ring: KeyRing, plain: Uint8Array, binding: Binding): Buffer {
  const key = keyOf(ring, ring.current);
  const nonce = randomBytes(nonce_bytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(additionalData(ring.current, binding));
  const header = Buffer.alloc(5);
  header.writeUInt8(format, 0);
  header.writeUInt32BE(ring.current, 1);
  return Buffer.concat([header, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Throws a `VaultError` unless exactly these bytes were sealed for exactly this binding. */
export function openBytes(ring: KeyRing, sealed: Uint8Array, binding: Binding): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const version = sealedKeyVersion(bytes);
  const decipher = createDecipheriv(algorithm, keyOf(ring, version), bytes.subarray(5, header_bytes), {
    authTagLength: tag_bytes,
  });
  decipher.setAAD(additionalData(version, binding)).setAuthTag(bytes.subarray(-tag_bytes));
  const start = decipher.update(bytes.subarray(header_bytes, -tag_bytes));
  try {
    return Buffer.concat([start, decipher.final()]);
  } catch {
    throw new VaultError('sealed_broken', 'This value was changed, moved, or sealed with another key');
  }
}

/** The key version of a sealed value, so that rotation finds the values to seal again. */
export function sealedKeyVersion(sealed: Uint8Array): number {
  if (sealed.byteLength < header_bytes + tag_bytes || sealed[0] !== format) {
    throw new VaultError('sealed_malformed', 'This is not a sealed value of a known format');
  }
  return new DataView(sealed.buffer, sealed.byteOffset).getUint32(1);
}

export function keyOf(ring: KeyRing, version: number): KeyObject {
  const key = ring.keys.get(version);
  if (!key) throw new VaultError('key_missing', `The key of version ${version} is not in the key ring`, version);
  return key;
}

/** Each part is preceded by its length: ("ab", "c") and ("a", "bc") must not bind alike. */
function additionalData(version: number, { tenant, table, column, row }: Binding): Buffer {
  const parts = [String(format), String(version), tenant, table, column, row];
  if (parts.includes(''))
    throw new RangeError('A sealed value is bound to tenant, table, column and row; none may be empty');
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
