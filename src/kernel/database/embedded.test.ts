import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { clusterProcesses, stopLeftovers } from './embedded/processes.ts';
import { connectEmbedded, embeddedSuperuserUrl, startEmbeddedPostgres } from './embedded.ts';
import { migrate } from './migrate.ts';
import { schemaDrift } from './schema.ts';

const program = fileURLToPath(new URL('../../../test/harness/embedded-process.ts', import.meta.url));
const patience_seconds = 30;
/** Half a second on a machine that does nothing else, which one that runs tests is not. */
const restart_seconds_max = 10;
const full = /the disk of \S+ is full\. Make room on it; nothing is lost/;
const full_disk_retries_ms = 6_000;

const children = new Set<ChildProcess>();

/** A data directory nobody else may enter, as a checkout in /root is; nothing of it outlives the test. */
function dataDir(t: TestContext, release = (_dir: string) => {}): string {
  const parent = mkdtempSync(join(tmpdir(), 'holdfast-embedded-'));
  const dir = join(parent, 'data');
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL'); // first, or they would start their servers again
    children.clear();
    if (existsSync(join(dir, 'postgres'))) await stopLeftovers(join(dir, 'postgres'), () => {});
    release(dir);
    rmSync(parent, { recursive: true, force: true });
  });
  return dir;
}

interface Started {
  child: ChildProcess;
  ownerUrl: string;
  messages: string[];
}

