import { setTimeout as sleep } from 'node:timers/promises';
import { inBatches } from '../../by-size.ts';
import { leaveMailbox, raw_bytes_max, refreshThreads } from '../../message/index.ts';
import { type LocatedState, type OpenFolder, stable_validity } from '../provider/provider.ts';
import { carryOut } from './carry-out.ts';
import { fetchSome } from './fetch.ts';
import {
  applyChoices,
  describeItems,
  endConfirmation,
  type FolderRow,
  findCursor,
  forgetCursor,
  insertItems,
  isConfirmed,
  isWaiting,
  type ListedItem,
  locatedItems,
  markGone,
  missingItems,
  noteCompared,
  noteCursor,
  noteFolderGone,
  noteMissing,
  noteSeen,
  putFolders,
  relocate,
  renumber,
  undescribed,
  unequalFolders,
  unlisted,
} from './queries.ts';
import { type MailboxRun, owned } from './run.ts';

const list_batch = 200;
const describe_batch = 100;
/** More that are gone at once need somebody's word: a provider that forgets a folder looks the same. */
const deletions_max = 100;
const folders_max = 10_000;
const read_poll_ms = 100;
/** So many of the newest are asked whether they were read elsewhere. */
const flags_max = 500;

export type SyncOutcome =
  | { is: 'more' }
  | { is: 'in_sync' }
  | { is: 'asks'; missing: number }
  | { is: 'differs'; folder: string };

/**
 * One turn: compares every folder with the ledger, fetches the newest of what is new, and settles what is gone. It can
 * end anywhere and begin again.
 */
export async function syncTurn(mailbox: MailboxRun): Promise<SyncOutcome> {
  const { run, mailbox_id, provider } = mailbox;
  const listed = (await provider.folders()).slice(0, folders_max);
  const folders = await owned(mailbox, async (ctx) => {
    const rows = await putFolders(ctx, mailbox_id, listed);
    await applyChoices(ctx, mailbox_id);
    return rows;
  });
  const there = new Set(listed.map(({ path }) => path));
  await carryOut(mailbox, folders, there);
  const located = await locateItems(mailbox);
  const compared: Compared[] = [];
  let isComplete = located?.isComplete ?? true;
  for (const folder of located && !located.items ? [] : folders) {
    run.signal.throwIfAborted();
    if (!there.has(folder.path)) {
      compared.push({ folder, validity: '0', uids: [], unlisted: [] });
      continue;
    }
    if (folder.is_label) {
      await countLabelled(mailbox, folder);
      continue;
    }
    const state = await compareFolder(mailbox, folder);
    // It went while this run was at others: the next one sees that.
    if (!state) isComplete = false;
    else compared.push(state);
  }
  if (located?.isComplete !== false) await forgetUnfetched(mailbox, compared, there);
  if (located && isComplete && isListed(compared)) await noteListed(mailbox, located, compared);
  let isSame = false;
  do {
    run.signal.throwIfAborted();
    if ((await fetchSome(mailbox, folders, { isSame })) === 0 && !(await listMore(mailbox, compared))) break;
    isSame = true;
    isComplete &&= Date.now() < mailbox.until;
  } while (Date.now() < mailbox.until);
  const waiting = await untilRead(mailbox);
  await describeExcluded(mailbox, folders);
  // Whether something was moved rather than deleted is known when all else has been read.
  if (!isComplete || !isListed(compared) || waiting.listed || waiting.received) return { is: 'more' };
  const missing = await settleMissing(mailbox, compared, there);
  if (missing > 0) return { is: 'asks', missing };
  const [unequal] = await owned(mailbox, (ctx) => unequalFolders(ctx, mailbox_id));
  if (unequal) {
    // What was taken for all was not: it is listed anew.
    if (located) await owned(mailbox, (ctx) => forgetCursor(ctx, mailbox_id));
    return { is: 'differs', folder: unequal.path };
  }
  if (located) await owned(mailbox, (ctx) => noteCursor(ctx, mailbox_id, located));
  return { is: 'in_sync' };
}

/**
 * Waits until what could not be imported when it came has been read, as long as this turn lasts: the next one would
 * list all identifiers again. The job that reads cannot set it off: two jobs that cause each other are taken for a
 * loop. It runs after this turn where a worker runs one job at a time.
 */
async function untilRead(mailbox: MailboxRun): Promise<Awaited<ReturnType<typeof isWaiting>>> {
  const isAlone = mailbox.services.config.WORKER_SLOTS === 1;
  for (;;) {
    const waiting = await owned(mailbox, (ctx) => isWaiting(ctx, mailbox.mailbox_id));
    if (!waiting.received || isAlone || Date.now() > mailbox.until) return waiting;
    await sleep(read_poll_ms, undefined, { signal: mailbox.run.signal });
  }
}

