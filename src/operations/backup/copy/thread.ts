import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createZstdCompress, type ZstdOptions } from 'node:zlib';
import type { KeyRing } from '../../../kernel/vault/seal.ts';
import { sealStream } from '../../../kernel/vault/seal-stream.ts';
import { ReplicationConnection } from '../replication.ts';
import { sendBytes } from '../thread-bytes.ts';

export interface Copying {
  /** Of the database, as a role that may replicate. */
  url: string;
  label: string;
  /** Under which the copy lies in the backup store. */
  key: string;
  ring: KeyRing;
}

/** What the server said of a copy that is whole. */
export interface Copied {
  cluster_bytes: number;
  start_lsn: string;
  timeline: number;
}

/**
 * The server sends 32 KiB at a time; handing each of these to be compressed, and waiting for it, took as long as
 * compressing it.
 */
const piece_bytes = 1024 * 1024;
/** The next pieces are gathered while one is compressed. */
const compression: ZstdOptions & { writableHighWaterMark: number } = {
  chunkSize: piece_bytes,
  writableHighWaterMark: 4 * piece_bytes,
};

const { url, label, key, ring } = workerData as Copying;
const out = parentPort!;

const connection = new ReplicationConnection(url);
await connection.connect();
try {
  const command = connection.start(`BASE_BACKUP (LABEL '${label}', CHECKPOINT 'fast', MANIFEST 'no')`);
  let cluster_bytes = 0;
  const tar = async function* () {
    for await (const message of command.data as AsyncIterable<Buffer>) {
      const [kind, rest] = [String.fromCharCode(message[0]!), message.subarray(1)];
      if (kind === 'n' && !rest.toString('latin1').startsWith('base.tar\0'))
        throw new Error('The database uses table spaces, which this backup cannot hold');
      if (kind !== 'd') continue;
      cluster_bytes += rest.length;
      yield rest;
    }
  };
  await pipeline(
    inPieces(tar()),
    createZstdCompress(compression),
    sealStream(ring, key),
    (sealed: AsyncIterable<Buffer>) => sendBytes(out, sealed),
  );
  await command.done;
  const [start_lsn, timeline] = command.rows[0]!;
  out.postMessage({ cluster_bytes, start_lsn: start_lsn!, timeline: Number(timeline) } satisfies Copied);
} finally {
  connection.destroy();
  out.close();
}

async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let piece = Buffer.allocUnsafeSlow(piece_bytes);
  let filled = 0;
  for await (const bytes of source)
    for (let at = 0; at < bytes.length; ) {
      const taken = bytes.copy(piece, filled, at);
      at += taken;
      filled += taken;
      if (filled < piece_bytes) continue;
      yield piece;
      piece = Buffer.allocUnsafeSlow(piece_bytes);
      filled = 0;
    }
  if (filled > 0) yield piece.subarray(0, filled);
}
