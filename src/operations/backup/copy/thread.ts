import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createZstdCompress } from 'node:zlib';
import type { KeyRing } from '../../../kernel/vault/seal.ts';
import { sealStream } from '../../../kernel/vault/seal-stream.ts';
import { ReplicationConnection } from '../replication.ts';
import { ownBytes } from '../thread-bytes.ts';

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

/** Pieces on their way out, of 64 KiB mostly. */
const ahead_max = 64;

const { url, label, key, ring } = workerData as Copying;
const out = parentPort!;
let ahead = 0;
out.on('message', () => ahead--);

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
  await pipeline(tar, createZstdCompress(), sealStream(ring, key), async (sealed: AsyncIterable<Buffer>) => {
    for await (const chunk of sealed) {
      if (ahead >= ahead_max) await once(out, 'message');
      const bytes = ownBytes(chunk);
      out.postMessage(bytes, [bytes.buffer]);
      ahead++;
    }
  });
  await command.done;
  const [start_lsn, timeline] = command.rows[0]!;
  out.postMessage({ cluster_bytes, start_lsn: start_lsn!, timeline: Number(timeline) } satisfies Copied);
} finally {
  connection.destroy();
  out.close();
}
