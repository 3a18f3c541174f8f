import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { Temporal } from 'temporal-polyfill';
import { type GoogleApi, MailTrouble } from '../../mailbox/index.ts';
import { type GoogleEvent, type Wanted, zoneOfTime } from '../../meeting/index.ts';
import type { FoundCalendar } from '../account/discovery.ts';
import { newEventOf, patchOf } from './google-write.ts';
import {
  type CalendarProvider,
  type Changes,
  type Cursor,
  type KnownEvent,
  type Listed,
  type NewEvent,
  NoSuchCalendar,
  type Note,
  type ReceivedItem,
  type RemoteCalendar,
  type Target,
  type Written,
} from './provider.ts';
import { isGone, refuseRefused } from './refused.ts';

const units = 1;
const asked_at_once = 4;
const page_rows = 250;
/** Of identifiers alone. */
const identifier_rows = 2500;
const pages_max = 2000;
/** Birthdays and places of work are no meetings. The same in each list: a token belongs to what was asked for. */
const event_types = ['default', 'focusTime', 'fromGmail', 'outOfOffice'];
const identifiers = 'nextPageToken,nextSyncToken,items(id,etag,status,recurringEventId)';
const writing_roles = new Set(['owner', 'writer', 'writerWithoutPrivateAccess']);
/** People who are invited hear of it, as they do when one writes in Google's own calendar. */
const sendUpdates = 'all';

interface Page<T> {
  items?: T[];
  nextPageToken?: string;
  nextSyncToken?: string;
}
interface CalendarListEntry {
  id: string;
  summary?: string;
  summaryOverride?: string;
  accessRole?: string;
}
type Query = Record<string, string | number | undefined>;

const root = '/calendar/v3';

/** Whose calendars these are: the primary one has their address for a name. */
export async function addressAt(api: GoogleApi): Promise<string> {
  const { body } = await api.ask<CalendarListEntry>({ path: `${root}/users/me/calendarList/primary`, units });
  return body.id;
}

/** Calendars of Google by its REST interface: an item for each event, and for each changed time of a series. */
export class GoogleCalendarProvider implements CalendarProvider {
  private readonly api: GoogleApi;

  constructor(api: GoogleApi) {
    this.api = api;
  }

  async calendars(): Promise<{ home: null; calendars: FoundCalendar[] }> {
    const calendars: FoundCalendar[] = [];
    let pageToken: string | undefined;
    do {
      const { body } = await this.api.ask<Page<CalendarListEntry>>({
        path: `${root}/users/me/calendarList`,
        query: { minAccessRole: 'reader', maxResults: page_rows, pageToken },
        units,
      });
      for (const { id, summary, summaryOverride, accessRole = '' } of body.items ?? [])
        calendars.push({
          href: id,
          name: (summaryOverride || summary || id).slice(0, 200),
          is_writable: writing_roles.has(accessRole),
        });
      pageToken = body.nextPageToken;
    } while (pageToken);
    return { home: null, calendars };
  }

  calendar(href: string): RemoteCalendar {
    return new GoogleCalendar(this.api, href);
  }
}

class GoogleCalendar implements RemoteCalendar {
  private readonly api: GoogleApi;
  private readonly path: string;
  private readonly limit = pLimit(asked_at_once);

  constructor(api: GoogleApi, id: string) {
    this.api = api;
    this.path = `${root}/calendars/${encodeURIComponent(id)}/events`;
  }

  async changesSince({ sync_token }: Cursor, note: Note): Promise<Changes | 'lost'> {
    if (!sync_token) return 'lost';
    // An event that changed between two pages stands in both: the later one counts.
    const changed = new Map<string, GoogleEvent>();
    const cursor = await this.pages({ syncToken: sync_token, maxResults: page_rows }, async (events) => {
      for (const event of events) changed.set(event.id, event);
      await note([]);
    });
    if (!cursor) return 'lost';
    const events = [...changed.values()];
    await note(seriesFirst(events.filter((event) => !isDeleted(event)).map(receivedOf)));
    return { gone: events.filter(isDeleted).map(({ id }) => id), cursor };
  }

  async list(isFirst: boolean, note: Note): Promise<Cursor> {
    // A changed time is read with its series, which may stand on a later page.
    const parts: Listed[] = [];
    const query = isFirst ? { maxResults: page_rows } : { maxResults: identifier_rows, fields: identifiers };
    const cursor = await this.pages(query, async (events) => {
      const items = events.filter((event) => !isDeleted(event)).map(isFirst ? receivedOf : listedOf);
      parts.push(...items.filter(({ series_href }) => series_href));
      await note(items.filter(({ series_href }) => !series_href));
    });
    if (!cursor) throw new MailTrouble('Google does not answer as it should. It is tried again.', false);
    await note(parts);
    return cursor;
  }

  async confirmGone(known: readonly Listed[]): Promise<Set<string>> {
    const gone = new Set<string>();
    const ask = async ({ href, etag, series_href }: Listed) => {
      const event = await this.get(href);
      // Of a time that is as its series says again Google tells as of any other, in another version.
      if (!event || event.status === 'cancelled' || (series_href && event.etag !== etag)) gone.add(href);
    };
    await Promise.all(known.map((one) => this.limit(() => ask(one))));
    return gone;
  }

