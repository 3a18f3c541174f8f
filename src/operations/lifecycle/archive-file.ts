import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { FileStore, StoredFile } from '../../kernel/files/file-store.ts';
import type { KeyRing } from '../../kernel/vault/seal.ts';
import { openStream, sealStream } from '../../kernel/vault/seal-stream.ts';

/** A month of the largest installation takes a small part of it. */
const archive_bytes_max = 200 * 1024 ** 3;

/** How many lines there are, and their hash: SHA-256 of all, each with a line feed. */
export interface Content {
  rows: number;
  sha256: string;
}

export interface ArchiveStore {
  files: FileStore;
  ring: KeyRing;
}

/** Counts and hashes lines as they pass. */
class Measure {
  private readonly hash = createHash('sha256');
  rows = 0;

  add(lines: readonly string[]): Buffer {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    this.hash.update(bytes);
    this.rows += lines.length;
    return bytes;
  }

  content(): Content {
    return { rows: this.rows, sha256: this.hash.digest('hex') };
  }
}

export async function measureLines(batches: AsyncIterable<string[]>): Promise<Content> {
  const measure = new Measure();
  for await (const lines of batches) measure.add(lines);
  return measure.content();
}

/** Stores lines of JSON, compressed and then sealed under the key of the file. */
export async function writeArchive(
  { files, ring }: ArchiveStore,
  key: string,
  batches: AsyncIterable<string[]>,
): Promise<Content & { stored: StoredFile }> {
  const measure = new Measure();
  const bytes = async function* () {
    for await (const lines of batches) yield measure.add(lines);
  };
  const sealed = sealStream(ring, key);
  const piping = pipeline(Readable.from(bytes(), { objectMode: false }), createZstdCompress(), sealed);
  // The store fails with the same error.
  piping.catch(() => {});
  const stored = await files.put(key, sealed, {
    contentType: 'application/octet-stream',
    sizeBytesMax: archive_bytes_max,
  });
  await piping;
  return { ...measure.content(), stored };
}

/**
 * The lines of an archive, in batches. Fails where the file was changed, cut off or moved; whoever stops early leaves
 * nothing open.
 */
export async function* readArchive({ files, ring }: ArchiveStore, key: string): AsyncGenerator<string[]> {
  const plain = createZstdDecompress();
  const piping = pipeline(await files.get(key), openStream(ring, key), plain);
  // What fails is thrown by the loop.
  piping.catch(() => {});
  let rest = '';
  for await (const text of plain.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (lines.length > 0) yield lines;
  }
  await piping;
  if (rest !== '') throw new Error(`${key} ends within a line`);
}
