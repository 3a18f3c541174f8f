import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { withBackups } from '../../../test/harness/backup-folder.ts';
import { createTestDatabase } from '../../../test/harness/cluster.ts';
import { FileError } from '../../kernel/files/file-store.ts';
import { connectAsSystem } from '../connection.ts';
import { newBackupId } from './contents.ts';
import { manifest_format } from './manifest.ts';
import { refuseStoreOfOriginal } from './own-store.ts';

test('a copy writes into a backup store of its own, of which part may be damaged, and into no other', async (t) => {
  const database = await createTestDatabase();
  t.after(() => database.drop());
  const client = await connectAsSystem(database.ownerUrl, 'test');
  await client.query(
    `insert into pseudonymised_copy (source, replaced_at) values ('a test', now() - interval '5 days')`,
  );
  await client.end();
  const id = (days: number) => newBackupId(new Date(Date.now() - days * 86_400_000), '00000a');
  const refused = /is a pseudonymised copy, and the backup store holds backups of another database/;
  let isAway = false;
  await withBackups(
    async (backups, folder) => {
      const look = () => refuseStoreOfOriginal(database.ownerUrl, backups);
      const backUp = (id: string) => backups.putJson('backup', id, { format: manifest_format, id });
      const damage = (id: string) => writeFile(join(folder, backups.installation, 'backup', id), 'damaged');
      await look();
      const [first, second, older] = [id(4), id(3), id(6)];
      await backUp(first);
      await look();
      // As those of the original are without its key.
      await damage(first);
      await assert.rejects(look, refused);
      await backUp(second);
      await look();
      isAway = true;
      await assert.rejects(look, /The file store failed: it is busy/);
      isAway = false;
      await backUp(older);
      await assert.rejects(look, refused);
    },
    ({ get }) => ({
      get: async (...args) => {
        if (isAway) throw new FileError('store_unavailable', 'The file store failed: it is busy');
        return get(...args);
      },
    }),
  );
});
