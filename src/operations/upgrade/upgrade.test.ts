import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { client } from '../../../test/harness/app.ts';
import { command } from '../../../test/harness/command.ts';
import { eventually } from '../../../test/harness/eventually.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../../../test/harness/process.ts';
import { loadConfig } from '../../kernel/config/config.ts';
import { stopLeftovers } from '../../kernel/database/embedded/processes.ts';
import { connectEmbedded, embeddedSuperuserUrl } from '../../kernel/database/embedded.ts';
import { schemaDrift } from '../../kernel/database/schema.ts';
import { openFiles } from '../../kernel/files/create-file-store.ts';
import { appRoleOf, asRole, readMasterKeys } from '../../kernel/installation.ts';
import { version } from '../../version.ts';
import { takeBackup } from '../backup/backup.ts';
import { openOwnBackups } from '../backup/catalogue.ts';
import { slot_name } from '../backup/wal.ts';
import { connect } from '../connection.ts';
import { hashTables } from '../tenant-archive/index.ts';
import type { BackupRehearsal } from './rehearse.ts';
import type { UpgradeReport } from './upgrade.ts';
import {
  copyCluster,
  readState,
  removeUnfinishedCopy,
  resumeInterrupted,
  roomForCopy,
  writeState,
} from './way-back.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** An installation of this release that runs, and beside it a next release, which has one migration more. */
let parent: string;
let data: string;
let next: string;
let server: HoldfastProcess;
let key: string;
const begun = new Set<HoldfastProcess>();

/** Only commands know of the backup store: the server makes no backups of its own beside the test. */
const environment = () => ({ HOLDFAST_DATA: data, BACKUP_DIR: join(parent, 'backups') });

async function start(): Promise<void> {
  server = await startProcess(['--empty', '--role', 'web', '--data', data]);
  begun.add(server);
}

const api = (method: string, path: string, body?: unknown) => client(server.url, key)(method, `/api/v1/${path}`, body);

/** The command line of a release; a command that fails still answers. */
async function run<Answer>(args: string[], release = root): Promise<Answer> {
  const all = [...args, '--json'];
  const ran = release === root ? command(all, environment()) : holdfast(all, environment(), release);
  const answer = await ran.catch((error: { stdout?: string }) => {
    if (error.stdout) return error.stdout;
    throw error;
  });
  return JSON.parse(answer) as Answer;
}

/** Asks the database that runs on the data directory, as its superuser. */
async function asked<Row extends object>(sql: string): Promise<Row[]> {
  const superuser = await connect(embeddedSuperuserUrl(data)!, 'test');
  return superuser
    .query<Row>(sql)
    .then(({ rows }) => rows)
    .finally(() => superuser.end());
}

const migrations = () => asked('select version, applied_at from app.schema_migration order by version');

/** As the application reads its database. */
async function applicationUrl(): Promise<string> {
  const ownerUrl = (await connectEmbedded(data))!;
  return asRole(ownerUrl, appRoleOf(ownerUrl, await readMasterKeys(loadConfig([], environment()))));
}

/** Rows and hash of each table of the workspace. */
async function digests() {
  const [tenant] = await asked<{ id: string }>(`select id from public.tenant where name = 'acme'`);
  return hashTables(await applicationUrl(), tenant!.id);
}

async function backUp(): Promise<void> {
  const config = loadConfig([], environment());
  const backups = (await openOwnBackups(config, await readMasterKeys(config)))!;
  const source = {
    superuserUrl: embeddedSuperuserUrl(data)!,
    files: openFiles(config),
    version,
  };
  await takeBackup(source, backups, () => {});
  source.files.close();
  backups.store.close();
}

/** Gives the next release this migration. */
function nextMigration(up: string): void {
  writeFileSync(join(next, 'db/migrations/9999_next.up.sql'), up);
  writeFileSync(join(next, 'db/migrations/9999_next.down.sql'), '');
}

before(async () => {
  parent = await mkdtemp(join(tmpdir(), 'holdfast-upgrade-'));
  [data, next] = [join(parent, 'data'), join(parent, 'next')];
  for (const part of ['src', 'db', 'generated', 'package.json'])
    cpSync(join(root, part), join(next, part), { recursive: true });
  mkdirSync(join(next, 'web'));
  for (const part of ['node_modules', 'web/dist']) symlinkSync(join(root, part), join(next, part));
  await start();
  await command(['tenant', 'create', '--name', 'acme'], environment());
  key = await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], environment());
  for (let n = 0; n < 5; n++) {
    const company = await api('POST', 'companies', { name: `Firm ${n}` });
    assert.equal(company.status, 201, JSON.stringify(company.body));
    await api('POST', 'contacts', { family_name: `Person ${n}`, company_id: company.body.id });
  }
});
after(async () => {
  for (const process of begun) await process.stop();
  if (existsSync(join(data, 'postgres'))) await stopLeftovers(join(data, 'postgres'), () => {});
  await rm(parent, { recursive: true, force: true });
});

