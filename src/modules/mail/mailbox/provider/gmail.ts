import pLimit from 'p-limit';
import { storableText } from '../../../../kernel/database/text.ts';
import { MailTrouble } from '../connection/trouble.ts';
import { AskedTooOften, type GoogleApi } from '../google/api.ts';
import { GrantRefused } from '../google/oauth.ts';
import type { FolderRow, ListedFolder, ListedItem, Located } from '../sync/queries.ts';
import {
  type FetchedMail,
  type KnownState,
  type LocatedState,
  type MailProvider,
  type OpenFolder,
  stable_validity,
} from './provider.ts';

/** How many mails are asked for at once; the budget of units decides how many a second. */
const asked_at_once = 8;
const page_rows = 500;
/** More changes than this are compared by listing all identifiers. */
const changes_max = 500;
const modified_max = 1000;
/** How often a list is begun again that mails left while it was read. */
const lists_max = 3;

const units = { profile: 1, labels: 1, list: 5, get: 5, history: 2, batchModify: 50 };
const me = '/gmail/v1/users/me';

/** Labels of Gmail's own that are folders here; an item is in the first of these that it has. */
const system: readonly { id: string; role: FolderRow['role']; isAside?: true }[] = [
  { id: 'TRASH', role: 'trash', isAside: true },
  { id: 'SPAM', role: 'junk', isAside: true },
  { id: 'DRAFT', role: 'drafts', isAside: true },
  { id: 'INBOX', role: 'inbox' },
  { id: 'SENT', role: 'sent' },
];
/** What has none of them, as what was archived. */
const all: ListedFolder = { path: 'ALL', name: 'All mail', role: 'all', is_chosen: true };
const unread = 'UNREAD';

interface Label {
  id: string;
  name?: string;
  type?: 'system' | 'user';
}
interface Message {
  id: string;
  labelIds?: string[];
  internalDate?: string;
  sizeEstimate?: number;
  raw?: string;
  payload?: { headers?: { name: string; value: string }[] };
}
interface HistoryPage {
  history?: Record<
    'messagesAdded' | 'messagesDeleted' | 'labelsAdded' | 'labelsRemoved',
    { message: Message; labelIds?: string[] }[] | undefined
  >[];
  historyId?: string;
  nextPageToken?: string;
}
interface Changes {
  ids: Set<string>;
  /** Those that came in and were not deleted since. */
  added: Map<string, Message>;
  /** Labels that were taken from some mail. */
  removed: Set<string>;
  isAnyDeleted: boolean;
  cursor: string;
}

/** Gmail's ids are numbers of 64 bits, written to the base of 16. */
const uidOf = (id: string): string => BigInt.asIntN(64, BigInt(`0x${id}`)).toString();
const idOf = (uid: string): string => BigInt.asUintN(64, BigInt(uid)).toString(16);
const newestFirst = (a: string, b: string): number => (BigInt(a) < BigInt(b) ? 1 : -1);

/** Gmail by its REST interface: one item for each mail, in one folder, with its labels on it. */
export class GmailProvider implements MailProvider {
  private readonly api: GoogleApi;
  private readonly limit = pLimit(asked_at_once);
  private items = new Map<string, Located>();
  private userLabels: string[] = [];

  constructor(api: GoogleApi) {
    this.api = api;
  }

  async folders(): Promise<ListedFolder[]> {
    const { body } = await this.api.ask<{ labels?: Label[] }>({
      path: `${me}/labels`,
      units: units.labels,
    });
    const own = (body.labels ?? []).filter(({ type }) => type === 'user');
    this.userLabels = own.map(({ id }) => id);
    return [
      ...system.map(({ id, role, isAside }) => ({ path: id, name: id, role, is_chosen: !isAside })),
      all,
      ...own.map(({ id, name = id }) => ({
        path: id,
        name: storableText(name, 1000) || id,
        role: null,
        is_chosen: true,
        is_label: true,
      })),
    ];
  }

  makeFolder(): Promise<void> {
    throw new Error('Gmail has the folders that mail is moved to');
  }

  async locate({ cursor, isEmpty, readItems, holdLease }: KnownState): Promise<LocatedState> {
    const changes = cursor === null ? undefined : await this.changesSince(cursor);
    if (changes) {
      if (changes.ids.size === 0) return { items: undefined, cursor: changes.cursor, isComplete: true, isFull: false };
      this.items = new Map((await readItems()).map((item) => [item.uid, item]));
      await this.ask([...changes.ids].map(uidOf), 'minimal', (uid, message) => {
        // One that came in may be told of before it can be got: it is listed as it was told of.
        const now = message ?? changes.added.get(uid);
        if (now) this.items.set(uid, this.locatedOf(now.id, new Set(now.labelIds)));
        else this.items.delete(uid);
      });
      return { items: [...this.items.values()], cursor: changes.cursor, isComplete: true, isFull: false };
    }
    // What changes from here on is in the history, also while all is listed.
    const { body } = await this.api.ask<{ historyId: string }>({
      path: `${me}/profile`,
      units: units.profile,
    });
    const pages_max = isEmpty ? 1 : Number.POSITIVE_INFINITY;
    const { isComplete, isCertain } = await this.listAll(body.historyId, pages_max, holdLease);
    return { items: [...this.items.values()], cursor: body.historyId, isComplete, isFull: isComplete && isCertain };
  }

