import { randomFillSync } from 'node:crypto';

const bytes_each = 16;
/** Random bytes for many ids at once: a call for each would take longer than all the rest. */
const pool = Buffer.alloc(bytes_each * 256);
let used = pool.length;

/** A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random. */
export function uuidV7(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + bytes_each);
  used += bytes_each;
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
