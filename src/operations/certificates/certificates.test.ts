import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { selfSigned } from '../../../test/harness/certificate.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { loadConfig } from '../../kernel/config/config.ts';
import type { CertificateList } from './contract.ts';
import { endpointsOf, look, nameOf } from './look.ts';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';
const base = '/api/v1/installation';
const servers: Server[] = [];
let dir: string;
let app: TestApp;
let operator: Client;
let ports: { tls: number; dead: number };

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as { port: number }).port;
}

before(async () => {
  if (skip) return;
  dir = await mkdtemp(join(tmpdir(), 'holdfast-certificates-'));
  const tls = await listen(createTlsServer(await selfSigned(dir, 5), (socket) => socket.end()));
  const closed = createServer();
  const dead = await listen(closed);
  closed.close();
  ports = { tls, dead };
  app = await startTestApp({
    SENTRY_DSN: `https://key@localhost:${tls}/1`,
    REDIS_URL: '',
    PUBLIC_URL: `https://localhost:${dead}`,
    ALERTS_EVERY_SECONDS: '1',
  });
  const home = await app.tenant();
  const { user_id } = await home.as('viewer', 'Olga');
  operator = await home.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});
after(async () => {
  await app?.stop();
  for (const server of servers) server.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

test('the certificate of a server in the configuration is seen, and told before it ends', { skip }, async () => {
  const list = async (): Promise<CertificateList['data']> => (await operator('GET', `${base}/certificates`)).body.data;
  const found = await eventually(async () => {
    const all = await list();
    return all.length === 2 && all;
  });
  const seen = found.find(({ endpoint }) => endpoint === `SENTRY_DSN localhost:${ports.tls}`)!;
  assert.deepEqual(
    [seen.subject, seen.issuer, seen.error],
    ['errors.test, Holdfast Test', 'errors.test, Holdfast Test', null],
  );
  const days = (Date.parse(seen.valid_until!) - Date.now()) / 86_400_000;
  assert.ok(days > 4.9 && days <= 5, `${days} days`);
  assert.match(seen.distrust!, /SELF_SIGNED/);
  const away = found.find(({ endpoint }) => endpoint === `PUBLIC_URL localhost:${ports.dead}`)!;
  assert.deepEqual([away.valid_until, away.subject], [null, null]);
  assert.ok(away.error);

  const { findings } = (await operator('GET', base)).body;
  const finding = findings.find(({ check }: { check: string }) => check === 'certificates');
  assert.deepEqual([finding.ok, finding.severity], [false, 'page']);
  assert.match(finding.detail, /^The certificate of SENTRY_DSN localhost:\d+ is the next to end, on \d{4}-\d\d-\d\d$/);
  const rules = ['HoldfastCertificateEnds', 'HoldfastCertificateEndsSoon'];
  await eventually(async () => {
    const { firing } = (await operator('GET', `${base}/alerts`)).body;
    return rules.every((name) => firing.some(({ rule }: { rule: string }) => rule === name));
  });
});

test('of several servers of MongoDB each is looked at, at the port that it has', () => {
  const config = loadConfig([], {
    MONGODB_URL: 'mongodb://ann:secret@one.example:27018,two.example,[2001:db8::3]:27019/logs?tls=true',
  });
  assert.deepEqual(endpointsOf(config).map(nameOf), [
    'MONGODB_URL one.example:27018',
    'MONGODB_URL two.example:27017',
    'MONGODB_URL 2001:db8::3:27019',
  ]);
});

test('PostgreSQL and mail servers are asked for encryption first; who offers none is told', { skip }, async () => {
  const context = await selfSigned(dir, 90);
  const talk = (answer: (text: string, socket: Socket) => string | null) =>
    createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', function first(data: Buffer) {
        const said = answer(data.toString('latin1'), socket);
        if (said !== null) socket.write(said);
      });
    });
  // A server that goes on with TLS after it agreed, as both protocols do.
  const behind = await listen(createTlsServer(context, (socket) => socket.on('error', () => {}).end()));
  const upgrading = (greeting: string, agree: (text: string) => string | 'tls') =>
    createServer((socket) => {
      socket.on('error', () => {});
      if (greeting) socket.write(greeting);
      socket.on('data', function plain(data: Buffer) {
        const said = agree(data.toString('latin1'));
        socket.write(said.replace(/\0$/, ''));
        if (!said.endsWith('\0')) return;
        socket.off('data', plain);
        import('node:net').then(({ connect }) => {
          const inner = connect(behind, '127.0.0.1').on('error', () => {});
          socket.pipe(inner).pipe(socket);
        });
      });
    });
  const postgres = await listen(upgrading('', () => 'S\0'));
  const mail = await listen(
    upgrading('220 mail\r\n', (text) => (/^EHLO/.test(text) ? '250-mail\r\n250 STARTTLS\r\n' : '220 go\r\n\0')),
  );
  const open = await listen(talk(() => 'N'));
  const at = (port: number, by: 'postgres' | 'smtp') => look({ setting: 'X', host: '127.0.0.1', port, by });
  for (const seen of [await at(postgres, 'postgres'), await at(mail, 'smtp')]) {
    const days = (Date.parse(seen.valid_until) - Date.now()) / 86_400_000;
    assert.ok(days > 89 && days <= 90, `${days} days`);
  }
  await assert.rejects(at(open, 'postgres'), /does not offer TLS/);
});

test('a server that is named by its address is asked whether its certificate is of that', { skip }, async () => {
  const trusted = getCACertificates('default');
  const looked = async (names: string) => {
    const context = await selfSigned(dir, 90, names);
    setDefaultCACertificates([...trusted, context.cert.toString()]);
    const port = await listen(createTlsServer(context, (socket) => socket.end()));
    return (await look({ setting: 'REDIS_URL', host: '127.0.0.1', port, by: 'tls' })).distrust;
  };
  try {
    assert.equal(await looked('IP:127.0.0.1'), null);
    assert.match((await looked('IP:127.0.0.2'))!, /ALTNAME/);
    assert.match((await looked('DNS:localhost'))!, /ALTNAME/);
  } finally {
    setDefaultCACertificates(trusted);
  }
});
