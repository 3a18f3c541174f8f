import { randomBytes } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { GoogleEvent, GoogleTime } from '../../../src/modules/mail/meeting/index.ts';
import type { Refused } from './fake.ts';

/** As Google lists an event, with what it adds by itself. */
type Stored = GoogleEvent & { iCalUID?: string; sequence?: number };
type Draft = Omit<Partial<Stored>, 'etag'>;

interface Calendar {
  id: string;
  summary: string;
  accessRole: 'owner' | 'writer' | 'reader';
  events: Map<string, Stored>;
  /** Which change of this calendar was the last of each event. */
  changes: Map<string, number>;
  /** Given out by itself only from then on; listed before. */
  visible_at: Map<string, number>;
}

const notFound: Refused = { refused: 404, message: 'Not Found', reason: 'notFound' };

/** Calendars of Google, as their REST interface shows them. */
export class FakeCalendars {
  readonly address: string;
  private readonly calendars = new Map<string, Calendar>();
  private clock = 1000;
  /** Tokens of before are not known any more. */
  private floor = 0;
  private made = 0;
  page_rows = 2500;
  /** Events that change are listed for so long before they can be got. */
  late_ms = 0;
  /** Each change stands on two pages. */
  isRepeated = false;
  /** How many events it gave out in full. */
  given = 0;
  /** What people were told of: the method, and whether to send invitations. */
  readonly updates: string[] = [];

  constructor(address: string) {
    this.address = address;
    this.add(address, address);
  }

  add(
    summary: string,
    id = `c_${++this.made}@group.calendar.google.com`,
    accessRole: Calendar['accessRole'] = 'owner',
  ) {
    this.calendars.set(id, {
      id,
      summary,
      accessRole,
      events: new Map(),
      changes: new Map(),
      visible_at: new Map(),
    });
    return id;
  }

  removeCalendar(id: string): void {
    this.calendars.delete(id);
  }

  /** Events of a calendar that are there, with the changed times of series. */
  listed(id: string): Stored[] {
    const { events } = this.of(id);
    return [...events.values()].filter((event) => isListed(event, events));
  }

  event(calendar: string, id: string): Stored | undefined {
    return this.of(calendar).events.get(id);
  }

  /** Makes an event, or changes one; of a series a changed time of it. */
  put(calendar: string, { id = `e${String(++this.made).padStart(5, '0')}`, ...draft }: Draft): string {
    const of = this.of(calendar);
    const before = of.events.get(id);
    const event = { status: 'confirmed', organizer: { email: this.address }, ...before, ...draft, id } as Stored;
    this.touch(of, event);
    return id;
  }

  /** Changes one time of a series, or cancels it. */
  putTime(calendar: string, series: string, planned: GoogleTime, draft: Draft): string {
    const master = this.of(calendar).events.get(series)!;
    const id = `${series}_${stampOf(planned)}`;
    const { recurrence: _, ...inherited } = master;
    return this.put(calendar, {
      ...inherited,
      ...timesAt(master, planned),
      ...this.of(calendar).events.get(id),
      ...draft,
      id,
      recurringEventId: series,
      originalStartTime: planned,
    });
  }

  /** Deletes an event; of a series all of it. */
  remove(calendar: string, id: string): void {
    const of = this.of(calendar);
    const event = of.events.get(id);
    if (!event) return;
    this.touch(of, { ...event, status: 'cancelled' });
    for (const part of of.events.values())
      if (part.recurringEventId === id && part.status !== 'cancelled') this.touch(of, { ...part, status: 'cancelled' });
  }

  forgetTokens(): void {
    this.floor = ++this.clock;
  }

  private of(id: string): Calendar {
    const found = this.calendars.get(id);
    if (!found) throw new Error(`There is no calendar ${id}`);
    return found;
  }

  private touch({ events, changes, visible_at }: Calendar, event: Stored): Stored {
    const updated = new Date(Date.now() + ++this.clock).toISOString();
    const stored = { ...event, updated, etag: `"${this.clock}${randomBytes(2).toString('hex')}"` };
    events.set(event.id, stored);
    changes.set(event.id, this.clock);
    visible_at.set(event.id, Date.now() + this.late_ms);
    return stored;
  }

  answer(
    method: string,
    params: readonly string[],
    query: URLSearchParams,
    body: Buffer,
    match: string | undefined,
  ): unknown | Refused {
    if (method === 'calendar.calendarList.list') return this.calendarList(query);
    if (method === 'calendar.calendarList.get') return this.entry(this.of(this.address));
    const calendar = this.calendars.get(params[0]!);
    if (!calendar) return notFound;
    const json = () => JSON.parse(body.toString()) as Draft;
    if (method === 'calendar.events.list') return this.list(calendar, query);
    if (method === 'calendar.events.insert') return this.insert(calendar, json());
    const id = params[1]!;
    if (method === 'calendar.events.instances') return this.instances(calendar, id, query.get('originalStart')!);
    const event = calendar.events.get(id) ?? virtualTime(calendar, id);
    if (!event || (calendar.visible_at.get(id) ?? 0) > Date.now()) return notFound;
    if (method === 'calendar.events.get') {
      this.given++;
      return event;
    }
    this.updates.push(`${method} ${query.get('sendUpdates')}`);
    if (event.status === 'cancelled') return { refused: 410, message: 'Resource has been deleted', reason: 'deleted' };
    if (match !== undefined && match !== event.etag)
      return { refused: 412, message: 'Precondition Failed', reason: 'conditionNotMet' };
    if (method === 'calendar.events.patch') return this.touch(calendar, patched(event, json()));
    if (event.recurringEventId) this.touch(calendar, { ...event, status: 'cancelled' });
    else this.remove(calendar.id, id);
    return undefined;
  }

