import { on } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createZstdDecompress, type ZstdOptions } from 'node:zlib';
import type { KeyRing } from '../../../kernel/vault/seal.ts';
import { openStream } from '../../../kernel/vault/seal-stream.ts';
import { receiveBytes } from '../thread-bytes.ts';
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

await pipeline(
  receiveBytes(parentPort!, on(parentPort!, 'message')),
  openStream(ring, key),
  createZstdDecompress(decompression),
  new TarFiles(folder),
);
