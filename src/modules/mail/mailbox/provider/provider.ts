import type { ListedFolder, ListedItem, Located } from '../sync/queries.ts';

/** The validity of identifiers that a provider never gives to another item. */
export const stable_validity = '1';

/** A folder of a provider that a run has opened. Its items are known by what the provider calls them, in digits. */
export interface OpenFolder {
  /** While it stays the same, an identifier means the same item. */
  validity: string;
  /** What it lists, the newest first. */
  list(): Promise<string[]>;
  /** How many new ones a run takes in before it fetches the newest of them. */
  listed_max: number;
  describe(uids: readonly string[]): Promise<ListedItem[]>;
  /** Of items of which listing told the identifier alone: what else is known. */
  describeLater?(uids: readonly string[]): Promise<ListedItem[]>;
  /** Whether the newest of these were read. */
  readSeen(uids: readonly string[]): Promise<{ uid: string; is_seen: boolean }[]>;
  /** Raw mails; one that the provider does not give out is left out. */
  fetch(uids: readonly string[]): Promise<FetchedMail[]>;
  /** Those of these that are there, each asked for by itself. */
  findPresent(uids: readonly string[]): Promise<Set<string>>;
  markSeen(uids: readonly string[], is_seen: boolean): Promise<void>;
  /** Undefined when the provider refuses it. Without an identifier in the answer the comparison finds the item. */
  move(uids: readonly string[], path: string): Promise<{ validity?: string; uids: Map<string, string> } | undefined>;
}

export interface FetchedMail {
  uid: string;
  source: Buffer;
  /** When the provider received it, where listing did not say so. */
  sent_at?: string;
}

/** What a run asks of the provider of a mailbox. */
export interface MailProvider {
  folders(): Promise<ListedFolder[]>;
  /**
   * Undefined where there is no such folder any more. `isSame`: the one that was opened last is taken as it is, where it
   * is that one; opening a large folder takes its server long.
   */
  open(path: string, options?: { isWritten?: boolean; isSame?: boolean }): Promise<OpenFolder | undefined>;
  makeFolder(path: string): Promise<void>;
  /**
   * Of providers whose items keep their identifiers wherever they are: where each is now. Called before folders are
   * opened.
   */
  locate?(known: KnownState): Promise<LocatedState>;
}

export interface KnownState {
  /** How far the provider had come when ledger and provider were last equal; null: all is listed anew. */
  cursor: string | null;
  isEmpty: boolean;
  /** Where the items are as the ledger has them. */
  readItems(): Promise<Located[]>;
  /** Tells that the run goes on. */
  holdLease(): Promise<void>;
}

export interface LocatedState {
  /** Undefined when nothing has changed since the cursor. */
  items: Located[] | undefined;
  cursor: string;
  /** Whether this is all, rather than the newest. */
  isComplete: boolean;
  isFull: boolean;
}
