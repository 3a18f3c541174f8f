import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chown, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pg from 'pg';
import { alertsFor } from '../../../test/harness/alerts.ts';
import { eventually } from '../../../test/harness/app.ts';
import { command } from '../../../test/harness/command.ts';
import { asSuperuser, signInByLink } from '../../../test/harness/installation.ts';
import { type HoldfastProcess, startProcess } from '../../../test/harness/process.ts';
import { databaseAccount } from '../../kernel/database/embedded/account.ts';
import { postgresBinaries } from '../../kernel/database/embedded/binaries.ts';
import { startServer, stopServer } from '../../kernel/database/embedded/server.ts';
import { clusterDir, embeddedSuperuserUrl } from '../../kernel/database/embedded.ts';
import { parseLsn, parsePiece, segment_bytes, segmentStart } from '../backup/lsn.ts';
import { slot_name } from '../backup/wal.ts';
import type { BackupList, InstallationStatus } from '../console/contract.ts';

/**
 * Alerts about backups, replicas and connections, each raised by what it is about on an installation that runs as with
 * `npm start`.
 */

const parent = await mkdtemp(join(tmpdir(), 'holdfast-causes-'));
const [data, store, away, standby] = ['data', 'store', 'away', 'standby'].map((name) => join(parent, name)) as [
  string,
  string,
  string,
  string,
];
const proof_ms_max = 120_000;
let server: HoldfastProcess | undefined;
let desk: ReturnType<typeof alertsFor>;
let ask: <Answer>(method: string, path: string, body?: object) => Promise<{ status: number; body: Answer }>;

after(async () => {
  await server?.stop();
  await rm(parent, { recursive: true, force: true, maxRetries: 10 });
});

/**
 * The figures of backups are read at the start and then every five minutes: after a change of theirs the program starts
 * anew.
 */
async function start(settings: Record<string, string> = {}): Promise<void> {
  await server?.stop();
  server = await startProcess(['--data', data, '--empty'], {
    BACKUP_DIR: store,
    ALERTS_EVERY_SECONDS: '1',
    ...settings,
  });
  const { send } = await signInByLink(server, data);
  desk = alertsFor(send, 120_000);
  ask = (method, path, body) => send(method, `/api/v1/installation${path}`, body) as never;
}

const onServer = <R>(work: (client: pg.Client) => Promise<R>): Promise<R> => asSuperuser(data, work);

/** Writes so much of the log of changes. */
const write = (megabytes: number) =>
  onServer((client) =>
    client.query(`select pg_logical_emit_message(false, 'test', repeat('x', 1000000)) from generate_series(1, $1)`, [
      megabytes,
    ]),
  );

const newest = async () => (await ask<BackupList>('GET', '/backups')).body.data[0];

/** What the store has of a kind, the oldest first. */
async function stored(kind: 'backup' | 'proof'): Promise<string[]> {
  const installation = (await readdir(store)).find((name) => /^\d+$/.test(name)) ?? '';
  return (await readdir(join(store, installation, kind)).catch(() => [])).sort();
}

/** Asks the program only then: it gives the same answer for some time. */
async function isProven(before?: string): Promise<void> {
  await eventually(async () => {
    const id = (await stored('backup')).at(-1);
    return id !== undefined && id !== before && (await stored('proof')).includes(id);
  }, proof_ms_max);
  const made = await newest();
  assert.ok(made?.proof?.passed && made.id !== before, JSON.stringify(made));
}

test('there is no backup, until one is made', async () => {
  await start({ HOLDFAST_ROLE: 'web' });
  await desk.set('HoldfastBackupMissing');
  await desk.fires('HoldfastBackupMissing');
  await start();
  await isProven();
});

