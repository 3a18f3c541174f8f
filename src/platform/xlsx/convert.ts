import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { problems } from '../../kernel/errors/problem.ts';
import { FairLane } from '../../kernel/fairness/fair-lane.ts';
import { lock_file, lockFolder } from '../../kernel/folder-lock.ts';
import { tooLarge, WorkbookError } from './workbook-error.ts';

const workbook_bytes_max = 200 * 1024 ** 2;
const seconds_max = 300;
const heap_megabytes_max = 1024;
const wait_ms_max = 120_000;
/** Each takes a processor and its memory. A tenant's workbooks are read one after the other, beside one of another tenant. */
const lane = new FairLane({
  slots: 2,
  perTenant: 1,
  waitingPerTenant: 4,
  message: 'Other workbooks of your workspace are being read. Try again when they are done.',
});

const folder_prefix = 'holdfast-workbook-';
/** How long a new folder is left alone: it is locked within a moment after it was made. */
const young_ms = 60_000;
/** The same for a folder without a lock: the release before this one made none. */
const unlocked_ms = 24 * 3_600_000;

const zip = '504b0304';
const container = 'd0cf11e0';
const signature_bytes = 4;

export const isWorkbook = (start: Buffer): boolean =>
  [zip, container].includes(start.toString('hex', 0, signature_bytes));

export interface Sheet {
  name: string;
  /** Its rows in UTF-8. */
  csv: Readable;
}

/** Reads a workbook and hands over its visible sheets that have rows, one after the other, as CSV. Throws `WorkbookError`. */
export async function convertWorkbook<R>(
  body: Readable,
  take: (sheet: Sheet) => Promise<R>,
  tenant_id = '',
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
    await refuseContainer(path);
    const taken: R[] = [];
    const release = await lane.acquire({ tenant: tenant_id, caller: '' }, wait_ms_max);
    for (const { name, path: sheet } of await runWorker({ path, folder }).finally(release))
      taken.push(await take({ name, csv: createReadStream(sheet) }));
    if (taken.length === 0) throw new WorkbookError('empty_file', 'No visible sheet of the workbook has any rows.');
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

/** Old workbooks and encrypted ones lie in the same kind of container. */
async function refuseContainer(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length > workbook_bytes_max) throw tooLarge(`The workbook has ${bytes.length} bytes.`);
  if (bytes.toString('hex', 0, signature_bytes) !== container) return;
  if (bytes.includes(Buffer.from('EncryptedPackage', 'utf16le')))
    throw new WorkbookError('password_protected', 'The workbook is protected by a password. Save it without one, and import that.'); // biome-ignore format: one message
  throw new WorkbookError('old_workbook', 'This is a workbook of the format before 2007. Save it as XLSX or CSV, and import that.'); // biome-ignore format: one message
}

interface Converted {
  sheets?: { name: string; path: string }[];
  problem?: { code: string; message: string };
}

function runWorker(workerData: { path: string; folder: string }): Promise<{ name: string; path: string }[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: heap_megabytes_max },
    });
    const timer = setTimeout(() => {
      reject(tooLarge(`The workbook could not be read within ${seconds_max} seconds.`));
      void worker.terminate();
    }, seconds_max * 1000);
    worker.on('message', ({ sheets, problem }: Converted) =>
      sheets ? resolve(sheets) : reject(new WorkbookError(problem!.code, problem!.message)),
    );
    worker.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge('The workbook needs too much memory.') : error),
    );
    worker.on('exit', () => clearTimeout(timer));
  });
}
