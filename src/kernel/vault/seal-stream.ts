import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { Transform } from 'node:stream';
import { type KeyRing, keyOf, VaultError } from './seal.ts';

/**
 * Seals streams of any length. Each has a key of its own, made from the key of the ring, a random salt and the name
 * under which it is kept; its chunks are sealed one by one, numbered, the last marked as such. So none can be changed,
 * left out, swapped or cut off unnoticed, and what is opened is handed on only once it is known to be whole. The
 * construction is STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its
 * Nonce-Reuse Misuse-Resistance" (CRYPTO 2015).
 *
 * Format: 1 byte format, 4 bytes key version, 16 bytes salt, then chunks of 64 KiB, the last shorter, each followed by
 * a tag of 16 bytes.
 */

const algorithm = 'aes-256-gcm';
const format = 2;
const salt_bytes = 16;
export const stream_tag_bytes = 16;
export const stream_header_bytes = 1 + 4 + salt_bytes;
export const stream_chunk_bytes = 64 * 1024;

function streamKey(ring: KeyRing, version: number, salt: Buffer, name: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', keyOf(ring, version), salt, `stream ${name}`, 32)));
}

function nonce(number: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(number, 5, 6);
  bytes.writeUInt8(isLast ? 1 : 0, 11);
  return bytes;
}

/** Cuts what comes into chunks of one size and hands on each; the last, which may be empty, only at the end. */
class Chunker {
  private parts: Buffer[] = [];
  private held = 0;
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  /** All chunks behind which something follows. */
  *take(bytes: Buffer): Generator<Buffer> {
    this.parts.push(bytes);
    this.held += bytes.length;
    if (this.held <= this.size) return;
    const all = Buffer.concat(this.parts);
    let at = 0;
    for (; all.length - at > this.size; at += this.size) yield all.subarray(at, at + this.size);
    this.parts = [all.subarray(at)];
    this.held = all.length - at;
  }

  rest(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/** Seals what flows through it, bound to the name under which it is kept. */
export function sealStream(ring: KeyRing, name: string): Transform {
  const salt = randomBytes(salt_bytes);
  const key = streamKey(ring, ring.current, salt, name);
  const chunker = new Chunker(stream_chunk_bytes);
  let number = 0;
  const seal = (chunk: Buffer, isLast: boolean) => {
    const cipher = createCipheriv(algorithm, key, nonce(number++, isLast));
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  };
  const header = Buffer.alloc(stream_header_bytes);
  header.writeUInt8(format, 0);
  header.writeUInt32BE(ring.current, 1);
  salt.copy(header, 5);
  let begun = false;
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      if (!begun) this.push(header);
      begun = true;
      for (const chunk of chunker.take(bytes)) this.push(seal(chunk, false));
      done();
    },
    flush(done) {
      if (!begun) this.push(header);
      this.push(seal(chunker.rest(), true));
      done();
    },
  });
}

/**
 * Opens what `sealStream` sealed under the same name; fails with a `VaultError` where it was changed, cut off, moved,
 * or sealed with another key.
 */
export function openStream(ring: KeyRing, name: string): Transform {
  const chunker = new Chunker(stream_chunk_bytes + stream_tag_bytes);
  let head = Buffer.alloc(0);
  let key: KeyObject | undefined;
  let number = 0;
  const open = (chunk: Buffer, isLast: boolean): Buffer => {
    const broken = new VaultError('sealed_broken', `${name} was changed, cut off, moved, or sealed with another key`);
    if (chunk.length < stream_tag_bytes) throw broken;
    const decipher = createDecipheriv(algorithm, key!, nonce(number++, isLast), { authTagLength: stream_tag_bytes });
    decipher.setAuthTag(chunk.subarray(-stream_tag_bytes));
    const plain = decipher.update(chunk.subarray(0, -stream_tag_bytes));
    try {
      return Buffer.concat([plain, decipher.final()]);
    } catch {
      throw broken;
    }
  };
  const begin = (bytes: Buffer): Buffer => {
    head = Buffer.concat([head, bytes]);
    if (head.length < stream_header_bytes) return Buffer.alloc(0);
    if (head[0] !== format) throw new VaultError('sealed_malformed', `${name} is nothing that was sealed as a stream`);
    key = streamKey(ring, head.readUInt32BE(1), head.subarray(5, stream_header_bytes), name);
    return head.subarray(stream_header_bytes);
  };
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      try {
        const sealed = key ? bytes : begin(bytes);
        if (key) for (const chunk of chunker.take(sealed)) this.push(open(chunk, false));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        if (!key) throw new VaultError('sealed_broken', `${name} is cut off`);
        this.push(open(chunker.rest(), true));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