test('connections that run out', async () => {
  const [{ used, all }] = await onServer(
    async (client) =>
      (
        await client.query<{ used: number; all: number }>(
          `select count(*)::int as used, current_setting('max_connections')::int as all from pg_stat_activity
            where backend_type = 'client backend'`,
        )
      ).rows as [{ used: number; all: number }],
  );
  await desk.set('HoldfastServerConnections', { threshold: used / all + 0.3 });
  const clients = Array.from(
    { length: Math.ceil(all * 0.4) },
    () => new pg.Client({ connectionString: embeddedSuperuserUrl(data)! }),
  );
  try {
    for (const client of clients) await client.connect();
    await desk.fires('HoldfastServerConnections');
  } finally {
    for (const client of clients) await client.end();
  }
  await desk.ends('HoldfastServerConnections');
});

test('a replica that is away is as far behind as it has been away, and its slot holds the log', async () => {
  await server!.stop();
  server = undefined;
  execFileSync('cp', ['-a', data, standby]);
  const directory = clusterDir(standby);
  const account = databaseAccount(directory);
  const [signal, socketDir] = [join(directory, 'standby.signal'), await mkdtemp('/tmp/holdfast-')];
  await writeFile(signal, '');
  if (account) for (const path of [signal, socketDir]) await chown(path, account.uid, account.gid);
  await start();
  await desk.ends('HoldfastBackupMissing');
  const primary = new URL(embeddedSuperuserUrl(data)!);
  await onServer(async (client) => {
    await client.query(`select pg_create_physical_replication_slot('replica', true)`);
    await client.query('grant pg_read_all_stats to holdfast_app_holdfast');
  });
  const cluster = {
    directory,
    account,
    socketDir,
    binaries: await postgresBinaries({ dataDir: standby, asRoot: account !== undefined }),
    password: primary.password,
    settings: {
      primary_conninfo: `host=${decodeURIComponent(primary.hostname)} port=5432 user=${primary.username} password=${primary.password}`,
      primary_slot_name: 'replica',
    },
  };
  const follows = () =>
    eventually(() =>
      onServer(
        async (client) =>
          (await client.query(`select from pg_replication_slots where slot_name = 'replica' and active`)).rowCount ===
          1,
      ),
    );
  let replica = await startServer(cluster);
  try {
    await follows();
    await desk.set('HoldfastReplicationBehind', { threshold: 1 });
    await desk.set('HoldfastSlotHoldsLog', { threshold: 1e6 });
    await stopServer(replica);
    assert.match((await desk.fires('HoldfastReplicationBehind')).detail, /^A replica is [\d.]+ s behind/);
    await write(3);
    assert.match((await desk.fires('HoldfastSlotHoldsLog')).detail, /of log for a replica slot that does not read it/);
    replica = await startServer(cluster);
    await follows();
    for (const rule of ['HoldfastReplicationBehind', 'HoldfastSlotHoldsLog']) await desk.ends(rule);
  } finally {
    await stopServer(replica);
    await onServer((client) => client.query(`select pg_drop_replication_slot('replica')`));
    await rm(socketDir, { recursive: true });
  }
});

test('a store that is away: changes are in no backup, and the page says why', async () => {
  // What is sent well is never as old as that.
  await desk.set('HoldfastBackupBehind', { threshold: 26 });
  await desk.set('HoldfastLogNotInBackup', { threshold: 1e6 });
  await rename(store, away);
  await writeFile(store, 'Somebody put a file where the folder was');
  await write(3);
  for (const rule of ['HoldfastLogNotInBackup', 'HoldfastBackupBehind']) await desk.fires(rule);
  const { status, body } = await ask<{ detail: string }>('GET', '/backups');
  assert.deepEqual([status, body.detail.slice(0, 45)], [503, 'The backup store cannot be read: ENOTDIR: not']);
  const { findings } = (await ask<InstallationStatus>('GET', '')).body;
  assert.match(
    findings[0]!.detail,
    /^The backup store cannot be read: ENOTDIR.* Look whether the folder of BACKUP_DIR is there/,
  );
  await rm(store);
  await rename(away, store);
  const isSent = `select from pg_replication_slots where slot_name = '${slot_name}' and active`;
  await eventually(() => onServer(async (client) => (await client.query(isSent)).rowCount === 1));
  // A segment that ends is sent at once.
  await onServer((client) => client.query('select pg_switch_wal()'));
  for (const rule of ['HoldfastLogNotInBackup', 'HoldfastBackupBehind']) await desk.ends(rule);
});

