import { Readable } from 'node:stream';
import type { MultipartUpload, S3ClientConfig } from '@aws-sdk/client-s3';
import { isLoopbackHost } from '../loopback.ts';
import type { StorageClass } from './contract.ts';
import {
  type ByteRange,
  checkKey,
  checkPrefix,
  checkRange,
  FileError,
  type FileInfo,
  type FileStore,
  fileNotFound,
  isOwnKey,
  kindOf,
  measure,
} from './file-store.ts';

const connect_ms_max = 5000;
const silence_ms_max = 60_000;
/** Stores refuse requests that are signed a quarter of an hour before or after their own time. */
const clock_ms_min = 240_000;
const attempts_max = 3;
/**
 * A download has its connection for as long as its reader takes. Of the 50 that the client has by itself, a few slow
 * readers would use up all; what comes next, the look of the load balancer too, would then wait and fail.
 */
const connections_max = 2_000;
const page_keys_max = 1000;
/**
 * Two concurrent parts bound the memory of an upload. S3 takes 10,000 of them: of 8 MiB, files of 84 GB; parts of a
 * file that may be larger are too.
 */
const part_bytes_min = 8 * 1024 * 1024;
const parts_aim = 9_000;
const parts_at_once = 2;

/** Read for every request, since it may change while the program runs. */
export interface KeyPair {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface S3StoreOptions {
  /** What people know it as, for when it fails; `file store` by default. */
  name?: string | undefined;
  bucket: string;
  region: string;
  /** For a store other than AWS. */
  endpoint?: string | undefined;
  /** Without a key pair the client looks where AWS programs look: role of the machine, shared files, environment. */
  credentials?: (() => KeyPair) | undefined;
  /** For uploads, which stay; temporary and derived files use the default of the bucket. */
  storageClass?: StorageClass | undefined;
  /** Allows `http://` to another machine. */
  allowPlaintext?: boolean;
}

/** Files in a bucket. */
export function createS3Store(options: S3StoreOptions): FileStore {
  const { bucket: Bucket, storageClass } = options;
  const settings = clientOptions(options);
  // Loaded when first needed: most installations keep their files in a folder, and Amazon's library takes a tenth of
  // the time of a start.
  let opened: Promise<Opened> | undefined;
  const open = () => {
    opened ??= openClient(settings);
    return opened;
  };

  async function head(key: string): Promise<FileInfo | undefined> {
    checkKey(key);
    const { client, HeadObjectCommand, HeadBucketCommand } = await open();
    try {
      return infoOf(await client.send(new HeadObjectCommand({ Bucket, Key: key })));
    } catch (error) {
      if (statusOf(error) !== 404) throw failureOf(error, options.name);
    }
    // An answer to HEAD does not say whether the file or the bucket is not there. Who may not ask about the bucket has
    // one.
    await client.send(new HeadBucketCommand({ Bucket })).catch((error) => {
      if (statusOf(error) === 404) throw failureOf(error, options.name);
    });
    return undefined;
  }

  return {
    async put(key, body, { contentType, sizeBytesMax, sizeBytesExpected = 0 }) {
      checkKey(key);
      const measured = measure(body, sizeBytesMax);
      const { client, Upload } = await open();
      const upload = new Upload({
        client,
        params: {
          Bucket,
          Key: key,
          Body: measured.stream,
          ContentType: contentType,
          ...(kindOf(key) === 'upload' && { StorageClass: storageClass }),
        },
        partSize: Math.max(part_bytes_min, Math.ceil(sizeBytesExpected / parts_aim)),
        queueSize: parts_at_once,
      });
      try {
        await upload.done();
      } catch (error) {
        throw measured.failure() ?? failureOf(error, options.name);
      }
      return measured.result();
    },

    async get(key, { range } = {}) {
      checkKey(key);
      if (range) checkRange(range);
      const { client, GetObjectCommand } = await open();
      return resumable(range, async (asked, IfMatch) => {
        const Range = asked && `bytes=${asked.start}-${asked.end ?? ''}`;
        try {
          const { Body, ContentLength, ETag } = await client.send(
            new GetObjectCommand({ Bucket, Key: key, Range, IfMatch }),
          );
          return { body: Body as Readable, sizeBytes: ContentLength ?? 0, etag: ETag };
        } catch (error) {
          if (isNoSuchFile(error)) throw fileNotFound(key);
          if (statusOf(error) === 416) {
            throw new FileError('range_not_satisfiable', `The file ends before byte ${asked?.start}`);
          }
          throw failureOf(error, options.name);
        }
      });
    },

    head,

    async delete(key) {
      checkKey(key);
      const { client, DeleteObjectCommand } = await open();
      try {
        await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
      } catch (error) {
        if (!isNoSuchFile(error)) throw failureOf(error, options.name);
      }
    },

    async *list(prefix) {
      const Prefix = prefix === undefined ? undefined : `${checkPrefix(prefix)}/`;
      const { client, paginateListObjectsV2 } = await open();
      try {
        for await (const page of paginateListObjectsV2({ client, pageSize: page_keys_max }, { Bucket, Prefix })) {
          for (const entry of page.Contents ?? []) {
            yield { key: entry.Key!, ...infoOf({ ContentLength: entry.Size, LastModified: entry.LastModified }) };
          }
        }
      } catch (error) {
        throw failureOf(error, options.name);
      }
    },

    async deleteUnfinished(before, prefix) {
      const isOurs = prefix === undefined ? isOwnKey : (key: string) => key.startsWith(`${checkPrefix(prefix)}/`);
      const s3 = await open();
      let deleted = 0;
      try {
        for await (const { Key, UploadId } of unfinishedUploads(s3, Bucket, before, isOurs)) {
          await s3.client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
          deleted++;
        }
      } catch (error) {
        throw failureOf(error, options.name);
      }
      return deleted;
    },

    // What could not be opened has told whoever used it.
    close: () => void opened?.then(({ client }) => client.destroy()).catch(() => {}),
  };
}

interface Download {
  body: Readable;
  sizeBytes: number;
  etag: string | undefined;
}

/**
 * A download that goes on after its connection broke off: whoever reads may pause for longer than the client, or the
 * store, waits. It ends with the error when that happens again and again without a byte in between.
 */
async function resumable(
  range: ByteRange | undefined,
  open: (range?: ByteRange, etag?: string) => Promise<Download>,
): Promise<Readable> {
  const { start = 0 } = range ?? {};
  const { sizeBytes, etag, ...first } = await open(range);
  let { body } = first;
  let [bytes, done, failures] = [body[Symbol.asyncIterator](), 0, 0];
  async function next(): Promise<Buffer | null> {
    try {
      const { value } = await bytes.next();
      done += value?.length ?? 0;
      failures = 0;
      return value ?? null;
    } catch (error) {
      if (done === sizeBytes || whole.destroyed) return null;
      if (++failures === attempts_max) throw error;
      ({ body } = await open({ start: start + done, end: start + sizeBytes - 1 }, etag));
      if (whole.destroyed) body.destroy();
      bytes = body[Symbol.asyncIterator]();
      return next();
    }
  }
  const whole = new Readable({
    read: () => {
      next().then(
        (chunk) => whole.push(chunk),
        (error) => whole.destroy(error),
      );
    },
    destroy: (error, ended) => {
      body.on('error', () => {}).destroy();
      ended(error);
    },
  });
  return whole;
}

type Opened = Awaited<ReturnType<typeof openClient>>;

async function openClient(settings: S3ClientConfig) {
  const [library, { Upload }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')]);
  const client = new library.S3Client(settings);
  // The client signs by what it knows of the store's clock, and sends a request again when it learns that this one is
  // off from its own: not when it learns that both agree again, because ours was put right.
  client.middlewareStack.add(
    (next) => async (args) => {
      const { systemClockOffset } = client.config;
      try {
        return await next(args);
      } catch (error) {
        if (Math.abs(client.config.systemClockOffset - systemClockOffset) < clock_ms_min) throw error;
        return next(args);
      }
    },
    { step: 'initialize', name: 'clockPutRight' },
  );
  return { ...library, Upload, client };
}

/** The unfinished uploads of files of Holdfast: others may use the bucket. */
async function* unfinishedUploads(
  { client, ListMultipartUploadsCommand }: Opened,
  Bucket: string,
  before: Date,
  isOurs: (key: string) => boolean,
): AsyncGenerator<MultipartUpload> {
  for (let place: { KeyMarker?: string; UploadIdMarker?: string } = {}; ; ) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket, ...place }));
    for (const upload of page.Uploads ?? [])
      if (isOurs(upload.Key ?? '') && upload.Initiated && upload.Initiated < before) yield upload;
    if (!page.IsTruncated || !page.NextKeyMarker) return;
    place = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker && { UploadIdMarker: page.NextUploadIdMarker }),
    };
  }
}

