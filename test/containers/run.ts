import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '../harness/cluster.ts';
import { openBrowser } from '../harness/identity.ts';
import { startRedisServer } from '../harness/redis-server.ts';
import { startS3Server } from '../harness/s3-server.ts';
import { freePort } from '../harness/service.ts';
import { withCluster } from '../harness/throw-away.ts';
import { baseName, makeBase, npmOptions } from './base.ts';
import { podman, runtime, say } from './podman.ts';

/**
 * npm run test:containers: builds the image, runs its parts read-only and without rights, and replaces both web servers
 * under load.
 */

const tools = ['podman', 'runc', 'mmdebstrap', 'haproxy', 'redis-server'];
const image = 'localhost/holdfast:test';
const user = 10_001;
const clients = 8;
const ready_ms_max = 60_000;
/** HAProxy takes a server in again after two checks. */
const rise_ms = 2_000;
const stop_seconds_max = 20;
const image_megabytes_max = 420;

const missing = [...tools, 'versitygw'].filter((tool) => spawnSync('which', [tool]).status !== 0);
if (missing.length > 0) {
  say(
    `Needed and not here: ${missing.join(', ')}. On Debian, as root: apt-get install ${tools.join(' ')}; .ci/run makes versitygw`,
  );
  process.exit(2);
}

/** `--no-build` takes the image that was built before, while the test itself is worked on. */
const builds = !process.argv.includes('--no-build');

const folder = mkdtempSync(join(tmpdir(), 'holdfast-containers-'));
const containers = new Set<string>();
let proxy: ChildProcess | undefined;
const closing: (() => unknown)[] = [];
let passed = 0;
let failed = 0;

async function check(name: string, work: () => unknown): Promise<void> {
  const began = performance.now();
  try {
    await work();
    passed++;
    say(`✔ ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    say(`✖ ${name}\n${error instanceof Error ? error.stack : error}`);
  }
}

async function clean(): Promise<void> {
  proxy?.kill('SIGKILL');
  for (const name of containers) await podman('rm', '--force', '--time', '1', name);
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
}

const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();

async function build(): Promise<void> {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  await makeBase(baseName(dockerfile));
  // HEALTHCHECK is no part of OCI's own format.
  await podman(
    'build', '--format', 'docker', ...runtime, '--network', 'host', ...npmOptions(folder),
    '--build-arg', `COMMIT=${commit}`, '--tag', image, '.',
  ); // biome-ignore format: a command line
}

async function checkContents(): Promise<void> {
  const [{ Config, Size, Healthcheck }] = JSON.parse(await podman('image', 'inspect', image));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(Config.Labels['org.opencontainers.image.version'], version);
  if (builds) assert.equal(Config.Labels['org.opencontainers.image.revision'], commit);
  assert.equal(Config.User, `${user}:${user}`);
  assert.match(JSON.stringify(Healthcheck), /health-check/);
  const inImage = (...command: string[]) => podman('run', '--rm', '--network', 'host', ...runtime, image, ...command);
  const list = await inImage('sh', '-c', 'ls node_modules node_modules/.bin 2>/dev/null; ls /usr/local/bin; ls .');
  for (const name of ['typescript', 'vite', 'react', 'playwright-core', 'npm', 'tsc', 'test', 'web.test'])
    assert.ok(!list.split('\n').includes(name), `${name} has no place in the image`);
  const sbom = JSON.parse(await inImage('cat', 'sbom.json'));
  const names = new Set(sbom.components.map(({ name }: { name: string }) => name));
  assert.ok(names.has('fastify') && names.has('pg') && !names.has('vite'), 'sbom.json lists what is in the image');
  const own = await inImage('sh', '-c', 'du -sm /holdfast | cut -f1');
  const megabytes = Math.round(Size / 1e6);
  say(
    `  ${megabytes} MB with base and Node, ${own} MB of them Holdfast; ${sbom.components.length} packages in sbom.json`,
  );
  assert.ok(megabytes <= image_megabytes_max, `${megabytes} MB`);
}

/** The database of the tests listens on a socket that only its own account may open. */
async function forwardTcp(socketUrl: URL): Promise<number> {
  const server = createServer((client) => {
    const upstream = connect(`${decodeURIComponent(socketUrl.hostname)}/.s.PGSQL.${socketUrl.port}`);
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return (server.address() as { port: number }).port;
}

function secret(name: string, value: string): string {
  const file = join(folder, 'secrets', name);
  writeFileSync(file, `${value}\n`);
  chownSync(file, 0, user);
  chmodSync(file, 0o440);
  return `/run/secrets/${name}`;
}

const metricsToken = randomBytes(32).toString('hex');
const settings: Record<string, string> = { METRICS_TOKEN: metricsToken };

async function start(name: string, more: Record<string, string>): Promise<void> {
  const env = { ...settings, ...more };
  await podman(
    'run',
    '--detach',
    '--name',
    name,
    '--network',
    'host',
    ...runtime,
    '--no-healthcheck',
    '--read-only',
    '--tmpfs',
    '/tmp',
    '--cap-drop',
    'all',
    '--security-opt',
    'no-new-privileges',
    '--volume',
    `${folder}/secrets:/run/secrets:ro`,
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    image,
  );
  containers.add(name);
}

async function stop(name: string): Promise<number> {
  const began = performance.now();
  await podman('stop', '--time', String(stop_seconds_max), name);
  const seconds = (performance.now() - began) / 1000;
  assert.equal(await podman('inspect', '--format', '{{.State.ExitCode}}', name), '0', await podman('logs', name));
  await podman('rm', name);
  containers.delete(name);
  return seconds;
}

async function untilReady(port: number, name: string): Promise<void> {
  const deadline = Date.now() + ready_ms_max;
  while (Date.now() < deadline) {
    if ((await fetch(`http://127.0.0.1:${port}/api/health/ready`).catch(() => undefined))?.ok) return;
    await sleep(100);
  }
  throw new Error(`${name} is not ready:\n${await podman('logs', name)}`);
}

interface Sent {
  status: number;
  ms: number;
}

const send = (
  method: string,
  url: string,
  headers: Record<string, string>,
  agent: Agent,
  body?: string,
): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const sent = request(url, { method, agent, headers }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode!, ms: performance.now() - began }));
    });
    sent.on('error', reject);
    sent.end(body);
  });

