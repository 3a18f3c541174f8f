import type { ImapFlow } from 'imapflow';
import type { Config } from '../../../../kernel/config/config.ts';
import { addressOf, isUnsafe, type Server, tlsOf } from './address.ts';
import { MailTrouble, troubleOf } from './trouble.ts';

const connect_ms_max = 15_000;
const silence_ms_max = 60_000;
/** More than any mail that is fetched; a server that sends more is cut off. */
const literal_bytes_max = 64 * 1024 * 1024;

export interface Credentials {
  username: string;
  password: string;
}

export const unencrypted = (kind: string) =>
  new MailTrouble(`${kind} without TLS would send your password in the clear. Choose TLS or STARTTLS.`, true);

/**
 * Opens a connection, and closes it when the work is done or the signal says so. Throws `MailTrouble` alone, or what
 * `work` throws by itself.
 */
export async function withImap<T>(
  { ALLOW_PRIVATE_NETWORKS }: Pick<Config, 'ALLOW_PRIVATE_NETWORKS'>,
  server: Server,
  { username, password }: Credentials,
  work: (client: ImapFlow) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (isUnsafe(server)) throw unencrypted('IMAP');
  const what = `${server.host}:${server.port}`;
  // Loaded when the first mailbox is connected: every start would wait for it.
  const { ImapFlow } = await import('imapflow');
  let client: ImapFlow | undefined;
  const close = () => client?.close();
  try {
    client = new ImapFlow({
      ...(await addressOf(server, ALLOW_PRIVATE_NETWORKS)),
      port: server.port,
      secure: server.security === 'tls',
      ...(server.security !== 'tls' && { doSTARTTLS: server.security === 'starttls' }),
      tls: tlsOf(server),
      auth: { user: username, pass: password },
      logger: false,
      disableAutoIdle: true,
      connectionTimeout: connect_ms_max,
      greetingTimeout: connect_ms_max,
      socketTimeout: silence_ms_max,
      maxLiteralSize: literal_bytes_max,
    });
    // Whoever waits for a command is told; an error between commands has nobody else.
    client.on('error', () => undefined);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', close, { once: true });
    await client.connect();
    return await work(client);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isOfImap(error)) throw troubleOf(error, what, 'IMAP');
    throw error;
  } finally {
    signal?.removeEventListener('abort', close);
    close();
  }
}

/** How the codes of errors begin that Node's sockets and TLS give. */
const of_network = ['ERR_SSL', 'ERR_TLS', 'DEPTH_ZERO', 'SELF_SIGNED', 'UNABLE_TO', 'CERT_', 'NoConnection'];
const isOfNetwork = (code: string): boolean =>
  /^E[A-Z]+$/.test(code) ||
  of_network.some((begin) => code.startsWith(begin)) ||
  code.toLowerCase().endsWith('timeout');

/** Errors of the connection and of its server, as opposed to those of our own database. */
const isOfImap = (error: unknown): boolean => {
  const { code, name } = error as NodeJS.ErrnoException;
  return (
    error instanceof MailTrouble ||
    name === 'PrivateAddress' ||
    'responseStatus' in (error as object) ||
    'authenticationFailed' in (error as object) ||
    'serverResponseCode' in (error as object) ||
    (typeof code === 'string' && isOfNetwork(code)) ||
    /connection|socket|greeting|STARTTLS|Command failed/i.test((error as Error).message ?? '')
  );
};
