import { createHash } from 'node:crypto';
import type { Refused } from './fake.ts';

interface Mail {
  id: string;
  labels: Set<string>;
  raw: Buffer;
  received_at: number;
  /** Listed before, and given out only from then on. */
  visible_at: number;
}
interface Change {
  id: number;
  mail: string;
  kind: 'messagesAdded' | 'messagesDeleted' | 'labelsAdded' | 'labelsRemoved';
  labels: string[];
}

const system_labels = [
  'INBOX',
  'SENT',
  'DRAFT',
  'SPAM',
  'TRASH',
  'UNREAD',
  'STARRED',
  'IMPORTANT',
  'CATEGORY_PERSONAL',
];
const page_rows_max = 500;

const headerIn = (raw: Buffer, name: string): string | undefined => {
  const [head = ''] = raw.toString().split(/\r?\n\r?\n/);
  const line = head.split(/\r?\n(?![ \t])/).find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
};

/** A mailbox of Gmail, as its REST interface shows it. */
export class FakeGmail {
  readonly address: string;
  readonly mails = new Map<string, Mail>();
  readonly userLabels = new Map<string, string>();
  private readonly changes: Change[] = [];
  private historyId = 1000;
  private historyFloor = 0;
  private made = 0;
  /** Mails that come in are listed for so long before they can be got. */
  late_ms = 0;
  /** How many mails it was asked for in full. */
  given = 0;
  page_rows = page_rows_max;
  /** Happens after a page of a list: of mails with this label, or of all. */
  afterPage?: (label: string | undefined) => void;
  /** Mails that it lists and never gives out. */
  readonly broken = new Set<string>();
  /** Addresses beside its own that it lets write from. */
  readonly sendAs = new Set<string>();

  constructor(address: string) {
    this.address = address;
  }

  /** A mail that comes in, or is put there. */
  deliver(raw: Buffer, labels: readonly string[] = ['INBOX', 'UNREAD']): string {
    const id = (0x18c2f3a4b5c00000n + BigInt(++this.made) * 0x100000n).toString(16);
    const now = Date.now();
    this.mails.set(id, { id, labels: new Set(labels), raw, received_at: now, visible_at: now + this.late_ms });
    this.note('messagesAdded', id, labels);
    return id;
  }

