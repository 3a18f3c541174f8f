import { Readable } from 'node:stream';
import type { Config } from '../../../kernel/config/config.ts';
import { addressOf, type Credentials, isUnsafe, type Server, tlsOf, troubleOf, unencrypted } from '../mailbox/index.ts';

const connect_ms_max = 10_000;
const silence_ms_max = 15_000;

export interface Letter {
  from: string;
  to: readonly string[];
  raw: Buffer;
}

/**
 * How an attempt ended. `unknown`: the body was on its way when the connection broke, so the server may have taken the
 * mail.
 */
export type Sent =
  | { is: 'sent' }
  | { is: 'refused'; problem: string; isLasting: boolean }
  | { is: 'unknown'; problem: string };

interface Refusal extends Error {
  responseCode?: number;
  command?: string;
}

/**
 * Gives a mail to the server of its mailbox, once. What the server answers to the body counts; without an answer nobody
 * knows.
 */
export async function sendLetter(
  { ALLOW_PRIVATE_NETWORKS }: Pick<Config, 'ALLOW_PRIVATE_NETWORKS'>,
  server: Server,
  { username: user, password: pass }: Credentials,
  { from, to, raw }: Letter,
): Promise<Sent> {
  let bodyBegan = false;
  const what = `${server.host}:${server.port}`;
  try {
    if (isUnsafe(server)) throw unencrypted('SMTP');
    const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection');
    const { host, servername } = await addressOf(server, ALLOW_PRIVATE_NETWORKS);
    const connection = new SMTPConnection({
      host,
      port: server.port,
      secure: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      tls: { ...tlsOf(server), ...(servername && { servername }) },
      connectionTimeout: connect_ms_max,
      greetingTimeout: connect_ms_max,
      dnsTimeout: connect_ms_max,
      socketTimeout: silence_ms_max,
    });
    // Read when the server has said that it wants the body, and not before.
    const body = Readable.from(
      (function* () {
        bodyBegan = true;
        yield raw;
      })(),
    );
    try {
      await new Promise<void>((resolve, reject) => {
        connection.once('error', reject);
        connection.once('end', () => reject(new Error('Connection closed')));
        connection.connect((refused) => {
          if (refused) return reject(refused);
          connection.login({ user, credentials: { user, pass } }, (denied) => {
            if (denied) return reject(denied);
            connection.send({ from, to: [...to] }, body, (error) => (error ? reject(error) : resolve()));
          });
        });
      });
      return { is: 'sent' };
    } finally {
      connection.close();
    }
  } catch (error) {
    const { responseCode = 0 } = error as Refusal;
    const trouble = troubleOf(error, what, 'SMTP');
    if (bodyBegan && responseCode < 400) return { is: 'unknown', problem: trouble.message };
    return { is: 'refused', problem: trouble.message, isLasting: trouble.isLasting || responseCode >= 500 };
  }
}
