import assert from 'node:assert/strict';
import { cp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BackedUp } from '../../../test/harness/backup.ts';
import { holdfast } from '../../../test/harness/process.ts';
import { startApp } from '../../app.ts';
import { loadConfig } from '../../kernel/config/config.ts';
import { readMasterKeys } from '../../kernel/installation.ts';
import { BackupStore, backupRing, openBackupFiles } from './backup-store.ts';
import { type Proof, proveBackup } from './prove.ts';
import { chooseBackup } from './restore.ts';

let it: BackedUp;
before(async () => {
  it = await BackedUp.begin();
});
after(() => it.close());

/** The outcome of a proof of the newest backup, as the command line makes it. */
async function proof(): Promise<Proof> {
  const config = loadConfig([], it.environment());
  const masterKeys = await readMasterKeys(config);
  const store = openBackupFiles(config)!;
  const kept = new BackupStore(store, it.id, backupRing(masterKeys));
  try {
    return await proveBackup(kept, await chooseBackup(kept), { config, masterKeys, start: startApp, say: () => {} });
  } finally {
    store.close();
  }
}

const failures = ({ checks }: Proof) =>
  checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`);

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

test('each kind of damage in the backup store fails the proof, with its reason', async () => {
  // A running program would notice the damage itself, and begin with a backup of its own.
  await it.server.stop();
  const whole = join(it.parent, 'whole');
  await cp(it.backups, whole, { recursive: true });
  const flip = async (file: string, at: number) => {
    const bytes = await readFile(file);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    await writeFile(file, bytes);
  };
  const newest = async (kind: string) => join(it.folder(kind), (await readdir(it.folder(kind))).sort().at(-1)!);
  const manifest = (await newest('backup')).split('/').at(-1)!;
  const pieces = (await readdir(it.folder('wal'))).sort();
  const file = join(it.folder('file'), (await readdir(it.folder('file')))[0]!);
  const base = join(it.folder('base'), manifest);
  const changed = /changed, cut off, moved, or sealed with another key/;
  const damages: [what: string, damage: () => Promise<unknown>, reason: RegExp][] = [
    ['a bit of the base', () => flip(base, 100_000), changed],
    ['the end of the base', () => truncate(base, 1_000_000), changed],
    ['no base', () => rm(base), /There is no file .*base/],
    ['a bit of a file', () => flip(file, 40), changed],
    ['no file', () => rm(file), /files: There is no file/],
    ['another file', () => cp(base, file), changed],
    [
      'a bit of the log',
      async () => {
        for (const piece of pieces) await flip(join(it.folder('wal'), piece), 60);
      },
      changed,
    ],
    [
      'a gap in the log',
      async () => {
        for (const piece of pieces.slice(1)) await rm(join(it.folder('wal'), piece));
      },
      /is missing in the backup store/,
    ],
    [
      'pieces of the log that changed places',
      async () => {
        const [one, other] = [join(it.folder('wal'), pieces.at(-2)!), join(it.folder('wal'), pieces.at(-1)!)];
        await rename(one, `${one}.x`);
        await rename(other, one);
        await rename(`${one}.x`, other);
      },
      changed,
    ],
  ];
  for (const [what, damage, reason] of damages) {
    await damage();
    const found = failures(await proof());
    assert.ok(found.length > 0 && reason.test(found.join('\n')), `${what}: ${found.join('\n') || 'not seen'}`);
    await rm(it.backups, { recursive: true });
    await cp(whole, it.backups, { recursive: true });
  }
  await flip(await newest('backup'), -1);
  await assert.rejects(holdfast(['backup', 'prove'], it.environment()), changed, 'a bit of the catalogue');
  await rm(it.backups, { recursive: true });
  await cp(whole, it.backups, { recursive: true });
  const both = await Promise.allSettled([proof(), proof()]);
  const done = both.flatMap((one) => (one.status === 'fulfilled' ? [failures(one.value)] : []));
  const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  assert.deepEqual(done, [[]], `whole again: ${refused.join('; ')}`);
  assert.match(refused.join('; '), /being proven already/, 'one at a time');
  await it.start();
});

test('an index that was broken before the backup fails the proof', async () => {
  await it.asked('create table public.shelf (n int); create index shelf_n on public.shelf (n)');
  await it.asked(`update pg_index set indisready = false where indexrelid = 'public.shelf_n'::regclass`);
  await it.asked('insert into public.shelf values (1)');
  await it.asked(`update pg_index set indisready = true where indexrelid = 'public.shelf_n'::regclass`);
  await it.run('backup', 'now');
  assert.match(failures(await proof()).join(), /indexes: The index shelf_n is broken/);
  await it.asked('drop table public.shelf');
});
