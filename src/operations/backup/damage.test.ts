import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BackedUp, failures } from '../../../test/harness/backup.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { holdfast } from '../../../test/harness/process.ts';

let it: BackedUp;
before(async () => {
  it = await BackedUp.begin();
});
after(() => it.close());

test('each kind of damage in the backup store fails the proof, with its reason', async () => {
  await it.upload('What was agreed.');
  await it.run('backup', 'now');
  for (const name of ['Rivermark', 'Hillcrest']) {
    await it.add(name);
    await it.shipped();
  }
  const after = new Date();
  // A change behind that time shows that the log leads up to it.
  await it.add('Later');
  await it.shipped();
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
  const damages: [what: string, damage: () => Promise<unknown>, reason: RegExp, time?: Date][] = [
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
      // The moment that the backup recorded needs none of them.
      after,
    ],
  ];
  for (const [what, damage, reason, time] of damages) {
    await damage();
    const found = failures(await it.proof(time));
    assert.ok(found.length > 0 && reason.test(found.join('\n')), `${what}: ${found.join('\n') || 'not seen'}`);
    await rm(it.backups, { recursive: true });
    await cp(whole, it.backups, { recursive: true });
  }
  // What the last proof wrote says nothing of the backup.
  assert.deepEqual(failures(await it.proof()), []);
  await flip(await newest('proof'), -1);
  const listed = await it.run<{ unreadable_proof?: string; proof: unknown }[]>('backup', 'list');
  assert.match(listed.at(-1)!.unreadable_proof ?? '', changed);
  assert.deepEqual(failures(await it.proof()), [], 'a damaged record of a proof');
  await flip(base, 100_000);
  assert.ok(failures(await it.proof()).length > 0);
  await assert.rejects(it.run('backup', 'list'), { code: 1 }, 'a proof that failed');
  await rm(it.backups, { recursive: true });
  await cp(whole, it.backups, { recursive: true });
  await flip(await newest('backup'), -1);
  await assert.rejects(holdfast(['backup', 'prove'], it.environment()), changed, 'a bit of the catalogue');
  await rm(it.backups, { recursive: true });
  await cp(whole, it.backups, { recursive: true });
  await rm(join(it.folder('wal'), pieces.at(-1)!));
  await rm(join(it.folder('wal'), pieces.at(-2)!));
  assert.match(
    failures(await it.proof(after)).join(),
    /^restore: The log behind the backup \S+ ends before 20\S+: the last change that it leads to is of 20/,
    'a second whose log is gone',
  );
  await rm(it.backups, { recursive: true });
  await cp(whole, it.backups, { recursive: true });
  assert.deepEqual(failures(await it.proof(after)), [], 'and is back');
  const both = await Promise.allSettled([it.proof(), it.proof()]);
  const done = both.flatMap((one) => (one.status === 'fulfilled' ? [failures(one.value)] : []));
  const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  assert.deepEqual(done, [[]], `whole again: ${refused.join('; ')}`);
  assert.match(refused.join('; '), /being proven already/, 'one at a time');
  await it.start();
});

test('a newest backup that cannot be read keeps no earlier one from being restored, and a new one is made', async () => {
  // A program that has just started takes a backup that comes while it compares the log with the newest one for a gap,
  // and makes one of its own.
  await it.shipped();
  const first = await it.run<{ id: string; at: string }>('backup', 'now');
  await it.add('After the first');
  const { id } = await it.run<{ id: string }>('backup', 'now');
  await it.shipped();
  await it.server.stop();
  const file = join(it.folder('backup'), id);
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);

  for (const [name, ...flags] of [['by-time', '--at', first.at], ['as-late-as-possible']] as const) {
    const dir = join(it.parent, name);
    await mkdir(dir);
    await cp(join(it.data, 'master.key'), join(dir, 'master.key'));
    const { backup } = await it.run<{ backup: string }>('restore', '--to', dir, ...flags);
    assert.equal(backup, first.id, name);
  }
  await it.start();
  interface Listed {
    id: string;
    unreadable?: string;
  }
  const newest = await eventually(async () => {
    const listed = await it.run<Listed[]>('backup', 'list');
    assert.match(listed.find((each) => each.id === id)!.unreadable!, /changed, cut off/);
    return listed.findLast((each) => each.id > id && !each.unreadable);
  });
  assert.ok(newest, 'the log that is sent continues a backup again');
});
