import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import { scanSheets } from './scan.ts';
import { isContainer } from './signature.ts';
import { checkParts, limited, sheetAsCsv, visibleSheets } from './workbook.ts';
import { tooLarge } from './workbook-error.ts';

const workbook_bytes_max = 200 * 1024 ** 2;

/** Writes each visible sheet of a workbook into the folder, as CSV. */
export async function parse({ path, folder }: { path: string; folder: string }) {
  try {
    const bytes = await readWorkbook(path);
    await checkParts(bytes);
    const scans = await scanSheets(bytes);
    const sheets: { name: string; path: string }[] = [];
    const withinLimit = limited();
    for (const { place, name } of await visibleSheets(bytes)) {
      const scan = scans[place];
      if (scan === null) continue;
      const file = join(folder, `${place}.csv`);
      const out = createWriteStream(file);
      await pipeline(Readable.from(withinLimit(sheetAsCsv(bytes, place, scan))), out);
      if (out.bytesWritten > 0) sheets.push({ name, path: file });
    }
    return sheets;
  } catch (error) {
    // The disk is at fault, not the workbook.
    if (error instanceof ParseError || (error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw new ParseError(
      'workbook_damaged',
      `The workbook cannot be read: ${(error as Error).message}. Open it in a spreadsheet, save it again, and import that.`,
    );
  }
}

/** Old workbooks and encrypted ones lie in the same kind of container. */
async function readWorkbook(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > workbook_bytes_max) throw tooLarge(`The workbook has ${size} bytes.`);
  const bytes = await readFile(path);
  if (!isContainer(bytes)) return bytes;
  if (bytes.includes(Buffer.from('EncryptedPackage', 'utf16le')))
    throw new ParseError(
      'password_protected',
      'The workbook is protected by a password. Save it without one, and import that.',
    );
  throw new ParseError(
    'old_workbook',
    'This is a workbook of the format before 2007. Save it as XLSX or CSV, and import that.',
  );
}
