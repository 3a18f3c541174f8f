import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ResourceName } from '../access/rights.ts';
import { type Database, sql } from '../database/database.ts';
import { type Actor, type Context, withContext } from '../tenancy/context.ts';
import { batchFor, eventText, message } from './batch.ts';
import { type ChangeEvent, type ChangeHub, events_per_read_max, laterThan, type OutboxCursor } from './hub.ts';

const heartbeat_ms = 20_000;
const buffered_bytes_max = 1_048_576;
/** When a stream would need more than this many reads of the outbox to catch up, it tells the page to reload everything. */
const missed_reads_max = 5;
const outbox_hours = 47;
/**
 * The response cache of another node may lag this far behind the events that this node has delivered. So a page's first stream starts this much
 * earlier.
 */
const cache_lag_ms_max = 3_000;

/** Resources whose table is not called like them. */
const tables: Partial<Record<ResourceName, string>> = { user: 'user_account' };
export interface StreamOptions {
  db: Database;
  hub: ChangeHub;
  response: ServerResponse;
  /** Of every answer. */
  headers: OutgoingHttpHeaders;
  /** Asks again who the caller is; null when the session is gone. */
  reauthenticate: () => Promise<Actor | null>;
  actor: Actor;
  lastEventId: string | undefined;
  /** For how long a page that opens its first stream has been reading: it hears of what changed since. */
  readingMs: number | undefined;
}

/**
 * One open page. Resumes after an event without gap or duplicate, and begins with what changed while the page was first read; sends only what the caller may read at the time of
 * delivery; ends when the session does.
 */
export class ChangeStream {
  private readonly options: StreamOptions;
  private actor: Actor;
  private cursor: OutboxCursor = { xid: '0', seq: '0' };
  /** Deliveries run one after the other, so that order holds. */
  private deliveries: Promise<void> = Promise.resolve();
  private closed = false;
  private release: () => void = () => {};
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(options: StreamOptions) {
    this.options = options;
    this.actor = options.actor;
  }

  async open(): Promise<void> {
    const { response, hub } = this.options;
    // Without chunks: each would be three more writes to each of a thousand pages. A stream ends with its connection anyway.
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, {
      ...this.options.headers,
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    response.on('close', () => this.close());
    const buffered: ChangeEvent[] = [];
    let live = false;
    this.release = hub.listen((events) => {
      if (live) this.enqueue(events);
      else buffered.push(...events);
    });
    this.heartbeat = setInterval(() => this.enqueueCheck(), heartbeat_ms);
    await this.catchUp();
    live = true;
    this.enqueue(buffered);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.heartbeat);
    this.release();
    this.options.response.end();
  }

  private async catchUp(): Promise<void> {
    const { hub, lastEventId } = this.options;
    const resumed = parseEventId(lastEventId);
    const after = resumed ? resumable(resumed) : this.startCursor();
    const missed = after && (await this.missedSince(after));
    if (!missed) {
      this.cursor = hub.delivered;
      this.sendControlEvent('reset');
      return;
    }
    this.cursor = after;
    if (!resumed) this.sendControlEvent('ready');
    await this.deliver(missed);
  }

  /** Changes of the caller's workspace; undefined: there are too many. */
  private async missedSince(after: OutboxCursor): Promise<ChangeEvent[] | undefined> {
    const { hub, actor } = this.options;
    const missed: ChangeEvent[] = [];
    let place = after;
    for (let reads = 0; laterThan(hub.delivered, place); reads++) {
      if (reads === missed_reads_max) return undefined;
      const events = await hub.read(place);
      missed.push(...events.filter(({ tenant_id }) => tenant_id === actor.tenant_id));
      if (events.length < events_per_read_max) break;
      place = events.at(-1)!;
    }
    return missed;
  }

  private startCursor(): OutboxCursor | undefined {
    const { hub, readingMs } = this.options;
    return readingMs === undefined ? hub.delivered : hub.deliveredBefore(readingMs + cache_lag_ms_max);
  }

  private enqueue(events: ChangeEvent[]): void {
    if (this.closed || batchFor(events, this.actor).events.length === 0) return;
    this.deliveries = this.deliveries.then(() => this.deliver(events)).catch(() => this.close());
  }

  private enqueueCheck(): void {
    this.deliveries = this.deliveries
      .then(async () => {
        if (await this.refreshActor()) this.write(': still here\n\n');
      })
      .catch(() => this.close());
  }

