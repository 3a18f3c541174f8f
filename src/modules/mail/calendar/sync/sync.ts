import type { JobRun } from '../../../../kernel/jobs/kind.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { asProgram } from '../../as-program.ts';
import { expandItems, type Fetched, storeItems, windowNow, zoneFor } from '../../meeting/index.ts';
import type { DavClient } from '../account/dav.ts';
import type { SourceRow } from '../account/queries.ts';
import { type DavItem, readMultistatus } from '../account/xml.ts';
import {
  accountLeases,
  dueObjects,
  forgetToken,
  type KnownObject,
  type Listed,
  markObjectsGone,
  noteCalendarListed,
  noteExpanded,
  noteObjectFailed,
  objectsAt,
  putListed,
  type SourceState,
  seriesAfter,
  setSource,
  unlistedObjects,
} from './queries.ts';

const fetch_batch = 40;
const read_batch = 20;
const list_batch = 500;
/** More that are gone at once need somebody's word: a provider that forgets a calendar looks the same. */
const deletions_max = 100;
/** Answers of a provider that gives its changes in pages. */
const pages_max = 200;
const ics_characters_max = 1_000_000;
/** Series are written out again once less than this lies ahead. */
const ahead_days = 335;
const day_ms = 86_400_000;

/** A run that owns an account and is signed in to its provider. */
export interface AccountRun {
  services: Services;
  run: JobRun;
  account_id: string;
  lease: string;
  client: DavClient;
  /** Whether all items are compared, not only what the provider says has changed. */
  isFull: boolean;
  /** When this run lets others have a turn. */
  until: number;
}

const owned = <R>({ run, account_id, lease }: AccountRun, work: (ctx: Context) => Promise<R>): Promise<R> =>
  asProgram(run, async (ctx) => {
    await accountLeases.hold(ctx, account_id, lease);
    return work(ctx);
  });

/** Brings one calendar to where its provider is. It can end anywhere and begin again. Returns whether it is done. */
export async function syncCalendar(account: AccountRun, source: SourceRow): Promise<boolean> {
  const { calendar_id } = source;
  const state = await compare(account, source);
  if (state) {
    await owned(account, (ctx) => setSource(ctx, calendar_id, state));
    return true;
  }
  while (Date.now() < account.until) {
    account.run.signal.throwIfAborted();
    if ((await fetchSome(account, source)) > 0) continue;
    await expandAhead(account, source);
    await owned(account, (ctx) => setSource(ctx, calendar_id, { state: 'in_sync', problem: null }));
    return true;
  }
  return false;
}

const xml = '<?xml version="1.0" encoding="utf-8"?>';

/** Notes what has changed at the provider. Returns a state where the calendar cannot go on. */
async function compare(account: AccountRun, source: SourceRow): Promise<SourceState | undefined> {
  const { client, isFull } = account;
  const { calendar_id, href } = source;
  const at = await client.propfind(href, '0', '<d:sync-token/><s:getctag/>');
  const [self] = at?.items ?? [];
  if (!self) {
    const problem =
      'Your provider no longer has this calendar. Its meetings stay here; connect the account anew if it was renamed.';
    return { state: 'failed', problem };
  }
  const token = self.prop('sync-token')?.text.trim() || null;
  const ctag = self.prop('getctag')?.text.trim() || null;
  if (!isFull && source.sync_token) {
    if (token === source.sync_token) return undefined;
    const changes = await readChanges(client, href, source.sync_token);
    if (changes) {
      const gone = await owned(account, (ctx) => objectsAt(ctx, calendar_id, changes.gone));
      return apply(account, source, { listed: changes.listed, gone, token: changes.token, ctag, count: null });
    }
    // The provider does not know the token any more: all is compared by ETags, and only what differs is fetched.
    await owned(account, (ctx) => forgetToken(ctx, calendar_id));
  } else if (!isFull && ctag !== null && ctag === source.ctag) return undefined;
  const listed = await listAll(client, href);
  const hrefs = listed.map((one) => one.href);
  const missing = await owned(account, (ctx) => unlistedObjects(ctx, calendar_id, hrefs));
  const gone = await confirmGone(client, href, missing);
  return apply(account, source, { listed, gone, token, ctag, count: listed.length });
}

interface Found {
  listed: readonly Listed[];
  gone: readonly KnownObject[];
  token: string | null;
  ctag: string | null;
  count: number | null;
}

async function apply(account: AccountRun, source: SourceRow, found: Found): Promise<SourceState | undefined> {
  const { calendar_id } = source;
  const { listed, gone, token, ctag, count } = found;
  for (let at = 0; at < listed.length; at += list_batch)
    await owned(account, (ctx) => putListed(ctx, calendar_id, listed.slice(at, at + list_batch)));
  const lost = gone.filter(({ is_ours }) => is_ours).length;
  if (lost > deletions_max && !source.deletions_confirmed_at) return { state: 'asks', problem: null, missing: lost };
  await owned(account, async (ctx) => {
    await markObjectsGone(
      ctx,
      gone.map(({ id }) => id),
    );
    await noteCalendarListed(ctx, calendar_id, { token, ctag, count });
  });
  return undefined;
}

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

