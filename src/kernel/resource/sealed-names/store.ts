import { LRUCache } from 'lru-cache';
import type { Resource } from '../../contract/resource.ts';
import type { Database } from '../../database/database.ts';
import { LoadedNames, TooManyNames } from './loaded-names.ts';
import type { NameIndex } from './name-index.ts';

/** Of one workspace. */
const records_max = 200_000;
/** Of all workspaces of a process. */
const memory_bytes_max = 128 * 1_048_576;
const age_ms_max = 3_600_000;
const too_many_bytes = 100;

/** Why names cannot be had: they are being read, or there are more than a process keeps. */
export type NoNames = 'reading' | 'too_many';

/** One run at a time; whoever asks while one runs shares the next, which begins after they asked. */
class SharedRun {
  private next: Promise<void> | undefined;
  private last: Promise<void> = Promise.resolve();
  private readonly work: () => Promise<void>;

  constructor(work: () => Promise<void>) {
    this.work = work;
  }

  run(): Promise<void> {
    if (this.next) return this.next;
    const next = this.last.then(() => {
      this.next = undefined;
      return this.work();
    });
    this.next = next;
    this.last = next.catch(() => {});
    return next;
  }
}

interface Held {
  names: LoadedNames | 'too_many';
  catchUp: SharedRun;
}

/**
 * The opened names of workspaces that seal them, in the memory of this process: they propose which records to read, and
 * what is answered is read under the caller's rights (docs/decisions/0295-sealed-names-are-searched-in-memory.md).
 */
export class SealedNames {
  private readonly db: Database;
  private readonly held: LRUCache<string, Held>;
  private readonly loading = new Map<string, Promise<Held>>();
  /** One workspace is read at a time, so that a large one does not take the processor from everybody. */
  private lastLoad: Promise<unknown> = Promise.resolve();

  constructor(db: Database, bytesMax = memory_bytes_max) {
    this.db = db;
    this.held = new LRUCache<string, Held>({
      maxSize: bytesMax,
      sizeCalculation: ({ names }) => (names === 'too_many' ? too_many_bytes : names.index.bytes + too_many_bytes),
      ttl: age_ms_max,
      ttlAutopurge: true,
    });
  }

  /** All names as they are now, or later; `reading` where that takes longer than so many milliseconds. */
  async names(tenant_id: string, resource: Resource, waitMs: number): Promise<NameIndex | NoNames> {
    const found = this.current(tenant_id, resource);
    // The caller may have gone by then.
    found.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'reading'>((resolve) => {
      timer = setTimeout(resolve, waitMs, 'reading');
    });
    return Promise.race([found, late]).finally(() => clearTimeout(timer));
  }

  private async current(tenant_id: string, resource: Resource): Promise<NameIndex | NoNames> {
    const key = `${tenant_id} ${resource.name}`;
    const held = this.held.get(key) ?? (await this.load(key, tenant_id, resource));
    if (held.names === 'too_many') return 'too_many';
    const { index } = held.names;
    const before = index.bytes;
    await held.catchUp.run();
    if (index.size > records_max) this.held.delete(key);
    else if (index.bytes !== before && this.held.peek(key) === held) this.resize(key, held);
    return index;
  }

  /** Notes that it takes more memory, or less. Its age stays. */
  private resize(key: string, held: Held): void {
    const ttl = this.held.getRemainingTTL(key);
    if (ttl > 0) this.held.set(key, held, { ttl });
  }

  /** Two who want the same share a load. One that failed is forgotten. */
  private load(key: string, tenant_id: string, resource: Resource): Promise<Held> {
    const known = this.loading.get(key);
    if (known) return known;
    const loading = this.lastLoad
      .then(() => this.read(tenant_id, resource))
      .then((held) => {
        this.held.set(key, held);
        return held;
      })
      .finally(() => this.loading.delete(key));
    this.loading.set(key, loading);
    this.lastLoad = loading.catch(() => {});
    return loading;
  }

  private async read(tenant_id: string, resource: Resource): Promise<Held> {
    try {
      const names = await LoadedNames.load(this.db, tenant_id, resource, records_max);
      return { names, catchUp: new SharedRun(() => names.catchUp()) };
    } catch (error) {
      if (!(error instanceof TooManyNames)) throw error;
      return { names: 'too_many', catchUp: new SharedRun(async () => {}) };
    }
  }
}

const stores = new WeakMap<Database, SealedNames>();

export function sealedNames(db: Database): SealedNames {
  const known = stores.get(db);
  if (known) return known;
  const made = new SealedNames(db);
  stores.set(db, made);
  return made;
}
