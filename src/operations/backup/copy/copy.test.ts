import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withBackups } from '../../../../test/harness/backup-folder.ts';
import { freePort } from '../../../../test/harness/service.ts';
import { copyBase } from './copy.ts';

test('a copy that fails at once says why, also where the store begins to read later, and stores nothing', () =>
  withBackups(
    async (backups, folder) => {
      const nowhere = `postgresql://nobody@127.0.0.1:${await freePort()}/postgres`;
      await assert.rejects(copyBase(nowhere, backups, 'one', 0), /ECONNREFUSED/);
      assert.deepEqual(await readdir(join(folder, backups.installation, 'base')).catch(() => []), []);
    },
    ({ put }) => ({ put: (...args) => sleep(2_000).then(() => put(...args)) }),
  ));
