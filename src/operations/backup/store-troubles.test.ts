import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { command } from '../../../test/harness/command.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { asSuperuser } from '../../../test/harness/installation.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../../../test/harness/process.ts';
import { s3Missing, startS3Server } from '../../../test/harness/s3-server.ts';
import { freePort } from '../../../test/harness/service.ts';
import { stopLeftovers } from '../../kernel/database/embedded/processes.ts';
import { createFolderStore } from '../../kernel/files/folder-store.ts';
import { loadMasterKeys } from '../../kernel/vault/master-key.ts';
import { BackupStore, backupRing } from './backup-store.ts';
import { newBackupId } from './contents.ts';

/** An installation that runs without a backup store; each test gives the command line one of its own. */
let parent: string;
let data: string;
let server: HoldfastProcess;

before(async () => {
  parent = await mkdtemp(join(tmpdir(), 'holdfast-store-'));
  data = join(parent, 'data');
  server = await startProcess(['--empty', '--data', data]);
});
after(async () => {
  await server.stop();
  if (existsSync(join(data, 'postgres'))) await stopLeftovers(join(data, 'postgres'), () => {});
  await rm(parent, { recursive: true, force: true });
});

const backUp = (env: Record<string, string>, by = command) => by(['backup', 'now'], { HOLDFAST_DATA: data, ...env });
const list = async (env: Record<string, string>): Promise<{ id: string }[]> =>
  JSON.parse(await command(['backup', 'list', '--json'], { HOLDFAST_DATA: data, ...env }));

const mount = (...args: string[]) => spawnSync('mount', args).status === 0;

test('a backup store whose disk is full or that can only be read says so, and the next backup is well', async (t) => {
  const small = join(parent, 'small');
  await mkdir(small);
  if (!mount('-t', 'tmpfs', '-o', 'size=2m', 'holdfast', small)) return t.skip('file systems may not be mounted here');
  try {
    const env = { BACKUP_DIR: small };
    await assert.rejects(backUp(env), /holdfast: The backup store failed: its disk is full\s*$/, 'without a stack');
    assert.deepEqual(await list(env), []);
    assert.deepEqual(
      (await readdir(small, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()),
      [],
      'nothing of it is left',
    );
    mount('-o', 'remount,ro,size=400m', small);
    await assert.rejects(backUp(env), /EROFS/);
    mount('-o', 'remount,rw,size=400m', small);
    // Two at once disturb each other as little as others do.
    await Promise.all([backUp(env, holdfast), backUp(env, holdfast)]);
    assert.equal((await list(env)).length, 2);
  } finally {
    spawnSync('umount', [small]);
  }
});

test('a store in S3 that goes away in the middle of a backup says so, and the next backup is well', {
  skip: s3Missing,
}, async () => {
  const s3 = await startS3Server();
  const { port } = new URL(s3.options.endpoint);
  let bytes_left = 1_000_000;
  const open = new Set<Socket>();
  // What a network between the two does: it carries a while, then no more.
  const network = createServer((socket) => {
    if (bytes_left <= 0) return void socket.destroy();
    const onward = connect(Number(port), '127.0.0.1');
    open.add(socket).add(onward);
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        bytes_left -= chunk.length;
        if (bytes_left <= 0) for (const each of open) each.destroy();
      });
    onward.on('error', () => {});
    socket.pipe(onward).pipe(socket);
  });
  try {
    const through = await freePort();
    await new Promise<void>((resolve) => network.listen(through, '127.0.0.1', resolve));
    const { accessKeyId, secretAccessKey } = s3.options.credentials();
    const env = {
      BACKUP_S3_ENDPOINT: `http://127.0.0.1:${through}`,
      BACKUP_S3_BUCKET: s3.options.bucket,
      BACKUP_S3_ACCESS_KEY_ID: accessKeyId,
      BACKUP_S3_SECRET_ACCESS_KEY: secretAccessKey,
    };
    await assert.rejects(backUp(env), /The file store (failed|does not answer|is away)|ECONN|socket/);
    bytes_left = Number.POSITIVE_INFINITY;
    assert.deepEqual(await list(env), []);
    await backUp(env);
    assert.equal((await list(env)).length, 1);
  } finally {
    for (const each of open) each.destroy();
    network.close();
    await s3.close();
  }
});

test('a restore refuses a folder with something in it, the key of another installation, and a backup of a newer version', async () => {
  const place = join(parent, 'place');
  await backUp({ BACKUP_DIR: place });
  const restore = (dir: string) => holdfast(['restore', '--to', dir], { BACKUP_DIR: place, HOLDFAST_DATA: dir });
  const key = await readFile(join(data, 'master.key'));
  const folder = async (name: string, files: Record<string, string | Buffer>) => {
    const dir = join(parent, name);
    await mkdir(dir);
    for (const [file, content] of Object.entries(files)) await writeFile(join(dir, file), content, { mode: 0o600 });
    return dir;
  };
  const used = await folder('used', { 'master.key': key, 'letter.txt': 'Mine' });
  await assert.rejects(restore(used), /used is not empty/);
  assert.equal(await readFile(join(used, 'letter.txt'), 'utf8'), 'Mine');
  const foreign = await folder('foreign', { 'master.key': `${randomBytes(32).toString('base64url')}\n` });
  await assert.rejects(restore(foreign), /sealed with another key/);
  assert.deepEqual(await readdir(foreign), ['master.key'], 'nothing is left there');

  const small = await folder('cramped', {});
  if (mount('-t', 'tmpfs', '-o', 'size=20m', 'holdfast', small)) {
    try {
      await writeFile(join(small, 'master.key'), key);
      await assert.rejects(restore(small), /The restore needs \S+ GB at \S+cramped, .* and 0\.02 GB are free/);
      assert.deepEqual(await readdir(small), ['master.key']);
    } finally {
      spawnSync('umount', [small]);
    }
  }

  const [installation] = (await readdir(place)).filter((name) => /^\d+$/.test(name));
  const masterKeys = await loadMasterKeys({ file: join(data, 'master.key') });
  const backups = new BackupStore(createFolderStore(place), installation!, backupRing(masterKeys));
  const newer = newBackupId(new Date(Date.now() + 60_000), '000000');
  await backups.putJson('backup', newer, { format: 99 });
  await assert.rejects(restore(await folder('newer', { 'master.key': key })), /made by a newer Holdfast \(format 99\)/);
  await backups.delete('backup', newer);
  // As after a rotation, and another: the key of then is among those of now.
  const added = [3, 2].map((version) => `${version}:${randomBytes(32).toString('base64url')}`);
  const rotated = await folder('rotated', { 'master.key': `${[...added, `1:${key.toString().trim()}`].join(',')}\n` });
  await restore(rotated);
  assert.ok(existsSync(join(rotated, 'postgres')));
});

test('an installation that gets its store later makes its first backup without anybody asking', async () => {
  const env = { BACKUP_DIR: join(parent, 'later') };
  await server.stop();
  server = await startProcess(['--data', data], env);
  // By its schedule, within a quarter of an hour.
  await asSuperuser(data, (client) =>
    client.query(`insert into job (tenant_id, kind, payload, state, run_at, attempts_max)
      select id, 'backup-log', '{}', 'ready', now(), 1 from tenant where name = 'system'; select pg_notify('holdfast_jobs', '')`),
  );
  await eventually(async () => (await list(env)).length === 1, 180_000);
});
