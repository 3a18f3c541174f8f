import { createHash, hash, randomUUID } from 'node:crypto';
import { finished, pipeline, Readable, Transform } from 'node:stream';

export interface PutOptions {
  /** For people who look into the bucket; Holdfast stores the type beside the key. */
  contentType: string;
  /** The limit; nothing is stored of a longer body. */
  sizeBytesMax: number;
  /** How many bytes may come, where that is known: a store that takes a file in parts makes the parts large enough. */
  sizeBytesExpected?: number | undefined;
}

export interface StoredFile {
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
}

export interface FileInfo {
  sizeBytes: number;
  modifiedAt: Date;
}

/** Bytes from `start` to `end`, both included, as in HTTP. An `end` beyond the file means its last byte. */
export interface ByteRange {
  start: number;
  end?: number;
}

/**
 * Stores bytes under keys that the program makes (`fileKey`). Everything streams; a file is there whole or not at all.
 */
export interface FileStore {
  /** Replaces what was under the key. */
  put(key: string, body: Readable | Uint8Array, options: PutOptions): Promise<StoredFile>;
  get(key: string, options?: { range?: ByteRange }): Promise<Readable>;
  head(key: string): Promise<FileInfo | undefined>;
  /** Also succeeds when there is nothing under the key. */
  delete(key: string): Promise<void>;
  /** All files, those of a tenant (`tenant`), or those of one kind (`tenant/kind`), in any order. */
  list(prefix?: string): AsyncIterable<FileInfo & { key: string }>;
  /**
   * Deletes what uploads left behind that began before a moment and never ended: of files of Holdfast, or of all keys
   * with a prefix. Answers how many those were. Empty folders go too.
   */
  deleteUnfinished(before: Date, prefix?: string): Promise<number>;
  /** Told which file somebody reads, where that decides how long it stays in a fast store. */
  noteRead?(key: string): void;
  close(): void;
}

export type FileErrorCode =
  | 'file_not_found'
  | 'file_too_large'
  | 'range_not_satisfiable'
  | 'type_mismatch'
  | 'file_infected'
  | 'scan_failed'
  | 'store_unavailable';

export class FileError extends Error {
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FileError';
    this.code = code;
  }
}

export function fileNotFound(key: string): FileError {
  return new FileError('file_not_found', `There is no file ${key}`);
}

export const isFileNotFound = (error: unknown): error is FileError =>
  error instanceof FileError && error.code === 'file_not_found';

// No dots, so that no key leads out of a folder; no capitals, because some file systems ignore case.
const segment = '[a-z0-9][a-z0-9_-]{0,63}';
const keyPattern = new RegExp(`^${segment}/${segment}/${segment}$`);
const prefixPattern = new RegExp(`^${segment}(?:/${segment})?$`);
const ownKeyPattern =
  /^[0-9a-f]{8}-[0-9a-f-]{27}\/(?:upload|export|temp|archive|mail|sealed)\/[0-9a-f]{8}-[0-9a-f-]{27}$/;
const segmentPattern = new RegExp(`^${segment}$`);

/**
 * Settles when the store answers. A file that is never there is asked for: answering that takes the store itself. Not
 * by `head`, since S3 says why it refuses only in a body.
 */
export const probe = (files: FileStore): Promise<unknown> =>
  files.get('health/probe/none').catch((error: unknown) => {
    if (!isFileNotFound(error)) throw error;
  });

/** A new key: `tenant/kind/uuid`. The name that people give a file is never part of it. */
export function fileKey(tenant: string, kind: string, id: string = randomUUID()): string {
  return checkKey(`${tenant}/${kind}/${id}`);
}

export const kindOf = (key: string): string => key.split('/')[1]!;

export function checkKey(key: string): string {
  if (!keyPattern.test(key)) throw new TypeError(`Not a file key of the form tenant/kind/uuid: ${JSON.stringify(key)}`);
  return key;
}

/** Whether it is a key that Holdfast makes for its files: others may keep something of their own in the bucket. */
export const isOwnKey = (key: string): boolean => ownKeyPattern.test(key);

export function checkPrefix(prefix: string): string {
  if (!prefixPattern.test(prefix)) throw new TypeError(`Not a tenant or tenant/kind: ${JSON.stringify(prefix)}`);
  return prefix;
}

export function isKeySegment(name: string): boolean {
  return segmentPattern.test(name);
}

export function checkRange({ start, end = start }: ByteRange): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw new FileError('range_not_satisfiable', `Not a range of bytes: ${start} to ${end}`);
  }
}

export interface Measured {
  stream: Readable;
  /** Valid once the stream has ended. */
  result(): StoredFile;
  /** The error of the stream, when its source or its size was the cause; otherwise the store was. */
  failure(): unknown;
}

const tooLarge = (sizeBytesMax: number): FileError =>
  new FileError('file_too_large', `The file has more than the ${sizeBytesMax} bytes allowed`);

/** The same for a body that is there as a whole. */
export function measureBytes(body: Uint8Array, sizeBytesMax: number): StoredFile {
  if (body.length > sizeBytesMax) throw tooLarge(sizeBytesMax);
  return { sizeBytes: body.length, sha256: hash('sha256', body) };
}

/**
 * Passes a body on while it counts and hashes it, and stops when it is too large. When the consumer gives up, the
 * source is destroyed.
 */
export function measure(body: Readable | Uint8Array, sizeBytesMax: number): Measured {
  const source = body instanceof Readable ? body : Readable.from([body], { objectMode: false });
  const sha256 = createHash('sha256');
  let sizeBytes = 0;
  let failure: unknown;
  const stream = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > sizeBytesMax) {
        failure = tooLarge(sizeBytesMax);
        return done(failure as FileError);
      }
      sha256.update(chunk);
      done(null, chunk);
    },
  });
  // After the consumer has given up, the source fails only because it was destroyed.
  finished(source, (error) => {
    if (!stream.destroyed) failure ??= error;
  });
  pipeline(source, stream, () => undefined);
  return {
    stream,
    result: () => ({ sizeBytes, sha256: sha256.digest('hex') }),
    failure: () => failure,
  };
}
