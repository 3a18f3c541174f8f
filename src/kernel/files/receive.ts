import { Readable } from 'node:stream';
import type { Scan } from './clamd.ts';
import { FileError, type FileStore, type StoredFile } from './file-store.ts';
import { sanitizeFileName } from './names.ts';
import { sample_bytes, sniffType } from './sniff.ts';
import { contradiction, trustedType } from './type-claims.ts';

export interface IncomingFile {
  /** From `fileKey`. */
  key: string;
  body: Readable;
  fileName: string;
  declaredType?: string | undefined;
  sizeBytesMax: number;
}

export interface ReceivedFile extends StoredFile {
  key: string;
  /** Safe to show and to save under. */
  fileName: string;
  contentType: string;
}

/**
 * Takes in a file from outside: refuses one whose bytes belie its type or name, stores it, has it scanned. When it throws, nothing is left
 * under the key; until it returns, nobody may be told of the key.
 */
export async function receiveFile(
  store: FileStore,
  scan: Scan | undefined,
  incoming: IncomingFile,
): Promise<ReceivedFile> {
  const { key, declaredType, sizeBytesMax } = incoming;
  const fileName = sanitizeFileName(incoming.fileName);
  const { sample, body } = await peek(incoming.body);
  const sniffed = await sniffType(sample);
  const problem = contradiction(sniffed, { declaredType, fileName });
  if (problem) {
    incoming.body.destroy();
    throw new FileError('type_mismatch', problem);
  }
  const contentType = trustedType(sniffed, declaredType);
  const stored = await store.put(key, body, { contentType, sizeBytesMax });
  if (scan) await keepOnlyClean(store, scan, key);
  return { key, fileName, contentType, ...stored };
}

async function keepOnlyClean(store: FileStore, scan: Scan, key: string): Promise<void> {
  try {
    const { clean, found } = await scan(await store.get(key));
    if (!clean)
      throw new FileError('file_infected', `The virus scanner found ${found ?? 'something harmful'} in the file`);
  } catch (error) {
    await store.delete(key);
    throw error;
  }
}

/** The first bytes of a stream, and a stream that still gives them all. */
async function peek(source: Readable): Promise<{ sample: Buffer; body: Readable }> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const iterator = source.iterator();
  while (sizeBytes < sample_bytes) {
    const { value, done } = await iterator.next();
    if (done) break;
    chunks.push(value);
    sizeBytes += value.length;
  }
  async function* all() {
    yield* chunks;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  const body = Readable.from(all(), { objectMode: false }).once('close', () => source.destroy());
  return { sample: Buffer.concat(chunks).subarray(0, sample_bytes), body };
}
