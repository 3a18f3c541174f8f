import { on } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createZstdDecompress, type ZstdOptions } from 'node:zlib';
import type { KeyRing } from '../../../kernel/vault/seal.ts';
import { openStream } from '../../../kernel/vault/seal-stream.ts';
import { TarFiles } from './tar-files.ts';

export interface Unpacking {
  /** Under which it lies in the backup store. */
  key: string;
  ring: KeyRing;
  folder: string;
}

const piece_bytes = 1024 * 1024;
/** The next piece is decompressed while one is written. */
const decompression: ZstdOptions & { readableHighWaterMark: number } = {
  chunkSize: piece_bytes,
  readableHighWaterMark: 4 * piece_bytes,
};

const { key, ring, folder } = workerData as Unpacking;

/** What the backup store has, compressed and sealed; an empty message is its end. Each is answered when it is taken. */
async function* sealed(): AsyncGenerator<Uint8Array> {
  for await (const [bytes] of on(parentPort!, 'message')) {
    if (bytes === null) return;
    parentPort!.postMessage('taken');
    yield bytes;
  }
}

await pipeline(sealed, openStream(ring, key), createZstdDecompress(decompression), new TarFiles(folder));
