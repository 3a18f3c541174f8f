import { isRight, type Rights, rights_resources, rightsText, scopeOf } from '../access/rights.ts';
import { carriers, memberships, readsAllRows, ruleOf } from '../access/table-rule.ts';
import { resourceOfTable } from '../contract/resource.ts';
import type { Actor } from '../tenancy/context.ts';
import type { ChangeEvent, FeedPosition } from './hub.ts';

/** Events for the pages of one person: there is something new in the inbox, or the favourites are others. */
const personal_resources: ReadonlySet<string> = new Set(['notification', 'favourite']);

/** More changes of one kind at once are sent as one event without a record. */
const alike_max = 100;

/** Some events, as callers of one tenant with the same rights get them. */
export interface Batch {
  /** The events of the tenant. */
  events: ChangeEvent[];
  /** Events that rights alone allow. */
  certain: ReadonlySet<ChangeEvent>;
  /** The certain events as they are sent: in a flood, one stands for all of its kind. */
  toSend: ChangeEvent[];
  /** The same, written out. */
  bytes: Buffer;
  /** Events of records that the caller may or may not read: for scopes narrower than all, the database decides. */
  uncertain: ChangeEvent[];
  /**
   * Events for one person, by that person's id; those under null stand for more people than are named, and are for
   * everybody.
   */
  personal: ReadonlyMap<string | null, ChangeEvent[]>;
  mayChangeRights: boolean;
  /** Sessions that ended; null stands for more than are named. */
  ended: ReadonlySet<string | null>;
}

const batches = new WeakMap<readonly ChangeEvent[], Map<string, Batch>>();

/** Made once for all pages that get the same: with a thousand open pages, work for each counts a thousand times. */
export function batchFor(events: readonly ChangeEvent[], actor: Actor, history: string): Batch {
  const made = batches.get(events) ?? new Map<string, Batch>();
  batches.set(events, made);
  const key = `${actor.tenant_id} ${rightsText(actor.rights)}`;
  const batch = made.get(key) ?? makeBatch(events, actor, history);
  made.set(key, batch);
  return batch;
}

function makeBatch(all: readonly ChangeEvent[], { tenant_id, rights }: Actor, history: string): Batch {
  const events = all.filter((event) => event.tenant_id === tenant_id);
  const certain = new Set<ChangeEvent>();
  const uncertain: ChangeEvent[] = [];
  const personal: ChangeEvent[] = [];
  for (const event of events) {
    if (personal_resources.has(event.resource)) {
      personal.push(event);
      continue;
    }
    const rule = ruleOf(event.resource);
    // Changes of personal rows are not sent.
    if (!rule?.right || rule.rows.read === null) continue;
    const scope = scopeOf(rights, rule.right, 'exists');
    if (scope === 'none') continue;
    // Where a row itself says who sees it, no right does.
    const isOpen = !rule.byRow && seesAll(rights, scope);
    if (event.record_id === null || isOpen || readsAllRows(rule, rights)) certain.add(event);
    // Of other tables the rows have no id by which they could be asked for.
    else if (isRight(event.resource) || resourceOfTable(rule.table)) uncertain.push(event);
  }
  const toSend = collapsed([...certain]);
  const members = memberships();
  const mayChangeRights = events.some(({ resource }) => rights_resources.has(resource) || members.has(resource));
  return {
    events,
    certain,
    toSend,
    bytes: Buffer.from(toSend.map((event) => eventText(event, history)).join('')),
    uncertain,
    personal: Map.groupBy(personal, ({ record_id }) => record_id),
    mayChangeRights,
    ended: new Set(events.filter(announcesEnd).map(({ record_id }) => record_id)),
  };
}

/**
 * In a flood, one event without a record stands for all of its kind, at the position of the first: a page that resumes
 * after it may hear of some twice, but misses none. What is gone is always sent one by one, because pages remove these
 * records.
 */
export function collapsed(events: ChangeEvent[]): ChangeEvent[] {
  const kind = ({ resource, action }: ChangeEvent) => `${resource} ${action}`;
  const alike = Map.groupBy(events, kind);
  return events.flatMap((event) => {
    const group = alike.get(kind(event))!;
    if (group.length <= alike_max || event.action === 'delete' || event.action === 'gone') return event;
    return event === group[0] ? { ...event, record_id: null } : [];
  });
}

/**
 * The audit event of several sessions that ended has no record either, but does not replace the signals, which are
 * shown as updates.
 */
const announcesEnd = ({ resource, record_id, action }: ChangeEvent): boolean =>
  resource === 'session' && (record_id !== null || action === 'update');

function seesAll(rights: Rights, scope: string): boolean {
  return scope === 'all' && carriers().every(({ right }) => scopeOf(rights, right!, 'read') === 'all');
}

/** A change as a page gets it. */
export function eventText(event: ChangeEvent, history: string): string {
  const { at, resource, record_id, action } = event;
  return message('change', eventId(event, Date.parse(at), history), { resource, id: record_id, action });
}

/** Where a page goes on: the position, when that was, and in which history of the database. */
export const eventId = ({ xid, seq }: FeedPosition, at: number, history: string): string =>
  `${xid}-${seq}-${at}-${history}`;

/** A page that an older program opened has an id without the history. */
export const eventIdPattern = /^(\d{1,20})-(\d{1,19})-(\d{1,15})(?:-([0-9A-F]{8}))?$/;

export const message = (event: string, id: string, data: object): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
