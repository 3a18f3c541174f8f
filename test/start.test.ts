import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import pg from 'pg';
import { clusterProcesses, stopLeftovers } from '../src/kernel/database/embedded/processes.ts';
import { connectEmbedded } from '../src/kernel/database/embedded.ts';
import { eventually } from './harness/eventually.ts';
import { freePort, listens } from './harness/service.ts';

const main = resolve(import.meta.dirname, '../src/main.ts');
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
  next.child.kill('SIGTERM');
  assert.equal((await next.ended).code, 0);
  assert.deepEqual(clusterProcesses(cluster), []);
});
