import type { Email } from 'postal-mime';
import { storableText } from '../../../../kernel/database/text.ts';

/** An address that a mail did not reach. */
export interface BouncedRecipient {
  address: string;
  /** As the server of the recipient said it. */
  reason: string;
  /** It will not be reached later either: the address does not exist, or wants no mail. */
  is_lasting: boolean;
}

/** What a mail says that tells of another one which was not delivered. */
export interface Bounce {
  /** The Message-ID of the mail that was not delivered, in angle brackets; null where the report does not have it. */
  original_id: string | null;
  recipients: BouncedRecipient[];
}

const reason_characters_max = 500;
const recipients_max = 100;
const text_characters_max = 100_000;
/** Behind one of these lines a report repeats the mail that it is about. */
const copies = [
  'this is a copy of the message',
  'below this line is a copy',
  'original message follows',
  'original message -----',
  'unsent message below',
  'returned message follows',
  'your original message',
];
const daemons = ['mailer-daemon@', 'postmaster@', 'mailer_daemon@', 'mail-daemon@', 'mailerdaemon@'];
const subjects = [
  'undeliver',
  'returned mail',
  'failure notice',
  'delivery status notification',
  'delivery fail',
  'mail delivery',
  'could not be delivered',
  'not delivered',
  'delivery notification',
  'delivery has failed',
  'message not sent',
  'returned to sender',
];
const delays = [
  'delayed',
  'warning message only',
  '(delay)',
  'still being retried',
  'will be retried',
  'no action is required',
];

/** Whether it is worth looking for a report in a mail: it comes from the program of a mail server, and says so. */
export function looksLikeBounce({ from, subject = '', headers }: Email): boolean {
  const type = headers.find(({ key }) => key === 'content-type')?.value.toLowerCase() ?? '';
  if (type.includes('multipart/report') && type.includes('delivery-status')) return true;
  const sender = (from?.address ?? '').toLowerCase();
  const said = subject.toLowerCase();
  const isDaemon = daemons.some((begin) => sender.startsWith(begin)) || sender === '';
  return isDaemon && subjects.some((words) => said.includes(words));
}

/**
 * Reads a report: by its fields (RFC 3464) where it has them, else by its words. Null where it tells of no failure, as
 * of a delay.
 */
export function readBounce(email: Email): Bounce | null {
  const status = email.attachments.find(({ mimeType }) => mimeType === 'message/delivery-status');
  const text = (email.text ?? email.html ?? '').slice(0, text_characters_max);
  const recipients = status ? fromFields(textOf(status.content)) : fromWords(email.subject ?? '', text);
  if (recipients.length === 0) return null;
  const originals = email.attachments.filter(({ mimeType }) => /rfc822/.test(mimeType));
  const copied = [...originals.map(({ content }) => textOf(content)), text];
  const original_id = copied.map(messageIdIn).find((id) => id !== null) ?? null;
  return { original_id, recipients: recipients.slice(0, recipients_max) };
}

const textOf = (content: string | ArrayBuffer | Uint8Array): string =>
  (typeof content === 'string' ? content : new TextDecoder().decode(content)).slice(0, text_characters_max);

/**
 * The groups of fields of a delivery status, one for the mail and one for each recipient. Continued lines are joined.
 */
function groupsIn(text: string): Map<string, string>[] {
  const groups = [new Map<string, string>()];
  let name = '';
  for (const line of text.split(/\r?\n/)) {
    const group = groups.at(-1)!;
    if (line.trim() === '') groups.push(new Map());
    else if (/^\s/.test(line)) group.set(name, `${group.get(name) ?? ''} ${line.trim()}`);
    else {
      const colon = line.indexOf(':');
      name = line.slice(0, colon).toLowerCase();
      if (colon > 0) group.set(name, line.slice(colon + 1).trim());
    }
  }
  return groups;
}

function fromFields(text: string): BouncedRecipient[] {
  return groupsIn(text).flatMap((fields) => {
    const recipient = fields.get('final-recipient') ?? fields.get('original-recipient');
    const action = fields.get('action')?.toLowerCase() ?? '';
    const status = fields.get('status') ?? '';
    if (!recipient || !(action.startsWith('fail') || (action === '' && status.startsWith('5')))) return [];
    const address = addressIn(recipient.slice(recipient.indexOf(';') + 1));
    const diagnostic = fields.get('diagnostic-code') ?? status;
    const reason = diagnostic.slice(diagnostic.indexOf(';') + 1).trim();
    return address ? [made(address, reason, status.startsWith('5') || isLasting(reason))] : [];
  });
}

/** A report without fields names the addresses that failed, and what their servers said, before it repeats the mail. */
function fromWords(subject: string, text: string): BouncedRecipient[] {
  const lower = text.toLowerCase();
  if (delays.some((words) => subject.toLowerCase().includes(words) || lower.slice(0, 1000).includes(words))) return [];
  const ends = copies.map((words) => lower.indexOf(words)).filter((at) => at >= 0);
  const all = text.slice(0, Math.min(text.length, ...ends)).split(/\r?\n/);
  const header = all.findIndex((line) => /^(received|return-path|message-id|from): ?\S/i.test(line));
  const lines = header < 0 ? all : all.slice(0, header);
  const found = new Map<string, BouncedRecipient>();
  for (const [at, line] of lines.entries()) {
    const address = addressIn(line);
    if (!address || daemons.some((begin) => address.startsWith(begin)) || found.has(address)) continue;
    const reason = lines
      .slice(at, at + 6)
      .join(' ')
      .replace(/\s+/g, ' ')
      .trim();
    found.set(address, made(address, reason, isLasting(reason)));
  }
  return [...found.values()];
}

const made = (address: string, reason: string, is_lasting: boolean): BouncedRecipient => ({
  address,
  reason: storableText(reason, reason_characters_max),
  is_lasting,
});

const lasting = [
  'user unknown',
  'unknown user',
  'no such user',
  'does not exist',
  'mailbox unavailable',
  'address rejected',
  'invalid recipient',
  'no mailbox',
  'not found',
  'disabled',
];
const isLasting = (reason: string): boolean => {
  const lower = reason.toLowerCase();
  if (/\b4\.\d\.\d/.test(lower)) return false;
  return /\b5\.\d\.\d/.test(lower) || /\b55\d\b/.test(lower) || lasting.some((words) => lower.includes(words));
};

/** The first address in a text, which is looked for around its @. */
function addressIn(text: string): string | null {
  for (let at = text.indexOf('@'); at > 0; at = text.indexOf('@', at + 1)) {
    let [from, to] = [at, at + 1];
    while (from > 0 && /[\w.!#$%&'*+/=?^`{|}~-]/.test(text[from - 1]!)) from--;
    while (to < text.length && /[\w.-]/.test(text[to]!)) to++;
    while (to > at + 1 && '.-'.includes(text[to - 1]!)) to--;
    const address = text.slice(from, to).toLowerCase();
    if (from < at && to > at + 1 && address.length <= 320) return address;
  }
  return null;
}

/** The Message-ID in a copy of a mail or of its header. */
function messageIdIn(text: string): string | null {
  for (const line of text.split(/\r?\n/)) {
    if (!line.toLowerCase().startsWith('message-id:')) continue;
    const id = storableText(line.slice('message-id:'.length)).trim();
    if (id.startsWith('<') && id.endsWith('>') && id.length <= 992) return id;
  }
  return null;
}