/** All identifiers are compared so often, whatever the provider says has changed. */
const listed_ms = 86_400_000;

/** Brings the ledger to where items are, of a provider that knows them by identifiers that stay. */
async function locateItems(mailbox: MailboxRun): Promise<LocatedState | undefined> {
  const { provider, mailbox_id } = mailbox;
  if (!provider.locate) return undefined;
  const { cursor, listed_at, is_empty } = await owned(mailbox, (ctx) => findCursor(ctx, mailbox_id));
  const isFresh = listed_at !== null && Date.parse(listed_at) > Date.now() - listed_ms;
  const located = await provider.locate({
    cursor: isFresh ? cursor : null,
    isEmpty: is_empty,
    readItems: () => owned(mailbox, (ctx) => locatedItems(ctx, mailbox_id)),
    holdLease: () => owned(mailbox, async () => undefined),
  });
  const { items } = located;
  if (items)
    await owned(mailbox, async (ctx) => {
      const messages = await relocate(ctx, { mailbox_id, validity: stable_validity }, items);
      await applyChoices(ctx, mailbox_id);
      await refreshThreads(ctx, mailbox_id, messages);
    });
  return located;
}

/** What is listed is known from now on, unless something is missing: until that is settled it is looked for again. */
async function noteListed(mailbox: MailboxRun, located: LocatedState, compared: readonly Compared[]): Promise<void> {
  for (const { folder, validity, uids } of compared)
    if ((await owned(mailbox, (ctx) => missingItems(ctx, folder, validity, uids))).length > 0) return;
  await owned(mailbox, (ctx) => noteCursor(ctx, mailbox.mailbox_id, located));
}

/** What is not fetched is described all the same, so that somebody who looks for it is told why it is not here. */
async function describeExcluded(mailbox: MailboxRun, folders: readonly FolderRow[]): Promise<void> {
  const { provider, mailbox_id } = mailbox;
  if (!provider.locate) return;
  while (Date.now() < mailbox.until) {
    const due = await owned(mailbox, (ctx) => undescribed(ctx, mailbox_id, describe_batch));
    if (due.length === 0) return;
    for (const [folder_id, items] of Map.groupBy(due, (item) => item.folder_id)) {
      const opened = await provider.open(folders.find(({ id }) => id === folder_id)?.path ?? '');
      const found = (await opened?.describeLater?.(items.map(({ uid }) => uid))) ?? [];
      const byUid = new Map(found.map((item) => [item.uid, item]));
      await owned(mailbox, (ctx) =>
        describeItems(
          ctx,
          items.map(({ id, uid }) => ({ ...nothing_known, ...byUid.get(uid), id, uid })),
        ),
      );
    }
  }
}

const nothing_known = {
  header_id: null,
  subject: '',
  from_address: '',
  sent_at: null,
  size_bytes: 0,
  is_seen: false,
};

interface Compared {
  folder: FolderRow;
  validity: string;
  uids: string[];
  /** Those of them that the ledger does not have yet, the newest first. */
  unlisted: string[];
}

const isListed = (compared: readonly Compared[]): boolean => compared.every(({ unlisted }) => unlisted.length === 0);

async function countLabelled(mailbox: MailboxRun, folder: FolderRow): Promise<void> {
  const opened = await mailbox.provider.open(folder.path);
  if (!opened) return;
  const { length } = await opened.list();
  await owned(mailbox, (ctx) => noteCompared(ctx, folder, opened.validity, length));
}

/** Brings the newest of what a folder lists into the ledger; undefined where there is no such folder any more. */
async function compareFolder(mailbox: MailboxRun, folder: FolderRow): Promise<Compared | undefined> {
  const opened = await mailbox.provider.open(folder.path);
  if (!opened) return undefined;
  const { validity } = opened;
  const uids = await opened.list();
  if (folder.uid_validity !== null && folder.uid_validity !== validity) {
    const items: ListedItem[] = [];
    for (const batch of inBatches(uids, list_batch)) items.push(...(await opened.describe(batch)));
    await owned(mailbox, (ctx) => renumber(ctx, { folder, validity }, items));
  }
  const fresh = await owned(mailbox, async (ctx) => {
    await noteCompared(ctx, folder, validity, uids.length);
    return unlisted(ctx, folder, validity, uids);
  });
  const state = { folder, validity, uids, unlisted: fresh };
  await listNext(mailbox, opened, state);
  await readFlags(mailbox, opened, state);
  return state;
}

/** Brings the newest of what a folder lists and the ledger lacks into it, so many at once. */
async function listNext(mailbox: MailboxRun, opened: OpenFolder, state: Compared): Promise<void> {
  const { run, mailbox_id } = mailbox;
  const { folder, validity, unlisted } = state;
  for (const batch of inBatches(unlisted.splice(0, opened.listed_max), list_batch)) {
    run.signal.throwIfAborted();
    const items = await opened.describe(batch);
    const place = { mailbox_id, folder, validity, bytes_max: raw_bytes_max };
    await owned(mailbox, (ctx) => insertItems(ctx, place, items));
  }
}

