import { createHash } from 'node:crypto';
import PostalMime, { type Address, type Email } from 'postal-mime';
import { storableText } from '../../../../kernel/database/text.ts';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { textOfHtml } from '../../html-text.ts';
import type { MailFile, MailParticipant } from '../contract.ts';
import { type Bounce, looksLikeBounce, readBounce } from './bounce.ts';
import { cleanMailHtml } from './html.ts';

/** To be raised when mail is read otherwise: what was read by an earlier version is read again from its raw form. */
export const parser_version = 1;

const body_characters_max = 200_000;
const html_characters_max = 2_000_000;
const participants_max = 500;
const files_max = 500;
const references_max = 100;

/**
 * Also tells how a raw mail says it, for the parser's process: `parse` gets what was received, and the own mail
 * server's name, if it is known.
 */
export interface ParsedMail {
  header_id: string | null;
  /** What tells mails with one Message-ID from each other, whichever way they came. */
  digest: string;
  references: string[];
  subject: string;
  snippet: string;
  body: string;
  html: string | null;
  participants: MailParticipant[];
  /** Null where its header has none that can be read. */
  sent_at: string | null;
  files: MailFile[];
  authentication: 'passed' | 'failed' | null;
  /** Sent to a list, or by a program. */
  is_automatic: boolean;
  /** Of a report that another mail was not delivered. */
  bounce: Bounce | null;
}

export async function parse({ raw }: { raw: Uint8Array }): Promise<ParsedMail> {
  const email = await read(raw);
  const html = email.html ? storableText(cleanMailHtml(email.html), html_characters_max) : null;
  const body = storableText(email.text ?? (email.html ? textOfHtml(email.html) : ''), body_characters_max);
  const participants = participantsOf(email);
  const header_id = idsIn(email.messageId)[0] ?? null;
  // Mails within it are files then, which they are not where they belong to what one reads.
  const bounce = looksLikeBounce(email) ? readBounce(await read(raw, { forceRfc822Attachments: true })) : null;
  const files = email.attachments.slice(0, files_max).map(({ filename, mimeType, content }, part): MailFile => {
    const size_bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
    return {
      name: storableText(filename ?? '', 255) || `part-${part + 1}`,
      content_type: mimeType,
      size_bytes,
      part,
    };
  });
  const subject = storableText(onOneLine(email.subject ?? ''), 1000);
  const sent_at = timeOf(email.date);
  const facts = [
    header_id,
    sent_at,
    subject,
    participants[0]?.address,
    body,
    html,
    files.map(({ name, size_bytes }) => [name, size_bytes]),
  ];
  return {
    header_id,
    digest: createHash('sha256').update(JSON.stringify(facts)).digest('hex'),
    references: [
      ...new Set([...idsIn(bounce?.original_id ?? ''), ...idsIn(email.references), ...idsIn(email.inReplyTo)]),
    ].slice(-references_max),
    subject,
    snippet: beginningOf(body),
    body,
    html,
    participants,
    sent_at,
    files,
    authentication: authenticationOf(email),
    is_automatic: isAutomatic(email),
    bounce,
  };
}

/** What a mail begins with, of its own: what it repeats of others is in their own messages. */
const beginningOf = (body: string): string => {
  const own = body
    .split('\n')
    .filter((line) => !line.startsWith('>') && !(line.startsWith('On ') && line.trimEnd().endsWith('wrote:')));
  return storableText(onOneLine(own.join(' ')), 200);
};

/** The bytes of some files of a mail, in their order. */
export async function readParts(raw: Uint8Array, parts: readonly number[]): Promise<(Uint8Array | undefined)[]> {
  const { attachments } = await read(raw);
  return parts.map((part) => {
    const content = attachments[part]?.content;
    if (content === undefined) return undefined;
    return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
  });
}

async function read(raw: Uint8Array, options: { forceRfc822Attachments?: true } = {}): Promise<Email> {
  try {
    return await PostalMime.parse(raw, { maxNestingDepth: 100, maxHeadersSize: 1024 * 1024, ...options });
  } catch (error) {
    throw new ParseError('not_readable', `It cannot be read as a mail: ${(error as Error).message}`);
  }
}

const onOneLine = (text: string): string => text.replaceAll('\0', '').replace(/\s+/g, ' ').trim();

const id_characters_max = 990;

/** The Message-IDs of a header, each in its angle brackets. */
const idsIn = (header: string | undefined): string[] =>
  (header ?? '').split('<').flatMap((part) => {
    const id = part.slice(0, part.indexOf('>') + 1).slice(0, -1);
    return id === '' || id.length > id_characters_max || /\s/.test(id) ? [] : [storableText(`<${id}>`)];
  });

function participantsOf({ from, to, cc, bcc, replyTo }: Email): MailParticipant[] {
  const all: [MailParticipant['kind'], Address[] | undefined][] = [
    ['from', from ? [from] : undefined],
    ['to', to],
    ['cc', cc],
    ['bcc', bcc],
    ['reply_to', replyTo],
  ];
  return all
    .flatMap(([kind, list = []]) =>
      list
        .flatMap((one) => ('group' in one && one.group ? one.group : [one]))
        .map(({ name, address }) => ({
          kind,
          name: storableText(onOneLine(name ?? ''), 300),
          address: storableText((address ?? '').trim().toLowerCase(), 320),
        })),
    )
    .filter(({ address, name }) => address !== '' || name !== '')
    .slice(0, participants_max);
}

/** Years that no mail is from would not fit into a timestamp. */
function timeOf(date: string | undefined): string | null {
  const at = new Date(date ?? Number.NaN);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1970 || at.getUTCFullYear() > 2200
    ? null
    : at.toISOString();
}

const headersOf = ({ headers }: Email, name: string): string[] =>
  headers.filter(({ key }) => key === name).map(({ value }) => value);

/** Only the topmost field is of the server that delivered it: those below could be written by whoever sent the mail. */
function authenticationOf(email: Email): ParsedMail['authentication'] {
  const [topmost = ''] = headersOf(email, 'authentication-results');
  const results = [...topmost.matchAll(/\b(?:spf|dkim|dmarc)=(\w+)/gi)].map(([, result]) => result!.toLowerCase());
  if (results.some((result) => ['fail', 'softfail', 'permerror'].includes(result))) return 'failed';
  return results.includes('pass') ? 'passed' : null;
}

const isAutomatic = (email: Email): boolean =>
  headersOf(email, 'list-id').length > 0 ||
  headersOf(email, 'list-unsubscribe').length > 0 ||
  headersOf(email, 'auto-submitted').some((value) => value.trim().toLowerCase() !== 'no') ||
  headersOf(email, 'precedence').some((value) => /bulk|list|junk/i.test(value));