  relabel(id: string, { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] }): void {
    const mail = this.mails.get(id);
    if (!mail) return;
    for (const label of add) mail.labels.add(label);
    for (const label of remove) mail.labels.delete(label);
    if (add.length > 0) this.note('labelsAdded', id, add);
    if (remove.length > 0) this.note('labelsRemoved', id, remove);
  }

  /** Deletes for ever. */
  remove(id: string): void {
    if (this.mails.delete(id)) this.note('messagesDeleted', id, []);
  }

  addLabel(name: string): string {
    const id = `Label_${this.userLabels.size + 1}`;
    this.userLabels.set(id, name);
    return id;
  }

  removeLabel(id: string): void {
    this.userLabels.delete(id);
    for (const mail of this.mails.values()) if (mail.labels.has(id)) this.relabel(mail.id, { remove: [id] });
  }

  /** What was before is not known any more. */
  forgetHistory(): void {
    this.historyFloor = this.historyId;
    this.historyId += 10;
  }

  private note(kind: Change['kind'], mail: string, labels: readonly string[]): void {
    this.changes.push({ id: ++this.historyId, mail, kind, labels: [...labels] });
  }

  private newest(): Mail[] {
    return [...this.mails.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  private page<T>(all: readonly T[], query: URLSearchParams): { page: T[]; nextPageToken?: string } {
    const from = Number(query.get('pageToken') ?? 0);
    const rows = Math.min(this.page_rows, Number(query.get('maxResults') ?? 100));
    const next = from + rows;
    return { page: all.slice(from, next), ...(next < all.length && { nextPageToken: String(next) }) };
  }

  answer(method: string, params: readonly string[], query: URLSearchParams, body: Buffer): unknown | Refused {
    const json = () => JSON.parse(body.toString());
    switch (method) {
      case 'gmail.users.getProfile':
        return {
          emailAddress: this.address,
          messagesTotal: this.mails.size,
          threadsTotal: this.mails.size,
          historyId: String(this.historyId),
        };
      case 'gmail.users.labels.list':
        return {
          labels: [
            ...system_labels.map((id) => ({ id, name: id, type: 'system' })),
            ...[...this.userLabels].map(([id, name]) => ({ id, name, type: 'user' })),
          ],
        };
      case 'gmail.users.messages.list':
        return this.list(query);
      case 'gmail.users.messages.get':
        return this.get(params[1]!, query);
      case 'gmail.users.history.list':
        return this.history(query);
      case 'gmail.users.messages.batchModify': {
        const { ids, addLabelIds, removeLabelIds } = json();
        for (const id of ids) this.relabel(id, { add: addLabelIds, remove: removeLabelIds });
        return undefined;
      }
      case 'gmail.users.messages.send': {
        const raw = query.get('uploadType') === 'media' ? body : Buffer.from(json().raw, 'base64url');
        const id = this.deliver(raw, ['SENT']);
        return { id, threadId: id, labelIds: ['SENT'] };
      }
      case 'gmail.users.settings.sendAs.list':
        return {
          sendAs: [
            { sendAsEmail: this.address, isPrimary: true },
            ...[...this.sendAs].map((sendAsEmail) => ({ sendAsEmail, verificationStatus: 'accepted' })),
          ],
        };
      default:
        return { refused: 501, message: method };
    }
  }

  private list(query: URLSearchParams) {
    const labels = query.getAll('labelIds');
    const q = query.get('q');
    const aside = query.get('includeSpamTrash') === 'true' || labels.some((one) => one === 'SPAM' || one === 'TRASH');
    const found = this.newest().filter(
      (mail) =>
        labels.every((label) => mail.labels.has(label)) &&
        (aside || (!mail.labels.has('SPAM') && !mail.labels.has('TRASH'))) &&
        (!q ||
          (mail.visible_at <= Date.now() &&
            q === `rfc822msgid:${headerIn(mail.raw, 'Message-ID')?.replace(/[<>]/g, '')}`)),
    );
    const { page, ...more } = this.page(found, query);
    this.afterPage?.(labels[0]);
    return {
      ...(page.length > 0 && { messages: page.map(({ id }) => ({ id, threadId: id })) }),
      ...more,
      resultSizeEstimate: found.length,
    };
  }

  private get(id: string, query: URLSearchParams) {
    const mail = this.mails.get(id);
    if (!mail || mail.visible_at > Date.now()) return { refused: 404, message: 'Requested entity was not found.' };
    const format = query.get('format') ?? 'full';
    if (format === 'raw' && this.broken.has(id)) return { refused: 400, message: 'Precondition check failed.' };
    const common = {
      id,
      threadId: id,
      labelIds: [...mail.labels],
      historyId: String(this.historyId),
      internalDate: String(mail.received_at),
      sizeEstimate: mail.raw.length,
    };
    if (format === 'minimal') return common;
    if (format === 'raw') {
      this.given++;
      return { ...common, raw: mail.raw.toString('base64url') };
    }
    const headers = query.getAll('metadataHeaders').flatMap((name) => {
      const value = headerIn(mail.raw, name);
      return value === undefined ? [] : [{ name, value }];
    });
    return { ...common, payload: { mimeType: 'text/plain', headers } };
  }

  private history(query: URLSearchParams) {
    const from = Number(query.get('startHistoryId'));
    if (from < this.historyFloor) return { refused: 404, message: 'Requested entity was not found.' };
    const { page, ...more } = this.page(
      this.changes.filter(({ id }) => id > from),
      query,
    );
    const history = page.map(({ id, mail, kind, labels }) => {
      const message = { id: mail, threadId: mail, labelIds: [...(this.mails.get(mail)?.labels ?? [])] };
      const isOfLabels = kind === 'labelsAdded' || kind === 'labelsRemoved';
      return {
        id: String(id),
        messages: [{ id: mail, threadId: mail }],
        [kind]: [{ message, ...(isOfLabels && { labelIds: labels }) }],
      };
    });
    return { ...(history.length > 0 && { history }), ...more, historyId: String(this.historyId) };
  }
}

export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');
