import type { ServerResponse } from 'node:http';
import { type ResourceName, type Rights, resources, scopeOf } from '../access/rights.ts';
import { type Database, sql } from '../database/database.ts';
import { type Actor, withContext } from '../tenancy/context.ts';
import { type ChangeEvent, type ChangeHub, laterThan, type Place } from './hub.ts';

const heartbeat_ms = 20_000;
const buffered_bytes_max = 1_048_576;
/** Past this many missed changes it is cheaper for the page to read everything again. */
const missed_events_max = 2_000;
const outbox_hours = 47;

const known = new Set<string>(resources);
/** Resources whose table is not called like them. */
const tables: Partial<Record<ResourceName, string>> = { user: 'user_account' };
/** Things under another right than a resource of their own. */
const parents: Record<string, ResourceName> = {
  stage: 'pipeline',
  close_reason: 'pipeline',
  deal_line: 'deal',
  user_role: 'user',
  record_tag: 'tag',
};
/** A change of these may change what anyone of the tenant may do. */
const rightsChanging = new Set(['role', 'user_role', 'user', 'team', 'session', 'api_key']);

export interface StreamOptions {
  db: Database;
  hub: ChangeHub;
  response: ServerResponse;
  /** Asks again who the caller is; null when the session is gone. */
  reauthenticate: () => Promise<Actor | null>;
  actor: Actor;
  lastEventId: string | undefined;
}

/**
 * One open page. Resumes after `Last-Event-ID` without gap or duplicate; sends only what the caller may read at the time of
 * delivery; ends when the session does.
 */
export class ChangeStream {
  private readonly options: StreamOptions;
  private actor: Actor;
  private place: Place = { xid: '0', seq: '0' };
  /** Deliveries run one after the other, so that order holds. */
  private tail: Promise<void> = Promise.resolve();
  private closed = false;
  private release: () => void = () => {};
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(options: StreamOptions) {
    this.options = options;
    this.actor = options.actor;
  }

  async open(): Promise<void> {
    const { response, hub } = this.options;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    response.on('close', () => this.close());
    const resumed = parseEventId(this.options.lastEventId);
    const held: ChangeEvent[] = [];
    let live = false;
    this.release = hub.listen((events) => {
      if (live) this.enqueue(events);
      else held.push(...events);
    });
    this.heartbeat = setInterval(() => this.enqueueCheck(), heartbeat_ms);
    await this.catchUp(resumed);
    live = true;
    this.enqueue(held);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.heartbeat);
    this.release();
    this.options.response.end();
  }

  private async catchUp(resumed: (Place & { at: number }) | undefined): Promise<void> {
    const { hub } = this.options;
    if (!resumed) {
      this.place = hub.delivered;
      this.send('ready', this.idOf(this.place, new Date()), {});
      return;
    }
    this.place = resumed;
    const tooOld = Date.now() - resumed.at > outbox_hours * 3_600_000;
    const missed = tooOld ? [] : await hub.read(resumed);
    if (tooOld || missed.length >= missed_events_max) {
      this.place = hub.delivered;
      this.send('reset', this.idOf(this.place, new Date()), {});
      return;
    }
    await this.deliver(missed);
  }

  private enqueue(events: ChangeEvent[]): void {
    const own = events.filter((event) => event.tenant_id === this.actor.tenant_id);
    if (own.length === 0 || this.closed) return;
    this.tail = this.tail.then(() => this.deliver(own)).catch(() => this.close());
  }

  private enqueueCheck(): void {
    this.tail = this.tail
      .then(async () => {
        if (await this.refreshActor()) this.options.response.write(': still here\n\n');
      })
      .catch(() => this.close());
  }

  private async deliver(events: ChangeEvent[]): Promise<void> {
    const fresh = events.filter((event) => event.tenant_id === this.actor.tenant_id && laterThan(event, this.place));
    if (fresh.length === 0 || this.closed) return;
    if (fresh.some((event) => rightsChanging.has(event.resource)) && !(await this.refreshActor())) return;
    const visible = await this.visible(fresh);
    for (const event of fresh) {
      this.place = event;
      if (!visible.has(event)) continue;
      this.send('change', this.idOf(event, new Date(event.at)), {
        resource: event.resource,
        id: event.record_id,
        action: event.action,
      });
    }
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
    if (changed) this.send('rights', this.idOf(this.place, new Date()), {});
    return true;
  }

  /** Of the events, those whose records the caller may read now. Scopes narrower than all ask the database, under its policies. */
  private async visible(events: ChangeEvent[]): Promise<Set<ChangeEvent>> {
    const shown = new Set<ChangeEvent>();
    const uncertain: ChangeEvent[] = [];
    for (const event of events) {
      const resource = parents[event.resource] ?? (event.resource as ResourceName);
      const scope = known.has(resource) ? scopeOf(this.actor.rights, resource, 'read') : 'none';
      if (scope === 'none') continue;
      if (event.record_id === null || seesAll(this.actor.rights, scope)) shown.add(event);
      else if (known.has(event.resource)) uncertain.push(event);
    }
    for (const [resource, group] of Map.groupBy(uncertain, (event) => event.resource as ResourceName)) {
      const ids = group.map((event) => event.record_id);
      const rows = await withContext(
        this.options.db,
        this.actor,
        (ctx) =>
          ctx.tx.many<{ id: string }>(
            sql`select id from ${sql.table(tables[resource] ?? resource)} where tenant_id = ${ctx.tenant_id} and id = any (${ids})`,
          ),
        { mode: 'read' },
      );
      const readable = new Set(rows.map((row) => row.id));
      for (const event of group) if (readable.has(event.record_id!)) shown.add(event);
    }
    return shown;
  }

  private idOf(place: Place, at: Date): string {
    return `${place.xid}-${place.seq}-${at.getTime()}`;
  }

  private send(event: string, id: string, data: object): void {
    const { response } = this.options;
    if (response.writableLength > buffered_bytes_max) {
      // The page reads too slowly to keep up; it will come back and resume.
      this.close();
      return;
    }
    response.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function seesAll(rights: Rights, scope: string): boolean {
  return (
    scope === 'all' && (['contact', 'company', 'deal'] as const).every((r) => scopeOf(rights, r, 'read') === 'all')
  );
}

function parseEventId(id: string | undefined): (Place & { at: number }) | undefined {
  const match = /^(\d{1,20})-(\d{1,19})-(\d{1,15})$/.exec(id ?? '');
  return match ? { xid: match[1]!, seq: match[2]!, at: Number(match[3]) } : undefined;
}
