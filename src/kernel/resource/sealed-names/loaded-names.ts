import type { Resource } from '../../contract/resource.ts';
import type { Database } from '../../database/database.ts';
import { type Context, systemActor, withContext } from '../../tenancy/context.ts';
import { runOutsideScope } from '../../usage/scope.ts';
import { type NamedRecord, NameIndex, NamePart } from './name-index.ts';
import { readNames, readNamesOf, readPosition, readTrail, type TrailEvent, type TrailPosition } from './reading.ts';

/** Opening the names of so many people holds up a process for about ten milliseconds. */
const records_at_once = 500;
const events_at_once = 5_000;

const nil_id = '00000000-0000-0000-0000-000000000000';

/** The names of more records than a process keeps in memory. */
export class TooManyNames extends Error {}

/** Reads in a transaction of the program's own, as it sees everything. */
type Read = <Result>(work: (ctx: Context) => Promise<Result>) => Promise<Result>;

/** The names of all records of one type in a workspace, as they were when they were last read. */
export class LoadedNames {
  readonly index: NameIndex;
  private readonly read: Read;
  private readonly resource: Resource;
  private position: TrailPosition;
  /** The numbers of events behind the position that were followed already. */
  private followed = new Set<string>();

  private constructor(read: Read, resource: Resource, position: TrailPosition, index: NameIndex) {
    this.read = read;
    this.resource = resource;
    this.position = position;
    this.index = index;
  }

  static async load(db: Database, tenant_id: string, resource: Resource, records_max: number): Promise<LoadedNames> {
    const read: Read = (work) => runOutsideScope(() => withContext(db, systemActor(tenant_id), work, { mode: 'read' }));
    // Before the first record is read: what changes from here on is found in the trail.
    const position = await read(readPosition);
    const parts: NamePart[] = [];
    let last: NamedRecord | undefined;
    let count = 0;
    do {
      const records = await read((ctx) => readNames(ctx, resource, last?.id ?? nil_id, records_at_once));
      parts.push(new NamePart(records));
      count += records.length;
      if (count > records_max) throw new TooManyNames();
      last = records.length === records_at_once ? records.at(-1) : undefined;
    } while (last);
    return new LoadedNames(read, resource, position, await NameIndex.of(parts));
  }

  /** Follows what changed since. Not to be called again before it ends. */
  async catchUp(): Promise<void> {
    let reached: TrailPosition | undefined;
    let events: TrailEvent[] = [];
    const followed: TrailEvent[] = [];
    do {
      const part = await this.read((ctx) =>
        readTrail(ctx, this.resource, this.position, events.at(-1), events_at_once),
      );
      // What comes later is behind the position of the first part.
      reached ??= part.position;
      events = part.events;
      await this.reread([...new Set(events.flatMap(({ seq, id }) => (this.followed.has(seq) ? [] : id)))]);
      followed.push(...events);
    } while (events.length === events_at_once);
    this.position = reached;
    const settled = BigInt(reached.xid);
    this.followed = new Set(followed.flatMap(({ seq, xid }) => (BigInt(xid) >= settled ? seq : [])));
  }

  private async reread(ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += records_at_once) {
      const some = ids.slice(at, at + records_at_once);
      const found = await this.read((ctx) => readNamesOf(ctx, this.resource, some));
      const left = new Set(some);
      for (const record of found) {
        left.delete(record.id);
        this.index.set(record);
      }
      for (const id of left) this.index.delete(id);
    }
  }
}
