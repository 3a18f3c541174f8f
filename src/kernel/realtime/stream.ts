import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { nextChangeSql, waysOf } from '../access/reach.ts';
import type { ResourceName } from '../access/rights.ts';
import { ruleOf, shownTable } from '../access/table-rule.ts';
import { type Database, sql } from '../database/database.ts';
import { type Actor, type Context, withContext } from '../tenancy/context.ts';
import { batchFor, collapsed, eventId, eventIdPattern, eventText, message } from './batch.ts';
import { type ChangeEvent, type ChangeHub, type FeedPosition, inOrder, laterThan } from './hub.ts';

const heartbeat_ms = 20_000;
const buffered_bytes_max = 1_048_576;
/**
 * When a stream would need more than this many reads of the feed to catch up, it tells the page to reload everything.
 */
const missed_reads_max = 5;
/**
 * How often the stream checks again whether an access has ended that is over by the clock of this process, which may be
 * ahead of the database's.
 */
const overdue_ms = 1_000;
const feed_hours = 47;
/** How long after a membership has ended the stream looks, and how long it waits at most: a timer has a limit. */
const reach_grace_ms = 50;
const reach_ms_max = 86_400_000;
/**
 * The response cache of another node may lag this far behind the events that this node has delivered. So a page's first
 * stream starts this much earlier.
 */
const cache_lag_ms_max = 3_000;

export interface StreamOptions {
  db: Database;
  hub: ChangeHub;
  response: ServerResponse;
  /** The headers of every response. */
  headers: OutgoingHttpHeaders;
  /** Authenticates the caller again; null when the session has ended. */
  reauthenticate: () => Promise<Actor | null>;
  actor: Actor;
  lastEventId: string | undefined;
  /** How long ago a page that opens its first stream began to read: it also gets the changes since. */
  readingMs: number | undefined;
}

/**
 * One open page. It resumes after an event without gaps or duplicates, and starts with the changes since the page began
 * to read. It sends only what the caller may read at the time of delivery, and ends with the session.
 */
export class ChangeStream {
  private readonly options: StreamOptions;
  private actor: Actor;
  /** What the caller reaches through groups, as a text to compare; undefined where nothing is reached so. */
  private reach: string | undefined;
  private cursor: FeedPosition = { xid: '0', seq: '0' };
  /** Deliveries run one after another, which keeps the order. */
  private deliveries: Promise<void> = Promise.resolve();
  private closed = false;
  private release: () => void = () => {};
  private heartbeat: NodeJS.Timeout | undefined;
  /** Runs when the caller's credential or access expires. */
  private ending: NodeJS.Timeout | undefined;
  /** Runs when a membership in a group of the caller ends or begins. */
  private reachChange: NodeJS.Timeout | undefined;

  constructor(options: StreamOptions) {
    this.options = options;
    this.actor = options.actor;
  }

  async open(): Promise<void> {
    const { response, hub } = this.options;
    // Not chunked: chunks would take three more writes to each of a thousand pages. A stream ends with its connection
    // anyway.
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
    const releases = [
      hub.listen((events) => {
        if (live) this.enqueue(events);
        else buffered.push(...events);
      }),
      hub.onRestart(() => this.enqueueReset()),
    ];
    this.release = () => {
      for (const release of releases) release();
    };
    this.heartbeat = setInterval(() => this.enqueueCheck(), heartbeat_ms);
    this.awaitEnd();
    await this.readReach();
    await this.catchUp();
    live = true;
    this.enqueue(buffered);
  }

