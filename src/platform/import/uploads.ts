import { Readable } from 'node:stream';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import type { Claimant } from '../../kernel/fairness/fair-lane.ts';
import type { Scan } from '../../kernel/files/clamd.ts';
import { FileError, type FileStore, fileKey } from '../../kernel/files/file-store.ts';
import { sanitizeFileName } from '../../kernel/files/names.ts';
import { type IncomingFile, receiveFile } from '../../kernel/files/receive.ts';
import { ParseError } from '../../kernel/parsing/parse-error.ts';
import { convertCards, isCards } from '../../modules/directory/vcard/index.ts';
import { convertWorkbook, isWorkbook } from '../xlsx/index.ts';
import { addressBookOf, convertAddressBook } from './parsers.ts';
import { sample_bytes } from './problem.ts';

export const files_max = 10;
export const file_bytes_max = 2 * 1024 ** 3;
/** Enough to tell what is no CSV. */
const signature_bytes = 64;

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
}

/** Stores uploaded files, each sheet of a workbook as one. The caller notes them in the database, or removes them again. */
export async function receiveFiles(
  store: FileStore,
  scan: Scan | undefined,
  by: Claimant,
  uploads: AsyncIterable<Upload>,
): Promise<StoredUpload[]> {
  const stored: StoredUpload[] = [];
  const put = async (upload: Converted, scanned?: Scan) => {
    if (stored.length === files_max) throw problems.tooLarge(`Import at most ${files_max} files or sheets at once.`);
    const file = await receive(store, scanned, by.tenant, upload);
    stored.push(file);
    return file;
  };
  try {
    for await (const upload of uploads) {
      const file = await put(upload, scan);
      const convert =
        converterOf(await beginning(store, file, signature_bytes)) ?? (await bookConverter(store, file, by));
      if (!convert) continue;
      stored.pop();
      try {
        await convert(await store.get(file.storage_key), file.name, put, by);
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
  { body, fileName, source }: Converted,
): Promise<StoredUpload> {
  const id = uuidV7();
  const key = fileKey(tenant_id, 'upload', id);
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
  };
}

type Converted = Upload & { source?: string };
type Put = (made: Converted) => Promise<unknown>;
type Converter = (body: Readable, name: string, put: Put, by: Claimant) => Promise<unknown>;

/** Makes CSV of what is none. Told by its bytes: what is called .xlsx may be CSV, and the other way round. */
function converterOf(start: Buffer): Converter | undefined {
  if (isWorkbook(start))
    return (body, name, put, by) =>
      convertWorkbook(
        body,
        ({ name: sheet, csv }) => put({ body: csv, fileName: `${withoutEnding(name)} – ${sheet}.csv` }),
        by,
      );
  if (isCards(start))
    return (body, name, put, by) =>
      put({ body: asReadable(convertCards(body, by)), fileName: `${withoutEnding(name)}.csv` });
  return undefined;
}

/** Of an address book whose columns are known; in any other form a table stays as it is. */
async function bookConverter(store: FileStore, file: StoredUpload, by: Claimant): Promise<Converter | undefined> {
  const sample = await beginning(store, file, sample_bytes);
  const found = await addressBookOf(sample, sample.length === file.size_bytes, by);
  if (!found) return undefined;
  return (body, name, put) =>
    put({
      body: asReadable(convertAddressBook(body, found, by)),
      fileName: name,
      source: found.product,
    });
}

const asReadable = (pieces: AsyncIterable<Uint8Array>): Readable => Readable.from(pieces, { objectMode: false });

const withoutEnding = (name: string): string => name.replace(/\.(xls[xm]?|vcf|vcard)$/i, '');

async function beginning(store: FileStore, { storage_key, size_bytes }: StoredUpload, bytes: number): Promise<Buffer> {
  if (size_bytes === 0) return Buffer.alloc(0);
  const start: Buffer[] = [];
  for await (const chunk of await store.get(storage_key, { range: { start: 0, end: Math.min(bytes, size_bytes) - 1 } }))
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
