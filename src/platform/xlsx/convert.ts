import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { problems } from '../../kernel/errors/problem.ts';
import type { Claimant } from '../../kernel/fairness/fair-lane.ts';
import { lock_file, lockFolder } from '../../kernel/folder-lock.ts';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import { filePool } from '../../kernel/parsing/pools.ts';
import type { parse } from './parser.ts';
import { workbookTooLarge } from './workbook-error.ts';

const seconds_max = 300;

const workbookAside = filePool.parser<typeof parse>({
  module: new URL('./parser.ts', import.meta.url),
  seconds_max,
  tooSlow: workbookTooLarge(`The workbook could not be read within ${seconds_max} seconds.`),
  tooLarge: workbookTooLarge('The workbook needs too much memory.'),
});

const folder_prefix = 'holdfast-workbook-';
/** How long a new folder is left alone: it is locked within a moment after it was made. */
const young_ms = 60_000;
/** The same for a folder without a lock: the release before this one made none. */
const unlocked_ms = 24 * 3_600_000;

export interface Sheet {
  name: string;
  /** Its rows in UTF-8. */
  csv: Readable;
}

/**
 * Reads a workbook and hands over its visible sheets that have rows, one after the other, as CSV. Throws `ParseError`.
 */
export async function convertWorkbook<R>(
  body: Readable,
  take: (sheet: Sheet) => Promise<R>,
  by: Claimant = { tenant: '', caller: '' },
): Promise<R[]> {
  // Housekeeping may run on another machine.
  await removeLeftWorkbooks();
  const folder = await mkdtemp(join(tmpdir(), folder_prefix));
  let lock: ReturnType<typeof lockFolder>;
  try {
    // Says that somebody uses it.
    lock = lockFolder(folder);
    const path = join(folder, 'workbook');
    await pipeline(body, createWriteStream(path, { mode: 0o600 }));
    const taken: R[] = [];
    for (const { name, path: sheet } of await workbookAside({ path, folder }, by))
      taken.push(await take({ name, csv: createReadStream(sheet) }));
    if (taken.length === 0) throw new ParseError('empty_file', 'No visible sheet of the workbook has any rows.');
    return taken;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw problems.unavailable(
      'The disk for temporary files is full, so nothing was imported. Tell your administrator to make room on it.',
      'disk_full',
    );
  } finally {
    lock?.release();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Deletes the folders of those that were killed. Answers how many those were. */
export async function removeLeftWorkbooks(): Promise<number> {
  let removed = 0;
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folder_prefix)) continue;
    const folder = join(tmpdir(), name);
    try {
      const idle_ms = Date.now() - (await stat(folder)).mtimeMs;
      if (idle_ms < ((await readdir(folder)).includes(lock_file) ? young_ms : unlocked_ms)) continue;
      const lock = lockFolder(folder);
      if (!lock) continue;
      lock.release();
      await rm(folder, { recursive: true, force: true });
      removed++;
    } catch {
      // It has gone by itself, or belongs to another account.
    }
  }
  return removed;
}