  private calendarList(query: URLSearchParams) {
    const all = [...this.calendars.values()].map((one) => this.entry(one));
    const { page, ...more } = this.page(all, query);
    return { items: page, ...more };
  }

  private entry({ id, summary, accessRole }: Calendar) {
    return { id, summary, accessRole, ...(id === this.address && { primary: true }) };
  }

  private list({ events, changes }: Calendar, query: URLSearchParams) {
    const token = query.get('syncToken');
    if (token && Number(token) < this.floor)
      return { refused: 410, message: 'Sync token is no longer valid', reason: 'fullSyncRequired' };
    const since = Number(token);
    const found = [...events.values()]
      .filter((event) => (token ? changes.get(event.id)! > since : isListed(event, events)))
      .sort((a, b) => changes.get(b.id)! - changes.get(a.id)!);
    // A changed time comes before its series here, and what changed meanwhile twice.
    const repeated = this.isRepeated ? found.flatMap((event) => [event, event]) : found;
    const { page, ...more } = this.page(repeated, query);
    const fields = query.get('fields');
    const items = page.map((event) => (fields ? partsOf(event) : whole(event)));
    if (!fields) this.given += items.length;
    return { items, ...more, ...(!more.nextPageToken && { nextSyncToken: String(this.clock) }) };
  }

  private page<T>(all: readonly T[], query: URLSearchParams): { page: T[]; nextPageToken?: string } {
    const from = Number(query.get('pageToken') ?? 0);
    const next = from + Math.min(this.page_rows, Number(query.get('maxResults') ?? 250));
    return { page: all.slice(from, next), ...(next < all.length && { nextPageToken: String(next) }) };
  }

  private insert(calendar: Calendar, draft: Draft) {
    if (draft.id && calendar.events.has(draft.id))
      return { refused: 409, message: 'The requested identifier already exists.', reason: 'duplicate' };
    const cleaned = patched({ id: draft.id!, etag: '', status: 'confirmed' }, draft);
    return this.touch(calendar, { ...cleaned, organizer: { email: this.address } });
  }

  private instances(calendar: Calendar, series: string, original: string) {
    const master = calendar.events.get(series);
    if (!master || master.status === 'cancelled') return notFound;
    const planned = master.start?.date ? { date: original } : { dateTime: original, timeZone: master.start!.timeZone! };
    const id = `${series}_${stampOf(planned)}`;
    const event = calendar.events.get(id) ?? virtualTime(calendar, id);
    return { items: event && event.status !== 'cancelled' ? [event] : [] };
  }
}

/** Cancelled times are listed as long as their series is there. */
const isListed = ({ status, recurringEventId }: Stored, events: ReadonlyMap<string, Stored>): boolean =>
  status !== 'cancelled' || (recurringEventId !== undefined && events.get(recurringEventId)?.status === 'confirmed');

/** Of a cancelled event not more than its identifiers is certain. */
function whole(event: Stored): Partial<Stored> {
  if (event.status !== 'cancelled') return event;
  const { id, etag, status, recurringEventId, originalStartTime } = event;
  return { id, etag, status, ...(recurringEventId && { recurringEventId, originalStartTime: originalStartTime! }) };
}

const partsOf = ({ id, etag, status, recurringEventId }: Stored) => ({
  id,
  etag,
  status,
  ...(recurringEventId && { recurringEventId }),
});

/** What is null is taken away, and lists are replaced. */
function patched(event: Stored, draft: Draft): Stored {
  const merged: Record<string, unknown> = { ...event };
  for (const [name, value] of Object.entries(draft)) {
    const isNested = value !== null && typeof value === 'object' && !Array.isArray(value);
    const next = isNested
      ? Object.fromEntries(Object.entries({ ...(merged[name] as object), ...value }).filter(([, of]) => of !== null))
      : value;
    if (next === null) delete merged[name];
    else merged[name] = next;
  }
  return merged as unknown as Stored;
}

const stampOf = ({ date, dateTime }: GoogleTime): string =>
  date
    ? date.replaceAll('-', '')
    : Temporal.Instant.from(dateTime!).toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');

/** When a time of a series begins and ends that is as the series says. */
function timesAt(master: Stored, planned: GoogleTime): Pick<Stored, 'start' | 'end'> {
  if (planned.date) {
    const days = Temporal.PlainDate.from(master.start!.date!).until(master.end!.date!);
    return { start: planned, end: { date: Temporal.PlainDate.from(planned.date).add(days).toString() } };
  }
  const took = Date.parse(master.end!.dateTime!) - Date.parse(master.start!.dateTime!);
  const { timeZone = 'UTC' } = master.start!;
  const at = (ms: number) => ({ dateTime: new Date(ms).toISOString(), timeZone });
  const begins = Date.parse(planned.dateTime!);
  return { start: at(begins), end: at(begins + took) };
}

/** A time of a series that is as the series says, which is not listed and can be got. */
function virtualTime({ events }: Calendar, id: string): Stored | undefined {
  const at = id.lastIndexOf('_');
  const master = events.get(id.slice(0, at));
  if (!master?.recurrence || master.status === 'cancelled') return undefined;
  const stamp = id.slice(at + 1);
  const date = `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`;
  const time = `${stamp.slice(9, 11)}:${stamp.slice(11, 13)}:${stamp.slice(13, 15)}`;
  const planned: GoogleTime =
    stamp.length === 8 ? { date } : { dateTime: `${date}T${time}Z`, timeZone: master.start!.timeZone ?? 'UTC' };
  const { recurrence: _, ...inherited } = master;
  return { ...inherited, ...timesAt(master, planned), id, recurringEventId: master.id, originalStartTime: planned };
}
