import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import pg from 'pg';
import { clusterProcesses, stopLeftovers } from '../src/kernel/database/embedded/processes.ts';
import { connectEmbedded } from '../src/kernel/database/embedded.ts';
import { selfSigned } from './harness/certificate.ts';
import { command as holdfast } from './harness/command.ts';
import { eventually } from './harness/eventually.ts';
import { freePort, killService, listens, startService } from './harness/service.ts';

const root = resolve(import.meta.dirname, '..');
const main = join(root, 'src/main.ts');
const parent = mkdtempSync(join(tmpdir(), 'holdfast-start-'));
const data = join(parent, 'data');
const cluster = join(data, 'postgres');
/** It takes a second or two on a machine that does nothing else, which one that runs tests is not. */
const ready_seconds_max = 20;
/** In the log, where what is less is only information. */
const warn = 40;

const children = new Set<ChildProcess>();

after(async () => {
  for (const child of children) child.kill('SIGKILL');
  if (existsSync(cluster)) await stopLeftovers(cluster, () => {});
  rmSync(parent, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  output: string;
  log: string;
}

/** Starts the program as `npm start -- --empty` does; `address` is there when it says so. */
function start(...flags: string[]) {
  const child = spawn(process.execPath, [main, '--empty', '--data', data, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_CONNECTIONS_MAX: '60' },
  });
  children.add(child);
  const lines: string[] = [];
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const printed = createInterface(child.stderr);
  const address = new Promise<string>((found) => {
    printed.on('line', (line) => {
      lines.push(line);
      const ready = /is ready after .* at (\S+)/.exec(line);
      if (ready) found(ready[1]!);
    });
  });
  const ended = once(child, 'close').then(
    ([code]): Ended => ({ code: code as number | null, output: lines.join('\n'), log }),
  );
  const ready = () => Promise.race([address, ended.then(({ output }) => assert.fail(output))]);
  return { child, ready, ended };
}

const warningsOf = ({ log }: Pick<Ended, 'log'>) =>
  log.split('\n').filter((line) => line !== '' && JSON.parse(line).level >= warn);

const isReady = async (address: string) => (await fetch(`${address}/api/health/ready`)).status === 200;

test('a start serves; a second one on the same data, or on its port, says what is in the way', async () => {
  // On a disk without room it cannot write where it listens, which only links of the command line need.
  mkdirSync(join(data, 'address'), { recursive: true, mode: 0o700 });
  const first = start('--port', '0');
  const address = await first.ready();
  assert.ok(await isReady(address));

  const owner = new pg.Client({ connectionString: (await connectEmbedded(data))! });
  await owner.connect();
  const { rows } = await owner.query('show max_connections').finally(() => owner.end());
  assert.ok(rows[0].max_connections > 2 * 60 + 10, 'what web server and worker may open, and some for others');
  const onSameData = await start('--port', '0').ended;
  assert.equal(onSameData.code, 1);
  assert.match(
    onSameData.output,
    new RegExp(`^holdfast: .*already running on ${data} \\(process ${first.child.pid}\\).*--data`),
  );

  const { port } = new URL(address);
  const elsewhere = join(parent, 'elsewhere');
  const onSamePort = await start('--port', port, '--data', elsewhere).ended;
  assert.equal(onSamePort.code, 1);
  assert.match(onSamePort.output, new RegExp(`holdfast: port ${port} is taken`));
  // Of TEST-NET-1, which no machine has.
  process.env.HOST = '192.0.2.1';
  const nowhere = await start('--port', '0', '--data', elsewhere).ended;
  delete process.env.HOST;
  assert.match(nowhere.output, /holdfast: listen EADDRNOTAVAIL.*192\.0\.2\.1.* with HOST/);
  assert.doesNotMatch(nowhere.output, /^ +at /m);
  assert.deepEqual([warningsOf(onSamePort), warningsOf(nowhere)], [[], []], 'nothing hides it');
  assert.deepEqual(clusterProcesses(join(elsewhere, 'postgres')), []);

  assert.ok(await isReady(address), 'the first one goes on');
  first.child.kill('SIGINT');
  first.child.kill('SIGINT'); // npm passes on the Ctrl-C that the terminal has sent already
  assert.equal((await first.ended).code, 0);
  assert.deepEqual(clusterProcesses(cluster), []);
  rmSync(join(data, 'address'), { recursive: true });
});

/** The assignments of a unit of systemd, by section and name. */
const unitSettings = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name ? [[name, value!] as const] : [];
    }),
  );

const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