  async fetch(hrefs: readonly string[]): Promise<Map<string, ReceivedItem | 'gone'>> {
    const found = new Map<string, ReceivedItem | 'gone'>();
    const ask = async (href: string) => {
      const event = await this.get(href);
      // One that was just listed may not be given out for a moment: that says nothing of whether it is there.
      if (event) found.set(href, isDeleted(event) ? 'gone' : receivedOf(event));
    };
    await Promise.all(hrefs.map((href) => this.limit(() => ask(href))));
    return found;
  }

  async create(event: NewEvent): Promise<string> {
    const id = randomUUID().replaceAll('-', '');
    const { status } = await this.api.ask({
      method: 'POST',
      path: this.path,
      query: { sendUpdates },
      json: { id, ...newEventOf(event) },
      units,
      answers: [403, 404, 409],
    });
    // Asked a second time, after an answer that was lost, it is there already.
    if (status !== 409) refuseRefused({ status });
    return id;
  }

  async change({ event, occurrence, zone }: Target, wanted: Wanted): Promise<Written> {
    const found = await this.targetOf(event, occurrence);
    if ('is' in found) return found;
    const json = patchOf(wanted, event, found.event, zone);
    if (Object.keys(json).length === 0) return { is: 'written', href: found.href };
    return this.write('PATCH', found, json);
  }

  async remove({ event, occurrence }: Target): Promise<Written> {
    const found = await this.targetOf(event, occurrence);
    return 'is' in found ? found : this.write('DELETE', found);
  }

  /** Writes an event where it still is what was read. */
  private async write(
    method: 'PATCH' | 'DELETE',
    { href, etag }: { href: string; etag: string },
    json?: object,
  ): Promise<Written> {
    const { status } = await this.api.ask({
      method,
      path: `${this.path}/${encodeURIComponent(href)}`,
      query: { sendUpdates },
      ...(json && { json }),
      headers: { 'if-match': etag },
      units,
      answers: [403, 404, 410, 412],
    });
    if (status === 412 || (method === 'PATCH' && isGone(status))) return { is: 'stale', href };
    if (!isGone(status)) refuseRefused({ status });
    return { is: 'written', href };
  }

  /** The event that is written: that of a series, or of one time of it. */
  private async targetOf(
    { href, etag, text, series_href, parts }: KnownEvent,
    occurrence: string | null,
  ): Promise<{ href: string; etag: string; event: GoogleEvent } | Written> {
    const own = JSON.parse(text) as GoogleEvent;
    if (occurrence === null || series_href) return { href, etag, event: own };
    const event = await this.timeOf(href, originalStart(own, occurrence));
    if (!event) return { is: 'stale', href };
    const part = parts.find((one) => one.href === event.id);
    // A time that was changed since its series was read is nothing that is known here.
    const isNewer = Date.parse(event.updated ?? '') > Date.parse(own.updated ?? '');
    if (!part && isNewer) return { is: 'stale', href: event.id };
    return { href: event.id, etag: part?.etag ?? event.etag, event };
  }

  /** One time of a series, by when it was planned. */
  private async timeOf(series: string, original: string): Promise<GoogleEvent | undefined> {
    const { status, body } = await this.api.ask<Page<GoogleEvent>>({
      path: `${this.path}/${encodeURIComponent(series)}/instances`,
      query: { originalStart: original },
      units,
      answers: [404, 410],
    });
    return status < 300 ? body.items?.[0] : undefined;
  }

  private async get(id: string): Promise<GoogleEvent | undefined> {
    const { status, body } = await this.api.ask<GoogleEvent>({
      path: `${this.path}/${encodeURIComponent(id)}`,
      units,
      answers: [404, 410],
    });
    return status < 300 ? body : undefined;
  }

  /** Reads all pages of a list; undefined where Google does not know the token any more (410). */
  private async pages(
    query: Query,
    take: (events: readonly GoogleEvent[]) => Promise<void>,
  ): Promise<Cursor | undefined> {
    let pageToken: string | undefined;
    for (let page = 0; page < pages_max; page++) {
      const { status, body } = await this.api.ask<Page<GoogleEvent>>({
        path: this.path,
        query: { ...query, eventTypes: event_types, pageToken },
        units,
        answers: [404, 410],
      });
      if (status === 404) throw new NoSuchCalendar();
      if (status === 410) return undefined;
      await take(body.items ?? []);
      pageToken = body.nextPageToken;
      if (!pageToken) return { sync_token: body.nextSyncToken ?? null, ctag: null };
    }
    throw new MailTrouble('Google sends more than can be read at once.', true);
  }
}

/** A cancelled time of a series is what one has to know of the series; whatever else is cancelled was deleted. */
const isDeleted = ({ status, recurringEventId }: GoogleEvent): boolean => status === 'cancelled' && !recurringEventId;

const listedOf = ({ id, etag, recurringEventId }: GoogleEvent): Listed => ({
  href: id,
  etag,
  series_href: recurringEventId ?? null,
});
const receivedOf = (event: GoogleEvent): ReceivedItem => ({ ...listedOf(event), text: JSON.stringify(event) });

const seriesFirst = <T extends Listed>(items: readonly T[]): T[] => [
  ...items.filter(({ series_href }) => !series_href),
  ...items.filter(({ series_href }) => series_href),
];

/** When a time of a series was planned, as Google names it. */
function originalStart({ start }: GoogleEvent, occurrence: string): string {
  if (start?.date) return occurrence;
  return Temporal.PlainDateTime.from(occurrence).toZonedDateTime(zoneOfTime(start)).toInstant().toString();
}
