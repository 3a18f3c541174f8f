import assert from 'node:assert/strict';
import { readdir, rename } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { BackedUp, failures } from '../../../test/harness/backup.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import type { Proof } from './prove.ts';

let it: BackedUp;
before(async () => {
  it = await BackedUp.begin();
});
after(() => it.close());

test('what is written while a backup is made does not disturb it, and a restore of it proves equal', async () => {
  await it.upload('What was agreed.');
  let ended = false;
  const writing = (async () => {
    for (let i = 0; !ended; i++) await it.add(`Busy ${i}`);
  })();
  const made = await it.run<{ id: string; files: { count: number } }>('backup', 'now');
  ended = true;
  await writing;
  assert.equal(made.files.count, 1);
  const proven = await it.run<Proof>('backup', 'prove');
  assert.equal(proven.backup, made.id);
  assert.deepEqual(failures(proven), []);
  assert.deepEqual(
    proven.checks.map(({ name }) => name),
    ['restore', 'application', 'indexes', 'content', 'audit', 'files'],
  );
  const listed = await it.run<{ id: string; proof: Proof | null }[]>('backup', 'list');
  assert.deepEqual(
    listed.map((one) => [one.id, one.proof?.passed]),
    [...listed.slice(0, -1).map((one) => [one.id, true]), [made.id, true]],
  );
  assert.ok(listed.length >= 2);
});

test('an index that was broken before the backup fails the proof', async () => {
  await it.asked('create table public.shelf (n int); create index shelf_n on public.shelf (n)');
  await it.asked(`update pg_index set indisready = false where indexrelid = 'public.shelf_n'::regclass`);
  await it.asked('insert into public.shelf values (1)');
  await it.asked(`update pg_index set indisready = true where indexrelid = 'public.shelf_n'::regclass`);
  await it.run('backup', 'now');
  assert.match(failures(await it.proof()).join(), /indexes: The index shelf_n is broken/);
  await it.asked('drop table public.shelf');
});

test('a backup store that lost everything, as an unmounted disk has, gets a new backup by itself', async () => {
  await rename(it.backups, `${it.backups}-elsewhere`);
  await it.add('Written without a backup store');
  await eventually(async () => (await readdir(it.folder('proof')).catch(() => [])).length > 0, 120_000);
  const [listed] = await it.run<{ proof: Proof }[]>('backup', 'list');
  assert.deepEqual(failures(listed!.proof), []);
  assert.match(it.server.output(), /holds no backup, though changes were sent to one before: is its disk mounted/);
});
