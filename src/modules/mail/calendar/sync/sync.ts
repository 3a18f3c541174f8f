import type { JobRun } from '../../../../kernel/jobs/kind.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { asProgram } from '../../as-program.ts';
import { windowNow } from '../../meeting/index.ts';
import type { SourceRow } from '../account/queries.ts';
import {
  type CalendarProvider,
  type Cursor,
  isReceived,
  type Listed,
  NoSuchCalendar,
  type ReceivedItem,
  type RemoteCalendar,
} from '../provider/provider.ts';
import {
  accountLeases,
  dueObjects,
  forgetToken,
  type KnownObject,
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
import { type Reading, readItems } from './read.ts';

const fetch_batch = 40;
const read_batch = 20;
const list_batch = 500;
/** More that are gone at once need somebody's word: a provider that forgets a calendar looks the same. */
const deletions_max = 100;
const item_characters_max = 1_000_000;
/** Series are written out again once less than this lies ahead. */
const ahead_days = 335;
const day_ms = 86_400_000;

/** A run that owns an account and is signed in to its provider. */
export interface AccountRun {
  services: Services;
  run: JobRun;
  account_id: string;
  lease: string;
  provider: CalendarProvider;
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
  const calendar = account.provider.calendar(source.href);
  const state = await compare(account, source, calendar).catch((error: unknown) => {
    if (error instanceof NoSuchCalendar) return noSuchCalendar;
    throw error;
  });
  if (state) {
    await owned(account, (ctx) => setSource(ctx, calendar_id, state));
    return true;
  }
  while (Date.now() < account.until) {
    account.run.signal.throwIfAborted();
    if ((await fetchSome(account, calendar, calendar_id)) > 0) continue;
    await expandAhead(account, source);
    await owned(account, (ctx) => setSource(ctx, calendar_id, { state: 'in_sync', problem: null }));
    return true;
  }
  return false;
}

const noSuchCalendar: SourceState = {
  state: 'failed',
  problem:
    'Your provider no longer has this calendar. Its meetings stay here; connect the account anew if it was renamed.',
};

/** Notes what has changed at the provider. Returns a state where the calendar cannot go on. */
async function compare(
  account: AccountRun,
  source: SourceRow,
  calendar: RemoteCalendar,
): Promise<SourceState | undefined> {
  const { calendar_id } = source;
  if (!account.isFull) {
    const changes = await calendar.changesSince(source, (listed) => note(account, calendar_id, listed));
    if (changes === 'same') return undefined;
    if (changes !== 'lost') {
      const gone = await owned(account, (ctx) => objectsAt(ctx, calendar_id, changes.gone));
      const said = new Set(changes.gone);
      // Times of a series that was deleted are asked for: one may be invited to such a time alone.
      const parts = await confirmGone(
        calendar,
        gone.filter(({ href }) => !said.has(href)),
      );
      const all = [...gone.filter(({ href }) => said.has(href)), ...parts];
      return apply(account, source, { gone: all, cursor: changes.cursor, count: null });
    }
    // The provider does not know the token any more: all is compared by ETags, and only what differs is fetched.
    if (source.sync_token) await owned(account, (ctx) => forgetToken(ctx, calendar_id));
  }
  const hrefs = new Set<string>();
  const cursor = await calendar.list(source.provider_count === null, async (listed) => {
    for (const { href } of listed) hrefs.add(href);
    await note(account, calendar_id, listed);
  });
  const missing = await owned(account, (ctx) => unlistedObjects(ctx, calendar_id, [...hrefs]));
  const gone = await confirmGone(calendar, missing);
  return apply(account, source, { gone, cursor, count: hrefs.size });
}

async function confirmGone(calendar: RemoteCalendar, missing: readonly KnownObject[]): Promise<KnownObject[]> {
  const confirmed = await calendar.confirmGone(missing);
  return missing.filter(({ href }) => confirmed.has(href));
}

/** Notes what the provider lists, and reads what it gave out with it. */
async function note(
  account: AccountRun,
  calendar_id: string,
  listed: readonly (Listed | ReceivedItem)[],
): Promise<void> {
  for (let at = 0; at === 0 || at < listed.length; at += list_batch)
    await owned(account, (ctx) => putListed(ctx, calendar_id, listed.slice(at, at + list_batch)));
  const received = listed.filter(isReceived);
  await readAll(
    account,
    calendar_id,
    received.filter(({ text }) => text.length <= item_characters_max),
  );
}

interface Found {
  gone: readonly KnownObject[];
  cursor: Cursor;
  count: number | null;
}

async function apply(
  account: AccountRun,
  source: SourceRow,
  { gone, cursor, count }: Found,
): Promise<SourceState | undefined> {
  const { calendar_id } = source;
  const lost = gone.filter(({ is_ours }) => is_ours).length;
  if (lost > deletions_max && !source.deletions_confirmed_at) return { state: 'asks', problem: null, missing: lost };
  await forget(account, calendar_id, gone);
  await owned(account, (ctx) => noteCalendarListed(ctx, calendar_id, { ...cursor, count }));
  return undefined;
}

/** Items of which the provider says that they are gone; what is left of their series is read by itself. */
async function forget(
  account: AccountRun,
  calendar_id: string,
  gone: readonly { id: string; href: string }[],
): Promise<void> {
  if (gone.length === 0) return;
  await owned(account, (ctx) =>
    markObjectsGone(
      ctx,
      gone.map(({ id }) => id),
    ),
  );
  await readOwned(account, calendar_id, { keys: gone.map(({ href }) => href), received: [] });
}

/** Fetches and reads some of what waits. Returns how many it tried. */
async function fetchSome(account: AccountRun, calendar: RemoteCalendar, calendar_id: string): Promise<number> {
  const due = await owned(account, (ctx) => dueObjects(ctx, calendar_id, fetch_batch));
  if (due.length === 0) return 0;
  const found = await calendar.fetch(due.map((one) => one.href));
  const received: ReceivedItem[] = [];
  const gone: typeof due = [];
  const failed = new Map<string, string>();
  for (const { id, href } of due) {
    const item = found.get(href);
    if (item === 'gone') gone.push({ id, href });
    else if (!item) failed.set(id, 'The provider lists it and did not give it out');
    else if (item.text.length > item_characters_max) failed.set(id, 'It is larger than 1 MB');
    else received.push(item);
  }
  await forget(account, calendar_id, gone);
  await owned(account, async (ctx) => {
    for (const [id, problem] of failed) await noteObjectFailed(ctx, id, problem);
  });
  await readAll(account, calendar_id, received);
  return due.length;
}

const readOwned = (account: AccountRun, calendar_id: string, reading: Reading): Promise<void> =>
  readItems((work) => owned(account, work), { tenant_id: account.run.job.tenant_id, calendar_id }, reading);

async function readAll(account: AccountRun, calendar_id: string, items: readonly ReceivedItem[]): Promise<void> {
  for (let at = 0; at < items.length; at += read_batch)
    await readOwned(account, calendar_id, { received: items.slice(at, at + read_batch) });
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
    if (found.length > 0) await readOwned(account, calendar_id, { keys: found.map(({ key }) => key), received: [] });
    after = found.length < read_batch ? undefined : found.at(-1)!.id;
  }
  await owned(account, (ctx) => noteExpanded(ctx, calendar_id, until));
}