/** The same in each folder, once what was brought before is fetched. Returns whether there was any. */
async function listMore(mailbox: MailboxRun, compared: readonly Compared[]): Promise<boolean> {
  let isMore = false;
  for (const state of compared) {
    if (state.unlisted.length === 0) continue;
    const opened = await mailbox.provider.open(state.folder.path, { isSame: true });
    if (opened?.validity !== state.validity) continue;
    await listNext(mailbox, opened, state);
    isMore = true;
  }
  return isMore;
}

async function readFlags(mailbox: MailboxRun, opened: OpenFolder, { folder, validity, uids }: Compared): Promise<void> {
  const newest = uids.slice(0, flags_max);
  if (newest.length === 0 || !folder.is_chosen) return;
  const flags = await opened.readSeen(newest);
  await owned(mailbox, async (ctx) => {
    const changed = await noteSeen(ctx, folder, validity, flags);
    await refreshThreads(
      ctx,
      mailbox.mailbox_id,
      changed.flatMap(({ message_id }) => message_id ?? []),
    );
  });
}

/** What is gone before it was fetched: nothing of it is here that could be lost. */
async function forgetUnfetched(
  mailbox: MailboxRun,
  compared: readonly Compared[],
  there: ReadonlySet<string>,
): Promise<void> {
  for (const state of compared) {
    const { folder, validity, uids } = state;
    const missing = await owned(mailbox, (ctx) => missingItems(ctx, folder, validity, uids));
    const unfetched = missing.filter(({ is_ours }) => !is_ours);
    if (unfetched.length === 0) continue;
    const confirmed = (await confirmMissing(mailbox, state, unfetched, there)) ?? [];
    await owned(mailbox, (ctx) =>
      markGone(
        ctx,
        confirmed.map(({ id }) => id),
      ),
    );
  }
}

/** Settles what the provider no longer lists, once it has said so twice. Returns how many wait for a person's word. */
async function settleMissing(
  mailbox: MailboxRun,
  compared: readonly Compared[],
  there: ReadonlySet<string>,
): Promise<number> {
  const { mailbox_id } = mailbox;
  const found: { state: Compared; ids: string[]; deleted: number }[] = [];
  for (const state of compared) {
    const { folder, validity, uids } = state;
    const missing = await owned(mailbox, (ctx) => missingItems(ctx, folder, validity, uids));
    const confirmed = missing.length === 0 ? missing : await confirmMissing(mailbox, state, missing, there);
    if (confirmed === undefined) continue;
    const deleted = confirmed.filter(({ is_elsewhere }) => !is_elsewhere);
    found.push({ state, ids: confirmed.map(({ id }) => id), deleted: deleted.length });
  }
  const total = found.reduce((sum, { deleted }) => sum + deleted, 0);
  return owned(mailbox, async (ctx) => {
    const isAllowed = total <= deletions_max || (await isConfirmed(ctx, mailbox_id));
    for (const { state, ids, deleted } of found) {
      await noteMissing(ctx, state.folder, isAllowed ? 0 : deleted);
      if (!isAllowed) continue;
      const messages = await markGone(ctx, ids);
      await leaveMailbox(ctx, mailbox_id, messages);
      await refreshThreads(ctx, mailbox_id, messages);
      if (!there.has(state.folder.path)) await noteFolderGone(ctx, state.folder);
    }
    if (isAllowed && total > 0) await endConfirmation(ctx, mailbox_id);
    return isAllowed ? 0 : total;
  });
}

type Missing = Awaited<ReturnType<typeof missingItems>>[number];

/**
 * Those of which the provider says, asked for each once more, that it has none. Undefined where it does not answer to
 * that.
 */
async function confirmMissing(
  mailbox: MailboxRun,
  { folder, validity }: Compared,
  missing: readonly Missing[],
  there: ReadonlySet<string>,
): Promise<readonly Missing[] | undefined> {
  const { provider } = mailbox;
  if (!there.has(folder.path)) {
    const again = await provider.folders();
    return again.some(({ path }) => path === folder.path) ? undefined : missing;
  }
  const opened = await provider.open(folder.path);
  if (opened?.validity !== validity) return undefined;
  const current = missing.filter(({ is_current }) => is_current).map(({ uid }) => uid);
  const present = new Set<string>();
  for (const batch of inBatches(current, list_batch)) {
    for (const uid of await opened.findPresent(batch)) present.add(uid);
    // Where each is asked for by itself, thousands take longer than the lease.
    await owned(mailbox, async () => undefined);
  }
  return missing.filter(({ is_current, uid }) => !is_current || !present.has(uid));
}
