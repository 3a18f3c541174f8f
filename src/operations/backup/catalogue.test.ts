import assert from 'node:assert/strict';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { withBackups } from '../../../test/harness/backup-folder.ts';
import { FileError } from '../../kernel/files/file-store.ts';
import { readCatalogue, readTimeProofs } from './catalogue.ts';
import { newBackupId, timeOfBackup } from './contents.ts';
import { pieceName } from './lsn.ts';
import { manifest_format } from './manifest.ts';
import { nextIndexTurn, type Proof } from './prove.ts';
import { index_turns } from './prove-checks.ts';
import { chooseBackup } from './restore.ts';
import { deleteOldBackups } from './retention.ts';

test('the large indexes have their turns as random seconds are proven, and all after one that was broken', () =>
  withBackups(async (backups, folder) => {
    let day = 0;
    const proven = async (kind: 'proof' | 'time-proof', proof: Partial<Proof>) => {
      const at = new Date(2026, 0, ++day);
      const id = `2026010${day}t000000000z-00000a`;
      await backups.putJson(kind, id, { began_at: at.toISOString(), checks: [], ...proof });
      await utimes(join(folder, backups.installation, kind, id), at, at);
      return [await nextIndexTurn(backups, 'recorded'), await nextIndexTurn(backups, new Date())];
    };
    assert.deepEqual([await nextIndexTurn(backups, 'recorded'), await nextIndexTurn(backups, new Date())], ['none', 0]);
    assert.deepEqual(await proven('proof', {}), ['none', 0]);
    assert.deepEqual(await proven('time-proof', { index_turn: 0 }), ['none', 1]);
    assert.deepEqual(await proven('proof', {}), ['none', 1]);
    assert.deepEqual(await proven('time-proof', { index_turn: index_turns - 1 }), ['none', 0]);
    const broken = { name: 'indexes', passed: false, detail: 'The index shelf_n is broken', seconds: 1 } as const;
    assert.deepEqual(await proven('time-proof', { checks: [broken] }), ['all', 'all']);
    assert.deepEqual(await proven('proof', { checks: [broken] }), ['all', 'all']);
    assert.deepEqual(await proven('proof', {}), ['none', 0]);
  }));

test('copies of the database whose backup is not there go after two days', () =>
  withBackups(async (backups) => {
    const id = (days: number) => newBackupId(new Date(Date.now() - days * 86_400_000), '00000a');
    for (const days of [9, 5, 3, 1]) await backups.put('base', id(days), Buffer.from('All of it'));
    const [abandoned, complete, left, begun] = (await backups.list('base')) as [string, string, string, string];
    const at = new Date().toISOString();
    const manifest = { format: manifest_format, id: complete, at, timeline: 1, start_lsn: '0/1000000' };
    await backups.putJson('backup', complete, manifest);
    const { leftovers } = await deleteOldBackups(backups, 14);
    assert.equal(leftovers, 2);
    assert.deepEqual(await backups.list('base'), [complete, begun], `not ${abandoned} and ${left}`);
  }));

test('what stays the same in the backup store is fetched once, what changed again', () => {
  let fetched = 0;
  return withBackups(
    async (backups, folder) => {
      const ids = ['20260101t000000000z-00000a', '20260102t000000000z-00000b', '20260103t000000000z-00000c'];
      for (const id of ids) await backups.putJson('backup', id, { format: manifest_format, id, tenants: {} });
      await backups.putJson('proof', ids[2]!, { backup: ids[2], passed: false });
      const read = () => readCatalogue(backups, 2);
      const first = await read();
      assert.deepEqual(
        first.backups.map(({ backup, proof }) => [backup.id, proof?.passed]),
        [
          [ids[2], false],
          [ids[1], undefined],
        ],
      );
      assert.equal(fetched, 3);
      assert.deepEqual(await read(), first);
      assert.equal(fetched, 3, 'nothing changed');
      await backups.putJson('proof', ids[2]!, { backup: ids[2], passed: true });
      assert.equal((await read()).backups[0]!.proof?.passed, true, 'proven again');
      assert.equal(fetched, 4);
      await writeFile(join(folder, backups.installation, 'backup', ids[1]!), 'damaged');
      const { backups: others, unreadable } = await read();
      assert.deepEqual(
        [others.map(({ backup }) => backup.id), unreadable.map(({ id }) => id)],
        [[ids[2]], [ids[1]]],
        'one that is damaged is named, and hides no other',
      );
    },
    ({ get }) => ({
      get: (...args) => {
        fetched++;
        return get(...args);
      },
    }),
  );
});

