import { randomFillSync } from 'node:crypto';

const bytes_each = 16;
/** Random bytes for many ids at once, because a call for each would dominate the cost. */
const pool = Buffer.alloc(bytes_each * 256);
let used = pool.length;

const count_max = 0xfff;
let last_ms = 0;
let count = 0;

/**
 * A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, a counter of 12 bits (section 6.2, method 1), then
 * random bits. The ids of one process rise, so that records keep the order in which they were made.
 */
export function uuidV7(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + bytes_each);
  used += bytes_each;
  const now = Date.now();
  if (now > last_ms) [last_ms, count] = [now, 0];
  // When the clock is set back or the counter overflows, the time runs ahead of the clock.
  else if (++count > count_max) [last_ms, count] = [last_ms + 1, 0];
  bytes.writeUIntBE(last_ms, 0, 6);
  bytes.writeUInt16BE(0x7000 | count, 6);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
