import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { Logger } from 'pino';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { createTestDatabase } from '../../../test/harness/cluster.ts';
import { FileError, type FileStore, fileKey, fileNotFound } from '../../kernel/files/file-store.ts';
import { createFolderStore } from '../../kernel/files/folder-store.ts';
import { loadMasterKeys, type MasterKeys } from '../../kernel/vault/master-key.ts';
import type { KeyRing } from '../../kernel/vault/seal.ts';
import { connectAsSystem } from '../connection.ts';
import { BackupStore, backupRing } from './backup-store.ts';
import type { Share } from './checks.ts';
import { newBackupId } from './contents.ts';
import { FileShipper } from './file-shipper.ts';
import { allFiles, nameOf } from './files.ts';
import { emptyDatabase, loadBackup } from './logical/load.ts';
import { takeLogicalBackup } from './logical/take.ts';
import { type LogicalManifest, readManifest } from './manifest.ts';
import { checkFiles } from './prove-checks.ts';
import { restoreFiles } from './restore.ts';
import { deleteUnneededFiles } from './unneeded-files.ts';

const day_ms = 86_400_000;
const oneByOne: Share = async (parts, _weightOf, work) => {
  for (const part of parts) await work(part);
};

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let folder: string;
let backups: BackupStore;
let masterKeys: MasterKeys;
let ring: KeyRing;

