import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { problems } from '../errors/problem.ts';
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
 * To be called right before a multipart body is read: of a sender who is gone already the parser would wait for ever.
 */
export function refuseBrokenOff({ destroyed }: IncomingMessage): void {
  if (destroyed) throw problems.malformed('The body ended before it was whole.');
}

/**
 * Receives a file: refuses it when its bytes contradict its type or name, stores it, and has it scanned. When this
 * throws, nothing is left under the key; until it returns, the key must not be used.
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

/** The first bytes of a stream, and a stream of all its bytes. */
async function peek(source: Readable): Promise<{ sample: Buffer; body: Readable | Buffer }> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes < sample_bytes) continue;
    const sample = Buffer.concat(chunks);
    source.unshift(sample);
    return { sample, body: source };
  }
  const whole = Buffer.concat(chunks);
  return { sample: whole, body: whole };
}
