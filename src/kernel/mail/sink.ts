import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Mail {
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** The headers by their name in lower case. */
  headers: ReadonlyMap<string, string>;
  attachments: readonly { filename: string; text: string }[];
}

export interface MailSink {
  /** The value for SMTP_URL. */
  url: string;
  /** The mails so far, oldest first. */
  messages(): Mail[];
  close(): Promise<void>;
}

/** A mail server on loopback that delivers nothing and stores what it gets: for tests. */
export async function startMailSink(options: SMTPServerOptions = {}, port = 0): Promise<MailSink> {
  const received: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 1,
    onData(stream, session, done) {
      PostalMime.parse(ReadableStream.from(stream)).then(
        ({ subject = '', text = '', html = '', headers, attachments }) => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            subject,
            text,
            html,
            headers: new Map(headers.map(({ key, value }) => [key, value])),
            attachments: attachments.map(({ filename, content }) => ({
              filename: filename ?? '',
              text:
                typeof content === 'string' ? content : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content),
            })),
          });
          done();
        },
        (error: Error) => done(error),
      );
    },
    ...options,
  });
  server.on('error', () => undefined); // a client that breaks off is no matter of the sink's
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    messages: () => [...received],
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