  async open(path: string): Promise<OpenFolder> {
    const isLabel = this.userLabels.includes(path);
    const inFolder = () =>
      [...this.items.values()].filter((item) => (isLabel ? item.labels.includes(path) : item.path === path));
    return {
      validity: stable_validity,
      listed_max: Number.POSITIVE_INFINITY,
      list: async () =>
        inFolder()
          .map(({ uid }) => uid)
          .sort(newestFirst),
      describe: async (uids) => uids.flatMap((uid) => this.listedOf(uid)),
      describeLater: (uids) => this.describe(uids),
      readSeen: async () => [],
      fetch: (uids) => this.fetch(uids),
      findPresent: async (uids) => {
        const present = new Set<string>();
        await this.ask(uids, 'minimal', (uid, message) => message && present.add(uid));
        return present;
      },
      markSeen: (uids, is_seen) => this.modify(uids, is_seen ? { remove: [unread] } : { add: [unread] }),
      move: async (uids, to) => {
        const aside = ['INBOX', 'SPAM', 'TRASH'].filter((id) => id !== to);
        await this.modify(uids, { add: to === all.path ? [] : [to], remove: aside });
        return { validity: stable_validity, uids: new Map(uids.map((uid) => [uid, uid])) };
      },
    };
  }

  /** The mails of which something has changed; undefined where the provider does not know any more, or it is much. */
  private async changesSince(cursor: string): Promise<Changes | undefined> {
    const ids = new Set<string>();
    const added = new Map<string, Message>();
    const removed = new Set<string>();
    let isAnyDeleted = false;
    let pageToken: string | undefined;
    for (;;) {
      const { status, body } = await this.api.ask<HistoryPage>({
        path: `${me}/history`,
        query: { startHistoryId: cursor, maxResults: page_rows, pageToken },
        units: units.history,
        answers: [404],
      });
      if (status === 404) return undefined;
      for (const { messagesAdded = [], messagesDeleted = [], labelsAdded = [], labelsRemoved = [] } of body.history ??
        []) {
        for (const { message } of [...messagesAdded, ...messagesDeleted, ...labelsAdded, ...labelsRemoved])
          ids.add(message.id);
        for (const { message } of messagesAdded) added.set(uidOf(message.id), message);
        for (const { message } of messagesDeleted) added.delete(uidOf(message.id));
        isAnyDeleted ||= messagesDeleted.length > 0;
        for (const { labelIds = [] } of labelsRemoved) for (const label of labelIds) removed.add(label);
      }
      if (ids.size > changes_max) return undefined;
      pageToken = body.nextPageToken;
      if (!pageToken) return { ids, added, removed, isAnyDeleted, cursor: body.historyId ?? cursor };
    }
  }

  /**
   * Lists all identifiers, and those of each label; or the newest alone. Where a mail leaves a list between two of its
   * pages another slips from the one onto the other, and is on neither: such lists are read again, unless that goes on.
   * `since`: the history before the first page.
   */
  private async listAll(since: string, pages_max: number, holdLease: () => Promise<void>) {
    // All mails come first: the others say what is on them.
    const all_lists = [undefined, ...system.map(({ id }) => id), unread, ...this.userLabels];
    const labelsOf = new Map<string, Set<string>>();
    let lists = all_lists;
    let from = since;
    let isComplete = true;
    for (let times = 0; isComplete && lists.length > 0 && times < lists_max; times++) {
      for (const label of lists) {
        const { ids, isAll } = await this.list(label, pages_max, holdLease);
        isComplete &&= isAll;
        putLabel(labelsOf, label, ids);
      }
      const changes = await this.changesSince(from);
      lists = all_lists.filter((label) => !changes || changes.isAnyDeleted || (label && changes.removed.has(label)));
      from = changes?.cursor ?? from;
    }
    const located = [...labelsOf].map(([id, labels]) => this.locatedOf(id, labels));
    this.items = new Map(located.map((item) => [item.uid, item]));
    return { isComplete, isCertain: lists.length === 0 };
  }

  private async list(label: string | undefined, pages_max: number, holdLease: () => Promise<void>) {
    const ids: string[] = [];
    let pageToken: string | undefined;
    for (let page = 0; page < pages_max; page++) {
      const { body } = await this.api.ask<{ messages?: { id: string }[]; nextPageToken?: string }>({
        path: `${me}/messages`,
        query: { labelIds: label, includeSpamTrash: true, maxResults: page_rows, pageToken },
        units: units.list,
      });
      ids.push(...(body.messages ?? []).map(({ id }) => id));
      pageToken = body.nextPageToken;
      await holdLease();
      if (!pageToken) return { ids, isAll: true };
    }
    return { ids, isAll: false };
  }

