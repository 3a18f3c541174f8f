import { refreshThreads } from '../../message/index.ts';
import type { OpenFolder } from '../provider/provider.ts';
import {
  type FolderRow,
  forgetMove,
  messagesOfItems,
  noteMoved,
  noteSeenCarried,
  type WantedItem,
  wantedItems,
} from './queries.ts';
import { type MailboxRun, owned } from './run.ts';

/** Of so many items the provider gets in one run what their owner did with them. */
const items_max = 1000;
const not_moved = 'Your provider refused to move it';

/**
 * Brings to the provider what the owner of the mailbox did here: what was read, and what was moved. Adds to `there` the
 * folders that it makes. It can end anywhere and begin again.
 */
export async function carryOut(mailbox: MailboxRun, folders: readonly FolderRow[], there: Set<string>): Promise<void> {
  const { provider, run, mailbox_id } = mailbox;
  const wanted = await owned(mailbox, (ctx) => wantedItems(ctx, mailbox_id, items_max));
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  for (const [folder_id, items] of Map.groupBy(wanted, (item) => item.folder_id)) {
    const folder = byId.get(folder_id);
    if (!folder || !there.has(folder.path)) continue;
    run.signal.throwIfAborted();
    const opened = await provider.open(folder.path, { isWritten: true });
    if (!opened) continue;
    // Numbered anew since: the comparison finds their new numbers, and the next run goes on.
    const current = items.filter(({ uid_validity }) => uid_validity === opened.validity);
    for (const is_seen of [true, false]) await markSeen(mailbox, opened, current, is_seen);
    for (const [id, moved] of Map.groupBy(current, (item) => item.folder_wanted)) {
      const target = byId.get(id ?? '');
      if (target) await move(mailbox, opened, moved, target, there);
    }
  }
}

const uidsOf = (items: readonly WantedItem[]): string[] => items.map(({ uid }) => uid);

async function markSeen(
  mailbox: MailboxRun,
  opened: OpenFolder,
  items: readonly WantedItem[],
  is_seen: boolean,
): Promise<void> {
  const changed = items.filter(({ seen_wanted }) => seen_wanted === is_seen);
  if (changed.length === 0) return;
  await opened.markSeen(uidsOf(changed), is_seen);
  const ids = changed.map(({ id }) => id);
  await owned(mailbox, (ctx) => noteSeenCarried(ctx, ids, is_seen));
}

async function move(
  mailbox: MailboxRun,
  opened: OpenFolder,
  items: readonly WantedItem[],
  { id: folder_id, path }: FolderRow,
  there: Set<string>,
): Promise<void> {
  const { provider, mailbox_id } = mailbox;
  if (!there.has(path)) {
    await provider.makeFolder(path);
    there.add(path);
  }
  const answer = await opened.move(uidsOf(items), path);
  const { validity, uids } = answer ?? {};
  const moved = items.flatMap(({ id, uid }) => {
    const now = uids?.get(uid);
    return now === undefined || validity === undefined ? [] : [{ id, uid: now }];
  });
  const known = new Set(moved.map(({ id }) => id));
  const others = items.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  await owned(mailbox, async (ctx) => {
    if (moved.length > 0) await noteMoved(ctx, folder_id, validity!, moved);
    if (others.length > 0) await forgetMove(ctx, others, answer ? null : not_moved);
    const messages = await messagesOfItems(
      ctx,
      items.map(({ id }) => id),
    );
    await refreshThreads(ctx, mailbox_id, messages);
  });
}
