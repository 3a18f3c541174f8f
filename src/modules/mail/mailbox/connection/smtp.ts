import type { Config } from '../../../../kernel/config/config.ts';
import { addressOf, isUnsafe, type Server, tlsOf } from './address.ts';
import { type Credentials, unencrypted } from './imap.ts';
import { troubleOf } from './trouble.ts';

const connect_ms_max = 15_000;
const silence_ms_max = 30_000;

/** Of one mailbox, for one mail or one test: it is closed by whoever asked for it. */
export async function openSmtp(
  { ALLOW_PRIVATE_NETWORKS }: Pick<Config, 'ALLOW_PRIVATE_NETWORKS'>,
  server: Server,
  { username, password }: Credentials,
) {
  if (isUnsafe(server)) throw unencrypted('SMTP');
  const { createTransport } = await import('nodemailer');
  const { host, servername } = await addressOf(server, ALLOW_PRIVATE_NETWORKS);
  return createTransport({
    host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    tls: { ...tlsOf(server), ...(servername && { servername }) },
    auth: { user: username, pass: password },
    connectionTimeout: connect_ms_max,
    greetingTimeout: connect_ms_max,
    dnsTimeout: connect_ms_max,
    socketTimeout: silence_ms_max,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Signs in and out again. */
export async function testSmtp(
  config: Pick<Config, 'ALLOW_PRIVATE_NETWORKS'>,
  server: Server,
  credentials: Credentials,
) {
  try {
    const transport = await openSmtp(config, server, credentials);
    try {
      await transport.verify();
    } finally {
      transport.close();
    }
  } catch (error) {
    throw troubleOf(error, `${server.host}:${server.port}`, 'SMTP');
  }
}
