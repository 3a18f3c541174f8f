import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { zonePart } from '../../../directory/calendar-feed/index.ts';
import { type Wanted, type WriteInput, writeItem } from '../../meeting/index.ts';
import type { DavClient } from '../account/dav.ts';
import { findCalendars } from '../account/discovery.ts';
import { type DavItem, readMultistatus } from '../account/xml.ts';
import {
  type CalendarProvider,
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

const fetch_batch = 40;
/** Answers of a provider that gives its changes in pages. */
const pages_max = 200;
const described_hours = 800 * 24;
const xml = '<?xml version="1.0" encoding="utf-8"?>';
const calendarType = { 'content-type': 'text/calendar; charset=utf-8' };

interface CalDavOptions {
  client: DavClient;
  /** As somebody wrote it. */
  url: string;
  tenant_id: string;
}

/** A calendar server, by CalDAV (RFC 4791) and its reports of what has changed (RFC 6578). */
export const calDavProvider = ({ client, url, tenant_id }: CalDavOptions): CalendarProvider => ({
  calendars: () => findCalendars(client, url),
  calendar: (href) => new CalDavCalendar(client, href, tenant_id),
});

class CalDavCalendar implements RemoteCalendar {
  private readonly client: DavClient;
  private readonly href: string;
  private readonly tenant_id: string;

  constructor(client: DavClient, href: string, tenant_id: string) {
    this.client = client;
    this.href = href;
    this.tenant_id = tenant_id;
  }

  async changesSince({ sync_token, ctag }: Cursor, note: Note) {
    const now = await this.now();
    if (sync_token) {
      if (now.sync_token === sync_token) return 'same';
      const changes = await this.readChanges(sync_token);
      if (!changes) return 'lost';
      await note(changes.listed);
      return { gone: changes.gone, cursor: { sync_token: changes.token, ctag: now.ctag } };
    }
    return ctag !== null && now.ctag === ctag ? 'same' : 'lost';
  }

  async list(_isFirst: boolean, note: Note): Promise<Cursor> {
    const cursor = await this.now();
    const found = await this.client.propfind(this.href, '1', '<d:getetag/>');
    await note(listedOf(found?.items ?? [], this.href));
    return cursor;
  }

  async confirmGone(items: readonly Listed[]): Promise<Set<string>> {
    const gone = new Set<string>();
    const hrefs = items.map(({ href }) => href);
    for (let at = 0; at < hrefs.length; at += fetch_batch)
      for (const { status, href } of await this.multiget(hrefs.slice(at, at + fetch_batch), '<d:getetag/>'))
        if (isGone(status)) gone.add(pathOf(href, this.href));
    return gone;
  }

  async fetch(hrefs: readonly string[]): Promise<Map<string, ReceivedItem | 'gone'>> {
    const found = new Map<string, ReceivedItem | 'gone'>();
    for (const item of await this.multiget(hrefs, '<d:getetag/><c:calendar-data/>')) {
      const href = pathOf(item.href, this.href);
      const text = item.prop('calendar-data')?.text;
      const etag = item.prop('getetag')?.text.trim();
      if (isGone(item.status)) found.set(href, 'gone');
      else if (text && etag) found.set(href, { href, text, etag: etag.slice(0, 1000) });
    }
    return found;
  }

  async create({ wanted, zone, organizer }: NewEvent): Promise<string> {
    const uid = randomUUID();
    const described = wanted.starts_at && zone !== 'UTC' ? describe(zone, wanted.starts_at) : null;
    const body = await this.write({ is: 'new', uid, zone, described, organizer, wanted });
    const href = new URL(`${uid}.ics`, this.href.replace(/\/?$/, '/')).pathname;
    refuseRefused(
      await this.client.ask({ method: 'PUT', href, body, headers: { ...calendarType, 'if-none-match': '*' } }),
    );
    return href;
  }

  async change({ event, occurrence, zone }: Target, wanted: Wanted): Promise<Written> {
    return this.put(event, { is: 'change', ics: event.text, zone, occurrence, wanted });
  }

  async remove({ event, occurrence, zone }: Target): Promise<Written> {
    if (occurrence !== null)
      return this.put(event, { is: 'change', ics: event.text, zone, occurrence, wanted: {}, remove: true });
    const { href, etag } = event;
    const { status } = await this.client.ask({ method: 'DELETE', href, headers: { 'if-match': etag } });
    if (status === 412) return { is: 'stale', href };
    if (!isGone(status)) refuseRefused({ status });
    return { is: 'written', href };
  }

  /** Writes an item where it still is what was read. */
  private async put({ href, etag }: KnownEvent, input: WriteInput): Promise<Written> {
    const body = await this.write(input);
    const answer = await this.client.ask({
      method: 'PUT',
      href,
      body,
      headers: { ...calendarType, 'if-match': etag },
    });
    if (answer.status === 412 || answer.status === 404) return { is: 'stale', href };
    refuseRefused(answer);
    return { is: 'written', href };
  }

  private write(input: WriteInput): Promise<string> {
    return writeItem(input, { tenant: this.tenant_id, caller: '' });
  }

  /** Where the calendar is now. */
  private async now(): Promise<Cursor> {
    const [self] = (await this.client.propfind(this.href, '0', '<d:sync-token/><s:getctag/>'))?.items ?? [];
    if (!self) throw new NoSuchCalendar();
    return {
      sync_token: self.prop('sync-token')?.text.trim() || null,
      ctag: self.prop('getctag')?.text.trim() || null,
    };
  }

  /** What has changed since a token (RFC 6578); undefined where the provider refuses it. */
  private async readChanges(since: string) {
    const { client, href } = this;
    const listed: Listed[] = [];
    const gone: string[] = [];
    let token = since;
    for (let page = 0; page < pages_max; page++) {
      const body = `${xml}<d:sync-collection xmlns:d="DAV:"><d:sync-token>${escaped(token)}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>`;
      const { status, text } = await client.ask({ method: 'REPORT', href, body });
      if (status !== 207) return undefined;
      const answer = readMultistatus(text);
      listed.push(...listedOf(answer.items, href));
      gone.push(
        ...answer.items
          .filter((item) => item.status === 404 && !isCollection(item, href))
          .map((item) => pathOf(item.href, href)),
      );
      if (!answer.token) return undefined;
      const isLast = answer.token === token || !answer.items.some((item) => item.status === 507);
      token = answer.token;
      if (isLast) return { listed, gone, token };
    }
    return undefined;
  }

  /** Asks for items with their texts: each as it is, or that there is none. */
  private async multiget(hrefs: readonly string[], props: string): Promise<DavItem[]> {
    const wanted = hrefs.map((one) => `<d:href>${escaped(one)}</d:href>`).join('');
    const body = `${xml}<c:calendar-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>${props}</d:prop>${wanted}</c:calendar-multiget>`;
    const { status, text } = await this.client.ask({ method: 'REPORT', href: this.href, depth: '1', body });
    return status === 207 ? readMultistatus(text).items : [];
  }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The path of an item, by which it is known: hosts have several names. */
const pathOf = (href: string, base: string): string => new URL(href, base).pathname;
const isCollection = (item: DavItem, base: string) =>
  pathOf(item.href, base).replace(/\/$/, '') === new URL(base).pathname.replace(/\/$/, '') || item.href.endsWith('/');

const listedOf = (items: readonly DavItem[], base: string): Listed[] =>
  items.flatMap((item) => {
    const etag = item.prop('getetag')?.text.trim();
    return item.status < 300 && etag && !isCollection(item, base)
      ? { href: pathOf(item.href, base).slice(0, 2000), etag: etag.slice(0, 1000) }
      : [];
  });

/** A zone for the time of a meeting and some of its future, in which it may be made a series. */
function describe(zone: string, starts_at: string): unknown {
  const at = Temporal.Instant.from(starts_at);
  return zonePart(zone, at, at.add({ hours: described_hours }));
}