/**
 * Three things that a migration should not do: an index less, records of another table by a cascade, and values past
 * the audit trail.
 */
const spoiling = `select pg_sleep(0.3); drop index company_owner;
  set local role holdfast_system; delete from company where name = 'Firm 0'; reset role;
  alter table company disable trigger user; update company set name = 'Firm X'
    where name = 'Firm 1'; alter table company enable trigger user;`;

test('the copy of before, or what is left of one that was killed, takes no room from the next copy', async (t) => {
  const dir = join(parent, 'room');
  const copies = join(dir, 'upgrade');
  const bytes = 4_000_000;
  for (const folder of ['postgres', 'upgrade', 'upgrade/before']) {
    mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(join(dir, folder, 'PG_VERSION'), Buffer.alloc(bytes));
  }
  assert.ok((await roomForCopy(dir)) < bytes, 'the copy of before goes first');
  mkdirSync(join(copies, 'before.new'));
  await removeUnfinishedCopy(dir);
  assert.ok(!existsSync(join(copies, 'before.new')) && existsSync(join(copies, 'before')));
  await rm(copies, { recursive: true });
  assert.ok((await roomForCopy(dir)) > bytes);
  mkdirSync(copies);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'holdfast', copies]).status === 0;
  if (!mounted) return t.skip('file systems may not be mounted here');
  try {
    await assert.rejects(copyCluster(dir), /The database could not be copied/);
    assert.deepEqual(await readdir(copies), [], 'a copy that fails leaves nothing');
  } finally {
    spawnSync('umount', [copies]);
  }
});

test('an upgrade that failed and is killed while it goes back, wherever that is, goes back at the next start', async () => {
  const stops: Record<string, Record<string, string>> = {
    'before what an upgrade before left is deleted': { postgres: 'failed', before: 'sound', left: 'older' },
    'between the two': { before: 'sound', left: 'failed' },
    'before that is noted': { postgres: 'sound', left: 'failed' },
  };
  for (const [stop, databases] of Object.entries(stops)) {
    const dir = await mkdtemp(join(parent, 'returning-'));
    const pathOf = (name: string) => join(dir, name === 'postgres' ? '' : 'upgrade', name);
    for (const [name, content] of Object.entries(databases)) {
      mkdirSync(pathOf(name), { recursive: true });
      writeFileSync(join(pathOf(name), 'PG_VERSION'), content);
    }
    const state = { schema: 's', version: '2', at: new Date().toISOString(), reason: 'a check failed' };
    const restore_point = { name: 'before', at: state.at, lsn: '0/0', shipped: null };
    await writeState(dir, { ...state, restore_point, stage: 'returning' });
    const said: string[] = [];
    await resumeInterrupted(dir, (line) => said.push(line));
    const contentOf = (name: string) => readFileSync(join(pathOf(name), 'PG_VERSION'), 'utf8');
    assert.deepEqual([contentOf('postgres'), contentOf('left')], ['sound', 'failed'], stop);
    assert.ok(!existsSync(pathOf('before')), stop);
    const { stage, reason } = (await readState(dir))!;
    assert.deepEqual([stage, reason], ['failed', 'a check failed'], stop);
    assert.match(said.join(), /interrupted while it went back, which is finished now/);
  }
});

test('a rehearsal migrates a restored copy while the version before runs, and says what it takes and what it breaks', async () => {
  // The server keeps the log for whoever ships it; where backups are made, that is the worker.
  await asked(`select pg_create_physical_replication_slot('${slot_name}', true)`);
  await backUp();
  const status = await migrations();
  nextMigration(spoiling);
  const { checks, ...found } = await run<BackupRehearsal>(['upgrade', 'rehearse'], next);
  assert.equal(found.error, null);
  assert.deepEqual(
    found.migrations.map(({ name }) => name),
    ['9999_next'],
  );
  assert.ok(found.migrations[0]!.seconds >= 0.3 && found.seconds > found.migrations[0]!.seconds);
  const lock = found.locks.find(({ table }) => table === 'company')!;
  assert.equal(lock.mode, 'AccessExclusiveLock');
  assert.ok(lock.held_ms >= 300 && lock.held_ms <= found.seconds * 1000, `${lock.held_ms} ms`);
  assert.deepEqual(
    found.changes.filter(({ table }) => table === 'company').map(({ rows, named }) => [rows.before, rows.after, named]),
    [[5, 4, true]],
  );
  const outcomes = Object.fromEntries(checks.map(({ name, passed, detail }) => [name, passed ? 'passed' : detail]));
  assert.match(outcomes.audit!, /^The audit trail does not verify: .*"table":"company".*"what":"differs"/);
  assert.deepEqual(
    { ...outcomes, audit: '' },
    {
      schema: 'index company_owner is missing',
      content: 'Changed beyond what the migrations name: contact holds other values',
      audit: '',
      application: 'passed',
      plans: 'passed',
    },
  );
  assert.ok(!found.passed && found.way_back.proven && found.way_back.restore_seconds > 0);
  assert.deepEqual(await migrations(), status, 'nothing was changed in the installation');
  assert.equal((await api('GET', 'companies?limit=1')).status, 200);
});

