import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { invalidField } from '../errors/problem.ts';
import { abandonFiles } from './abandon.ts';
import { fileKey } from './file-store.ts';
import { createFolderStore } from './folder-store.ts';

const databaseError = (code: string) => Object.assign(new Error('said by the database'), { code });

test('bytes go when their row surely is not there, and stay when nobody knows', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-files-'));
  t.after(() => rm(folder, { recursive: true }));
  const store = createFolderStore(folder);
  const isKeptAfter = async (error: Error) => {
    const key = fileKey('0198c0de-0000-7000-8000-000000000001', 'upload');
    await store.put(key, Buffer.from('bytes'), { contentType: 'text/plain', sizeBytesMax: 100 });
    await abandonFiles(store, [key], error);
    return (await store.head(key)) !== undefined;
  };
  for (const sure of [
    invalidField('name', 'wrong', 'No'),
    databaseError('23505'),
    databaseError('42501'),
    databaseError('40001'),
  ])
    assert.equal(await isKeptAfter(sure), false, String(sure));
  for (const unsure of [
    new Error('Connection terminated unexpectedly'),
    databaseError('57P01'),
    databaseError('08006'),
    databaseError('ECONNRESET'),
    new Error('of no known kind'),
  ])
    assert.equal(await isKeptAfter(unsure), true, String(unsure));
});
