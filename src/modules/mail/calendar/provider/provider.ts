import type { Wanted } from '../../meeting/index.ts';
import type { FoundCalendar } from '../account/discovery.ts';

/** An item as a provider lists it: what it is called there, and which version of it there is. */
export interface Listed {
  href: string;
  etag: string;
  /** Of a changed time of a series that is an item of its own: the item of the series. */
  series_href?: string | null;
}

/** An item that was given out: text of iCalendar, or what Google has of an event, as JSON. */
export interface ReceivedItem extends Listed {
  text: string;
}

export const isReceived = (item: Listed | ReceivedItem): item is ReceivedItem => 'text' in item;

/** How far the provider had come when its items were last noted. */
export interface Cursor {
  sync_token: string | null;
  ctag: string | null;
}

export interface Changes {
  /** What the provider says was deleted. */
  gone: readonly string[];
  cursor: Cursor;
}

/** Notes items as they are listed, with their texts where listing gives them out. */
export type Note = (listed: readonly (Listed | ReceivedItem)[]) => Promise<void>;

/** The provider has no such calendar any more. */
export class NoSuchCalendar extends Error {}

/** A meeting here, and the item in which it stands, as they were read. */
export interface KnownEvent {
  href: string;
  etag: string;
  text: string;
  /** Set on a changed time of a series that is an item of its own, and whose series is not here. */
  series_href: string | null;
  /** Items of its changed times, where those are items of their own. */
  parts: readonly Listed[];
  title: string;
  description: string;
  location: string;
}

export interface Target {
  event: KnownEvent;
  /** Which time of a series; null for all of it, and for what does not repeat. */
  occurrence: string | null;
  zone: string;
}

/** An item was changed since it was read (`stale`), or was written. `href`: what to read back. */
export interface Written {
  is: 'written' | 'stale';
  href: string;
}

export interface NewEvent {
  wanted: Wanted;
  zone: string;
  organizer: string | null;
}

/** One calendar of a provider. Throws `MailTrouble` for what is wrong there, and `NoSuchCalendar`. */
export interface RemoteCalendar {
  /** Notes what has changed since; `lost` where the provider cannot say it any more. */
  changesSince(cursor: Cursor, note: Note): Promise<Changes | 'same' | 'lost'>;
  /** Notes all items; with their texts, if that costs nothing more and none are here (`isFirst`). */
  list(isFirst: boolean, note: Note): Promise<Cursor>;
  /** Those of which the provider says, asked for each once more, that it has none. */
  confirmGone(items: readonly Listed[]): Promise<Set<string>>;
  /** What is not given out is left out. */
  fetch(hrefs: readonly string[]): Promise<Map<string, ReceivedItem | 'gone'>>;
  /** Answers what the new item is called. */
  create(event: NewEvent): Promise<string>;
  change(target: Target, wanted: Wanted): Promise<Written>;
  remove(target: Target): Promise<Written>;
}

/** What is asked of the provider of an account. */
export interface CalendarProvider {
  calendars(): Promise<{ home: string | null; calendars: FoundCalendar[] }>;
  calendar(href: string): RemoteCalendar;
}
