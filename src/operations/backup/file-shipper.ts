import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { Logger } from 'pino';
import { type FileStore, isFileNotFound, probe } from '../../kernel/files/file-store.ts';
import { connectAsSystem } from '../connection.ts';
import type { BackupStore } from './backup-store.ts';
import { type BackedFile, backUpFile, backUpFiles, nameOf } from './files.ts';

/** A transaction that uploads and commits later than this is left to the next backup. */
const overlap_minutes = 10;
/** How long the log waits for files; one of many gigabytes must not hold it up. */
const wait_ms_max = 20_000;
const remembered_max = 100_000;
const named_max = 20;

export interface FileShipperOptions {
  /** Of the database, as its owner or superuser. */
  url: string;
  store: FileStore;
  backups: BackupStore;
  log: Logger;
}

/** Puts files into the backup store soon after they are uploaded, and before the log that names them. */
export class FileShipper {
  private readonly options: FileShipperOptions;
  private readonly shipped = new LRUCache<string, true>({ max: remembered_max });
  /** Those that the log names already. */
  private readonly unreadable = new LRUCache<string, true>({ max: remembered_max });
  private client: pg.Client | undefined;
  private running: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;
  private closed = false;

  constructor(options: FileShipperOptions) {
    this.options = options;
  }

  /** What was uploaded while nobody shipped, in the background. */
  async catchUp(): Promise<void> {
    const { url, store, backups } = this.options;
    await this.guard(async () => {
      const client = await connectAsSystem(url, 'holdfast-backup');
      const copied = backUpFiles(client, store, backups, () => this.closed);
      const { missing } = await copied.finally(() => client.end());
      if (missing.length > 0)
        this.options.log.warn(
          { files: missing.length, some: missing.slice(0, named_max) },
          'files that the file store does not give are not in the backup store',
        );
    });
  }

  /** Those of the last minutes; what takes long goes on behind the log. */
  async ship(): Promise<void> {
    // One that is under way may have looked before a file was there.
    this.queued ??= this.running.then(() => {
      this.queued = undefined;
      this.running = this.guard(() => this.shipNew());
      return this.running;
    });
    const late = new AbortController();
    const wait = sleep(wait_ms_max, undefined, { signal: late.signal }).catch(() => {});
    await Promise.race([this.queued, wait]).finally(() => late.abort());
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end();
  }

  private async shipNew(): Promise<void> {
    const { url, store, backups } = this.options;
    this.client ??= await connectAsSystem(url, 'holdfast-backup');
    const { rows } = await this.client
      .query<Pick<BackedFile, 'storage_key'>>(
        `(select storage_key from public.file where created_at > now() - make_interval(mins => ${overlap_minutes})
           order by created_at desc limit ${remembered_max})
         union all select storage_key from public.lifecycle_archive
           where verified_at > now() - make_interval(mins => ${overlap_minutes}) and state <> 'deleted'`,
      )
      .catch(async (error) => {
        await this.client?.end().catch(() => {});
        this.client = undefined;
        throw error;
      });
    for (const { storage_key } of rows) {
      if (this.closed) return;
      const name = nameOf(storage_key);
      if (this.shipped.has(name)) continue;
      const failure = await backUpFile(storage_key, store, backups);
      if (!failure) this.shipped.set(name, true);
      // A row may be there before its bytes: those are looked for again, as is what could not be read.
      if (!failure || isFileNotFound(failure)) continue;
      // Where none can be read, the others are not tried either.
      await probe(store);
      if (!this.unreadable.has(name))
        this.options.log.warn(
          { err: failure, storage_key },
          'a new file cannot be read, and is not in the backup store',
        );
      this.unreadable.set(name, true);
    }
  }

  /** The log goes on without the files; the next backup takes them along. */
  private async guard(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.closed) this.options.log.warn({ err: error }, 'new files could not be put into the backup store');
    }
  }
}
