import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BackedUp, failures } from '../../../test/harness/backup.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { killHoldfast } from '../../../test/harness/process.ts';
import { embeddedSuperuserUrl } from '../../kernel/database/embedded.ts';
import type { Share } from './checks.ts';
import { lossNow, lossOfDay, readLoss } from './loss.ts';
import type { Proof } from './prove.ts';
import { checkIndexes, index_turns } from './prove-checks.ts';

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
    ['restore', 'application', 'indexes', 'content', 'audit', 'files', 'secrets', 'archive'],
  );
  assert.match(proven.checks.at(-2)!.detail, /^1 of 1 secrets open/);
  assert.equal(proven.checks.at(-1)!.detail, 'No log is missing since the oldest backup');
  const listed = await it.run<{ id: string; proof: Proof | null }[]>('backup', 'list');
  assert.deepEqual(
    listed.map((one) => [one.id, one.proof?.passed]),
    [...listed.slice(0, -1).map((one) => [one.id, true]), [made.id, true]],
  );
  assert.ok(listed.length >= 2);
});

test('the copy of a backup that was killed goes with the next backup, that of one that is being made stays', async () => {
  const args = ['backup', 'now'];
  await killHoldfast(args, it.environment(), /Copying the log of changes/);
  // Killed before its copy was whole.
  const half = join(it.backups, '.incoming', `${it.id}.base.20260101t000000000z-00000a.${randomUUID()}`);
  const others = join(it.backups, '.incoming', `1${it.id}.base.20260101t000000000z-00000a.${randomUUID()}`);
  for (const path of [half, others]) await writeFile(path, 'Half of it');
  const complete = async () => (await readdir(it.folder('backup'))).sort();
  assert.equal((await readdir(it.folder('base'))).length, (await complete()).length + 1);
  await Promise.all([it.run('backup', 'now'), it.run('backup', 'now')]);
  assert.deepEqual((await readdir(it.folder('base'))).sort(), await complete());
  assert.ok(!existsSync(half));
  assert.ok(existsSync(others), 'of another installation');
});

test('the daily proof of a random second waits for a backup that is made, and then tells how it went', async () => {
  const add = (kind: string) =>
    it.asked(`insert into job (tenant_id, kind, payload, state, run_at, attempts_max)
      select id, '${kind}', '{}', 'ready', now(), 1 from tenant where name = 'system'; select pg_notify('holdfast_jobs', '')`);
  const states = async (kind: string) =>
    (await it.asked(`select state from job where kind = '${kind}' order by id`)).rows.map(({ state }) => state);
  await add('backup');
  await eventually(async () => (await states('backup')).includes('running'));
  await add('backup-proof');
  await eventually(async () => (await states('backup-proof')).includes('scheduled'));
  assert.equal((await readdir(it.folder('time-proof')).catch(() => [])).length, 0);
  await eventually(async () => !(await states('backup')).includes('running'));
  await it.asked(`update job set state = 'ready', run_at = now() where kind = 'backup-proof' and state = 'scheduled'`);
  await eventually(async () => (await readdir(it.folder('time-proof')).catch(() => [])).length === 1);
  const [proof] = await it.run<Proof[]>('backup', 'list', '--seconds');
  assert.deepEqual(failures(proof!), []);
});

test('a backup store that is away shows in how much could be lost, then and for a day', async () => {
  const measured = async () => (await readLoss({ HOLDFAST_DATA: it.data }))!;
  // What is sent well is never as old as that (flush_seconds and sample_ms).
  const loss_seconds = 26;
  await eventually(async () => lossNow(await measured()) < loss_seconds - 5);
  await rename(it.backups, `${it.backups}-away`);
  await writeFile(it.backups, 'Not a folder');
  const away = new Date().toISOString();
  await it.add('Not in the backup store');
  await eventually(async () => lossNow(await measured()) > loss_seconds);
  const { durable_until } = await measured();
  assert.ok(durable_until < away, 'since the backup store is away');
  await rm(it.backups);
  await rename(`${it.backups}-away`, it.backups);
  const back = new Date().toISOString();
  await eventually(async () => {
    await it.shipped();
    return (await measured()).durable_until > back;
  });
  const loss = await measured();
  const lost_seconds = (Date.parse(back) - Date.parse(durable_until)) / 1_000;
  assert.ok(loss.day_seconds >= lost_seconds && lossOfDay(loss) === loss.day_seconds, JSON.stringify(loss));
  const doctor = await it.run<{ check: string; detail: string }[]>('doctor');
  const { detail } = doctor.find(({ check }) => check === 'backups')!;
  assert.match(detail, new RegExp(`at most of ${loss.day_seconds} s in the last day`));
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
  // A segment that ends is sent at once.
  await it.asked('select pg_switch_wal()');
  await eventually(async () => (await readdir(it.folder('proof')).catch(() => [])).length > 0, 120_000);
  const [listed] = await it.run<{ proof: Proof }[]>('backup', 'list');
  assert.deepEqual(failures(listed!.proof), []);
  assert.match(it.server.output(), /holds no backup, though changes were sent to one before: is its disk mounted/);
});
