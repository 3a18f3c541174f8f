import assert from 'node:assert/strict';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BackedUp, failures } from '../../../test/harness/backup.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { holdfast } from '../../../test/harness/process.ts';
import { embeddedSuperuserUrl } from '../../kernel/database/embedded.ts';
import { connect } from '../connection.ts';
import type { Share } from './checks.ts';
import { lossNow, lossOfDay, readLoss } from './loss.ts';
import type { Proof } from './prove.ts';
import { checkIndexes, index_turns } from './prove-checks.ts';
import { slot_name } from './wal.ts';

const oneByOne: Share = async (parts, _weightOf, work) => {
  for (const part of parts) await work(part);
};

let it: BackedUp;
before(async () => {
  it = await BackedUp.begin();
});
after(() => it.close());

test('what is written while a backup is made does not disturb it, and a restore of it proves equal', async () => {
  await it.upload('What was agreed.');
  const provider = {
    name: 'Ours',
    kind: 'oidc',
    issuer: 'https://sso.example',
    client_id: 'h',
    client_secret: 'secret',
  };
  assert.equal((await it.api('POST', 'sign-in-providers', provider)).status, 201);
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
    ['restore', 'application', 'indexes', 'content', 'audit', 'files', 'secrets'],
  );
  assert.match(proven.checks.at(-1)!.detail, /^1 of 1 secrets open/);
  const listed = await it.run<{ id: string; proof: Proof | null }[]>('backup', 'list');
  assert.deepEqual(
    listed.map((one) => [one.id, one.proof?.passed]),
    [...listed.slice(0, -1).map((one) => [one.id, true]), [made.id, true]],
  );
  assert.ok(listed.length >= 2);
});

test('the daily proof of a random second waits for a backup that is made, and then tells how it went', async () => {
  const add = (kind: string) =>
    it.asked(`insert into job (tenant_id, kind, payload, state, run_at, attempts_max)
      select id, '${kind}', '{}', 'ready', now(), 1 from tenant where name = 'system'; select pg_notify('holdfast_jobs', '')`);
  const states = async (kind: string) =>
    (await it.asked(`select state from job where kind = '${kind}' order by id`)).rows.map(({ state }) => state);
  await add('backup');
  await eventually(async () => (await states('backup')).includes('running'), 60_000);
  await add('backup-proof');
  await eventually(async () => (await states('backup-proof')).includes('scheduled'), 60_000);
  assert.equal((await readdir(it.folder('time-proof')).catch(() => [])).length, 0);
  await eventually(async () => !(await states('backup')).includes('running'), 60_000);
  await it.asked(`update job set state = 'ready', run_at = now() where kind = 'backup-proof' and state = 'scheduled'`);
  await eventually(async () => (await readdir(it.folder('time-proof')).catch(() => [])).length === 1, 60_000);
  const [proof] = await it.run<Proof[]>('backup', 'list', '--seconds');
  assert.deepEqual(failures(proof!), []);
});

test('a backup store that is away shows in how much could be lost, then and for a day', async () => {
  const measured = async () => (await readLoss({ HOLDFAST_DATA: it.data }))!;
  await eventually(async () => lossNow(await measured()) < 30, 60_000);
  await rename(it.backups, `${it.backups}-away`);
  await writeFile(it.backups, 'Not a folder');
  await it.add('Not in the backup store');
  await eventually(async () => lossNow(await measured()) > 35, 90_000);
  await rm(it.backups);
  await rename(`${it.backups}-away`, it.backups);
  const back = new Date().toISOString();
  await eventually(async () => (await measured()).durable_until > back, 90_000);
  const loss = await measured();
  assert.ok(loss.day_seconds > 35 && lossOfDay(loss) === loss.day_seconds, JSON.stringify(loss));
  assert.match(await doctorOnBackups(), new RegExp(`at most of ${loss.day_seconds} s in the last day`));
});

/** What doctor says of the backups; it ends with an error when they are not well. */
async function doctorOnBackups(): Promise<string> {
  const answer = await holdfast(['doctor', '--json'], it.environment()).catch((error: { stdout?: string }) => {
    if (error.stdout) return error.stdout;
    throw error;
  });
  const findings: { check: string; detail: string }[] = JSON.parse(answer);
  return findings.find(({ check }) => check === 'backups')!.detail;
}