test('the unit of systemd starts an installation by its settings file, and HAProxy ends TLS before it', async (t) => {
  const path = join(root, 'deploy/systemd/holdfast.service');
  if (has('systemd-analyze', '--version')) {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    const faults = stderr.split('\n').filter((line) => line.includes('holdfast.service'));
    assert.deepEqual([status, faults], [0, []], stderr);
  } else t.diagnostic('systemd-analyze is not installed: the unit was not verified by it');
  const unit = unitSettings(readFileSync(path, 'utf8'));
  assert.equal(unit.get('Environment'), 'HOLDFAST_DATA=/var/lib/holdfast');
  assert.ok(existsSync(join(root, 'bin/start.mjs')));

  const home = join(parent, 'unit');
  mkdirSync(home, { mode: 0o700 });
  const [port, http, https] = [await freePort(), await freePort(), await freePort()];
  const token = 'figures-of-the-unit';
  const given = `PORT=${port}\nPUBLIC_URL=https://127.0.0.1:${https}\nTRUST_PROXY=127.0.0.1\nMETRICS_TOKEN=${token}\n`;
  writeFileSync(join(home, 'settings.env'), given, { mode: 0o600 });
  const [command, ...args] = unit.get('ExecStart')!.split(' ');
  const { PATH, NODE_COMPILE_CACHE = '', HOME = '' } = process.env;
  const env = { PATH, HOME, NODE_COMPILE_CACHE, HOLDFAST_DATA: home };
  const child = spawn(command!, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] });
  children.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'close');
  t.after(() => stopLeftovers(join(home, 'postgres'), () => {}));
  const link = await Promise.race([
    eventually(async () => /https:\S+\/sign-in\/link#(\S+)/.exec(said)?.[1], 120_000),
    ended.then(() => assert.fail(said)),
  ]);
  const local = `http://127.0.0.1:${port}`;
  assert.ok(await isReady(local));
  const figures = { headers: { authorization: `Bearer ${token}` } };
  assert.equal((await fetch(`${local}/metrics`, figures)).status, 200);

  if (has('haproxy', '-v')) {
    const { key, cert } = await selfSigned(home, 30, 'IP:127.0.0.1');
    const certificate = join(home, 'holdfast.pem');
    writeFileSync(certificate, Buffer.concat([cert, key]), { mode: 0o600 });
    const binds = {
      HTTP: `127.0.0.1:${http}`,
      HTTPS: `127.0.0.1:${https}`,
      CERTIFICATE: certificate,
      HOLDFAST_PORT: String(port),
    };
    const config = join(root, 'deploy/haproxy/one-machine.cfg');
    const proxy = await startService({
      command: 'haproxy',
      args: ['-db', '-f', config],
      env: binds,
      isUp: () => listens(https),
    });
    t.after(() => killService(proxy));
    const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
      const sent = request(`https://127.0.0.1:${https}${path}`, {
        method,
        ca: cert,
        headers: { 'content-type': 'application/json', ...headers },
      });
      sent.end(body && JSON.stringify(body));
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      return answer;
    };
    const plain = await fetch(`http://127.0.0.1:${http}/contacts`, { redirect: 'manual' });
    assert.deepEqual([plain.status, plain.headers.get('location')], [308, `https://127.0.0.1:${http}/contacts`]);
    assert.equal((await ask('GET', '/metrics', undefined, figures.headers)).statusCode, 404);
    const origin = { origin: `https://127.0.0.1:${https}` };
    const signedIn = await ask('POST', '/api/v1/sign-in/link', { token: link }, origin);
    assert.equal(signedIn.statusCode, 200);
    const [cookie] = signedIn.headers['set-cookie']!;
    assert.match(cookie!, /; Secure/);
    const stream = await ask('GET', '/api/v1/events', undefined, { cookie: cookie!.split(';')[0]! });
    assert.equal(stream.statusCode, 200);
    stream.destroy();
  } else t.diagnostic('haproxy is not installed: TLS before it was not tried');

  child.kill('SIGTERM');
  assert.deepEqual([(await ended)[0], clusterProcesses(join(home, 'postgres'))], [0, []]);
});

test('a Ctrl-C while the worker is still starting stops the server before its database', async () => {
  const port = await freePort();
  const { child, ended } = start('--port', String(port));
  await eventually(() => listens(port).catch(() => false));
  child.kill('SIGINT');
  const { code, output, log } = await ended;
  assert.equal(code, 0);
  assert.doesNotMatch(output, /is ready|could not start|ended/);
  assert.deepEqual(warningsOf({ log }), []);
  assert.deepEqual(clusterProcesses(cluster), []);
});

/** The database ends some of its processes by itself. */
function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

test('after everything was killed, the next start is ready soon', async () => {
  const killed = start('--port', '0');
  await killed.ready();
  const processes = clusterProcesses(cluster);
  killed.child.kill('SIGKILL');
  for (const pid of processes) killNow(pid);
  await killed.ended;

  const began = performance.now();
  const next = start('--port', '0');
  assert.ok(await isReady(await next.ready()));
  assert.ok(performance.now() - began < ready_seconds_max * 1000);
  // The journal has one link, of the first start; later the command makes one.
  const link = await holdfast(['user', 'sign-in-link', '--data', data]);
  const [page, token] = link.split('#');
  assert.equal(page, `${(await next.ready()).replace(/\/$/, '')}/sign-in/link`);
  const answer = await fetch(page!.replace('/sign-in', '/api/v1/sign-in'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  assert.equal(answer.status, 200);
  next.child.kill('SIGTERM');
  const { code, output } = await next.ended;
  assert.equal(code, 0);
  assert.match(output, /once: bin\/holdfast user sign-in-link/);
  assert.doesNotMatch(output, /sign-in\/link#/);
  assert.deepEqual(clusterProcesses(cluster), []);
});
