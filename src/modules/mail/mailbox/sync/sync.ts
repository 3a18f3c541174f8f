import type { FetchMessageObject, ImapFlow, ListResponse } from 'imapflow';
import { storableText } from '../../../../kernel/database/text.ts';
import { abandonFiles } from '../../../../kernel/files/abandon.ts';
import { enqueue } from '../../../../kernel/jobs/queue.ts';
import { insertRaws, leaveMailbox, raw_bytes_max, refreshThreads, storeRaw } from '../../message/index.ts';
import { carryOut } from './carry-out.ts';
import {
  applyChoices,
  type DueItem,
  dueItems,
  endConfirmation,
  type FolderRow,
  insertItems,
  isConfirmed,
  isWaiting,
  type ListedFolder,
  type ListedItem,
  markGone,
  missingItems,
  noteCompared,
  noteFailed,
  noteFolderGone,
  noteMissing,
  noteReceived,
  noteSeen,
  putFolders,
  renumber,
  unequalFolders,
  unlisted,
} from './queries.ts';
import { type MailboxRun, owned } from './run.ts';

/** How many items a run lists of a folder before it fetches the newest of them. */
const listed_max = 1000;
const list_batch = 200;
const fetch_batch = 40;
const fetch_bytes_max = 16 * 1024 * 1024;
/** More that are gone at once need somebody's word: a provider that forgets a folder looks the same. */
const deletions_max = 100;
const folders_max = 10_000;
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
  const { run, mailbox_id, client } = mailbox;
  const listed = (await client.list())
    .filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'))
    .slice(0, folders_max);
  const folders = await owned(mailbox, async (ctx) => {
    const rows = await putFolders(ctx, mailbox_id, listed.map(folderOf));
    await applyChoices(ctx, mailbox_id);
    return rows;
  });
  const there = new Set(listed.map(({ path }) => path));
  await carryOut(mailbox, folders, there);
  const compared: Compared[] = [];
  let isComplete = true;
  for (const folder of folders) {
    run.signal.throwIfAborted();
    if (!there.has(folder.path)) {
      compared.push({ folder, validity: '0', uids: [] });
      continue;
    }
    const state = await compareFolder(mailbox, folder);
    isComplete &&= state.isListed;
    compared.push(state);
  }
  await forgetUnfetched(mailbox, compared, there);
  do {
    run.signal.throwIfAborted();
    if ((await fetchSome(mailbox, folders)) === 0) break;
    isComplete &&= Date.now() < mailbox.until;
  } while (Date.now() < mailbox.until);
  const waiting = await owned(mailbox, (ctx) => isWaiting(ctx, mailbox_id));
  // Whether something was moved rather than deleted is known when all else has been read.
  if (!isComplete || waiting.listed || waiting.received) return { is: 'more' };
  const missing = await settleMissing(mailbox, compared, there);
  if (missing > 0) return { is: 'asks', missing };
  const [unequal] = await owned(mailbox, (ctx) => unequalFolders(ctx, mailbox_id));
  return unequal ? { is: 'differs', folder: unequal.path } : { is: 'in_sync' };
}

const roles: Record<string, FolderRow['role']> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Drafts': 'drafts',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
  '\\Archive': 'archive',
  '\\All': 'all',
};

function folderOf({ path, name, specialUse }: ListResponse): ListedFolder {
  const role = path.toUpperCase() === 'INBOX' ? 'inbox' : (roles[specialUse ?? ''] ?? null);
  const is_chosen = role === null || !['drafts', 'junk', 'trash'].includes(role);
  return { path: path.slice(0, 1000), name: storableText(name).slice(0, 1000) || path, role, is_chosen };
}

interface Compared {
  folder: FolderRow;
  validity: string;
  uids: number[];
}

/** Brings what a folder lists into the ledger, the newest first, so many at once. */
async function compareFolder(mailbox: MailboxRun, folder: FolderRow): Promise<Compared & { isListed: boolean }> {
  const { client, run, mailbox_id } = mailbox;
  const { uidValidity } = await client.mailboxOpen(folder.path, { readOnly: true });
  const validity = String(uidValidity);
  const uids = ((await client.search({ all: true }, { uid: true })) || []).toSorted((a, b) => b - a);
  if (folder.uid_validity !== null && folder.uid_validity !== validity) {
    const items: ListedItem[] = [];
    for (const batch of inBatches(uids, list_batch)) items.push(...(await listItems(client, batch)));
    await owned(mailbox, (ctx) => renumber(ctx, { folder, validity }, items));
  }
  const fresh = await owned(mailbox, async (ctx) => {
    await noteCompared(ctx, folder, validity, uids.length);
    return unlisted(ctx, folder, validity, uids);
  });
  for (const batch of inBatches(fresh.slice(0, listed_max), list_batch)) {
    run.signal.throwIfAborted();
    const items = await listItems(client, batch);
    await owned(mailbox, (ctx) => insertItems(ctx, { mailbox_id, folder, validity, bytes_max: raw_bytes_max }, items));
  }
  await readFlags(mailbox, { folder, validity, uids });
  return { folder, validity, uids, isListed: fresh.length <= listed_max };
}

function* inBatches<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

async function listItems(client: ImapFlow, uids: readonly number[]): Promise<ListedItem[]> {
  if (uids.length === 0) return [];
  const query = { uid: true, envelope: true, size: true, flags: true, internalDate: true };
  const wanted = new Set(uids);
  return (await client.fetchAll(uids.join(), query, { uid: true })).filter(({ uid }) => wanted.has(uid)).map(itemOf);
}