before(async () => {
  app = await startTestApp();
  tenant = await app.tenant('acme');
  ({ api } = await tenant.as('admin', 'Ada'));
  folder = await mkdtemp(join(tmpdir(), 'holdfast-unneeded-'));
  masterKeys = await loadMasterKeys({ value: randomBytes(32).toString('hex') });
  ring = backupRing(masterKeys);
  backups = new BackupStore(createFolderStore(folder), 'test', ring);
});
after(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Uploaded {
  id: string;
  /** In the backup store. */
  name: string;
}

async function upload(content: string): Promise<Uploaded> {
  const form = new FormData();
  form.set('file', new File([content], 'letter.txt', { type: 'text/plain' }));
  const { id } = (await api('POST', '/api/v1/files', form)).body;
  return { id, name: nameOf(fileKey(tenant.tenant_id, 'upload', id)) };
}

const keyOf = ({ id }: Uploaded) => fileKey(tenant.tenant_id, 'upload', id);

/** As if there had been neither these files nor a backup. */
async function forget(files: readonly Uploaded[]): Promise<void> {
  for (const { id, name } of files) {
    assert.equal((await api('DELETE', `/api/v1/files/${id}`)).status, 204);
    await backups.delete('file', name);
  }
  for (const id of await backups.list('backup')) await backups.delete('backup', id);
}

/** A backup that looks as if it had been made so many days from now. */
async function backUp(
  days: number,
  { files = app.app.services.files, to = backups, say = (_: string) => {} } = {},
): Promise<LogicalManifest> {
  const { ownerUrl, appUrl: databaseUrl } = app.database;
  const manifest = await takeLogicalBackup({ ownerUrl, databaseUrl, files, version: 'test' }, to, say);
  if (days === 0) return manifest;
  const began = new Date(Date.now() + days * day_ms);
  const began_at = began.toISOString();
  const moved = { ...manifest, id: newBackupId(began, '00000a'), began_at, at: began_at };
  await backups.putJson('backup', moved.id, moved);
  await backups.delete('backup', manifest.id);
  return moved;
}

const deleteAt = (days: number) =>
  deleteUnneededFiles(app.database.ownerUrl, backups, new Date(Date.now() + days * day_ms));
const stored = async () => (await backups.list('file')).sort();

/** What the files of a restored backup hold. */
async function restore(id: string): Promise<string[]> {
  const database = await createTestDatabase();
  try {
    await emptyDatabase(database.ownerUrl);
    const manifest = (await readManifest(backups, id)) as LogicalManifest;
    await loadBackup(backups, manifest, { ownerUrl: database.ownerUrl, masterKeys, say: () => {} });
    const client = await connectAsSystem(database.ownerUrl, 'test');
    const found: string[] = [];
    for await (const { storage_key } of allFiles(client))
      found.push(await text(await backups.get('file', nameOf(storage_key))));
    await client.end();
    return found.sort();
  } finally {
    await database.drop();
  }
}

test('a file whose bytes come after its row is looked for until they are there', async () => {
  const { services } = app.app;
  const { id, name } = await upload('Late');
  const bytes = join(services.config.HOLDFAST_DATA, 'files', fileKey(tenant.tenant_id, 'upload', id));
  const shipper = new FileShipper({ url: app.database.ownerUrl, store: services.files, backups, log: services.log });
  await rename(bytes, `${bytes}-later`);
  await shipper.ship();
  assert.deepEqual(await stored(), []);
  await rename(`${bytes}-later`, bytes);
  await shipper.ship();
  await shipper.close();
  assert.deepEqual(await stored(), [name]);
  await backups.delete('file', name);
  assert.equal((await api('DELETE', `/api/v1/files/${id}`)).status, 204);
});

test('a file that cannot be read is named, and keeps neither the database nor other files from being backed up', async () => {
  const { services } = app.app;
  const uploaded = [await upload('One'), await upload('Two'), await upload('Three')];
  const [first, unreadable, last] = uploaded as [Uploaded, Uploaded, Uploaded];
  const bytes = join(services.config.HOLDFAST_DATA, 'files', keyOf(unreadable));
  await rename(bytes, `${bytes}-aside`);
  await mkdir(bytes);
  const warned: string[] = [];
  const named = () => warned.map((line) => line.includes(keyOf(unreadable)));
  const log = { warn: (about: object) => warned.push(JSON.stringify(about)) } as unknown as Logger;
  const shipper = new FileShipper({ url: app.database.ownerUrl, store: services.files, backups, log });
  for (let times = 0; times < 2; times++) await shipper.ship();
  assert.deepEqual(await stored(), [first.name, last.name].sort());
  assert.deepEqual(named(), [true], 'told once');
  await backups.delete('file', last.name);
  await shipper.catchUp();
  await shipper.close();
  assert.deepEqual(await stored(), [first.name, last.name].sort());
  assert.deepEqual(named(), [true, true]);

  await backups.delete('file', last.name);
  const said: string[] = [];
  const { id } = await backUp(0, { say: (line) => said.push(line) });
  assert.deepEqual([await backups.list('backup'), await stored()], [[id], [first.name, last.name].sort()]);
  assert.match(
    said.join('\n'),
    new RegExp(`goes without the file ${keyOf(unreadable)}, which cannot be read: .*EISDIR`),
  );
  await rmdir(bytes);
  await rename(`${bytes}-aside`, bytes);

  // As a whole it is away: the database is backed up all the same, and the store is not asked for each file.
  for (const name of await stored()) await backups.delete('file', name);
  let asked = 0;
  const away = async () => {
    asked++;
    throw new FileError('store_unavailable', 'The file store is away');
  };
  const files: FileStore = { ...services.files, get: away, head: away };
  said.length = 0;
  await backUp(0, { files, say: (line) => said.push(line) });
  assert.deepEqual([(await backups.list('backup')).length, await stored(), asked], [2, [], 2]);
  assert.equal(said.filter((line) => line.endsWith('The file store is away')).length, 3);

  // What fails in the backup store itself ends a backup.
  const put: FileStore['put'] = (key, ...rest) => (key.includes('/file/') ? away() : backups.store.put(key, ...rest));
  const full = new BackupStore({ ...backups.store, put }, 'test', ring);
  await assert.rejects(backUp(0, { to: full }), /The file store is away/);
  assert.equal((await backups.list('backup')).length, 2);
  await forget(uploaded);
});

test('a damaged file in the backup store, or one that is gone, keeps no other from being restored', async () => {
  const uploaded = [];
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five', 'Six']) uploaded.push(await upload(name));
  const [first, damaged, gone, last, unreadable, closed] = uploaded as [
    Uploaded,
    Uploaded,
    Uploaded,
    Uploaded,
    Uploaded,
    Uploaded,
  ];
  await backUp(0);
  await writeFile(join(folder, 'test', 'file', damaged.name), 'damaged');
  const { store } = backups;
  const get = async (key: string) => {
    if (key.endsWith(gone.name)) throw fileNotFound(key);
    // As a disk with a bad block says it, while a file is read or when it is opened.
    const cause = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', errno: -5 });
    if (key.endsWith(closed.name)) throw new FileError('store_unavailable', 'The file store failed: EIO', { cause });
    if (key.endsWith(unreadable.name))
      return new Readable({
        read() {
          this.destroy(cause);
        },
      });
    return store.get(key);
  };
  const target = await mkdtemp(join(tmpdir(), 'holdfast-restored-'));
  try {
    const later = new BackupStore({ ...store, get }, 'test', ring);
    const restored = await restoreFiles(app.database.ownerUrl, later, createFolderStore(target));
    const lost = [damaged, unreadable, closed].map(keyOf).sort();
    assert.deepEqual(restored, { count: 2, missing: [keyOf(gone)], damaged: lost });
    for (const file of [first, last]) await stat(join(target, keyOf(file)));
    // What fails where they are put ends it: nothing is wrong with the backup.
    const put = async () => {
      throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', errno: -5 });
    };
    const broken = { ...createFolderStore(target), head: async () => undefined, put };
    await assert.rejects(restoreFiles(app.database.ownerUrl, backups, broken), /EIO/);
  } finally {
    await rm(target, { recursive: true });
  }
  await forget(uploaded);
});

test('a proof compares all files with the backup store, and only those that the backup goes without may be missing', async () => {
  const uploaded = [await upload('Unreadable'), await upload('Deleted'), await upload('Copied')];
  const [unreadable, deleted] = uploaded as [Uploaded, Uploaded];
  const bytes = join(app.app.services.config.HOLDFAST_DATA, 'files', keyOf(unreadable));
  await rename(bytes, `${bytes}-aside`);
  const made = await backUp(0);
  await rename(`${bytes}-aside`, bytes);
  const files = (manifest: LogicalManifest, target: 'recorded' | Date = 'recorded') =>
    checkFiles(app.database.ownerUrl, { backups, manifest, target }, oneByOne);
  assert.deepEqual(made.files.missing, { count: 1, some: [keyOf(unreadable)] });
  assert.match((await files(made)).detail, /^2 of 2 files, equal by hash; 1 more have no copy/);
  const { missing: _, ...counts } = made.files;
  const ofEarlier = { ...made, files: counts };
  await assert.rejects(files(ofEarlier), new RegExp(`There is no file ${keyOf(unreadable)} in the backup store$`));
  const unnamed = { ...made, files: { ...counts, missing: { count: 1, some: [] } } };
  await files(unnamed);

  await backups.delete('file', deleted.name);
  await assert.rejects(files(made), new RegExp(`There is no file ${keyOf(deleted)} in the backup store$`));
  await assert.rejects(files(unnamed), /There is no file \S+ in the backup store$/);
  await assert.rejects(files(ofEarlier), /There is no file \S+ in the backup store, nor 1 more/);
  // At a second soon after they were uploaded, their copies may not have been made yet.
  assert.match((await files(made, new Date())).detail, /^1 of 1 files, equal by hash; 2 more have no copy/);
  await assert.rejects(files(made, new Date(Date.now() + 3_600_000)), /There is no file/);
  await forget(uploaded);
});

test('a backup that was made while the clock was ahead may lead to any file', async () => {
  const deleted = await upload('Deleted');
  const { id } = await backUp(400);
  assert.equal((await api('DELETE', `/api/v1/files/${deleted.id}`)).status, 204);
  assert.deepEqual(await deleteAt(0), { rows: 0, bytes: 0, waiting: 1 });
  assert.deepEqual(await deleteAt(3), { rows: 0, bytes: 0, waiting: 1 });
  await backups.delete('backup', id);
  await backups.delete('file', deleted.name);
  await deleteAt(3);
});

test('a file stays in the backup store as long as a kept backup leads to it, and goes then', async () => {
  const kept = await upload('Kept');
  const gone = await upload('Deleted later');
  const first = await backUp(0);
  assert.deepEqual(await stored(), [kept.name, gone.name].sort());
  assert.equal((await api('DELETE', `/api/v1/files/${gone.id}`)).status, 204);
  assert.deepEqual(await deleteAt(1), { rows: 0, bytes: 0, waiting: 1 });
  const second = await backUp(3);
  assert.deepEqual(await deleteAt(4), { rows: 0, bytes: 0, waiting: 1 }, 'the first backup needs it');
  assert.deepEqual(await restore(first.id), ['Deleted later', 'Kept']);

  // Damaged, it still needs the file: a copy of the store may have it sound.
  await writeFile(join(folder, 'test', 'backup', first.id), 'damaged');
  assert.deepEqual(await deleteAt(4), { rows: 0, bytes: 0, waiting: 1 });

  // The oldest goes; since then no backup leads to the file, damaged or not.
  await backups.delete('backup', first.id);
  await writeFile(join(folder, 'test', 'backup', newBackupId(new Date(Date.now() + 4 * day_ms), '00000b')), 'damaged');
  const { rows, bytes, waiting } = await deleteAt(4);
  assert.deepEqual([rows, bytes > 0, waiting], [1, true, 0]);
  assert.deepEqual(await stored(), [kept.name]);
  assert.deepEqual(await restore(second.id), ['Kept']);

  // Damaged notes are begun anew.
  await writeFile(join(folder, 'test', 'unneeded', 'files'), 'damaged');
  assert.deepEqual(await deleteAt(4), { rows: 0, bytes: 0, waiting: 0 });

  // One that is named again, as after a restore to an earlier time, is not deleted by the old note.
  await backups.putJson('unneeded', 'files', { [kept.name]: new Date(0).toISOString() });
  assert.deepEqual(await deleteAt(5), { rows: 0, bytes: 0, waiting: 0 });
  // Without a backup nobody knows what is needed.
  for (const id of await backups.list('backup')) await backups.delete('backup', id);
  assert.equal((await api('DELETE', `/api/v1/files/${kept.id}`)).status, 204);
  await deleteAt(5);
  assert.deepEqual(await deleteAt(500), { rows: 0, bytes: 0, waiting: 1 });
  assert.deepEqual(await stored(), [kept.name]);
});
