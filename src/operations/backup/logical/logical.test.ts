import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { client } from '../../../../test/harness/app.ts';
import { failures } from '../../../../test/harness/backup.ts';
import { command } from '../../../../test/harness/command.ts';
import { eventually } from '../../../../test/harness/eventually.ts';
import { ManagedInstallation } from '../../../../test/harness/managed.ts';
import { holdfast, killHoldfast } from '../../../../test/harness/process.ts';
import { migrationStatus, rollback } from '../../../kernel/database/migrate.ts';
import { createFolderStore } from '../../../kernel/files/folder-store.ts';
import { appRoleOf, asRole } from '../../../kernel/installation.ts';
import { loadMasterKeys } from '../../../kernel/vault/master-key.ts';
import type { Finding } from '../../health/findings.ts';
import { RowHash } from '../../row-hash.ts';
import { hashTables } from '../../tenant-archive/index.ts';
import { type LogicalManifest, readManifest } from '../manifest.ts';
import type { Proof } from '../prove.ts';
import { loadBackup } from './load.ts';
import { loadForProof } from './proof-database.ts';
import { deleteTables, takeLogicalBackup } from './take.ts';

let it: ManagedInstallation;
before(async () => {
  it = await ManagedInstallation.begin();
});
after(() => it.close());

interface Made {
  id: string;
  at: string;
  kind: string;
  files: { count: number };
}
type Listed = Made & { proof: Proof | null };

/** Also where a proof failed, which it ends with 1 for. */
const list = async (): Promise<Listed[]> =>
  JSON.parse(
    await command(['backup', 'list', '--json'], it.environment()).catch((error: { stdout?: string }) => {
      if (error.stdout) return error.stdout;
      throw error;
    }),
  );

test('the first backup of a database at DATABASE_URL is made and proven by itself', async () => {
  const { rows } = await it.asked('select rolsuper, rolreplication from pg_roles where rolname = current_user');
  assert.deepEqual(rows, [{ rolsuper: false, rolreplication: false }], 'as managed services have it');
  await eventually(async () => (await list())[0]?.proof !== undefined && (await list())[0]?.proof !== null, 120_000);
  const [first] = await list();
  assert.deepEqual(failures(first!.proof!), []);
  assert.equal(first!.kind, 'logical');
});

test('what is written while a backup is made does not disturb it, and a restore of it proves equal', async () => {
  await it.upload('What was agreed.');
  let ended = false;
  let written = 0;
  const writing = (async () => {
    for (; !ended; written++) await it.add(`Busy ${written}`);
  })();
  const made = await it.run<Made>(['backup', 'now']);
  ended = true;
  await writing;
  assert.ok(written > 3, `${written} writes`);
  assert.equal(made.files.count, 1);
  const proven = await it.run<Proof>(['backup', 'prove']);
  assert.equal(proven.backup, made.id);
  assert.deepEqual(failures(proven), []);
  assert.deepEqual(
    proven.checks.map(({ name }) => name),
    ['restore', 'application', 'indexes', 'content', 'audit', 'files', 'secrets'],
  );
  const findings = await it.run<Finding[]>(['doctor']);
  const { ok, detail } = findings.find(({ check }) => check === 'backups')!;
  assert.match(
    detail,
    /a logical backup leads to no later moment, so the changes of the last (minute|\d minutes) are in none/,
  );
  assert.equal(ok, true);
  await assert.rejects(it.run(['backup', 'prove', '--random']), /there is no other second to prove/);
  assert.match(await it.text('backup', 'list'), /each leads to its own moment and to none between/);
});

/** The newest backup, and a proof of it in a database that the operator has named. */
async function newest(): Promise<LogicalManifest> {
  const store = await it.store();
  const [id] = (await store.list('backup')).reverse();
  return (await readManifest(store, id!)) as LogicalManifest;
}