  private async deliver(events: ChangeEvent[]): Promise<void> {
    const { mayChangeRights, ended } = batchFor(events, this.actor);
    if ((mayChangeRights || ended.has(this.actor.credential_id ?? '')) && !(await this.refreshActor())) return;
    const batch = batchFor(events, this.actor);
    const [first, last] = [batch.events[0], batch.events.at(-1)];
    if (!first || !last || this.closed || !laterThan(last, this.cursor)) return;
    const mine = batch.personal.filter((event) => event.record_id === this.actor.user_id);
    if (batch.uncertain.length === 0 && mine.length === 0 && laterThan(first, this.cursor)) {
      this.write(batch.bytes);
    } else {
      const visible = await this.visible(batch.uncertain);
      const shown = batch.events.flatMap((event) =>
        batch.certain.has(event) || mine.includes(event) ? event : (visible.get(event) ?? []),
      );
      this.write(
        shown
          .filter((event) => laterThan(event, this.cursor))
          .map(eventText)
          .join(''),
      );
    }
    this.cursor = last;
  }

  /** Looks the caller up again. Ends the stream when the session is gone; tells the page when its rights changed. */
  private async refreshActor(): Promise<boolean> {
    const actor = await this.options.reauthenticate();
    if (!actor || actor.tenant_id !== this.actor.tenant_id) {
      this.close();
      return false;
    }
    const changed = JSON.stringify(actor.rights) !== JSON.stringify(this.actor.rights);
    this.actor = actor;
    if (changed) this.sendControlEvent('rights');
    return true;
  }

  /** Keeps the events of records that the caller may read now, by the policies of the database; an update by which the caller lost access becomes `gone`. */
  private async visible(events: readonly ChangeEvent[]): Promise<Map<ChangeEvent, ChangeEvent>> {
    const visible = new Map<ChangeEvent, ChangeEvent>();
    for (const [resource, group] of Map.groupBy(events, (event) => event.resource as ResourceName)) {
      const { readable, accessLost } = await withContext(
        this.options.db,
        this.actor,
        async (ctx) => {
          const readable = await readableAmong(ctx, resource, group);
          return { readable, accessLost: await accessLostAmong(ctx, resource, group.filter(({ record_id }) => !readable.has(record_id!))) }; // biome-ignore format: one object
        },
        { mode: 'read' },
      );
      for (const event of group)
        if (readable.has(event.record_id!)) visible.set(event, event);
        else if (accessLost.has(`${event.record_id} ${event.xid}`)) visible.set(event, { ...event, action: 'gone' });
    }
    return visible;
  }

  /** Sends a control event with the id of the last delivered change, so that a reconnect resumes there. */
  private sendControlEvent(event: 'ready' | 'reset' | 'rights'): void {
    this.write(message(event, `${this.cursor.xid}-${this.cursor.seq}-${Date.now()}`, {}));
  }

  private write(text: string | Buffer): void {
    const { response } = this.options;
    if (this.closed || text.length === 0) return;
    // A client too slow to keep up is disconnected; it reconnects and resumes after its last event.
    if (response.writableLength > buffered_bytes_max) response.destroy();
    else response.write(text);
  }
}

async function readableAmong(
  ctx: Context,
  resource: ResourceName,
  events: readonly ChangeEvent[],
): Promise<Set<string>> {
  const ids = events.map((event) => event.record_id);
  const rows = await ctx.tx.many<{ id: string }>(
    sql`select id from ${sql.table(tables[resource] ?? resource)} where tenant_id = ${ctx.tenant_id} and id = any (${ids})`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Of the updates, those by which the caller lost access to a record, as `record transaction`. */
async function accessLostAmong(
  ctx: Context,
  resource: ResourceName,
  events: readonly ChangeEvent[],
): Promise<Set<string>> {
  const updates = events.filter(({ action }) => action === 'update');
  if (updates.length === 0) return new Set();
  const [ids, xids] = [updates.map(({ record_id }) => record_id), updates.map(({ xid }) => xid)];
  const rows = await ctx.tx.many<{ record_id: string; xid: string }>(
    sql`select record_id, xid from app.taken_away(${resource}, ${ids}::uuid[], ${xids}::text[])`,
  );
  return new Set(rows.map(({ record_id, xid }) => `${record_id} ${xid}`));
}

/** As far back as the outbox goes. */
const resumable = (place: OutboxCursor & { at: number }): OutboxCursor | undefined =>
  Date.now() - place.at > outbox_hours * 3_600_000 ? undefined : place;

function parseEventId(id: string | undefined): (OutboxCursor & { at: number }) | undefined {
  const match = /^(\d{1,20})-(\d{1,19})-(\d{1,15})$/.exec(id ?? '');
  return match
    ? { xid: BigInt(match[1]!).toString(), seq: BigInt(match[2]!).toString(), at: Number(match[3]) }
    : undefined;
}
