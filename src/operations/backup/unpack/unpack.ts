import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BackupStore } from '../backup-store.ts';
import { sendBytes } from '../thread-bytes.ts';
import type { Unpacking } from './thread.ts';

/**
 * Writes the files of a base backup into a folder. In a thread of its own: gigabytes that pass by are memory that has
 * to be given back again and again, and looking through all that a large process holds took longer than to decompress
 * them.
 */
export async function unpackBase(backups: BackupStore, id: string, folder: string): Promise<void> {
  const body = await backups.getSealed('base', id);
  const thread = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { ...backups.sealing('base', id), folder } satisfies Unpacking,
  });
  // Throws what the thread throws, whenever that is asked for.
  const ended = once(thread, 'exit');
  ended.catch(() => {});
  try {
    await sendBytes(thread, body, ended);
    thread.postMessage(null);
    await ended;
  } finally {
    await thread.terminate();
  }
}
