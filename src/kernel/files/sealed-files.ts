import { once } from 'node:events';
import { pipeline, Readable, Transform } from 'node:stream';
import type { Database } from '../database/database.ts';
import { type Context, systemActor, withContext } from '../tenancy/context.ts';
import { dataKeys } from '../vault/data-keys.ts';
import { type KeyRing, VaultError } from '../vault/seal.ts';
import {
  openStream,
  sealStream,
  stream_chunk_bytes,
  stream_header_bytes,
  stream_tag_bytes,
} from '../vault/seal-stream.ts';
import { type FileStore, fileKey, kindOf } from './file-store.ts';

/** Before the sealed stream: the id of the data key of the workspace that seals it. */
const key_id_bytes = 16;
const sealed_kind = 'sealed';

/** A key for a file that `sealedFiles` seals: one with cells of a table that somebody imports or exports. */
export const sealedFileKey = (tenant_id: string, id: string): string => fileKey(tenant_id, sealed_kind, id);

export const isSealedKey = (key: string): boolean => kindOf(key) === sealed_kind;

/**
 * How many bytes a file has when it is opened. The store, and the row of the file, have the size and the hash of what
 * lies there.
 */
export function contentBytes(key: string, stored_bytes: number): number {
  if (!isSealedKey(key)) return stored_bytes;
  const sealed = stored_bytes - key_id_bytes - stream_header_bytes;
  const chunks = Math.max(1, Math.ceil(sealed / (stream_chunk_bytes + stream_tag_bytes)));
  return sealed - chunks * stream_tag_bytes;
}

/**
 * The same files, of which those with a key of `sealedFileKey` are sealed on their way in and opened on their way out.
 */
export function sealedFiles(store: FileStore, db: Database): FileStore {
  const as = <R>(key: string, work: (ctx: Context) => Promise<R>): Promise<R> =>
    withContext(db, systemActor(key.split('/')[0]!), work);
  return {
    put: async (key, body, options) => {
      if (!isSealedKey(key)) return store.put(key, body, options);
      const [dataKey] = await as(key, (ctx) => dataKeys(ctx).sealing(ctx, 'data', [null]));
      const ring: KeyRing = { current: 1, keys: new Map([[1, dataKey!.key]]) };
      const source = body instanceof Readable ? body : Readable.from([body], { objectMode: false });
      const sealed = pipeline(source, sealStream(ring, key), withHead(idBytes(dataKey!.id)), () => undefined);
      return store.put(key, sealed, options);
    },
    get: async (key, options = {}) => {
      if (!isSealedKey(key)) return store.get(key, options);
      const stored = await store.get(key);
      const id = await headOf(stored, key);
      const known = await as(key, (ctx) => dataKeys(ctx).byId(ctx, [id]));
      const dataKey = known.get(id);
      if (!dataKey) {
        stored.destroy();
        throw new VaultError('key_missing', `The data key of the file ${key} is not there`);
      }
      const opened = pipeline(stored, openStream({ current: 1, keys: new Map([[1, dataKey]]) }, key), () => undefined);
      return options.range ? within(opened, options.range.start, options.range.end) : opened;
    },
    head: (key) => store.head(key),
    delete: (key) => store.delete(key),
    list: (prefix) => store.list(prefix),
    deleteUnfinished: (before, prefix) => store.deleteUnfinished(before, prefix),
    noteRead: (key) => store.noteRead?.(key),
    close: () => store.close(),
  };
}

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

function withHead(head: Buffer): Transform {
  let begun = false;
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      if (!begun) this.push(head);
      begun = true;
      done(null, bytes);
    },
  });
}

/** Takes the id of the data key off the beginning of a stream. */
async function headOf(stream: Readable, key: string): Promise<string> {
  for (;;) {
    const head = stream.read(key_id_bytes) as Buffer | null;
    if (head?.length === key_id_bytes) {
      const hex = head.toString('hex');
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    }
    if (head || stream.readableEnded) throw new VaultError('sealed_broken', `The file ${key} is cut off`);
    await Promise.race([once(stream, 'readable'), once(stream, 'end')]);
  }
}

/** The bytes of a stream from one place to another, both included. */
const within = (source: Readable, start: number, end = Number.POSITIVE_INFINITY): Readable =>
  Readable.from(part(source, start, end), { objectMode: false });

async function* part(source: AsyncIterable<Buffer>, start: number, end: number): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const bytes of source) {
    const wanted = bytes.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
    if (wanted.length > 0) yield wanted;
    at += bytes.length;
    if (at > end) return;
  }
}
