import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { scanSheets } from './scan.ts';
import { checkParts, limited, sheetAsCsv, visibleSheets } from './workbook.ts';
import { WorkbookError } from './workbook-error.ts';

/** Runs in a thread of its own, so that whatever a workbook does to it, the server goes on. */
const { path, folder } = workerData as { path: string; folder: string };

try {
  const bytes = await readFile(path);
  await checkParts(bytes);
  const scans = await scanSheets(bytes);
  const sheets = [];
  const withinLimit = limited();
  for (const { place, name } of await visibleSheets(bytes)) {
    const scan = scans[place];
    if (scan === null) continue;
    const file = join(folder, `${place}.csv`);
    const out = createWriteStream(file);
    await pipeline(Readable.from(withinLimit(sheetAsCsv(bytes, place, scan))), out);
    if (out.bytesWritten > 0) sheets.push({ name, path: file });
  }
  parentPort!.postMessage({ sheets });
} catch (error) {
  // The disk is at fault, not the workbook.
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
  const { code, message } =
    error instanceof WorkbookError
      ? error
      : { code: 'workbook_damaged', message: `The workbook cannot be read: ${(error as Error).message}. Open it in a spreadsheet, save it again, and import that.` }; // biome-ignore format: one message
  parentPort!.postMessage({ problem: { code, message } });
}