function launch(dir: string) {
  const child = spawn(process.execPath, [program, dir], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.add(child);
  return child;
}

async function start(dir: string): Promise<Started> {
  const child = launch(dir);
  const messages: string[] = [];
  createInterface(child.stderr!).on('line', (line) => messages.push(line));
  const ready = once(createInterface(child.stdout!), 'line').then(([line]) => line as string);
  const ended = once(child, 'close').then(() => assert.fail(messages.join('\n')));
  return { child, ownerUrl: await Promise.race([ready, ended]), messages };
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill(signal);
  return (await ended)[0] as number | null;
}

async function query(ownerUrl: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on('error', () => {}); // some tests kill the server it talks to
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + patience_seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

const postmaster = (dir: string) => Number.parseInt(readFileSync(join(dir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
const keepRow = 'create table kept (id int); insert into kept values (1)';
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('a start takes no longer than whoever starts it allows, and leaves nothing running', async (t) => {
  const dir = dataDir(t);
  await assert.rejects(
    startEmbeddedPostgres({ dataDir: dir, log: () => {}, settings: { fsync: 'off' }, startSecondsMax: 0 }),
    /was not ready within 0 seconds/,
  );
  assert.deepEqual(clusterProcesses(join(dir, 'postgres')), []);
});

test('a new cluster is private, asks for a password, and speaks every script', async (t) => {
  const dir = dataDir(t);
  const { ownerUrl } = await start(dir);
  assert.equal(mode(dir), '700');
  assert.equal(mode(join(dir, 'postgres')), '700');
  assert.equal(mode(join(dir, 'postgres-password')), '600');

  const wrong = new URL(ownerUrl);
  wrong.password = 'guess';
  await assert.rejects(query(wrong.href, 'select 1'), { code: '28P01' });

  await query(ownerUrl, 'create extension pg_trgm; create extension btree_gin');
  const [row] = await query(
    ownerUrl,
    `select current_setting('is_superuser') as superuser, current_setting('listen_addresses') as tcp, current_setting('timezone') as zone,
      current_setting('data_checksums') as checksums, lower('ÄПΣ') as lower, cardinality(show_trgm('имя')) as trigrams,
      (select count(*) > 0 from pg_stat_statements) as statements`,
  );
  assert.deepEqual(row, {
    superuser: 'off',
    tcp: '',
    zone: 'UTC',
    checksums: 'on',
    lower: 'äпσ',
    trigrams: 4,
    statements: true,
  });

  await query(ownerUrl, 'drop extension pg_trgm; drop extension btree_gin');
  await migrate(ownerUrl, { appRole: { name: 'holdfast_embedded_app', password: 'only for this test' } });
  assert.deepEqual(await schemaDrift(ownerUrl), { unexpected: [], missing: [], different: [] });
});

test('run as root, PostgreSQL has an account of its own', {
  skip: process.getuid?.() !== 0 && 'not root',
}, async (t) => {
  const dir = dataDir(t);
  await start(dir);
  assert.notEqual(statSync(join(dir, 'postgres')).uid, 0);
  assert.notEqual(statSync(`/proc/${postmaster(dir)}`).uid, 0);
  assert.equal(statSync(join(dir, 'postgres-password')).uid, 0);
});

test('an interrupt stops the server, and the next start is quick and finds the data', async (t) => {
  const dir = dataDir(t);
  const first = await start(dir);
  await query(first.ownerUrl, keepRow);
  assert.equal(await kill(first.child, 'SIGINT'), 0);
  assert.deepEqual(clusterProcesses(join(dir, 'postgres')), []);
  assert.equal(existsSync(decodeURIComponent(new URL(first.ownerUrl).hostname)), false, 'the socket is gone');

  const began = performance.now();
  const second = await start(dir);
  assert.ok(performance.now() - began < restart_seconds_max * 1000);
  assert.deepEqual(await query(second.ownerUrl, 'select id from kept'), [{ id: 1 }]);
});

test('a second start on the same data says who runs there; a command finds the running server', async (t) => {
  const dir = dataDir(t);
  const { child, ownerUrl } = await start(dir);
  await assert.rejects(start(dir), new RegExp(`Holdfast is already running on ${dir} \\(process ${child.pid}\\)`));
  assert.equal(await connectEmbedded(dir), ownerUrl);
  // Nothing revives it while Holdfast itself stands still.
  child.kill('SIGSTOP');
  process.kill(postmaster(dir), 'SIGKILL');
  await eventually(async () => assert.rejects(connectEmbedded(dir), /its database does not answer/));
  child.kill('SIGCONT');
  await eventually(async () => assert.equal(await connectEmbedded(dir), ownerUrl));
  await kill(child, 'SIGINT');
  assert.equal(await connectEmbedded(dir), null);
});

test('a server killed, and killed again while it starts, is back under the same address with what it had committed', async (t) => {
  const dir = dataDir(t);
  const { ownerUrl } = await start(dir);
  await query(ownerUrl, keepRow);
  const killed = new Set<number>();
  while (killed.size < 3) {
    const next = await eventually(async () => {
      const pid = postmaster(dir);
      assert.ok(pid > 0 && !killed.has(pid), 'a new server starts');
      return pid;
    });
    process.kill(next, 'SIGKILL');
    killed.add(next);
  }
  assert.deepEqual(await eventually(() => query(ownerUrl, 'select id from kept')), [{ id: 1 }]);
});

/** A disk of its own for a data directory, which only root can make; null where that is not allowed. */
function smallDisk(t: TestContext, megabytes: number): string | null {
  const dir = dataDir(t, (dir) => void spawnSync('umount', [dir]));
  mkdirSync(dir);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir]).status === 0 ? dir : null;
}

test('a disk that is full is named, and with room on it the database starts', async (t) => {
  const dir = smallDisk(t, 400);
  if (dir === null) return t.skip('no disk of its own can be mounted here');
  spawnSync('dd', ['if=/dev/zero', `of=${join(dir, 'other')}`, 'bs=4096']);
  const starting = startEmbeddedPostgres({ dataDir: dir, log: () => {}, settings: { fsync: 'off' } });
  await assert.rejects(starting, { message: `The disk is full at ${dir}. Make room on it, then start again.` });
  rmSync(join(dir, 'other'));
  const server = await startEmbeddedPostgres({ dataDir: dir, log: () => {}, settings: { fsync: 'off' } });
  await server.stop();
});

test('a disk that is read-only is named', async (t) => {
  const dir = smallDisk(t, 1);
  if (dir === null) return t.skip('no disk of its own can be mounted here');
  spawnSync('mount', ['-o', 'remount,ro', dir]);
  await assert.rejects(
    startEmbeddedPostgres({ dataDir: dir, log: () => {} }),
    /data is on a disk that is mounted read-only/,
  );
});

test('on a full disk a server that ended waits for room', async (t) => {
  const dir = smallDisk(t, 160);
  if (dir === null) return t.skip('no disk of its own can be mounted here');
  const { ownerUrl, messages } = await start(dir);
  await query(ownerUrl, keepRow);
  const filler = join(dir, 'filler');
  const { bavail, bsize } = statfsSync(dir);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - 1024 ** 2));
  // It ends where its log of changes finds no room.
  const superuserUrl = embeddedSuperuserUrl(dir)!;
  const log = `select pg_logical_emit_message(true, '', ''), pg_switch_wal()`;
  await assert.rejects(async () => {
    for (let file = 0; file < 10; file++) await query(superuserUrl, log);
  });
  await eventually(async () => assert.match(messages.join('\n'), full));
  // Of further tries nothing is said.
  await sleep(full_disk_retries_ms);
  assert.equal(messages.join('\n').match(new RegExp(full, 'g'))!.length, 1);
  rmSync(filler);
  assert.deepEqual(await eventually(() => query(ownerUrl, 'select id from kept')), [{ id: 1 }]);
});

test('a server that cannot start says why', async (t) => {
  const dir = dataDir(t);
  await kill((await start(dir)).child, 'SIGINT');
  for (const file of globSync(join(dir, 'postgres', 'pg_wal', '0*'))) rmSync(file);
  await assert.rejects(start(dir), /PostgreSQL did not start: could not locate a valid checkpoint record/);
});

test('a server that runs and lets nobody in is not waited for: its reason is said', async (t) => {
  const dir = dataDir(t);
  const { child, ownerUrl } = await start(dir);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query(`select datname, oid from pg_database where datname in ('postgres', 'holdfast')`);
  await client.end();
  await kill(child, 'SIGINT');
  const versionOf = (name: string) =>
    join(dir, 'postgres', 'base', String(rows.find(({ datname }) => datname === name).oid), 'PG_VERSION');
  for (const name of ['holdfast', 'postgres']) {
    const kept = readFileSync(versionOf(name));
    rmSync(versionOf(name));
    const began = performance.now();
    await assert.rejects(
      start(dir),
      /PostgreSQL runs and refuses every connection: "base\/\d+" is not a valid data directory/,
    );
    assert.ok(performance.now() - began < 1_000 * patience_seconds, name);
    writeFileSync(versionOf(name), kept);
  }
});

test('a server killed just as it took its socket is back', async (t) => {
  const dir = dataDir(t);
  const { ownerUrl } = await start(dir);
  await query(ownerUrl, keepRow);
  process.kill(postmaster(dir), 'SIGKILL');
  writeFileSync(join(decodeURIComponent(new URL(ownerUrl).hostname), '.s.PGSQL.5432.lock'), '');
  assert.deepEqual(await eventually(() => query(ownerUrl, 'select id from kept')), [{ id: 1 }]);
});

test('a server whose Holdfast was killed is replaced by the next start', async (t) => {
  const dir = dataDir(t);
  const first = await start(dir);
  await query(first.ownerUrl, keepRow);
  await kill(first.child, 'SIGKILL');
  const orphan = postmaster(dir);
  assert.ok(clusterProcesses(join(dir, 'postgres')).includes(orphan), 'it outlived Holdfast');
  assert.equal(await connectEmbedded(dir), null, 'no command takes it for one that runs');

  const second = await start(dir);
  assert.match(second.messages.join(), /earlier run left behind/);
  assert.ok(!clusterProcesses(join(dir, 'postgres')).includes(orphan));
  assert.deepEqual(await query(second.ownerUrl, 'select id from kept'), [{ id: 1 }]);
});

test('after everything was killed, neither a busy backend nor a reused process id is in the way', async (t) => {
  const dir = dataDir(t);
  const first = await start(dir);
  await query(first.ownerUrl, keepRow);
  const counting = query(first.ownerUrl, 'select count(*) from generate_series(1, 100000000000)').catch(() => {});
  const isBusy = `select 1 / count(*)::int from pg_stat_activity where query like '%generate_series%' and pid <> pg_backend_pid()`;
  await eventually(() => query(first.ownerUrl, isBusy));
  const killed = postmaster(dir);
  await kill(first.child, 'SIGKILL');
  process.kill(killed, 'SIGKILL');

  const { uid, gid } = statSync(join(dir, 'postgres'));
  const bystander = spawn('sleep', ['600'], { stdio: 'ignore', uid, gid });
  t.after(() => bystander.kill('SIGKILL'));
  const pidFile = join(dir, 'postgres', 'postmaster.pid');
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(String(killed), String(bystander.pid)));

  const second = await start(dir);
  await counting;
  assert.deepEqual(await query(second.ownerUrl, 'select id from kept'), [{ id: 1 }]);
  assert.equal(bystander.exitCode ?? bystander.signalCode, null, 'the other program lives on');
});

test('an exit at any moment leaves nothing running', async (t) => {
  const dir = dataDir(t);
  const nothingRuns = async () => {
    for (const name of ['postgres', 'postgres.new'].filter((name) => existsSync(join(dir, name)))) {
      assert.deepEqual(clusterProcesses(join(dir, name)), []);
    }
  };
  const initialising = launch(dir);
  await once(createInterface(initialising.stderr!), 'line');
  await kill(initialising, 'SIGTERM');
  await eventually(nothingRuns);

  const running = await start(dir);
  await kill(running.child, 'SIGTERM');
  await eventually(nothingRuns);
});

test('a cluster whose initialisation was cut short is made anew', async (t) => {
  const dir = dataDir(t);
  mkdirSync(join(dir, 'postgres.new', 'base'), { recursive: true });
  writeFileSync(join(dir, 'postgres.new', 'PG_VERSION'), '18\n');
  const { ownerUrl } = await start(dir);
  assert.deepEqual(await query(ownerUrl, 'select 1 as one'), [{ one: 1 }]);
});
