import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface WaitingLog {
  bytes: number;
  /** When the oldest of them was written; null when none waits. */
  since: Date | null;
}

/** What all processes of this data directory have written to disk because the store did not take it. */
export async function readWaitingLog(folder: string): Promise<WaitingLog> {
  let bytes = 0;
  let since: Date | null = null;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.lines') && !name.endsWith('.open')) continue;
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (!found) continue;
    bytes += found.size;
    if (since === null || found.birthtime < since) since = found.birthtime;
  }
  return { bytes, since };
}
