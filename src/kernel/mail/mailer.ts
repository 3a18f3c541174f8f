import { domainToASCII } from 'node:url';
import type { createTransport } from 'nodemailer';
import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool';
import type { BaseLogger } from 'pino';
import { isLoopbackHost } from '../loopback.ts';
import { inSpan } from '../tracing/in-span.ts';
import { urlCredentials } from '../url-credentials.ts';
import { hasControls, isPlainAddress, mail_from_form, parseSender } from './sender.ts';
import { parseSmtpUrl, smtp_url_form } from './smtp-url.ts';

/**
 * Jobs that send mail run as many at once of a kind: more would only wait here, in slots that the worker has for other
 * work.
 */
export const mail_connections_max = 3;
const mails_per_connection_max = 100;
const mails_pending_max = 1000;
const mail_bytes_max = 1024 * 1024;
const connect_ms_max = 10_000;
const silence_ms_max = 20_000;
const send_ms_max = 60_000;

export interface MailMessage {
  /** One plain address, such as `anna@example.com`. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** A unique id, so that mail programs show a mail only once that was sent twice because its delivery was in doubt. */
  messageId?: string;
  /** The address where a POST unsubscribes at once (RFC 8058), and a GET shows a page that offers it. */
  unsubscribeUrl?: string;
  attachments?: readonly MailAttachment[];
}

export interface MailAttachment {
  filename: string;
  contentType: string;
  content: string;
}

export interface Mailer {
  /** False without SMTP_URL: every `send` then throws `MailNotConfigured`. */
  readonly configured: boolean;
  /** Resolves when the mail server has accepted the mail. */
  send(message: MailMessage): Promise<void>;
  close(): void;
}

export interface MailerOptions {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465`. */
  url: string | undefined;
  /** `Holdfast <no-reply@example.com>` */
  from: string;
  log: Pick<BaseLogger, 'warn'>;
  /** Allows a connection without TLS to a mail server on another machine. */
  allowPlaintext?: boolean;
}

export class MailNotConfigured extends Error {
  constructor(message = 'No mail server is configured, so no mail was sent. Set SMTP_URL and MAIL_FROM.') {
    super(message);
    this.name = 'MailNotConfigured';
  }
}

/** The message is invalid; sending it again would not help. */
export class MailInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MailInvalid';
  }
}

/**
 * The mail server did not accept the mail. `permanent`: it never will (a 5xx reply about this mail); otherwise a later
 * attempt may succeed.
 */
export class MailFailed extends Error {
  readonly permanent: boolean;

  constructor(message: string, permanent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MailFailed';
    this.permanent = permanent;
  }
}

/** What the server refuses before is whoever asks, or MAIL_FROM: once that is mended, it takes the mail. */
const commands_about_mail: ReadonlySet<unknown> = new Set(['RCPT TO', 'DATA']);
/**
 * Postfix and others refuse those only with the recipient. By RFC 3463 5.7 is a matter of policy, such as relaying, and
 * 5.1.7 and 5.1.8 are the sender.
 */
const about_who_asks = /^5\d\d[ -]5\.(7\.\d+|1\.[78])\b/;
/** What mends an error whose words do not say it. */
const hints: readonly [RegExp, string][] = [
  [/wrong version number/, 'the port begins without TLS: SMTP_URL needs smtp://'],
  [/Greeting never received/, 'if the port begins with TLS, SMTP_URL needs smtps://'],
  [/self-signed certificate|unable to (verify|get)/, 'name the file of a CA of your own in NODE_EXTRA_CA_CERTS'],
];

/**
 * Throws when the URL or the sender is invalid, so that a wrong setting shows at start rather than with the first mail.
 */
export function createMailer({ url, from, log, allowPlaintext = false }: MailerOptions): Mailer {
  if (!url) {
    return { configured: false, send: () => Promise.reject(new MailNotConfigured()), close: () => undefined };
  }
  const sender = parseSender(from);
  if (!sender) throw new TypeError(`MAIL_FROM ${mail_from_form}`);
  // A relay may refuse the name of a container, or an address such as [127.0.0.1], as who says EHLO.
  const name = domainToASCII(sender.address.split('@')[1]!);
  const options = { ...connectionOptions(url, allowPlaintext), ...poolOptions, name };
  let transport: Promise<ReturnType<typeof createTransport>> | undefined;
  // Only who sends a mail waits until all of it is read.
  const open = () => (transport ??= import('nodemailer').then(({ createTransport }) => createTransport(options)));
  let pending = 0;

  async function send(message: MailMessage): Promise<void> {
    check(message);
    if (pending >= mails_pending_max) throw new MailFailed(`${mails_pending_max} mails are waiting already`, false);
    pending++;
    try {
      const { to, subject, text, html, messageId, unsubscribeUrl, attachments = [] } = message;
      const headers = {
        // So that nobody's notice of absence answers (RFC 3834).
        'Auto-Submitted': 'auto-generated',
        ...(unsubscribeUrl && {
          'List-Unsubscribe': `<${unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }),
      };
      const signal = AbortSignal.timeout(send_ms_max);
      const mail = {
        from: sender,
        to: { name: '', address: to },
        subject,
        text,
        html,
        headers,
        ...(messageId && { messageId }),
        attachments: attachments.map((attachment) => ({ ...attachment })),
        signal,
      };
      await inSpan('send mail', { 'messaging.operation.type': 'send' }, async () => (await open()).sendMail(mail));
    } catch (cause) {
      const { code, command, responseCode = 0, response = '', message } = cause as SmtpError;
      const permanent = responseCode >= 500 && commands_about_mail.has(command) && !about_who_asks.test(response);
      // The server's message often repeats the recipient, so it stays out of the log.
      log.warn({ code, responseCode, permanent }, 'The mail server did not take a mail');
      const hint = hints.find(([pattern]) => pattern.test(message))?.[1];
      const reason = hint ? `${message.trim()} (${hint})` : message;
      throw new MailFailed(`The mail server did not take the mail: ${reason}`, permanent, { cause });
    } finally {
      pending--;
    }
  }

  return { configured: true, send, close: () => void transport?.then((opened) => opened.close()) };
}

interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

const poolOptions = {
  pool: true,
  maxConnections: mail_connections_max,
  maxMessages: mails_per_connection_max,
  connectionTimeout: connect_ms_max,
  greetingTimeout: connect_ms_max,
  dnsTimeout: connect_ms_max,
  socketTimeout: silence_ms_max,
  // Messages are plain text: nothing in them may make the mailer read a file or fetch an address.
  disableFileAccess: true,
  disableUrlAccess: true,
} as const satisfies SMTPPoolOptions;

function connectionOptions(text: string, allowPlaintext: boolean): SMTPPoolOptions {
  const url = parseSmtpUrl(text);
  if (!url) throw new TypeError(`SMTP_URL ${smtp_url_form}`);
  const loopback = isLoopbackHost(url.hostname);
  const secure = url.protocol === 'smtps:';
  const { username, password = '' } = urlCredentials(url)!;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    requireTLS: !secure && !loopback && !allowPlaintext,
    // Mail that never leaves the machine needs no TLS. Some relays want it there too, and seldom have a valid
    // certificate.
    ...(!secure && loopback && { tls: { rejectUnauthorized: false } }),
    ...(username && { auth: { user: username, pass: password } }),
  };
}

function check({ to, subject, text, html, messageId = '', unsubscribeUrl = '', attachments = [] }: MailMessage): void {
  if (!isPlainAddress(to)) throw new MailInvalid('The recipient is not one plain e-mail address');
  if (hasControls(messageId + unsubscribeUrl) || /[<>\s]/.test(unsubscribeUrl))
    throw new MailInvalid('A header has a line break or another character that does not belong there');
  if (hasControls([subject, ...attachments.map(({ filename }) => filename)].join(' ')))
    throw new MailInvalid('The subject or the name of a file has a line break or another control character');
  const parts = [subject, text, html, ...attachments.map(({ content }) => content)];
  if (parts.reduce((bytes, part) => bytes + Buffer.byteLength(part), 0) > mail_bytes_max) {
    throw new MailInvalid(`The mail has more than ${mail_bytes_max} bytes`);
  }
}