  /** `reconnectMs`: when the page shall come back, by the same address, which leads to another process then. */
  close(reconnectMs?: number): void {
    if (this.closed) return;
    if (reconnectMs !== undefined) this.write(`retry: ${reconnectMs}\n\n`);
    this.closed = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.ending);
    clearTimeout(this.reachChange);
    this.release();
    this.options.response.end();
  }

  private async catchUp(): Promise<void> {
    const resumed = parseEventId(this.options.lastEventId);
    const after = resumed ? await this.resumable(resumed) : this.startCursor();
    const missed = after && (await this.missedSince(after));
    if (!missed) return this.reset();
    this.cursor = after;
    if (!resumed) this.sendControlEvent('ready');
    await this.deliver(missed);
  }

  /** Tells the page to read everything again, because the changes since its cursor are not known. */
  private reset(): void {
    this.cursor = this.options.hub.delivered;
    this.sendControlEvent('reset');
  }

  /**
   * The position, unless it is of another history, older than the feed, or later than the database has counted: after a
   * restore there is less than pages have heard of, and a page that resumed there would hear nothing until the count
   * arrives there again. This process may merely be behind, so the database is asked.
   */
  private async resumable(position: EventId): Promise<FeedPosition | undefined> {
    const { hub } = this.options;
    if (position.history !== hub.history) return undefined;
    if (Date.now() - position.at > feed_hours * 3_600_000) return undefined;
    return laterThan(position, hub.delivered) && laterThan(position, await hub.end()) ? undefined : position;
  }

  /** The changes of the caller's workspace since a position; undefined when there are too many. */
  private async missedSince(after: FeedPosition): Promise<ChangeEvent[] | undefined> {
    const { hub, actor } = this.options;
    const missed: ChangeEvent[] = [];
    let position = after;
    for (let reads = 0; laterThan(hub.delivered, position); reads++) {
      if (reads === missed_reads_max) return undefined;
      const events = await hub.read(position);
      const last = events.at(-1);
      // A short answer is not the end: of many alike it has only two.
      if (!last) break;
      missed.push(...events.filter(({ tenant_id }) => tenant_id === actor.tenant_id));
      position = last;
    }
    return missed;
  }

  private startCursor(): FeedPosition | undefined {
    const { hub, readingMs } = this.options;
    return readingMs === undefined ? hub.delivered : hub.deliveredBefore(readingMs + cache_lag_ms_max);
  }

  private enqueue(events: ChangeEvent[]): void {
    if (this.closed || batchFor(events, this.actor, this.options.hub.history).events.length === 0) return;
    this.deliveries = this.deliveries.then(() => this.deliver(events)).catch(() => this.close());
  }

  private enqueueReset(): void {
    this.deliveries = this.deliveries.then(() => this.reset());
  }

  private enqueueCheck(): void {
    this.deliveries = this.deliveries
      .then(async () => {
        if (await this.refreshActor()) this.write(': still here\n\n');
      })
      .catch(() => this.close());
  }

  /**
   * Authenticates again when the credential expires, of which no event tells. Expiries after the next heartbeat are
   * handled then.
   */
  private awaitEnd(): void {
    clearTimeout(this.ending);
    if (this.closed) return;
    const ms = Date.parse(this.actor.ends_at ?? '') - Date.now();
    if (ms <= heartbeat_ms) this.ending = setTimeout(() => this.enqueueCheck(), ms > 0 ? ms + 50 : overdue_ms);
  }

  private async deliver(events: ChangeEvent[]): Promise<void> {
    const { mayChangeRights, ended } = batchFor(events, this.actor, this.options.hub.history);
    const mayBeEnded = ended.has(null) || ended.has(this.actor.credential_id);
    if ((mayChangeRights || mayBeEnded) && !(await this.refreshActor())) return;
    const batch = batchFor(events, this.actor, this.options.hub.history);
    const [first, last] = [batch.events[0], batch.events.at(-1)];
    if (!first || !last || this.closed || !laterThan(last, this.cursor)) return;
    const whole = laterThan(first, this.cursor);
    const mine = [null, this.actor.user_id].flatMap((person) => batch.personal.get(person) ?? []);
    if (whole && batch.uncertain.length === 0 && mine.length === 0) {
      this.write(batch.bytes);
    } else {
      const later = (some: Iterable<ChangeEvent>) => [...some].filter((event) => laterThan(event, this.cursor));
      const visible = await this.visible(batch.uncertain);
      const certain = whole ? batch.toSend : collapsed(later(batch.certain));
      const shown = [...certain, ...collapsed(later([...mine, ...visible.values()]))].sort(inOrder);
      this.write(shown.map((event) => eventText(event, this.options.hub.history)).join(''));
    }
    this.cursor = last;
  }

  /**
   * Looks the caller up again. Ends the stream when the session is gone or lacks a second factor; tells the page when
   * its rights changed.
   */
  private async refreshActor(): Promise<boolean> {
    const actor = await this.options.reauthenticate();
    if (!actor || actor.second_factor_missing || actor.tenant_id !== this.actor.tenant_id) {
      this.close();
      return false;
    }
    const rightsChanged = JSON.stringify(actor.rights) !== JSON.stringify(this.actor.rights);
    this.actor = actor;
    this.awaitEnd();
    const reachChanged = await this.readReach();
    const changed = rightsChanged || reachChanged;
    if (changed) this.sendControlEvent('rights');
    return true;
  }

  /**
   * Looks up what the caller reaches through groups, and when that changes next by itself. Returns whether it changed:
   * what the page has shown may then not be the caller's any more, or more is.
   */
  private async readReach(): Promise<boolean> {
    clearTimeout(this.reachChange);
    const ways = waysOf(this.actor.rights);
    if (ways.length === 0 || this.closed) {
      const had = this.reach !== undefined;
      this.reach = undefined;
      return had;
    }
    const { db } = this.options;
    const [nouns, kinds] = [ways.map(({ noun }) => noun), ways.map(({ kind }) => kind)];
    const { reach, in_ms } = await withContext(
      db,
      this.actor,
      (ctx) =>
        ctx.tx.one<{ reach: string; in_ms: number | null }>(sql`select
          (select coalesce(string_agg(md5(array_to_string(array(select g from unnest(app.groups_of(n.noun, n.kind)) g order by g), ',')),
            ','), '')
            from unnest(${nouns}::text[], ${kinds}::text[]) as n (noun, kind)) as reach,
          ${nextChangeSql(ways)} as in_ms`),
      { mode: 'read' },
    );
    const changed = this.reach !== undefined && this.reach !== reach;
    this.reach = reach;
    if (in_ms !== null && !this.closed)
      this.reachChange = setTimeout(
        () => this.enqueueCheck(),
        Math.min(Math.max(in_ms, 0) + reach_grace_ms, reach_ms_max),
      );
    return changed;
  }

  /**
   * Keeps the events of records that the caller may read now, by the policies of the database; an update by which the
   * caller lost access becomes `gone`.
   */
  private async visible(events: readonly ChangeEvent[]): Promise<Map<ChangeEvent, ChangeEvent>> {
    const visible = new Map<ChangeEvent, ChangeEvent>();
    if (events.length === 0) return visible;
    const groups = Map.groupBy(events, (event) => event.resource as ResourceName);
    await withContext(
      this.options.db,
      this.actor,
      async (ctx) => {
        for (const [resource, group] of groups) {
          const readable = await readableAmong(ctx, resource, group);
          const hidden = group.filter(({ record_id }) => !readable.has(record_id!));
          const accessLost = await accessLostAmong(ctx, resource, hidden);
          for (const event of group)
            if (readable.has(event.record_id!)) visible.set(event, event);
            else if (accessLost.has(`${event.record_id} ${event.xid}`))
              visible.set(event, { ...event, action: 'gone' });
        }
      },
      { mode: 'read' },
    );
    return visible;
  }

  /** Sends a control event with the id of the last delivered change, so that a reconnect resumes there. */
  private sendControlEvent(event: 'ready' | 'reset' | 'rights'): void {
    this.write(message(event, eventId(this.cursor, Date.now(), this.options.hub.history), {}));
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
    sql`select id from ${sql.table(shownTable(ruleOf(resource)!))} where tenant_id = ${ctx.tenant_id} and id = any (${ids})`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** The updates by which the caller lost access to a record, as `record transaction`. */
async function accessLostAmong(
  ctx: Context,
  resource: ResourceName,
  events: readonly ChangeEvent[],
): Promise<Set<string>> {
  const updates = events.filter(({ action }) => action === 'update');
  if (updates.length === 0) return new Set();
  const [ids, xids] = [updates.map(({ record_id }) => record_id), updates.map(({ xid }) => xid)];
  const rows = await ctx.tx.many<{ record_id: string; xid: string }>(
    sql`select record_id, xid from app.access_lost(${resource}, ${ids}::uuid[], ${xids}::text[])`,
  );
  return new Set(rows.map(({ record_id, xid }) => `${record_id} ${xid}`));
}

interface EventId extends FeedPosition {
  at: number;
  history: string;
}

function parseEventId(id: string | undefined): EventId | undefined {
  const match = eventIdPattern.exec(id ?? '');
  if (!match) return undefined;
  const [, xid, seq, at, history = ''] = match as unknown as [string, string, string, string, string?];
  return { xid: BigInt(xid).toString(), seq: BigInt(seq).toString(), at: Number(at), history };
}
