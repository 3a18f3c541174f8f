import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../../test/harness/service.ts';
import { createFolderStore } from '../../../kernel/files/folder-store.ts';
import { BackupStore, backupRing } from '../backup-store.ts';
import { copyBase } from './copy.ts';

test('a copy that fails at once says why, also where the store begins to read later, and stores nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-copy-'));
  t.after(() => rm(folder, { recursive: true }));
  const store = createFolderStore(folder);
  const late: typeof store.put = async (...args) => {
    await sleep(2_000);
    return store.put(...args);
  };
  const masterKeys = { current: 1, keys: new Map([[1, createSecretKey(randomBytes(32))]]) };
  const backups = new BackupStore({ ...store, put: late }, '7000000000000000001', backupRing(masterKeys));
  const nowhere = `postgresql://nobody@127.0.0.1:${await freePort()}/postgres`;
  await assert.rejects(copyBase(nowhere, backups, 'one'), /ECONNREFUSED/);
  assert.deepEqual(await readdir(join(folder, backups.installation, 'base')).catch(() => []), []);
});