function itemOf({ uid, envelope, size = 0, flags, internalDate }: FetchMessageObject): ListedItem {
  const at = [envelope?.date, internalDate].map((date) => new Date(date ?? Number.NaN)).find(isPlausible);
  return {
    uid,
    header_id: envelope?.messageId ? storableText(envelope.messageId).slice(0, 1000) : null,
    subject: storableText(envelope?.subject ?? '').slice(0, 1000),
    from_address: storableText(envelope?.from?.[0]?.address ?? '')
      .toLowerCase()
      .slice(0, 320),
    sent_at: at?.toISOString() ?? null,
    size_bytes: size,
    is_seen: flags?.has('\\Seen') ?? false,
  };
}

const isPlausible = (date: Date) => date.getUTCFullYear() >= 1970 && date.getUTCFullYear() <= 2200;

async function readFlags(mailbox: MailboxRun, { folder, validity, uids }: Compared): Promise<void> {
  const newest = uids.slice(0, flags_max);
  if (newest.length === 0 || !folder.is_chosen) return;
  const read = await mailbox.client.fetchAll(newest.join(), { uid: true, flags: true }, { uid: true });
  const flags = read.map(({ uid, flags: some }) => ({ uid, is_seen: some?.has('\\Seen') ?? false }));
  await owned(mailbox, async (ctx) => {
    const changed = await noteSeen(ctx, folder, validity, flags);
    await refreshThreads(
      ctx,
      mailbox.mailbox_id,
      changed.flatMap(({ message_id }) => message_id ?? []),
    );
  });
}

/** Fetches the newest of what waits, as it is. Returns how many it tried. */
async function fetchSome(mailbox: MailboxRun, folders: readonly FolderRow[]): Promise<number> {
  const { client, mailbox_id } = mailbox;
  const due = await owned(mailbox, (ctx) => dueItems(ctx, mailbox_id, fetch_batch));
  let tried = 0;
  for (const [folder_id, items] of Map.groupBy(due, (item) => item.folder_id)) {
    const folder = folders.find(({ id }) => id === folder_id);
    const opened = folder && (await openIfThere(client, folder.path));
    // Numbered anew, or gone, since it was listed: the next turn sees to it.
    const current = items.filter(({ uid_validity }) => String(opened?.uidValidity) === uid_validity);
    for (const batch of bySize(current)) await fetchBatch(mailbox, batch);
    tried += current.length;
  }
  return tried;
}

/** Undefined when the server refuses to open the folder: it was deleted or renamed meanwhile. */
const openIfThere = (client: ImapFlow, path: string) =>
  client.mailboxOpen(path, { readOnly: true }).catch((error: Error & { responseStatus?: string }) => {
    if (error.responseStatus !== 'NO') throw error;
  });

function* bySize(items: readonly DueItem[]): Generator<DueItem[]> {
  let batch: DueItem[] = [];
  let bytes = 0;
  for (const item of items) {
    if (batch.length > 0 && bytes + item.size_bytes > fetch_bytes_max) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.size_bytes;
  }
  if (batch.length > 0) yield batch;
}

async function fetchBatch(mailbox: MailboxRun, items: readonly DueItem[]): Promise<void> {
  const { client, services, run } = mailbox;
  const { tenant_id } = run.job;
  run.signal.throwIfAborted();
  const byUid = new Map(items.map((item) => [item.uid, item]));
  const stored: { item: DueItem; raw: Awaited<ReturnType<typeof storeRaw>> }[] = [];
  const answered = await client.fetchAll([...byUid.keys()].join(), { uid: true, source: true }, { uid: true });
  await Promise.all(
    answered.map(async ({ uid, source }) => {
      const item = byUid.get(uid);
      // The provider's word for each: a server may leave some out of what it was asked for.
      if (!item || !source) return;
      byUid.delete(uid);
      stored.push({ item, raw: await storeRaw(services, tenant_id, source) });
    }),
  );
  try {
    await owned(mailbox, async (ctx) => {
      await insertRaws(
        ctx,
        stored.map(({ raw }) => raw),
      );
      await noteReceived(
        ctx,
        stored.map(({ item, raw }) => ({ id: item.id, raw_key: raw.key })),
      );
      for (const { id } of byUid.values()) await noteFailed(ctx, id, 'The provider lists it and did not give it out');
      await enqueue(ctx, 'mail.normalise', { mailbox_id: mailbox.mailbox_id }, { dedupeKey: mailbox.mailbox_id });
    });
  } catch (error) {
    await abandonFiles(
      services.files,
      stored.map(({ raw }) => raw.key),
      error,
    );
    throw error;
  }
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
  { client }: MailboxRun,
  { folder, validity }: Compared,
  missing: readonly Missing[],
  there: ReadonlySet<string>,
): Promise<readonly Missing[] | undefined> {
  if (!there.has(folder.path)) {
    const again = await client.list();
    return again.some(({ path }) => path === folder.path) ? undefined : missing;
  }
  const { uidValidity } = await client.mailboxOpen(folder.path, { readOnly: true });
  if (String(uidValidity) !== validity) return undefined;
  const current = missing.filter(({ is_current }) => is_current).map(({ uid }) => uid);
  const present = new Set<number>();
  for (const batch of inBatches(current, list_batch))
    for (const { uid } of await client.fetchAll(batch.join(), { uid: true }, { uid: true })) present.add(uid);
  return missing.filter(({ is_current, uid }) => !is_current || !present.has(uid));
}
