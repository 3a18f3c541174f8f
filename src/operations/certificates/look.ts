import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PeerCertificate, connect as startTls, type TLSSocket } from 'node:tls';
import type { Config } from '../../kernel/config/config.ts';
import { parseMongoUrl } from '../../kernel/logs/mongo/url.ts';

const look_ms_max = 10_000;
const line_bytes_max = 10_000;

export interface Endpoint {
  setting: string;
  host: string;
  port: number;
  /** How the connection becomes an encrypted one. */
  by: 'tls' | 'postgres' | 'smtp';
}

export interface SeenCertificate {
  subject: string;
  issuer: string;
  valid_until: string;
  /** Why this machine does not trust it. */
  distrust: string | null;
}

export const nameOf = ({ setting, host, port }: Endpoint): string => `${setting} ${host}:${port}`;

/** Where the configuration says that Holdfast is reached, or goes to, by TLS. */
export function endpointsOf(config: Config): Endpoint[] {
  const found: Endpoint[] = [];
  const add = (
    setting: string,
    text: string | undefined,
    ports: Record<string, number>,
    by: Endpoint['by'] = 'tls',
  ) => {
    const url = text ? URL.parse(text) : null;
    const port = url && ports[url.protocol];
    if (!url?.hostname || !port) return;
    found.push({ setting, host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || port, by });
  };
  const https = { 'https:': 443 };
  add('PUBLIC_URL', config.PUBLIC_URL, https);
  for (const name of ['DATABASE_URL', 'BACKUP_PROOF_DATABASE_URL'] as const)
    if (!/sslmode=disable/.test(config[name] ?? '') && /sslmode=/.test(config[name] ?? ''))
      add(name, config[name], { 'postgres:': 5432, 'postgresql:': 5432 }, 'postgres');
  add('REDIS_URL', config.REDIS_URL, { 'rediss:': 6379 });
  add('S3_ENDPOINT', config.S3_ENDPOINT, https);
  add('BACKUP_S3_ENDPOINT', config.BACKUP_S3_ENDPOINT, https);
  add('SENTRY_DSN', config.SENTRY_DSN, https);
  add('SMTP_URL', config.SMTP_URL, { 'smtps:': 465 });
  add('SMTP_URL', config.SMTP_URL, { 'smtp:': 587 }, 'smtp');
  const mongo = config.MONGODB_URL ? parseMongoUrl(config.MONGODB_URL) : undefined;
  // Which hosts stand behind mongodb+srv only its driver finds out.
  if (mongo?.secure && !config.MONGODB_URL!.startsWith('mongodb+srv:'))
    for (const each of mongo.servers) add('MONGODB_URL', `tls://${each}`, { 'tls:': 27_017 });
  return found;
}

/** Looks at the certificate without sending anything secret, whether this machine trusts it or not. */
export async function look(endpoint: Endpoint): Promise<SeenCertificate> {
  const { host, port } = endpoint;
  const socket = connect({ host, port });
  const late = new AbortController();
  try {
    const timeout = sleep(look_ms_max, undefined, { signal: late.signal }).then(() => {
      throw new Error(`No answer within ${look_ms_max / 1000} s`);
    });
    timeout.catch(() => {});
    return await Promise.race([seen(socket, endpoint), timeout]);
  } finally {
    late.abort();
    socket.destroy();
  }
}

async function seen(socket: Socket, { host, by }: Endpoint): Promise<SeenCertificate> {
  await once(socket, 'connect');
  if (by === 'postgres') await askPostgres(socket);
  if (by === 'smtp') await askSmtp(socket);
  const tls: TLSSocket = startTls({
    socket,
    host,
    rejectUnauthorized: false,
    ...(!isIP(host) && { servername: host }),
  });
  await once(tls, 'secureConnect');
  const shown = tls.getPeerCertificate();
  const distrust = tls.authorized ? null : String(tls.authorizationError);
  tls.destroy();
  if (!shown.valid_to) throw new Error('The server showed no certificate');
  return {
    subject: nameIn(shown.subject).slice(0, 500),
    issuer: nameIn(shown.issuer).slice(0, 500),
    valid_until: new Date(shown.valid_to).toISOString(),
    distrust,
  };
}

const nameIn = (name: PeerCertificate['subject'] | undefined): string =>
  [name?.CN, name?.O].flat().filter(Boolean).join(', ') || 'without a name';

/** The request for TLS of PostgreSQL's protocol, which the server answers with one letter. */
async function askPostgres(socket: Socket): Promise<void> {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(80_877_103, 4);
  socket.write(request);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (answer.toString('latin1', 0, 1) !== 'S') throw new Error('The server does not offer TLS');
}

async function askSmtp(socket: Socket): Promise<void> {
  await reply(socket, '220');
  socket.write('EHLO holdfast.invalid\r\n');
  const offers = await reply(socket, '250');
  if (!/STARTTLS/i.test(offers)) throw new Error('The server does not offer TLS');
  socket.write('STARTTLS\r\n');
  await reply(socket, '220');
}

/** The lines of an answer; the last has a space behind its code. */
async function reply(socket: Socket, code: string): Promise<string> {
  let text = '';
  while (!/^\d{3} .*\r?\n$/m.test(text)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString('latin1');
    if (text.length > line_bytes_max) throw new Error('The mail server answers at endless length');
  }
  if (!text.startsWith(code)) throw new Error(`The mail server answers ${text.slice(0, 3)}`);
  return text;
}
