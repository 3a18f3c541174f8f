import assert from 'node:assert/strict';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BackedUp, failures } from '../../../test/harness/backup.ts';
import { command } from '../../../test/harness/command.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { embeddedSuperuserUrl } from '../../kernel/database/embedded.ts';
import { connect } from '../connection.ts';
import { type LogArchive, openGaps } from './log-archive.ts';
import { readLoss } from './loss.ts';
import { coverage, parseLsn, parsePiece, pieceName, segment_bytes, segmentStart } from './lsn.ts';
import type { Proof } from './prove.ts';
import { slot_name } from './wal.ts';

let it: BackedUp;
before(async () => {
  it = await BackedUp.prepare();
});
after(() => it.close());

/** What doctor says of the backups; it ends with an error when they are not well. */
async function doctorOnBackups(): Promise<string> {
  const answer = await command(['doctor', '--json'], it.environment()).catch((error: { stdout?: string }) => {
    if (error.stdout) return error.stdout;
    throw error;
  });
  const findings: { check: string; detail: string }[] = JSON.parse(answer);
  return findings.find(({ check }) => check === 'backups')!.detail;
}

const measured = async () => (await readLoss({ HOLDFAST_DATA: it.data }))!;

test('a backup store that cannot be opened at the start keeps nobody from working, and has all once it is back', async () => {
  await rename(it.backups, `${it.backups}-away`);
  await writeFile(it.backups, 'Not a folder');
  await it.start();
  await it.add('While the backup store is away');
  await eventually(async () => it.server.output().includes('shipping the write-ahead log to the backup store failed'));
  assert.match(await doctorOnBackups(), /^The backup store cannot be read: .*Look whether the folder of BACKUP_DIR/);
  await assert.rejects(command(['backup', 'list'], it.environment()), (error: { stderr: string }) =>
    /^holdfast: The backup store cannot be read/m.test(error.stderr),
  );
  await rm(it.backups);
  await rename(`${it.backups}-away`, it.backups);
  await it.shipped();
});

test('a backup that is made before the log is sent again leaves no gap before it', async () => {
  await it.server.stop();
  await it.start(it.data, '--role', 'web');
  await it.add('Before the backup');
  await it.asked('select pg_switch_wal()');
  await it.run('backup', 'now');
  await it.server.stop();
  await it.start();
  await it.shipped();
  const [first, ...others] = await it.run<{ timeline: number; start_lsn: string; at_lsn: string }[]>('backup', 'list');
  const pieces = (await readdir(it.folder('wal'))).map(parsePiece);
  const { to } = coverage(pieces, first!.timeline, segmentStart(parseLsn(first!.start_lsn)));
  assert.ok(others.length > 0 && to >= parseLsn(others.at(-1)!.at_lsn), 'from the first to the last');
});

test('log that does not continue the newest backup protects nothing, which is said, until a new backup is made', async () => {
  // Beyond the segment in which the backup ends: what the server keeps, it would send once more.
  await it.shipped();
  await eventually(() => readLoss({ HOLDFAST_DATA: it.data }));
  await it.add('Before the gap');
  const { rows } = await it.asked('select pg_current_wal_flush_lsn()::text as lsn');
  await it.shipped();
  const isForgotten = `select from pg_replication_slots where slot_name = '${slot_name}' and restart_lsn >= '${rows[0].lsn}'`;
  await eventually(async () => (await it.asked(isForgotten)).rowCount === 1);
  // As in a long transaction: the new backup cannot name its moment before that ends.
  const url = embeddedSuperuserUrl(it.data)!;
  const busy = await connect(url, 'test');
  await busy.query('begin; lock table public.audit_event in row exclusive mode');
  for (const piece of await readdir(it.folder('wal'))) await rm(join(it.folder('wal'), piece));
  await it.asked(
    `select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '${slot_name}' and active`,
  );
  await eventually(async () => (await measured()).gap, 120_000);
  const { durable_until } = await measured();
  await it.add('Behind the gap');
  await it.shipped();
  assert.match(
    await doctorOnBackups(),
    /^Changes since 20.* are in no backup: the log that is sent does not continue the newest backup$/,
  );
  assert.equal((await measured()).durable_until, durable_until, 'what is sent does not count');
  await busy.end();
  await eventually(async () => !(await measured()).gap && (await measured()).durable_until > durable_until);
  await eventually(async () => (await it.run<{ proof: Proof | null }[]>('backup', 'list')).at(-1)!.proof);
  assert.match(await doctorOnBackups(), /could lose the changes of the last \d+ s/);
});

