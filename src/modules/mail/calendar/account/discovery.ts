import { MailTrouble } from '../../mailbox/index.ts';
import type { DavClient } from './dav.ts';
import { childOf, type DavItem } from './xml.ts';

export interface FoundCalendar {
  href: string;
  name: string;
  is_writable: boolean;
}

const calendars_max = 500;
const calendarProps =
  '<d:displayname/><d:resourcetype/><c:supported-calendar-component-set/><d:current-user-privilege-set/>';

/**
 * The calendars of an account: from the address that somebody wrote to whoever signs in there, and to where their
 * calendars are (RFC 6764, RFC 4791).
 */
export async function findCalendars(
  client: DavClient,
  url: string,
): Promise<{ home: string; calendars: FoundCalendar[] }> {
  const given = await client.propfind(url, '0', `<d:current-user-principal/>${calendarProps}`);
  const [first] = given?.items ?? [];
  if (given && first && isCalendar(first)) return { home: given.url, calendars: [found(first, given.url)] };
  const home = (await homeOf(client, given)) ?? (await homeOf(client, await wellKnown(client, url)));
  const listed = home
    ? await client.propfind(home, '1', calendarProps)
    : given && (await client.propfind(given.url, '1', calendarProps));
  const calendars = (listed?.items ?? []).filter(isCalendar).map((item) => found(item, listed!.url));
  if (!listed || calendars.length === 0) throw noCalendars(new URL(url).host);
  return { home: listed.url, calendars: calendars.slice(0, calendars_max) };
}

const noCalendars = (host: string) =>
  new MailTrouble(
    `There are no calendars at this address of ${host}. Your provider names its address for CalDAV.`,
    true,
  );

type Found = Awaited<ReturnType<DavClient['propfind']>>;

const wellKnown = (client: DavClient, url: string): Promise<Found> =>
  client.propfind(new URL('/.well-known/caldav', url).href, '0', '<d:current-user-principal/>');

async function homeOf(client: DavClient, at: Found): Promise<string | undefined> {
  const principal = hrefIn(at?.items[0], 'current-user-principal');
  if (!at || !principal) return undefined;
  const of = await client.propfind(new URL(principal, at.url).href, '0', '<c:calendar-home-set/>');
  const home = hrefIn(of?.items[0], 'calendar-home-set');
  return of && home ? new URL(home, of.url).href : undefined;
}

const hrefIn = (item: DavItem | undefined, prop: string): string | undefined =>
  childOf(item?.prop(prop), 'href')?.text.trim() || undefined;

/** Of events: there are others, of tasks alone. */
function isCalendar(item: DavItem): boolean {
  if (!childOf(item.prop('resourcetype'), 'calendar')) return false;
  const kinds = item.prop('supported-calendar-component-set')?.children ?? [];
  return kinds.length === 0 || kinds.some(({ text }) => text.includes('VEVENT'));
}

function found(item: DavItem, base: string): FoundCalendar {
  const href = new URL(item.href, base).href;
  const may = item.prop('current-user-privilege-set')?.children.flatMap((one) => one.children.map(({ name }) => name));
  return {
    href,
    name: item.prop('displayname')?.text.trim().slice(0, 200) || nameOf(href),
    is_writable: may === undefined || may.some((name) => ['all', 'write', 'write-content', 'bind'].includes(name)),
  };
}

const nameOf = (href: string): string =>
  decodeURIComponent(href.split('/').filter(Boolean).at(-1) ?? '').slice(0, 200) || 'Calendar';
