import type { Readable } from 'node:stream';
import { type Tier, tiers } from './contract.ts';
import type { FileInfo, FileStore, PutOptions, StoredFile } from './file-store.ts';
import { type ByteRange, isFileNotFound } from './file-store.ts';

export type Tiers = { hot: FileStore } & Partial<Record<Tier, FileStore>>;

/**
 * One store of up to three: files land in the first and are found in each. The row of a file says where it lies; a
 * reader does not need to know, so that one moves while it is read.
 */
export class TieredStore implements FileStore {
  readonly stores: Tiers;
  private readonly onRead: ((key: string) => void) | undefined;

  constructor(stores: Tiers, onRead?: (key: string) => void) {
    this.stores = stores;
    this.onRead = onRead;
  }

  private get all(): FileStore[] {
    return tiers.flatMap((tier) => this.stores[tier] ?? []);
  }

  put(key: string, body: Readable | Uint8Array, options: PutOptions): Promise<StoredFile> {
    return this.stores.hot.put(key, body, options);
  }

  async get(key: string, options?: { range?: ByteRange }): Promise<Readable> {
    let missing: unknown;
    // A file that moves towards the first store while it is looked for is in one that was passed already, so that is
    // looked into again.
    for (const store of [...this.all, ...this.all]) {
      try {
        return await store.get(key, options);
      } catch (error) {
        if (!isFileNotFound(error)) throw error;
        missing = error;
      }
    }
    throw missing;
  }

  async head(key: string): Promise<FileInfo | undefined> {
    for (const store of [...this.all, ...this.all]) {
      const found = await store.head(key);
      if (found) return found;
    }
    return undefined;
  }

  async delete(key: string): Promise<void> {
    for (const store of this.all) await store.delete(key);
  }

  async *list(prefix?: string): AsyncGenerator<FileInfo & { key: string }> {
    // One that moves meanwhile may come twice.
    for (const store of this.all) yield* store.list(prefix);
  }

  async deleteUnfinished(before: Date, prefix?: string): Promise<number> {
    let deleted = 0;
    for (const store of this.all) deleted += await store.deleteUnfinished(before, prefix);
    return deleted;
  }

  noteRead(key: string): void {
    this.onRead?.(key);
  }

  close(): void {
    for (const store of this.all) store.close();
  }
}

/** The stores behind one; without tiers all files are in the first. */
export const tiersOf = (files: FileStore): Tiers => (files instanceof TieredStore ? files.stores : { hot: files });
