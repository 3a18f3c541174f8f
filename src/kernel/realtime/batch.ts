import { type ResourceName, type Rights, resources, rightsText, scopeOf } from '../access/rights.ts';
import type { Actor } from '../tenancy/context.ts';
import type { ChangeEvent } from './hub.ts';

const known = new Set<string>(resources);
/** Things under another right than a resource of their own. */
const parents: Record<string, ResourceName> = {
  stage: 'pipeline',
  close_reason: 'pipeline',
  deal_line: 'deal',
  contact_position: 'contact',
  team_member: 'team',
  user_role: 'user',
  record_tag: 'tag',
  currency_rate: 'product',
};
/** Tells a person's own pages that there is something new in the inbox. */
const personal_resource = 'notification';
/** A change of these may change what anyone of the tenant may do. */
const rightsChanging = new Set(['role', 'user_role', 'user', 'team', 'team_member', 'api_key']);

/** Of so many like changes at once each is told; of more, that they are many, as of those of one statement. */
const alike_max = 100;

/** What some events are to callers of one tenant with the same rights. */
export interface Batch {
  /** Those of the tenant. */
  events: ChangeEvent[];
  /** Shown by rights alone. */
  certain: ReadonlySet<ChangeEvent>;
  /** Of records that the caller may or may not read: scopes narrower than all ask the database. */
  uncertain: ChangeEvent[];
  /** Of one person alone, whose id stands in the place of the record's. */
  personal: ChangeEvent[];
  /** All that is certain, as it is sent. */
  bytes: Buffer;
  mayChangeRights: boolean;
  /** Sessions that ended. */
  ended: ReadonlySet<string>;
}

const batches = new WeakMap<readonly ChangeEvent[], Map<string, Batch>>();

/** Made once for all pages that get the same: with a thousand open pages the work for each counts a thousand times. */
export function batchFor(events: readonly ChangeEvent[], actor: Actor): Batch {
  const made = batches.get(events) ?? new Map<string, Batch>();
  batches.set(events, made);
  const key = `${actor.tenant_id} ${rightsText(actor.rights)}`;
  const batch = made.get(key) ?? makeBatch(events, actor);
  made.set(key, batch);
  return batch;
}

function makeBatch(all: readonly ChangeEvent[], { tenant_id, rights }: Actor): Batch {
  const events = all.filter((event) => event.tenant_id === tenant_id);
  const certain = new Set<ChangeEvent>();
  const uncertain: ChangeEvent[] = [];
  const personal: ChangeEvent[] = [];
  for (const event of events) {
    if (event.resource === personal_resource) {
      personal.push(event);
      continue;
    }
    const resource = parents[event.resource] ?? (event.resource as ResourceName);
    const scope = known.has(resource) ? scopeOf(rights, resource, 'read') : 'none';
    if (scope === 'none') continue;
    if (event.record_id === null || seesAll(rights, scope)) certain.add(event);
    else if (known.has(event.resource)) uncertain.push(event);
  }
  const mayChangeRights = events.some((event) => rightsChanging.has(event.resource));
  return {
    events,
    certain,
    uncertain,
    personal,
    mayChangeRights,
    ended: new Set(events.flatMap(({ resource, record_id }) => (resource === 'session' && record_id ? record_id : []))),
    bytes: Buffer.from(
      gathered([...certain])
        .map(eventText)
        .join(''),
    ),
  };
}

/**
 * In a flood one event without a record stands for all that are alike, where the first of them would: whoever resumes after it hears of the others
 * once more, and of none too little. What was deleted is always told one by one, since pages forget it.
 */
function gathered(events: ChangeEvent[]): ChangeEvent[] {
  const kind = ({ resource, action }: ChangeEvent) => `${resource} ${action}`;
  const alike = Map.groupBy(events, kind);
  return events.flatMap((event) => {
    const group = alike.get(kind(event))!;
    if (group.length <= alike_max || event.action === 'delete') return event;
    return event === group[0] ? { ...event, record_id: null } : [];
  });
}

function seesAll(rights: Rights, scope: string): boolean {
  return (
    scope === 'all' && (['contact', 'company', 'deal'] as const).every((r) => scopeOf(rights, r, 'read') === 'all')
  );
}

/** A change as a page gets it. */
export function eventText({ xid, seq, at, resource, record_id, action }: ChangeEvent): string {
  return message('change', `${xid}-${seq}-${Date.parse(at)}`, { resource, id: record_id, action });
}

export const message = (event: string, id: string, data: object): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