test('a backup store that cannot be opened at the start keeps nobody from working, and has all once it is back', async () => {
  await it.server.stop();
  await rename(it.backups, `${it.backups}-away`);
  await writeFile(it.backups, 'Not a folder');
  await it.start();
  await it.add('While the backup store is away');
  await eventually(async () => it.server.output().includes('shipping the write-ahead log to the backup store failed'));
  assert.match(await doctorOnBackups(), /^The backup store cannot be read: .*Look whether the folder of BACKUP_DIR/);
  await assert.rejects(holdfast(['backup', 'list'], it.environment()), (error: { stderr: string }) =>
    /^holdfast: The backup store cannot be read/m.test(error.stderr),
  );
  await rm(it.backups);
  await rename(`${it.backups}-away`, it.backups);
  await it.shipped();
});

test('log that does not continue the newest backup protects nothing, which is said, until a new backup is made', async () => {
  const measured = async () => (await readLoss({ HOLDFAST_DATA: it.data }))!;
  // As in a long transaction: the new backup cannot name its moment before that ends.
  const url = embeddedSuperuserUrl(it.data)!;
  const busy = await connect(url, 'test');
  await busy.query('begin; lock table public.audit_event in row exclusive mode');
  for (const piece of await readdir(it.folder('wal'))) await rm(join(it.folder('wal'), piece));
  await it.asked(
    `select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '${slot_name}' and active`,
  );
  await eventually(async () => (await measured()).gap, 60_000);
  const { durable_until } = await measured();
  await it.add('Behind the gap');
  await it.shipped();
  assert.match(
    await doctorOnBackups(),
    /^Changes since 20.* are in no backup: the log that is sent does not continue the newest backup$/,
  );
  assert.equal((await measured()).durable_until, durable_until, 'what is sent does not count');
  await busy.end();
  await eventually(async () => !(await measured()).gap && (await measured()).durable_until > durable_until, 90_000);
  await eventually(async () => (await it.run<{ proof: Proof | null }[]>('backup', 'list')).at(-1)!.proof, 90_000);
  assert.match(await doctorOnBackups(), /could lose the changes of the last \d+ s/);
});

test('an index and a secret that were broken before the backup fail the proof', async () => {
  await it.asked('create table public.shelf (n int); create index shelf_n on public.shelf (n)');
  await it.asked(`update pg_index set indisready = false where indexrelid = 'public.shelf_n'::regclass`);
  await it.asked('insert into public.shelf values (1)');
  await it.asked(`update pg_index set indisready = true where indexrelid = 'public.shelf_n'::regclass`);
  const flip =
    'update sign_in_provider set sealed_client_secret = set_bit(sealed_client_secret, 200, 1 - get_bit(sealed_client_secret, 200))';
  await it.asked(`begin; set local session_replication_role = replica; ${flip}; commit`);
  await it.run('backup', 'now');
  const [indexes, secrets, ...others] = failures(await it.proof());
  assert.match(indexes!, /^indexes: The index shelf_n is broken/);
  assert.match(secrets!, /^secrets: sealed_client_secret of sign_in_provider .* does not open: This value was changed/);
  assert.deepEqual(others, []);
  const url = embeddedSuperuserUrl(it.data)!;
  const broken: string[] = [];
  for (let turn = 0; turn < index_turns; turn++)
    await checkIndexes(url, true, oneByOne, { turn, large_min: 0 }).catch((error: Error) => broken.push(error.message));
  assert.equal(broken.length, 1, 'a large one in one turn');
  assert.match(broken[0]!, /^The index shelf_n is broken/);
  const { detail } = await checkIndexes(url, true, oneByOne, { turn: 'none', large_min: 0 });
  assert.match(detail, /^(\d+) indexes in order, and 0 of them with every row; the other \1 are large/);
  const every = checkIndexes(url, true, oneByOne, { turn: 'all', large_min: 0 });
  await assert.rejects(every, /The index shelf_n is broken/);
  await it.asked(`begin; set local session_replication_role = replica; ${flip}; commit`);
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