test('an object of the log that is gone is red, though the log goes on, until a full backup behind it', async () => {
  await it.run('backup', 'now');
  for (let n = 0; n < 3; n++) {
    await it.add(`Segment ${n}`);
    await it.shipped();
  }
  const listed = () => it.run<{ at_lsn: string; timeline: number }[]>('backup', 'list');
  const newest = (await listed()).at(-1)!;
  const behind = segmentStart(parseLsn(newest.at_lsn)) + segment_bytes;
  const names = await readdir(it.folder('wal'));
  const { from } = parsePiece(
    names.find((name) => parsePiece(name).timeline === newest.timeline && parsePiece(name).from >= behind)!,
  );
  const segment = names.filter((name) => segmentStart(parsePiece(name).from) === segmentStart(from));
  for (const name of segment) await rm(join(it.folder('wal'), name));
  await it.add('Behind what is missing');
  await it.shipped();

  const failed = async (...args: string[]) => {
    const { stdout, code } = await command(args, it.environment()).then(
      () => assert.fail(`${args.join(' ')} ends with 0`),
      (error: { stdout: string; code: number }) => error,
    );
    assert.equal(code, 1, args.join(' '));
    return stdout;
  };
  assert.match(
    await failed('backup', 'list'),
    /^GAP: Log of changes is missing in the backup store: what was changed since 20/m,
  );
  const archive: LogArchive = JSON.parse(await failed('backup', 'list', '--ranges', '--json'));
  assert.deepEqual([openGaps(archive).length, archive.ranges.at(-1)!.to !== null], [1, true]);
  assert.match(await doctorOnBackups(), /^Log of changes is missing in the backup store/);
  const proof: Proof = JSON.parse(await failed('backup', 'prove', '--json'));
  assert.deepEqual(
    proof.checks.filter(({ passed }) => !passed).map(({ name }) => name),
    ['archive'],
  );
  // By its schedule; a backup follows after a while, if nobody makes one.
  await it.asked(`insert into job (tenant_id, kind, payload, state, run_at, attempts_max)
    select id, 'backup-log', '{}', 'ready', now(), 1 from tenant where name = 'system'; select pg_notify('holdfast_jobs', '')`);
  const follows = `select from job where kind = 'backup' and dedupe_key = 'backup after a gap' and state = 'scheduled'`;
  await eventually(async () => (await it.asked(follows)).rowCount === 1);

  await it.run('backup', 'now');
  const after = await it.run<LogArchive>('backup', 'list', '--ranges');
  assert.deepEqual([openGaps(after).length, after.ranges.at(-1)!.to], [0, null]);
  assert.ok(after.gaps.length > 0, 'what cannot be had back is still said');
  assert.ok(after.ranges.length > 1);
  assert.deepEqual(failures(await it.proof()), []);
  assert.doesNotMatch(await doctorOnBackups(), /missing/);
});

test('log that this server has not written is another life of the database: nothing is sent that would overwrite it', async () => {
  const from = 2n ** 40n;
  // As a server has sent it whose disk was put back since.
  const ahead = join(it.folder('wal'), pieceName({ timeline: 1, from, to: from + segment_bytes }));
  await writeFile(ahead, '');
  await it.asked(
    `select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '${slot_name}' and active`,
  );
  await eventually(
    async () => /has log up to 100\/1000000, and this database has written none beyond/.test(it.server.output()),
    120_000,
  );
  await eventually(async () => (await measured()).gap);
  const pieces = await readdir(it.folder('wal'));
  await assert.rejects(it.run('backup', 'now'), /would overwrite the log of another life of it/);
  await it.add('Written since');
  assert.deepEqual(await readdir(it.folder('wal')), pieces);
  await rm(ahead);
  await eventually(async () => {
    await it.shipped();
    return !(await measured()).gap;
  });
});
