import type { FetchMessageObject, ImapFlow, ListResponse } from 'imapflow';
import { storableText } from '../../../../kernel/database/text.ts';
import type { FolderRow, ListedFolder, ListedItem } from '../sync/queries.ts';
import type { MailProvider, OpenFolder } from './provider.ts';

const listed_max = 1000;

/** A server of IMAP, signed in to. */
export const imapProvider = (client: ImapFlow): MailProvider => ({
  folders: async () =>
    (await client.list()).filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent')).map(folderOf),
  open: async (path, { isWritten = false, isSame = false } = {}) => {
    const { mailbox } = client;
    const opened = isSame && mailbox && mailbox.path === path ? mailbox : await openIfThere(client, path, !isWritten);
    return opened ? openFolder(client, String(opened.uidValidity)) : undefined;
  },
  makeFolder: async (path) => void (await client.mailboxCreate(path)),
});

/** Undefined when the server refuses to open the folder: it was deleted or renamed meanwhile. */
const openIfThere = (client: ImapFlow, path: string, readOnly: boolean) =>
  client.mailboxOpen(path, { readOnly }).catch((error: Error & { responseStatus?: string }): undefined => {
    if (error.responseStatus !== 'NO') throw error;
    return undefined;
  });

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
  return { path: path.slice(0, 1000), name: storableText(name, 1000) || path, role, is_chosen };
}

const byUid = { uid: true } as const;

/** The folder that the connection has open now. */
const openFolder = (client: ImapFlow, validity: string): OpenFolder => ({
  validity,
  listed_max,
  list: async () =>
    ((await client.search({ all: true }, byUid)) || []).toSorted((a, b) => b - a).map((uid) => String(uid)),
  describe: async (uids) => {
    if (uids.length === 0) return [];
    const query = { uid: true, envelope: true, size: true, flags: true, internalDate: true };
    const wanted = new Set(uids);
    const answered = await client.fetchAll(uids.join(), query, byUid);
    return answered.map(itemOf).filter(({ uid }) => wanted.has(uid));
  },
  readSeen: async (uids) =>
    (await client.fetchAll(uids.join(), { uid: true, flags: true }, byUid)).map(({ uid, flags }) => ({
      uid: String(uid),
      is_seen: isSeen(flags),
    })),
  fetch: async (uids) =>
    (await client.fetchAll(uids.join(), { uid: true, source: true }, byUid)).flatMap(({ uid, source }) =>
      source ? [{ uid: String(uid), source }] : [],
    ),
  findPresent: async (uids) =>
    new Set((await client.fetchAll(uids.join(), { uid: true }, byUid)).map(({ uid }) => String(uid))),
  markSeen: async (uids, is_seen) => {
    if (is_seen) await client.messageFlagsAdd(uids.join(), ['\\Seen'], byUid);
    else await client.messageFlagsRemove(uids.join(), ['\\Seen'], byUid);
  },
  move: async (uids, path) => {
    const answer = await client.messageMove(uids.join(), path, byUid);
    if (!answer) return undefined;
    const { uidValidity, uidMap = new Map<number, number>() } = answer;
    return {
      ...(uidValidity !== undefined && { validity: String(uidValidity) }),
      uids: new Map([...uidMap].map(([from, to]) => [String(from), String(to)])),
    };
  },
});

const isSeen = (flags: ReadonlySet<string> | undefined): boolean => flags?.has('\\Seen') ?? false;

function itemOf({ uid, envelope, size = 0, flags, internalDate }: FetchMessageObject): ListedItem {
  const at = [envelope?.date, internalDate].map((date) => new Date(date ?? Number.NaN)).find(isPlausible);
  return {
    uid: String(uid),
    header_id: envelope?.messageId ? storableText(envelope.messageId, 1000) : null,
    subject: storableText(envelope?.subject ?? '', 1000),
    from_address: storableText((envelope?.from?.[0]?.address ?? '').toLowerCase(), 320),
    sent_at: at?.toISOString() ?? null,
    size_bytes: size,
    is_seen: isSeen(flags),
  };
}

const isPlausible = (date: Date) => date.getUTCFullYear() >= 1970 && date.getUTCFullYear() <= 2200;
