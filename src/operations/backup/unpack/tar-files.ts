import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';

const block_bytes = 512;
const checksum_at = 148;
const checksum_bytes = 8;

interface Entry {
  name: string;
  bytes: number;
  isFolder: boolean;
}

/**
 * Writes the files of a tar into a folder, as PostgreSQL makes one for a base backup: plain ustar without long names,
 * owners or times that matter (https://www.postgresql.org/docs/18/protocol-replication.html,
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html). What it would not make is refused. The pieces
 * that come are written as they are: handing them to `tar` through a pipe took twice as long.
 */
export class TarFiles extends Writable {
  private readonly folder: string;
  private header = Buffer.alloc(0);
  private file: FileHandle | undefined;
  /** Of the file that is being written, and what fills its last block up. */
  private left = 0;
  private padding = 0;

  constructor(folder: string) {
    super();
    this.folder = folder;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.take(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    done(this.left > 0 || this.header.length > 0 ? new Error('The base backup is cut off') : null);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    (this.file?.close() ?? Promise.resolve()).then(
      () => done(error),
      (failure: Error) => done(error ?? failure),
    );
  }

  private async take(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      const length = Math.min(rest.length, this.left || this.padding || block_bytes - this.header.length);
      const part = rest.subarray(0, length);
      rest = rest.subarray(length);
      if (this.left > 0) await this.content(part);
      else if (this.padding > 0) this.padding -= length;
      else await this.head(part);
    }
  }

  private async content(part: Buffer): Promise<void> {
    for (let at = 0; at < part.length; ) at += (await this.file!.write(part, at)).bytesWritten;
    this.left -= part.length;
    if (this.left === 0) await this.close();
  }

  private async close(): Promise<void> {
    const file = this.file;
    this.file = undefined;
    await file?.close();
  }

  private async head(part: Buffer): Promise<void> {
    this.header = Buffer.concat([this.header, part]);
    if (this.header.length < block_bytes) return;
    const entry = readHeader(this.header);
    this.header = Buffer.alloc(0);
    // Its end.
    if (!entry) return;
    const path = join(this.folder, entry.name);
    if (entry.isFolder) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      return;
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    this.file = await open(path, 'wx', 0o600);
    this.left = entry.bytes;
    this.padding = (block_bytes - (entry.bytes % block_bytes)) % block_bytes;
    if (entry.bytes === 0) await this.close();
  }
}

/** Undefined for one of the empty blocks at the end. */
function readHeader(block: Buffer): Entry | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const text = (from: number, length: number) => block.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const number = (from: number, length: number) => {
    const digits = text(from, length).trim();
    if (!/^[0-7]+$/.test(digits)) throw new Error('The base backup is no tar as PostgreSQL makes it');
    return Number.parseInt(digits, 8);
  };
  let sum = checksum_bytes * ' '.charCodeAt(0);
  for (const [at, byte] of block.entries()) if (at < checksum_at || at >= checksum_at + checksum_bytes) sum += byte;
  if (sum !== number(checksum_at, checksum_bytes)) throw new Error('The base backup is no tar as PostgreSQL makes it');
  const [name, type] = [text(0, 100), text(156, 1)];
  if (!['', '0', '5'].includes(type)) throw new Error(`The base backup has ${name}, which is neither file nor folder`);
  if (name.startsWith('/') || name.split('/').includes('..'))
    throw new Error(`The base backup has ${name}, which would lie outside of it`);
  return { name, bytes: number(124, 12), isFolder: type === '5' };
}