async function rollingUpdate(): Promise<void> {
  const [one, two, front] = [await freePort(), await freePort(), await freePort()];
  const ports: Record<string, number> = { 'holdfast-web-1': one, 'holdfast-web-2': two };
  const startWeb = (name: string) =>
    start(name, { HOLDFAST_ROLE: 'web', HOST: '127.0.0.1', PORT: String(ports[name]) });
  for (const name of Object.keys(ports)) await startWeb(name);
  await start('holdfast-worker', { HOLDFAST_ROLE: 'worker' });
  for (const [name, port] of Object.entries(ports)) await untilReady(port, name);
  await podman('exec', 'holdfast-web-1', 'node', 'deploy/image/health-check.mjs');
  await assert.rejects(podman('exec', 'holdfast-web-1', 'touch', '/holdfast/x'), /[Rr]ead-only/);
  assert.equal(await podman('exec', 'holdfast-web-1', 'id', '-u'), String(user));

  proxy = spawn('haproxy', ['-db', '-f', 'deploy/haproxy/haproxy.cfg'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH, BIND: `127.0.0.1:${front}`, WEB_1: `127.0.0.1:${one}`, WEB_2: `127.0.0.1:${two}` },
  });
  const url = `http://127.0.0.1:${front}`;
  await untilReady(front, 'holdfast-web-1');
  for (const path of ['/metrics', '/%6Detrics', '/metrics?x']) {
    const { status } = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${metricsToken}` } });
    assert.equal(status, 404, `${path} is for the network of the servers alone`);
  }
  await podman('exec', 'holdfast-web-1', 'holdfast', 'tenant', 'create', '--name', 'acme');
  const made = 'user create --tenant acme --email ada@acme.example --name Ada --role admin'.split(' ');
  const token = (await podman('exec', 'holdfast-web-1', 'holdfast', ...made)).split('#').at(-1);
  const browser = openBrowser(url);
  const signedIn = await browser.send('POST', '/api/v1/sign-in/link', { token });
  assert.equal(signedIn.status, 200, JSON.stringify(signedIn.body));
  const headers = {
    cookie: signedIn.headers.getSetCookie()[0]!.split(';')[0]!,
    'content-type': 'application/json',
    'sec-fetch-site': 'same-origin',
  };

  const statuses = new Map<string, number>();
  const count = (key: string) => statuses.set(key, (statuses.get(key) ?? 0) + 1);
  let slowest = 0;
  let done = false;
  let created = 0;
  const agent = new Agent({ keepAlive: true });
  const load = async () => {
    for (let n = 0; !done; n++) {
      const writes = n % 5 === 0;
      const sent = writes
        ? send('POST', `${url}/api/v1/contacts`, headers, agent, JSON.stringify({ given_name: `Contact ${n}` }))
        : send('GET', `${url}/api/v1/contacts?limit=20`, headers, agent);
      const result = await sent.catch((error: NodeJS.ErrnoException) => ({
        status: error.code ?? error.message,
        ms: 0,
      }));
      if (writes && result.status === 201) created++;
      slowest = Math.max(slowest, result.ms);
      count(`${writes ? 'POST' : 'GET'} ${result.status}`);
      await sleep(10);
    }
  };
  let streams = 0;
  const stream = async () => {
    while (!done) {
      streams++;
      const { status } = await send('GET', `${url}/api/v1/events`, { cookie: headers.cookie }, new Agent());
      assert.equal(status, 200);
      await sleep(1_000);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, load));
  void stream().catch((error: Error) => count(`stream ${error.message}`));
  await sleep(2_000);
  const began = performance.now();
  const stops: number[] = [];
  for (const [name, port] of Object.entries(ports)) {
    stops.push(await stop(name));
    await startWeb(name);
    await untilReady(port, name);
    await sleep(rise_ms);
  }
  const seconds = (performance.now() - began) / 1000;
  done = true;
  await running;
  const summary = [...statuses].map(([key, n]) => `${n} ${key}`).join(', ');
  say(
    `  both replaced in ${seconds.toFixed(1)} s, stopping took ${stops.map((s) => s.toFixed(1)).join(' and ')} s; ${summary}; slowest ${Math.round(slowest)} ms; the stream was opened ${streams} times`,
  );
  assert.deepEqual([...statuses.keys()].sort(), ['GET 200', 'POST 201'], summary);
  assert.ok(streams >= 2, 'the stream came back');
  const listed = await fetch(`${url}/api/v1/contacts?limit=1&count=exact`, { headers });
  assert.equal(
    ((await listed.json()) as { total: number }).total,
    created,
    'each contact that was answered for is there, once',
  );
  const workerSeconds = await stop('holdfast-worker');
  say(`  the worker stopped in ${workerSeconds.toFixed(1)} s`);
  assert.ok(Math.max(...stops, workerSeconds) < 10);
  await Promise.all(Object.keys(ports).map(stop));
  const nobody = await fetch(`${url}/api/v1/contacts`, { headers });
  assert.deepEqual([nobody.status, nobody.headers.get('retry-after')], [503, '5'], 'while no server is ready');
}

try {
  if (builds) await check('the image is built', build);
  if (failed === 0) {
    await check(
      'it has labels, a health check, a list of its packages, and neither tools nor development dependencies',
      checkContents,
    );
    await withCluster(async () => {
      const database = await createTestDatabase();
      const redis = await startRedisServer();
      closing.push(() => redis.close());
      const s3 = await startS3Server();
      closing.push(() => s3.close());
      const socketUrl = new URL(database.ownerUrl);
      const tcp = new URL(database.ownerUrl);
      mkdirSync(join(folder, 'secrets'));
      tcp.hostname = '127.0.0.1';
      tcp.port = String(await forwardTcp(socketUrl));
      const { accessKeyId, secretAccessKey } = s3.options.credentials() as {
        accessKeyId: string;
        secretAccessKey: string;
      };
      Object.assign(settings, {
        DATABASE_URL_FILE: secret('database_url', tcp.href),
        HOLDFAST_KEY_FILE: secret('holdfast_key', randomBytes(32).toString('base64url')),
        S3_SECRET_ACCESS_KEY_FILE: secret('s3_secret_access_key', secretAccessKey),
        S3_ACCESS_KEY_ID: accessKeyId,
        S3_BUCKET: s3.options.bucket,
        S3_ENDPOINT: s3.options.endpoint,
        REDIS_URL: redis.url,
        LOG_LEVEL: 'warn',
        RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
        RATE_LIMIT_CALLER_PER_MINUTE: '1000000',
      });
      await check('two web servers are replaced behind HAProxy under load, and no request fails', rollingUpdate);
      await clean();
      await database.drop();
    });
  }
} finally {
  await clean();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