test('each kind of damage fails the proof, with its reason, in a database for proofs that is left empty', async () => {
  const proofs = await it.server.database();
  const prove = async (): Promise<string[]> => {
    const env = { ...it.environment(), BACKUP_PROOF_DATABASE_URL: proofs };
    const said = await command(['backup', 'prove', '--json'], env).catch((error: { stdout: string }) => error.stdout);
    return failures(JSON.parse(said) as Proof);
  };
  const manifest = await newest();
  const store = await it.store();
  const objects = await it.folder('table');
  const whole = join(it.parent, 'whole');
  await cp(it.backups, whole, { recursive: true });
  const object = (table: string) => join(objects, manifest.tables[table]!.object);
  const flip = async (file: string) => {
    const bytes = await readFile(file);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    await writeFile(file, bytes);
  };
  /** As somebody could who has the key. */
  const rewrite = async (table: string, change: (rows: string) => string) => {
    const name = manifest.tables[table]!.object;
    await store.put('table', name, Buffer.from(change(await text(await store.get('table', name)))));
  };
  const changed = /changed, cut off, moved, or sealed with another key/;
  const damages: [what: string, damage: () => Promise<unknown>, reason: RegExp][] = [
    ['a bit of a table', () => flip(object('company')), changed],
    ['the end of a table', () => truncate(object('audit_event'), 1_000), changed],
    ['no table', () => rm(object('company')), /restore: The table company could not be loaded: There is no file/],
    ['another table', () => cp(object('contact'), object('company')), changed],
    [
      'a row less',
      () => rewrite('company', (rows) => rows.slice(rows.indexOf('\n') + 1)),
      /restore: The table company has \d+ rows once loaded, and had \d+/,
    ],
    [
      'another value',
      () => rewrite('company', (rows) => rows.replace('Busy 1', 'Lazy 1')),
      /restore: The table company holds something else once loaded than it did/,
    ],
    ['a file', async () => flip(join(await it.folder('file'), (await readdir(await it.folder('file')))[0]!)), changed],
  ];
  for (const [what, damage, reason] of damages) {
    await damage();
    const found = await prove();
    assert.ok(found.length === 1 && reason.test(found[0]!), `${what}: ${found.join('\n') || 'not seen'}`);
    await rm(it.backups, { recursive: true });
    await cp(whole, it.backups, { recursive: true });
  }
  const other = { ...it.environment(null), HOLDFAST_KEY: randomBytes(32).toString('base64url') };
  await assert.rejects(holdfast(['restore', '--to', join(it.parent, 'none')], other), changed, 'another key');
  // What a proof that was killed has left is known by its mark.
  await it.asked('create schema holdfast_proof; create table public.left_over (n int)', proofs);
  assert.deepEqual(await prove(), [], 'whole again');
  const { rows } = await it.asked(
    `select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace`,
    proofs,
  );
  assert.equal(rows[0].n, 0, 'nothing is left in the database for proofs');
  await it.asked('create table public.mine (n int)', proofs);
  assert.match((await prove()).join(), /restore: The database is not empty: it has mine/);
  assert.equal((await it.asked('select * from public.mine', proofs)).rowCount, 0, 'and what is there stays');
});

test('two proofs that share a database for proofs take turns', async () => {
  const proofs = await it.server.database();
  const masterKeys = await loadMasterKeys({ value: it.masterKey });
  const [store, manifest] = [await it.store(), await newest()];
  const load = () => loadForProof(store, manifest, { ownerUrl: proofs, masterKeys });
  const first = await load();
  const second = load();
  const companies = async () => (await it.asked('select from public.company', proofs)).rowCount;
  await eventually(async () => {
    const waiting = `select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database
      where datname = current_database())`;
    return (await it.asked(waiting, proofs)).rowCount === 1;
  });
  assert.equal(await companies(), manifest.tables.company!.rows, 'the first has all that it loaded');
  await first.server.stop();
  const { server, rows } = await second;
  assert.equal(rows, first.rows);
  assert.equal(await companies(), manifest.tables.company!.rows);
  await server.stop();
});

const hash = async (env = it.environment()) =>
  (await it.run<{ content_sha256: string }>(['tenant', 'hash', 'acme'], env)).content_sha256;

/** What follows from changes, such as suspected duplicates, is done a little later. */
async function settled(): Promise<string> {
  let [before, now] = ['', await hash()];
  await eventually(async () => {
    [before, now] = [now, await hash()];
    return before === now;
  });
  return now;
}

test('a backup is restored into another database and into a data directory, equal by hash, and work goes on there', async () => {
  const record = await it.add('Before the backup');
  const file = await it.upload('And what was agreed then.');
  const content_sha256 = await settled();
  const made = await it.run<Made>(['backup', 'now']);
  const late = await it.add('After the backup');

  const elsewhere = await it.server.database();
  const env = { ...it.environment(elsewhere), HOLDFAST_DATA: join(it.parent, 'elsewhere') };
  await killHoldfast(['restore', '--into-database'], env, /Loading the rows/);
  await assert.rejects(it.start(env), /The restore into the database at DATABASE_URL has not finished/);
  const answer = await it.run<{ at: string; backup: string }>(['restore', '--into-database'], env);
  assert.deepEqual([answer.backup, answer.at], [made.id, made.at]);
  await assert.rejects(it.run(['restore', '--into-database'], env), /The database is not empty/);
  assert.equal(await hash(env), content_sha256);
  const drift = await it
    .run<Finding[]>(['doctor'], env)
    .catch(({ stdout }: { stdout: string }) => JSON.parse(stdout) as Finding[]);
  assert.deepEqual(
    drift.filter(({ check }) => ['schema', 'application role', 'migrations'].includes(check)).map(({ ok }) => ok),
    [true, true, true],
  );
  const moved = await it.start({ ...env, BACKUP_DIR: join(it.parent, 'other-place') });
  const status = async (id: string) => (await it.api('GET', `companies/${id}`, undefined, moved.url)).status;
  assert.deepEqual([await status(record), await status(late)], [200, 404]);
  assert.equal(
    (await client(moved.url, it.key)('GET', `/api/v1/files/${file}/content`)).body,
    'And what was agreed then.',
  );
  // Consumers of changes go on too: two companies of one name are suspected to be the same.
  const suspects = async () => (await it.asked('select from public.duplicate_suspect', elsewhere)).rowCount!;
  const suspected = await suspects();
  for (const name of ['Twice There', 'Twice There'])
    assert.equal((await it.api('POST', 'companies', { name }, moved.url)).status, 201);
  await eventually(async () => (await suspects()) > suspected);
  await moved.stop();

  const dir = join(it.parent, 'here');
  await it.run(['restore', '--to', dir], it.environment(null));
  const { BACKUP_DIR: _, ...own } = it.environment(null);
  assert.equal(await hash({ ...own, HOLDFAST_DATA: dir }), content_sha256);
});