async function listAll(client: DavClient, href: string): Promise<Listed[]> {
  const found = await client.propfind(href, '1', '<d:getetag/>');
  return listedOf(found?.items ?? [], href);
}

/** What has changed since a token (RFC 6578); undefined where the provider refuses it. */
async function readChanges(client: DavClient, href: string, since: string) {
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

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Asks for items with their texts: each as it is, or that there is none. */
async function multiget(client: DavClient, href: string, hrefs: readonly string[], props: string): Promise<DavItem[]> {
  const wanted = hrefs.map((one) => `<d:href>${escaped(one)}</d:href>`).join('');
  const body = `${xml}<c:calendar-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>${props}</d:prop>${wanted}</c:calendar-multiget>`;
  const { status, text } = await client.ask({ method: 'REPORT', href, depth: '1', body });
  return status === 207 ? readMultistatus(text).items : [];
}

/** Those of which the provider says, asked for each once more, that it has none. */
async function confirmGone(client: DavClient, href: string, missing: readonly KnownObject[]): Promise<KnownObject[]> {
  const confirmed: KnownObject[] = [];
  for (let at = 0; at < missing.length; at += fetch_batch) {
    const batch = missing.slice(at, at + fetch_batch);
    const answers = await multiget(
      client,
      href,
      batch.map((one) => one.href),
      '<d:getetag/>',
    );
    const gone = new Set(
      answers.filter(({ status }) => status === 404 || status === 410).map((item) => pathOf(item.href, href)),
    );
    confirmed.push(...batch.filter((one) => gone.has(one.href)));
  }
  return confirmed;
}

/** Fetches and reads some of what waits. Returns how many it tried. */
async function fetchSome(account: AccountRun, source: SourceRow): Promise<number> {
  const { client } = account;
  const { calendar_id, href } = source;
  const due = await owned(account, (ctx) => dueObjects(ctx, calendar_id, fetch_batch));
  if (due.length === 0) return 0;
  const answers = await multiget(
    client,
    href,
    due.map((one) => one.href),
    '<d:getetag/><c:calendar-data/>',
  );
  const byPath = new Map(answers.map((item) => [pathOf(item.href, href), item]));
  const fetched: Fetched[] = [];
  const gone: string[] = [];
  const failed = new Map<string, string>();
  for (const { id, href: path } of due) {
    const item = byPath.get(path);
    const ics = item?.prop('calendar-data')?.text;
    const etag = item?.prop('getetag')?.text.trim();
    if (item && (item.status === 404 || item.status === 410)) gone.push(id);
    else if (!ics || !etag) failed.set(id, 'The provider lists it and did not give it out');
    else if (ics.length > ics_characters_max) failed.set(id, 'It is larger than 1 MB');
    else fetched.push({ id, ics, etag: etag.slice(0, 1000) });
  }
  await owned(account, async (ctx) => {
    await markObjectsGone(ctx, gone);
    for (const [id, problem] of failed) await noteObjectFailed(ctx, id, problem);
  });
  for (let at = 0; at < fetched.length; at += read_batch)
    await readItems(account, calendar_id, fetched.slice(at, at + read_batch));
  return due.length;
}

async function readItems(account: AccountRun, calendar_id: string, fetched: readonly Fetched[]): Promise<void> {
  const { run } = account;
  const window = windowNow();
  const zone = await owned(account, (ctx) => zoneFor(ctx, calendar_id));
  const items = fetched.map(({ ics }) => ics);
  const read = await expandItems({ items, ...window, zone }, { tenant: run.job.tenant_id, caller: '' });
  await owned(account, (ctx) => storeItems(ctx, calendar_id, window, fetched, read));
}

const first_id = '00000000-0000-0000-0000-000000000000';

/** Writes series out further, from what was received: the provider is not asked. */
async function expandAhead(account: AccountRun, { calendar_id, expanded_until }: SourceRow): Promise<void> {
  const until = windowNow().to;
  if (expanded_until && Date.parse(expanded_until) > Date.now() + ahead_days * day_ms) return;
  // Of a calendar that was never written out each item has just been read.
  for (let after = expanded_until ? first_id : undefined; after !== undefined; ) {
    account.run.signal.throwIfAborted();
    const from = after;
    const found = await owned(account, (ctx) => seriesAfter(ctx, calendar_id, from, read_batch));
    if (found.length > 0)
      await readItems(
        account,
        calendar_id,
        found.map(({ id, ics }) => ({ id, ics, etag: null })),
      );
    after = found.length < read_batch ? undefined : found.at(-1)!.id;
  }
  await owned(account, (ctx) => noteExpanded(ctx, calendar_id, until));
}