/** Sends all of the log that there is, and ends its segment: what follows is in objects of their own. */
async function ship(): Promise<bigint> {
  const [end] = await onServer(
    async (client) => (await client.query<{ lsn: string }>('select pg_switch_wal()::text as lsn')).rows,
  );
  const sent = `select from pg_replication_slots where slot_name = '${slot_name}' and active and restart_lsn >= '${end!.lsn}'`;
  await eventually(() => onServer(async (client) => (await client.query(sent)).rowCount === 1));
  return parseLsn(end!.lsn);
}

/** Deletes a whole segment of the log in the store, behind the newest backup, though the log goes on. */
async function loseSegment(folder: string): Promise<void> {
  await write(1);
  const before = await ship();
  await write(1);
  await ship();
  await write(1);
  await ship();
  const wal = join(store, folder, 'wal');
  const segment = segmentStart(before - 1n) + segment_bytes;
  const lost = (await readdir(wal)).filter((name) => segmentStart(parsePiece(name).from) === segment);
  assert.ok(lost.length > 0);
  for (const name of lost) await rm(join(wal, name));
}

test('the newest backup is old, is damaged, none was proven for long, and log behind it is missing', async () => {
  const before = (await newest())!;
  const [installation] = (await readdir(store)).filter((name) => /^\d+$/.test(name));
  await loseSegment(installation!);
  const base = join(store, installation!, 'base');
  const files = (await readdir(base, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const largest = files.map((file) => join(file.parentPath, file.name)).find((path) => path.includes(before.id))!;
  execFileSync('sh', ['-c', `printf x | dd of="$1" bs=1 seek=5000 conv=notrunc status=none`, 'sh', largest]);
  const failed = command(['backup', 'prove', '--json'], { HOLDFAST_DATA: data, BACKUP_DIR: store });
  await assert.rejects(
    failed,
    ({ stdout }: { stdout: string }) => /changed, cut off/.test(stdout) && /Log of changes is missing/.test(stdout),
  );
  const rules = ['HoldfastBackupFailsProof', 'HoldfastBackupLogGap', 'HoldfastBackupOld', 'HoldfastBackupNotProven'];
  const age = (Date.now() - Date.parse(before.at)) / 1000;
  assert.ok(age > 20, 'a new one will be younger for some time');
  for (const rule of rules.slice(0, 2)) await desk.set(rule);
  for (const rule of rules.slice(2)) await desk.set(rule, { threshold: age });
  // Nothing that makes a backup by itself: the log is sent on, and it is still said.
  await start({ HOLDFAST_ROLE: 'web' });
  for (const rule of rules) await desk.fires(rule);
  const page = async () => (await ask<BackupList>('GET', '/backups')).body;
  const { gaps, ranges } = await page();
  assert.deepEqual(gaps.map(({ until }) => until), [null]); // biome-ignore format: one call
  assert.ok(ranges.at(-1)!.to !== null && ranges.at(-1)!.to! <= gaps[0]!.from, JSON.stringify({ gaps, ranges }));
  const run = await ask('POST', '/backups', { reason: 'The old one is damaged' });
  assert.equal(run.status, 202, JSON.stringify(run.body));
  await start();
  await isProven(before.id);
  await start();
  for (const rule of rules) await desk.ends(rule);
  const { gaps: closed, ranges: since } = await page();
  assert.equal(closed.length, 1, 'what cannot be had back is still said');
  assert.deepEqual(since.at(-1), { from: closed[0]!.until, to: null });
});

test('a start without the backup store that there was is an alert', async () => {
  await desk.set('HoldfastBackupBehind', { threshold: 5 });
  await start({ BACKUP_DIR: '' });
  await desk.fires('HoldfastBackupBehind');
});