function clientOptions(options: S3StoreOptions) {
  const { region, endpoint, credentials, allowPlaintext = false } = options;
  if (endpoint) checkEndpoint(endpoint, allowPlaintext);
  return {
    region,
    maxAttempts: attempts_max,
    requestHandler: {
      connectionTimeout: connect_ms_max,
      socketTimeout: silence_ms_max,
      httpAgent: { keepAlive: true, maxSockets: connections_max },
      httpsAgent: { keepAlive: true, maxSockets: connections_max },
    },
    // Stores other than AWS seldom know the checksums that the client adds by itself.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint && { endpoint, forcePathStyle: true }),
    // With an expiry so near, the client does not cache the credentials.
    ...(credentials && { credentials: async () => ({ ...credentials(), expiration: new Date(Date.now() + 1000) }) }),
  } as const;
}

function checkEndpoint(text: string, allowPlaintext: boolean): void {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError('S3_ENDPOINT must look like https://s3.example.com');
  }
  if (url.protocol === 'http:' && !allowPlaintext && !isLoopbackHost(url.hostname)) {
    throw new TypeError(
      `S3_ENDPOINT would send files to ${url.hostname} without TLS: use https://, or set ALLOW_PLAINTEXT=true if that network is yours`,
    );
  }
}

function infoOf({ ContentLength, LastModified }: { ContentLength?: number; LastModified?: Date }): FileInfo {
  return { sizeBytes: ContentLength ?? 0, modifiedAt: LastModified ?? new Date(0) };
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** A bucket that is gone answers 404 as well, and has not lost this file alone. */
const isNoSuchFile = (error: unknown): boolean => statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket';

/** What the store answered, or why it did not: without its address, since whoever uploads is told. */
function failureOf(cause: unknown, name = 'file store'): FileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const status = statusOf(cause);
  // An answer to HEAD has no message.
  const reason =
    status === undefined ? (code ?? message) : message === 'UnknownError' ? `HTTP status ${status}` : message;
  return new FileError('store_unavailable', `The ${name} failed: ${reason}`, { cause });
}
