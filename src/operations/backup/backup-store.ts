import { Readable, type Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { Config } from '../../kernel/config/config.ts';
import { createFileStore, s3Options } from '../../kernel/files/create-file-store.ts';
import { type FileInfo, type FileStore, isKeySegment } from '../../kernel/files/file-store.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { createKeyRing, type KeyRing } from '../../kernel/vault/seal.ts';
import { openStream, sealStream } from '../../kernel/vault/seal-stream.ts';

/**
 * What is kept in the backup store: base backups, the log of changes behind them, tables of logical backups, files and
 * since when some are not needed, for each backup what it holds and how its proof went, proofs of single seconds, and
 * whether the log is whole.
 */
export type Kind = 'base' | 'wal' | 'table' | 'file' | 'unneeded' | 'backup' | 'proof' | 'time-proof' | 'log-archive';

/**
 * At once: with the 16 KiB that are usual, handing them over and collecting them again took as long as decompressing.
 */
const read_bytes = 1024 * 1024;
/** 17.6 TB, above what any store takes as one object: S3 takes 5 TiB. */
const object_bytes_max = 2 ** 44;

/** The backup store of an installation, where everything lies compressed and sealed, under `installation/kind/name`. */
export class BackupStore {
  readonly store: FileStore;
  /** PostgreSQL's identifier of the database cluster. */
  readonly installation: string;
  private readonly ring: KeyRing;

  constructor(store: FileStore, installation: string, ring: KeyRing) {
    if (!isKeySegment(installation)) throw new TypeError(`Not the identifier of an installation: ${installation}`);
    this.store = store;
    this.installation = installation;
    this.ring = ring;
  }

  private key(kind: Kind, name: string): string {
    return `${this.installation}/${kind}/${name}`;
  }

  /**
   * Compresses, seals and stores; answers how many bytes that took. `sizeBytesExpected`: of what may be very large, at
   * most how many.
   */
  async put(kind: Kind, name: string, body: Readable | Buffer, sizeBytesExpected?: number): Promise<number> {
    const { key, ring } = this.sealing(kind, name);
    const sealed = sealStream(ring, key);
    const source = body instanceof Readable ? body : Readable.from([body], { objectMode: false });
    const stored = this.putSealed(kind, name, sealed, sizeBytesExpected);
    const sent = pipeline(source, createZstdCompress(), sealed);
    // When one of them fails the other does too, and the store says best why.
    const [, kept] = await Promise.allSettled([sent, stored]);
    if (kept.status === 'rejected') throw kept.reason;
    await sent;
    return kept.value;
  }

  /** Stores what was compressed and sealed elsewhere; answers how many bytes that took. */
  async putSealed(kind: Kind, name: string, sealed: Readable, sizeBytesExpected?: number): Promise<number> {
    const options = { contentType: 'application/octet-stream', sizeBytesMax: object_bytes_max, sizeBytesExpected };
    return (await this.store.put(this.key(kind, name), sealed, options)).sizeBytes;
  }

  /** What seals and opens an object. */
  sealing(kind: Kind, name: string): { key: string; ring: KeyRing } {
    return { key: this.key(kind, name), ring: this.ring };
  }

  /** The bytes as they lie there. */
  getSealed(kind: Kind, name: string): Promise<Readable> {
    return this.store.get(this.key(kind, name));
  }

  /** The bytes that were put; reading fails when they are not what was. */
  async get(kind: Kind, name: string): Promise<Readable> {
    const body = await this.getSealed(kind, name);
    const { key, ring } = this.sealing(kind, name);
    const plain: Transform = createZstdDecompress({ chunkSize: read_bytes });
    // What fails on the way is said by the stream itself.
    pipeline(body, openStream(ring, key), plain).catch((error: Error) => plain.destroy(error));
    return plain;
  }

  async getJson<Value>(kind: Kind, name: string): Promise<Value> {
    return JSON.parse((await buffer(await this.get(kind, name))).toString('utf8')) as Value;
  }

  putJson(kind: Kind, name: string, value: unknown): Promise<number> {
    return this.put(kind, name, Buffer.from(JSON.stringify(value)));
  }

  delete(kind: Kind, name: string): Promise<void> {
    return this.store.delete(this.key(kind, name));
  }

  /**
   * Deletes what uploads of this installation, or those of one kind, left behind that began before a moment and never
   * ended. Answers how many those were.
   */
  deleteUnfinished(before: Date, kind?: Kind): Promise<number> {
    return this.store.deleteUnfinished(before, kind ? `${this.installation}/${kind}` : this.installation);
  }

  /** Names in order. */
  async list(kind: Kind): Promise<string[]> {
    return [...(await this.listInfo(kind)).keys()].sort();
  }

  async listInfo(kind: Kind): Promise<Map<string, FileInfo>> {
    const found = new Map<string, FileInfo>();
    for await (const { key, ...info } of this.store.list(`${this.installation}/${kind}`))
      found.set(key.split('/')[2]!, info);
    return found;
  }
}

export const backupRing = (masterKeys: MasterKeys): KeyRing => createKeyRing(masterKeys, 'backups');

export const hasBackupStore = ({ BACKUP_DIR, BACKUP_S3_BUCKET }: Config): boolean =>
  BACKUP_DIR !== undefined || BACKUP_S3_BUCKET !== undefined;

/** The folder or bucket for backups, when one is configured. */
export function openBackupFiles(config: Config): FileStore | undefined {
  if (!hasBackupStore(config)) return undefined;
  return createFileStore({ folder: config.BACKUP_DIR ?? '', s3: s3Options(config, 'BACKUP_'), name: 'backup store' });
}

/** The installations that have anything in a store: a machine that is new does not know its own. */
export async function installationsIn(store: FileStore): Promise<string[]> {
  const found = new Set<string>();
  for await (const { key } of store.list()) found.add(key.split('/')[0]!);
  return [...found].sort();
}
