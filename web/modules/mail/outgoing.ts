import { api } from '../../platform/query/api.ts';
import { t } from '../../text/text.ts';
import { formatDateTime } from '../../ui/format.ts';
import type { Alias } from './alias/aliases.ts';
import type { Mailbox, Message, MessageContent, OutgoingMail } from './mail.ts';

/** A mail that is being written. Addresses stand as they were typed, with commas between. */
export interface Draft {
  mailbox_id: string;
  /** An alias of the mailbox; null: its own address. */
  from_address: string | null;
  to: string;
  cc: string;
  bcc: string;
  subject: string;
  body: string;
  reply_to_id: string | null;
  /** The message whose files go with it. */
  forward_id: string | null;
  send_at: string | null;
}

export const emptyDraft = (mailbox_id: string): Draft => ({
  mailbox_id,
  from_address: null,
  to: '',
  cc: '',
  bcc: '',
  subject: '',
  body: '',
  reply_to_id: null,
  forward_id: null,
  send_at: null,
});

/** The addresses of what was typed or pasted: `Ada <ada@example.com>, ben@example.com`. */
export const addressesIn = (typed: string): string[] =>
  typed.split(/[,;\n]/).flatMap((part) => {
    const address = (/<([^<>]*)>/.exec(part)?.[1] ?? part).trim();
    return address ? [address] : [];
  });

/** Those that one may write from: one's own mailboxes, with their confirmed aliases. */
export interface Senders {
  own: readonly Mailbox[];
  aliases: readonly Alias[];
}

/** The mailbox that received a message where that is one's own, and its alias where it came to that alone. */
function senderFor({ mailboxes, participants }: MessageContent, { own, aliases }: Senders): Draft {
  const mailbox = own.find(({ id }) => mailboxes.some((one) => one.id === id)) ?? own[0]!;
  const named = new Set(participants.map(({ address }) => address.toLowerCase()));
  const alias = aliases.find(({ mailbox_id, address }) => mailbox_id === mailbox.id && named.has(address));
  const isToAlias = alias && !named.has(mailbox.address.toLowerCase());
  return { ...emptyDraft(mailbox.id), from_address: isToAlias ? alias.address : null };
}

/** An answer to a message, from the address to which it came. */
export function replyTo(message: Message, content: MessageContent, senders: Senders, all: boolean): Draft {
  const mine = new Set([...senders.own, ...senders.aliases].map(({ address }) => address.toLowerCase()));
  const of = (...kinds: MessageContent['participants'][number]['kind'][]) =>
    content.participants
      .filter(({ kind, address }) => kinds.includes(kind) && address !== '')
      .map(({ address }) => address);
  const others = (addresses: readonly string[]) =>
    [...new Set(addresses)].filter((address) => !mine.has(address.toLowerCase()));
  const wrote = message.direction === 'out' ? of('to') : of('reply_to').length > 0 ? of('reply_to') : of('from');
  const to = others(all && message.direction !== 'out' ? [...wrote, ...of('to')] : wrote);
  const cc = all ? others(of('cc')).filter((address) => !to.includes(address)) : [];
  const subject = message.subject ?? '';
  return {
    ...senderFor(content, senders),
    // Whoever writes to themselves answers themselves.
    to: (to.length > 0 ? to : wrote).join(', '),
    cc: cc.join(', '),
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
    body: quoted(message, content),
    reply_to_id: message.id,
  };
}

/** A message passed on to somebody else, with its files. */
export function forwardOf(message: Message, content: MessageContent, senders: Senders): Draft {
  const subject = message.subject ?? '';
  return {
    ...senderFor(content, senders),
    subject: /^fwd?:/i.test(subject) ? subject : `Fwd: ${subject}`,
    body: quoted(message, content),
    forward_id: content.files.length > 0 ? message.id : null,
  };
}

const quoted_characters_max = 20_000;

function quoted(message: Message, { text }: MessageContent): string {
  const name = message.from_name || message.from_address || t('Somebody');
  const head = t('On {when}, {name} wrote:', { when: formatDateTime(message.occurred_at ?? ''), name });
  const lines = text.slice(0, quoted_characters_max).trimEnd().split('\n');
  return `\n\n${head}\n${lines.map((line) => `> ${line}`).join('\n')}\n`;
}

/** The same mail once more, to be looked through and sent as a new one. */
export function again({
  mailbox_id,
  from_address,
  recipients,
  subject,
  body,
  reply_to_id,
  forward_id,
}: OutgoingMail): Draft {
  const of = (kind: 'to' | 'cc' | 'bcc') =>
    recipients
      .filter((one) => one.kind === kind)
      .map(({ address }) => address)
      .join(', ');
  return {
    mailbox_id,
    from_address,
    to: of('to'),
    cc: of('cc'),
    bcc: of('bcc'),
    subject,
    body,
    reply_to_id,
    forward_id,
    send_at: null,
  };
}

export const takeBack = (id: string): Promise<void> => api.delete(`/outgoing-mails/${id}`);