test('a backup of tables before a migration is restored and migrated; one of a migration that nobody knows is refused', async () => {
  const masterKeys = await loadMasterKeys({ value: it.masterKey });
  const store = await it.store();
  const load = async (manifest: LogicalManifest) => {
    const ownerUrl = await it.server.database();
    await loadBackup(store, manifest, { ownerUrl, masterKeys, say: () => {} });
    return ownerUrl;
  };
  const tenantOf = async (ownerUrl: string): Promise<string> =>
    (await it.asked(`select id from public.tenant where name = 'acme'`, ownerUrl)).rows[0].id;
  const digests = async (ownerUrl: string) =>
    hashTables(asRole(ownerUrl, appRoleOf(ownerUrl, masterKeys)), await tenantOf(ownerUrl));
  const manifest = await newest();
  const before = await load(manifest);
  const expected = await digests(before);
  const [undone] = await rollback(before, 1);
  const source = {
    ownerUrl: before,
    databaseUrl: asRole(before, appRoleOf(before, masterKeys)),
    files: createFolderStore(join(it.parent, 'data', 'files')),
    version: '0.0.1',
  };
  const older = await takeLogicalBackup(source, store, () => {});
  try {
    assert.equal(older.migrations.length, manifest.migrations.length - 1);
    const after = await load(older);
    assert.ok((await migrationStatus(after)).find(({ name }) => name === undone)!.applied_at, 'migrated');
    assert.deepEqual(await digests(after), expected);

    const last = manifest.migrations.at(-1)!;
    const unknown = { ...manifest, migrations: [...manifest.migrations.slice(0, -1), { ...last, checksum: '0' }] };
    await assert.rejects(load(unknown), new RegExp(`cannot make: it has another migration ${last.name}`));
    // Rows that do not belong together are found when the foreign keys are made again.
    const { object } = older.tables.company!;
    const rows = await text(await store.get('table', object));
    const other = rows.replace(await tenantOf(before), randomUUID());
    assert.notEqual(other, rows);
    await store.put('table', object, Buffer.from(other));
    const hashed = new RowHash();
    await pipeline(Readable.from([Buffer.from(other)]), hashed, async (rest) => void (await text(rest)));
    const tables = { ...older.tables, company: { ...older.tables.company!, ...hashed.result() } };
    await assert.rejects(load({ ...older, tables }), /The rows of the backup do not belong together/);
  } finally {
    await store.delete('backup', older.id);
    await deleteTables(store, (id) => id === older.id);
  }
});

test('one workspace comes back as the backup before a time has it', async () => {
  const content_sha256 = await settled();
  const made = await it.run<Made>(['backup', 'now']);
  await it.add('Too much');
  const at = new Date().toISOString();
  const back = await it.run<{ as_of: string; backup: string }>([
    'restore',
    'tenant',
    'acme',
    '--at',
    at,
    '--as',
    'acme-then',
  ]);
  assert.deepEqual([back.backup, back.as_of], [made.id, made.at]);
  assert.equal(
    (await it.run<{ content_sha256: string }>(['tenant', 'hash', 'acme-then'])).content_sha256,
    content_sha256,
  );
});

test('of a backup that is killed nothing stays, and two at once are refused', async () => {
  const count = (await list()).length;
  const objects = await it.folder('table');
  const before = (await readdir(objects)).length;
  const child = spawn(process.execPath, ['src/cli/main.ts', 'backup', 'now'], {
    env: { PATH: process.env.PATH, ...it.environment() },
    stdio: 'ignore',
  });
  await eventually(async () => (await readdir(objects)).length > before);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal((await list()).length, count, 'it is no backup');
  assert.ok((await readdir(objects)).length > before, 'something of it was left');
  const both = await Promise.allSettled([it.run<Made>(['backup', 'now']), it.run<Made>(['backup', 'now'])]);
  const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  if (refused.length > 0) assert.match(refused.join(), /A backup of this database is being made already/);
  const complete = new Set((await list()).map(({ id }) => id));
  const left = (await readdir(objects)).filter((name) => !complete.has(name.split('_')[0]!));
  assert.deepEqual(left, []);
});
