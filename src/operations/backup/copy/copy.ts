import { on } from 'node:events';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { BackupStore } from '../backup-store.ts';
import { receiveBytes } from '../thread-bytes.ts';
import type { Copied, Copying } from './thread.ts';

/**
 * The database cluster as one tar, made by the server, which checks each page on the way. In a thread of its own, like
 * unpacking it: what passes by the rest of the program is compressed and sealed already.
 */
export async function copyBase(
  url: string,
  backups: BackupStore,
  id: string,
  sizeBytesExpected: number,
): Promise<Copied & { bytes: number }> {
  const thread = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { url, label: `holdfast ${id}`, ...backups.sealing('base', id) } satisfies Copying,
  });
  // From now on, and not from when the store reads: what the thread says or throws before would be lost. Throws what it
  // throws.
  const messages = on(thread, 'message', { close: ['exit'] });
  // When the store has given up, nobody asks the thread any more.
  thread.on('error', () => {});
  let copied: Copied | undefined;
  async function* sealed(): AsyncGenerator<Uint8Array> {
    copied = yield* receiveBytes<Copied>(thread, messages);
    if (!copied) throw new Error('The copy of the database ended before it was whole');
  }
  try {
    const bytes = await backups.putSealed(
      'base',
      id,
      Readable.from(sealed(), { objectMode: false }),
      sizeBytesExpected,
    );
    return { bytes, ...copied! };
  } finally {
    await thread.terminate();
  }
}
