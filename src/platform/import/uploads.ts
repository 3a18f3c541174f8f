import { Readable } from 'node:stream';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import type { Claimant } from '../../kernel/fairness/fair-lane.ts';
import type { Scan } from '../../kernel/files/clamd.ts';
import { FileError, type FileStore } from '../../kernel/files/file-store.ts';
import { sanitizeFileName } from '../../kernel/files/names.ts';
import { type IncomingFile, receiveFile } from '../../kernel/files/receive.ts';
import { contentBytes, sealedFileKey } from '../../kernel/files/sealed-files.ts';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import { convertWorkbook, isWorkbook } from '../xlsx/index.ts';
import { type Conversion, type ConvertedTable, type FileFormat, withoutEnding } from './format.ts';

export const files_max = 10;
export const file_bytes_max = 2 * 1024 ** 3;

type Upload = Pick<IncomingFile, 'body' | 'fileName'>;

export interface StoredUpload {
  id: string;
  storage_key: string;
  name: string;
  content_type: string;
  size_bytes: number;
  sha256: string;
  /** The product that wrote it, where its own columns told and are gone. */
  source?: string;
  /** What its rows are, where its format says so. */
  resource?: string;
}

/**
 * Stores uploaded files, each table of a file that has several as one. The caller notes them in the database, or
 * removes them again.
 */
export async function receiveFiles(
  store: FileStore,
  scan: Scan | undefined,
  by: Claimant,
  formats: readonly FileFormat[],
  uploads: AsyncIterable<Upload>,
): Promise<StoredUpload[]> {
  const stored: StoredUpload[] = [];
  const keep = async (upload: Table, scanned?: Scan) => {
    if (stored.length === files_max) throw problems.tooLarge(`Import at most ${files_max} files or sheets at once.`);
    const file = await receive(store, scanned, by.tenant, upload);
    stored.push(file);
    return file;
  };
  const put = ({ name, csv, ...told }: ConvertedTable) => keep({ body: asReadable(csv), fileName: name, ...told });
  try {
    for await (const upload of uploads) {
      const file = await keep(upload, scan);
      const convert = await conversionOf(store, file, [workbook, ...formats], by);
      if (!convert) continue;
      stored.pop();
      try {
        await convert(await store.get(file.storage_key), put, by);
      } finally {
        await store.delete(file.storage_key);
      }
    }
    if (stored.length === 0) throw problems.malformed('Send at least one file, as multipart/form-data.');
    return stored;
  } catch (error) {
    for (const { storage_key } of stored) await store.delete(storage_key);
    throw asProblem(error);
  }
}

async function receive(
  store: FileStore,
  scan: Scan | undefined,
  tenant_id: string,
  { body, fileName, source, resource }: Table,
): Promise<StoredUpload> {
  const id = uuidV7();
  const key = sealedFileKey(tenant_id, id);
  // What a file is, the analysis says; a name or type that belies it must not keep it from being looked at.
  const file = await receiveFile(store, scan, { body, fileName: 'import', key, sizeBytesMax: file_bytes_max });
  return {
    id,
    storage_key: key,
    name: sanitizeFileName(fileName),
    content_type: file.contentType,
    size_bytes: file.sizeBytes,
    sha256: file.sha256,
    ...(source && { source }),
    ...(resource && { resource }),
  };
}

type Table = Upload & Pick<ConvertedTable, 'source' | 'resource'>;

const workbook: FileFormat = {
  bytes: 64,
  recognise: (start, { name }) =>
    isWorkbook(start)
      ? (body, put, by) =>
          convertWorkbook(
            body,
            ({ name: sheet, csv }) =>
              put({ name: `${withoutEnding(name, '.xls', '.xlsx', '.xlsm')} – ${sheet}.csv`, csv }),
            by,
          )
      : undefined,
};

/** How a file that is no plain table is converted. */
async function conversionOf(
  store: FileStore,
  file: StoredUpload,
  formats: readonly FileFormat[],
  by: Claimant,
): Promise<Conversion | undefined> {
  const { name, storage_key } = file;
  const size_bytes = contentBytes(storage_key, file.size_bytes);
  let start: Buffer = Buffer.alloc(0);
  for (const { bytes, recognise } of formats) {
    if (start.length < Math.min(bytes, size_bytes)) start = await beginning(store, file, bytes);
    const seen = start.subarray(0, bytes);
    const found = await recognise(seen, { name, complete: seen.length === size_bytes }, by);
    if (found) return found;
  }
  return undefined;
}

const asReadable = (csv: Readable | AsyncIterable<Uint8Array>): Readable =>
  csv instanceof Readable ? csv : Readable.from(csv, { objectMode: false });

async function beginning(store: FileStore, { storage_key, size_bytes }: StoredUpload, bytes: number): Promise<Buffer> {
  if (contentBytes(storage_key, size_bytes) === 0) return Buffer.alloc(0);
  const start: Buffer[] = [];
  for await (const chunk of await store.get(storage_key, {
    range: { start: 0, end: Math.min(bytes, contentBytes(storage_key, size_bytes)) - 1 },
  }))
    start.push(chunk);
  return Buffer.concat(start);
}

function asProblem(error: unknown): unknown {
  if (error instanceof ParseError) return invalidField('file', error.code, error.message);
  if (!(error instanceof FileError)) return error;
  if (error.code === 'file_too_large') return problems.tooLarge(error.message);
  // Neither is for the file to mend.
  return error.code === 'store_unavailable' || error.code === 'scan_failed'
    ? problems.unavailable(error.message)
    : invalidField('file', error.code, error.message);
}