/** Starts the next release, which is expected to end by itself; returns what it says. */
async function startFails(): Promise<string> {
  return startProcess(['--empty', '--role', 'web', '--data', data], environment(), next).then(
    (process) => {
      begun.add(process);
      return assert.fail('it serves');
    },
    (error: Error) => error.message,
  );
}

test('an upgrade that fails a check goes back by itself, the version before has everything and serves, and one that is well is done', async () => {
  const before = await digests();
  await assert.rejects(holdfast(['tenant', 'hash', 'acme'], environment(), next), /is of a version before this one/);
  await server.stop();

  const said = await startFails();
  assert.match(said, /The upgrade to .* failed: schema: index company_owner is missing; content: .*; audit: /);
  assert.match(said, /The backup store has every change up to/);
  assert.match(said, /Start the version before; or, .* try again: holdfast upgrade/);
  const again = await startFails();
  assert.match(again, /The upgrade to .* failed: schema: index company_owner is missing/);
  assert.doesNotMatch(again, /Migrating/, 'it is not tried at each start');
  assert.ok(existsSync(join(data, 'upgrade/left/PG_VERSION')), 'what was migrated is kept for a look');

  await start();
  assert.deepEqual(await digests(), before, 'every table is as it was, by hash');
  assert.deepEqual(await schemaDrift((await connectEmbedded(data))!), { unexpected: [], missing: [], different: [] });
  assert.equal((await api('POST', 'companies', { name: 'Firm 6' })).status, 201);
  const contentHash = async () => (await run<{ content_sha256: string }>(['tenant', 'hash', 'acme'])).content_sha256;
  const present = await contentHash();
  await server.stop();

  nextMigration('alter table company add column nickname text');
  const report = await run<UpgradeReport>(['upgrade'], next);
  assert.deepEqual(report.migrations, ['9999_next']);
  assert.deepEqual(
    report.checks.map(({ name, passed }) => [name, passed]),
    ['schema', 'content', 'audit', 'application'].map((name) => [name, true]),
  );

  const { at } = await run<{ at: string }>(['upgrade', 'back'], next);
  assert.equal(at, report.restore_point!.at);
  assert.equal(await contentHash(), present, 'and back by hand');

  server = await startProcess(['--empty', '--data', data], { BACKUP_DIR: environment().BACKUP_DIR });
  begun.add(server);
  const listed = () => run<{ timeline: number; at: string; proof: { passed: boolean } | null }[]>(['backup', 'list']);
  await eventually(
    async () => (await listed()).at(-1)?.proof?.passed && (await listed()).at(-1)!.timeline > 1,
    120_000,
  );
  assert.equal((await api('POST', 'companies', { name: 'Firm 7' })).status, 201);
  const [written] = await asked<{ lsn: string }>('select pg_switch_wal()::text as lsn');
  const sent = `select from pg_replication_slots where slot_name = '${slot_name}' and active and restart_lsn >= '${written!.lsn}'`;
  await eventually(async () => (await asked(sent)).length === 1);
  const doctor = await run<{ check: string; ok: boolean; detail: string }[]>(['doctor']);
  const { ok, detail } = doctor.find(({ check }) => check === 'backups')!;
  assert.ok(ok, detail);
});

test('a slot that keeps log of a timeline before is made anew, and the log goes on', async () => {
  await server.stop();
  const cluster = join(data, 'postgres');
  // As a disk that was put back and recovered: the database goes on as another timeline, with the slot of before.
  appendFileSync(join(cluster, 'postgresql.auto.conf'), "\nrestore_command = 'false'\nhot_standby = off\n");
  writeFileSync(join(cluster, 'recovery.signal'), '');
  const { uid, gid } = statSync(join(cluster, 'PG_VERSION'));
  chownSync(join(cluster, 'recovery.signal'), uid, gid);
  server = await startProcess(['--empty', '--data', data], { BACKUP_DIR: environment().BACKUP_DIR });
  begun.add(server);
  await eventually(async () => /as timeline 3, and the log was sent up to timeline 2/.test(server.output()), 60_000);
  const [written] = await asked<{ lsn: string }>('select pg_switch_wal()::text as lsn');
  const sent = `select from pg_replication_slots where slot_name = '${slot_name}' and active and restart_lsn >= '${written!.lsn}'`;
  await eventually(async () => (await asked(sent)).length === 1);
});
