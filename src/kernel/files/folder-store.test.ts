import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { createFileStore } from './create-file-store.ts';
import { fileKey } from './file-store.ts';
import { failsWith, fileStoreContract } from './files.conformance.ts';

const options = { contentType: 'text/plain', sizeBytesMax: 1000 };

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'files');
}

fileStoreContract('folder', async (t) => createFileStore({ folder: await newFolder(t) }));

test('nobody else on the machine may read the files', async (t) => {
  const folder = await newFolder(t);
  const store = createFileStore({ folder });
  const key = fileKey('t1', 'upload');
  const umask = process.umask(0);
  try {
    await store.put(key, Buffer.from('x'), options);
  } finally {
    process.umask(umask);
  }
  const modeOf = async (path: string) => ((await stat(join(folder, path))).mode & 0o777).toString(8);
  assert.equal(await modeOf(key), '600');
  for (const path of ['', '.incoming', 't1', 't1/upload']) assert.equal(await modeOf(path), '700', path);
});

test('nothing half written stays beside the files, whatever went wrong', async (t) => {
  const folder = await newFolder(t);
  const store = createFileStore({ folder });
  await assert.rejects(store.put(fileKey('t1', 'upload'), Buffer.alloc(2000), options), failsWith('file_too_large'));
  const failing = new Readable({ read() { this.destroy(new Error('gone')); } }); // biome-ignore format: short
  await assert.rejects(store.put(fileKey('t1', 'upload'), failing, options), /gone/);
  // A folder where the file should go makes the last step fail.
  const blocked = fileKey('t1', 'upload');
  await mkdir(join(folder, blocked, 'x'), { recursive: true });
  await assert.rejects(store.put(blocked, Buffer.from('x'), options));
  assert.deepEqual(await readdir(join(folder, '.incoming')), []);
});

test('a disk that takes nothing lets the source go', async (t) => {
  const folder = await newFolder(t);
  const store = createFileStore({ folder });
  await rm(join(folder, '.incoming'), { recursive: true });
  const source = new Readable({ read() {} });
  await assert.rejects(store.put(fileKey('t1', 'upload'), source, options), failsWith('store_unavailable'));
  await eventually(async () => source.destroyed);
});

test('what a killed process left half written is removed a day later, not sooner', async (t) => {
  const folder = await newFolder(t);
  const incoming = join(folder, '.incoming');
  await mkdir(incoming, { recursive: true });
  await writeFile(join(incoming, 'old'), 'x');
  await writeFile(join(incoming, 'new'), 'x');
  const dayBefore = Date.now() / 1000 - 25 * 3600;
  await utimes(join(incoming, 'old'), dayBefore, dayBefore);
  createFileStore({ folder });
  await eventually(async () => (await readdir(incoming)).length === 1);
  assert.deepEqual(await readdir(incoming), ['new']);
});

test('empty folders go with what uploads left behind, and a file comes into one that goes just then', async (t) => {
  const folder = await newFolder(t);
  const store = createFileStore({ folder });
  const tenants = async () => (await readdir(folder)).filter((name) => name !== '.incoming').sort();
  const [gone, emptied, stays] = [fileKey('t1', 'upload'), fileKey('t2', 'upload'), fileKey('t3', 'upload')];
  for (const key of [gone, emptied, stays]) await store.put(key, Buffer.from('x'), options);
  for (const key of [gone, emptied]) await store.delete(key);
  assert.equal(await store.deleteUnfinished(new Date(Date.now() + 1_000), 't1'), 0);
  assert.deepEqual(await tenants(), ['t2', 't3']);
  const [dayBefore, older] = [new Date(Date.now() - 24 * 3_600_000), new Date(Date.now() - 25 * 3_600_000)];
  await store.deleteUnfinished(dayBefore);
  assert.deepEqual(await tenants(), ['t2', 't3'], 'one into which a file may come just then stays');
  for (let n = 0; n < 100; n++) {
    for (const path of ['t2/upload', 't2']) await utimes(join(folder, path), older, older);
    await Promise.all([store.put(emptied, Buffer.from('x'), options), store.deleteUnfinished(dayBefore)]);
    assert.ok(await store.head(emptied));
    await store.delete(emptied);
  }
  for (const path of ['t2/upload', 't2']) await utimes(join(folder, path), older, older);
  await store.deleteUnfinished(dayBefore);
  assert.deepEqual(await tenants(), ['t3']);
  assert.ok(await store.head(stays));
});