test('a backup that was made while the clock was ahead comes behind all others', () =>
  withBackups(async (backups) => {
    const ids = [-20, -3, -2, -1, 400].map((days) => newBackupId(new Date(Date.now() + days * 86_400_000), '00000a'));
    const [oldest, , , newest, ahead] = ids as [string, string, string, string, string];
    for (const id of ids) {
      const at = new Date(timeOfBackup(id)).toISOString();
      await backups.putJson('backup', id, { format: manifest_format, id, at, timeline: 1, start_lsn: '0/1000000' });
      await backups.putJson('time-proof', id, { id, passed: true });
    }
    const found = async (count_max?: number) =>
      (await readCatalogue(backups, count_max)).backups.map(({ backup }) => backup.id);
    assert.equal((await chooseBackup(backups)).id, newest);
    assert.deepEqual([(await found(1))[0], (await found()).at(-1)], [newest, ahead]);
    assert.equal((await readTimeProofs(backups, 1))[0]!.id, newest);
    assert.deepEqual((await deleteOldBackups(backups, 14)).backups, [oldest]);
    for (const id of ids.slice(1, -1)) await backups.delete('backup', id);
    assert.equal((await chooseBackup(backups)).id, ahead, 'there is no other');
  }));

test('a backup that cannot be read goes by its age, and until then no log does', () =>
  withBackups(async (backups, folder) => {
    const id = (days: number) => newBackupId(new Date(Date.now() - days * 86_400_000), '00000a');
    const made = [20, 9, 3, 2, 1].map((days) => ({ days, id: id(days) }));
    for (const { days, id } of made) {
      const at = new Date(Date.now() - days * 86_400_000).toISOString();
      await backups.putJson('backup', id, { format: manifest_format, id, at, timeline: 1, start_lsn: '0/9000000' });
    }
    const piece = { timeline: 1, from: 0x1000000n, to: 0x2000000n };
    await backups.put('wal', pieceName(piece), Buffer.from('Log'));
    const damage = (place: number) =>
      writeFile(join(folder, backups.installation, 'backup', made[place]!.id), 'damaged');
    await damage(0);
    await damage(1);
    const first = await deleteOldBackups(backups, 14);
    assert.deepEqual([first.backups, first.pieces], [[made[0]!.id], 0], 'the log may lead from the other');
    const second = await deleteOldBackups(backups, 7);
    assert.deepEqual([second.backups, second.pieces], [[made[1]!.id], 1]);
    await damage(2);
    assert.deepEqual((await deleteOldBackups(backups, 1)).backups, [], 'too few others can be read');
  }));

const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
/** How a store is away for a moment: it does not answer, or breaks off while it is read. */
const absences = {
  'does not answer': async () => {
    throw new FileError('store_unavailable', 'The file store failed: it is busy');
  },
  'breaks off': async () =>
    new Readable({
      read() {
        this.destroy(reset());
      },
    }),
};

for (const [how, fail] of Object.entries(absences))
  test(`a store that ${how} once makes no sound backup seem damaged`, () => {
    let away = '';
    return withBackups(
      async (backups, folder) => {
        const at = (days: number) => new Date(Date.now() - days * 86_400_000);
        const ids = [20, 18, 9, 3, 2, 1].map((days) => ({ id: newBackupId(at(days), '00000a'), at: at(days) }));
        for (const { id, at } of ids) {
          const manifest = { format: manifest_format, id, at: at.toISOString(), timeline: 1, start_lsn: '0/1000000' };
          await backups.putJson('backup', id, manifest);
        }
        const [newest, oldest] = [ids.at(-1)!.id, ids[0]!.id];
        await backups.putJson('proof', newest, { passed: true });
        await backups.putJson('time-proof', newest, { passed: true });
        const during = async (object: string, work: () => Promise<unknown>) => {
          away = object;
          await assert.rejects(work, /busy|ECONNRESET/, object);
          assert.equal(away, '');
        };
        await during(`backup/${newest}`, () => chooseBackup(backups, { passOverDamaged: true }));
        assert.equal((await chooseBackup(backups, { passOverDamaged: true })).id, newest);
        await during(`backup/${newest}`, () => readCatalogue(backups));
        await during(`proof/${newest}`, () => readCatalogue(backups));
        await during(`time-proof/${newest}`, () => readTimeProofs(backups));
        const { backups: found, unreadable } = await readCatalogue(backups);
        assert.deepEqual([found.length, found[0]!.proof?.passed, unreadable], [6, true, []]);
        assert.equal((await readTimeProofs(backups)).length, 1);
        await during(`backup/${oldest}`, () => deleteOldBackups(backups, 14));
        assert.equal((await backups.list('backup')).length, 6, 'nothing goes as damaged');

        // What the newest holds says nothing about a time before it.
        await writeFile(join(folder, backups.installation, 'backup', newest), 'damaged');
        const said: string[] = [];
        const say = (line: string) => said.push(line);
        const before = await chooseBackup(backups, { at: ids.at(-2)!.at, passOverDamaged: true, say });
        assert.deepEqual([before.id, said], [ids.at(-2)!.id, []]);
        await assert.rejects(chooseBackup(backups), /cut off/);
        const one = await chooseBackup(backups, { passOverDamaged: true, say });
        assert.equal(one.id, ids.at(-2)!.id);
        assert.match(said.join(' '), new RegExp(`The backup ${newest} cannot be read and is passed over`));
      },
      ({ get }) => ({
        get: (key, options) => {
          if (away === '' || !key.endsWith(`/${away}`)) return get(key, options);
          away = '';
          return fail();
        },
      }),
    );
  });