  private locatedOf(id: string, labels: ReadonlySet<string>): Located {
    const main = system.find((folder) => labels.has(folder.id));
    const others = system.filter((folder) => folder !== main && labels.has(folder.id)).map((folder) => folder.id);
    const isInAll = main !== undefined && !main.isAside;
    return {
      uid: uidOf(id),
      path: main?.id ?? all.path,
      labels: [...others, ...(isInAll ? [all.path] : []), ...this.userLabels.filter((label) => labels.has(label))],
      is_seen: !labels.has(unread),
    };
  }

  private listedOf(uid: string): ListedItem[] {
    const item = this.items.get(uid);
    const nothing = { header_id: null, subject: '', from_address: '', sent_at: null, size_bytes: 0 };
    return item ? [{ uid, ...nothing, is_seen: item.is_seen, labels: item.labels }] : [];
  }

  /** Asks for each of these by itself; null where there is none. */
  private async ask(
    uids: readonly string[],
    format: 'minimal' | 'raw' | 'metadata',
    answered: (uid: string, message: Message | null) => void,
  ): Promise<void> {
    await Promise.all(
      uids.map((uid) =>
        this.limit(async () => {
          const { status, body } = await this.api.ask<Message>({
            path: `${me}/messages/${idOf(uid)}`,
            query: {
              format,
              ...(format === 'metadata' && { metadataHeaders: ['Subject', 'From', 'Message-ID'] }),
            },
            units: units.get,
            answers: [404],
          });
          answered(uid, status === 404 ? null : body);
        }),
      ),
    );
  }

  private async fetch(uids: readonly string[]): Promise<FetchedMail[]> {
    const found: FetchedMail[] = [];
    let isAnyFailed = false;
    const fetchOne = (uid: string) =>
      this.ask([uid], 'raw', (_, message) => {
        if (!message?.raw) return;
        const sent_at = timeOf(message);
        found.push({ uid, source: Buffer.from(message.raw, 'base64url'), ...(sent_at && { sent_at }) });
      }).catch((error: unknown) => {
        if (!(error instanceof MailTrouble) || error instanceof GrantRefused || error instanceof AskedTooOften)
          throw error;
        isAnyFailed = true;
      });
    await Promise.all(uids.map(fetchOne));
    // A mail that Google cannot give out holds up no other one. Where none came, it may be Google itself: then this fails.
    if (isAnyFailed && found.length === 0) await this.api.ask({ path: `${me}/profile`, units: units.profile });
    return found;
  }

  private async describe(uids: readonly string[]): Promise<ListedItem[]> {
    const found: ListedItem[] = [];
    // Loaded with the first: every start would wait for it.
    const { decodeWords } = await import('postal-mime');
    await this.ask(uids, 'metadata', (uid, message) => {
      if (message) found.push(describedOf(uid, message, decodeWords));
    });
    return found;
  }

  private async modify(uids: readonly string[], { add = [], remove = [] }: { add?: string[]; remove?: string[] }) {
    for (let at = 0; at < uids.length; at += modified_max)
      await this.api.ask({
        method: 'POST',
        path: `${me}/messages/batchModify`,
        json: { ids: uids.slice(at, at + modified_max).map(idOf), addLabelIds: add, removeLabelIds: remove },
        units: units.batchModify,
      });
  }
}

/** Only these mails have the label; without one, these are all that there are beside those known already. */
function putLabel(labelsOf: Map<string, Set<string>>, label: string | undefined, ids: readonly string[]): void {
  if (label === undefined) {
    for (const id of ids) labelsOf.set(id, labelsOf.get(id) ?? new Set());
    return;
  }
  for (const labels of labelsOf.values()) labels.delete(label);
  for (const id of ids) labelsOf.get(id)?.add(label);
}

function timeOf({ internalDate }: Message): string | undefined {
  const at = new Date(Number(internalDate));
  return internalDate && at.getUTCFullYear() >= 1970 && at.getUTCFullYear() <= 2200 ? at.toISOString() : undefined;
}

const header_characters_max = 4000;

function describedOf(uid: string, message: Message, decode: (text: string) => string): ListedItem {
  const header = (name: string) => {
    const value = message.payload?.headers?.find((one) => one.name.toLowerCase() === name)?.value ?? '';
    return decode(value.slice(0, header_characters_max)).trim();
  };
  const from = header('from');
  const begin = from.lastIndexOf('<');
  const address = begin >= 0 ? from.slice(begin + 1).split('>')[0]! : from;
  return {
    uid,
    header_id: storableText(header('message-id'), 1000) || null,
    subject: storableText(header('subject'), 1000),
    from_address: storableText(address.trim().toLowerCase(), 320),
    sent_at: timeOf(message) ?? null,
    size_bytes: message.sizeEstimate ?? 0,
    is_seen: true,
  };
}
